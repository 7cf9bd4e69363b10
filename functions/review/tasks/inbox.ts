import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { TransientError } from '../../shared/errors.ts';
import { rarestGram, searchable, searchPartition } from './name-search.ts';
import { type SignOffTask, SignOffTaskSchema, type SignOffTaskStore, taskKey, within } from './task-store.ts';

/** What an inbox is narrowed by; everything that is given has to fit. */
export interface InboxFilter {
  readonly item?: string | undefined;
  readonly kind?: SignOffTask['kind'] | undefined;
  readonly district?: string | undefined;
  /** Who has the task. */
  readonly assignee?: string | undefined;
  /** Due before this instant. */
  readonly dueBefore?: Date | undefined;
  /** A part of the organisation's name, as `searchable` makes it. */
  readonly name?: string | undefined;
}

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface TaskPage {
  readonly items: SignOffTask[];
  readonly nextCursor: string | undefined;
}

/** Items that one page may read, whatever it is narrowed by. */
const readLimit = 100;

/** Entry of the name index: enough to tell whether its task is looked for. */
const SearchEntrySchema = SignOffTaskSchema.pick({
  taskId: true,
  item: true,
  kind: true,
  district: true,
}).extend({ name: z.string() });
export type SearchEntry = z.output<typeof SearchEntrySchema>;

/**
 * A page of a department's open tasks, the first due first. It reads at most 100 items: with one query of the index
 * that narrows the most, or for a name with a query of its rows and one read of the tasks they point to. What the index
 * leaves is narrowed here, so that a page may hold fewer tasks than asked for, or none, and still have a next one.
 * A task that was opened, taken or ended a moment ago may be seen as it was before.
 */
export async function readInbox(
  store: SignOffTaskStore,
  department: string,
  filter: InboxFilter,
  page: Page,
): Promise<TaskPage> {
  const gram = filter.assignee === undefined && filter.name !== undefined && rarestGram(filter.name);
  if (gram) return searchNames(store, department, gram, filter, page);
  const { index, value, covers } = narrowest(department, filter);
  const attribute = partitionOf[index];
  const scope = {
    partition: { [attribute]: value },
    place: ['inboxSort', 'pk', 'sk'],
    narrowing: narrowingOf(filter),
  };
  const fits = fitting({ ...filter, ...covers });
  const everyFits = isEmpty({ ...filter, ...covers, dueBefore: undefined });
  const { Items = [], LastEvaluatedKey } = await store.client.send(
    new QueryCommand({
      TableName: store.table,
      IndexName: index,
      ...dueFirst({ attribute, value, sort: 'inboxSort' }, filter.dueBefore),
      Limit: everyFits ? page.limit : readLimit,
      ExclusiveStartKey: decodeCursor(page.cursor, scope),
    }),
  );
  const found = Items.map((item) => ({ item, task: SignOffTaskSchema.parse(item['task']) })).filter(
    ({ task }) => fits({ ...task, name: searchable(task.organisationName) }),
  );
  const shown = found.slice(0, page.limit);
  return {
    items: shown.map(({ task }) => task),
    nextCursor: encodeCursor(found.length > shown.length ? shown.at(-1)?.item : LastEvaluatedKey, scope),
  };
}

const partitionOf = {
  inbox: 'inboxDepartment',
  inboxItem: 'inboxItem',
  inboxKind: 'inboxKind',
  inboxDistrict: 'inboxDistrict',
  inboxPerson: 'inboxPerson',
} as const;

/** The index that leaves the least to read, and the parts of the filter that it takes care of. */
function narrowest(
  department: string,
  { assignee, district, item, kind }: InboxFilter,
): { index: keyof typeof partitionOf; value: string; covers: InboxFilter } {
  const on = (index: keyof typeof partitionOf, part: string, covers: InboxFilter) => ({
    index,
    value: within(department, part),
    covers,
  });
  if (assignee !== undefined) return on('inboxPerson', assignee, { assignee: undefined });
  if (district !== undefined) return on('inboxDistrict', district, { district: undefined });
  if (item !== undefined) return on('inboxItem', item, { item: undefined });
  if (kind !== undefined) return on('inboxKind', kind, { kind: undefined });
  return { index: 'inbox', value: department, covers: {} };
}

/** Reads rows of the name index, then the tasks themselves: a row may outlive its task by a moment. */
async function searchNames(
  store: SignOffTaskStore,
  department: string,
  gram: string,
  filter: InboxFilter,
  page: Page,
): Promise<TaskPage> {
  const value = searchPartition(department, gram);
  const scope = { partition: { pk: value }, place: ['sk'], narrowing: narrowingOf(filter) };
  const limit = Math.min(page.limit, readLimit / 2);
  const { Items = [], LastEvaluatedKey } = await store.client.send(
    new QueryCommand({
      TableName: store.table,
      ...dueFirst({ attribute: 'pk', value, sort: 'sk' }, filter.dueBefore),
      Limit: readLimit - limit,
      ExclusiveStartKey: decodeCursor(page.cursor, scope),
    }),
  );
  const fits = fitting(filter);
  const found = Items.map((item) => ({ item, entry: SearchEntrySchema.parse(item['entry']) })).filter(
    ({ entry }) => fits(entry),
  );
  const shown = found.slice(0, limit);
  const tasks = await readTasks(
    store,
    shown.map(({ entry }) => entry.taskId),
  );
  return {
    items: tasks.filter((task) => task.status === 'open'),
    nextCursor: encodeCursor(found.length > shown.length ? shown.at(-1)?.item : LastEvaluatedKey, scope),
  };
}

const batchAttempts = 4;

/** Tasks by their ids (at most 100), in the order of the ids. @throws TransientError when the table is too busy. */
async function readTasks(store: SignOffTaskStore, taskIds: readonly string[]): Promise<SignOffTask[]> {
  const tasks = new Map<string, SignOffTask>();
  let keys: Record<string, unknown>[] = taskIds.map(taskKey);
  for (let attempt = 1; keys.length > 0; attempt += 1) {
    if (attempt > batchAttempts) throw new TransientError('the table left keys of a batch unread');
    const { Responses, UnprocessedKeys } = await store.client.send(
      new BatchGetCommand({ RequestItems: { [store.table]: { Keys: keys } } }),
    );
    for (const item of Responses?.[store.table] ?? []) {
      const task = SignOffTaskSchema.parse(item['task']);
      tasks.set(task.taskId, task);
    }
    keys = UnprocessedKeys?.[store.table]?.Keys ?? [];
  }
  return taskIds.flatMap((taskId) => tasks.get(taskId) ?? []);
}

/** Condition of a query by due date. Sort keys begin with the instant, so that `overdue` is a bound on them. */
function dueFirst(
  key: { readonly attribute: string; readonly value: string; readonly sort: string },
  dueBefore: Date | undefined,
) {
  const bound = dueBefore && ' AND #sort < :before';
  return {
    KeyConditionExpression: `#partition = :partition${bound ?? ''}`,
    ExpressionAttributeNames: { '#partition': key.attribute, ...(dueBefore && { '#sort': key.sort }) },
    ExpressionAttributeValues: {
      ':partition': key.value,
      ...(dueBefore && { ':before': dueBefore.toISOString() }),
    },
  };
}

function fitting({
  item,
  kind,
  district,
  name,
}: InboxFilter): (entry: Omit<SearchEntry, 'taskId'>) => boolean {
  return (entry) =>
    (item === undefined || entry.item === item) &&
    (kind === undefined || entry.kind === kind) &&
    (district === undefined || entry.district === district) &&
    (name === undefined || entry.name.includes(name));
}

/** A cursor is good for the same filter only; the bound moves with the clock, so that its presence counts. */
function narrowingOf({ dueBefore, ...filter }: InboxFilter): NonNullable<CursorScope['narrowing']> {
  return { ...filter, dueBefore: dueBefore && 'given' };
}

function isEmpty(filter: InboxFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}
