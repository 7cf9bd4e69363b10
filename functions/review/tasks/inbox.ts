import * as z from 'zod';
import { type CursorScope, decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import type { Bounds, Range } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { getMany, writeMany } from '../../shared/table-batches.ts';
import { applications } from '../../shared/tables.ts';
import type { DepartmentId } from '../../shared/vocabulary.ts';
import { gramsOf, rarestGram, searchable } from './name-search.ts';
import { type SignOffTask, SignOffTaskSchema } from './task.ts';
import { taskKey } from './task-store.ts';

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
type SearchEntry = z.output<typeof SearchEntrySchema>;

/** What an open task is counted by. */
export type Tally = Readonly<Record<'dueAt' | 'kind' | 'item' | 'district', string>>;

const { entities } = applications;

/**
 * Open tasks of departments, as indexes list them and as their organisations' names find them. A task that was opened,
 * taken or ended a moment ago may be seen as it was before.
 */
export class Inbox {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /**
   * A page of a department's open tasks, the first due first. It reads at most 100 items: with one query of the index
   * that narrows the most, or for a name with a query of its rows and one read of the tasks they point to. What the
   * index leaves is narrowed here, so that a page may hold fewer tasks than asked for, or none, and still have a next
   * one.
   */
  async page(department: DepartmentId, filter: InboxFilter, page: Page): Promise<TaskPage> {
    const gram = filter.assignee === undefined && filter.name !== undefined && rarestGram(filter.name);
    if (gram) return this.#named(department, gram, filter, page);
    const { range, covers } = narrowest(department, filter);
    const scope = scopeOf(range, narrowingOf(filter));
    const fits = fitting({ ...filter, ...covers });
    const everyFits = isEmpty({ ...filter, ...covers, dueBefore: undefined });
    const { items, lastKey } = await this.#table.page(range, {
      limit: everyFits ? page.limit : readLimit,
      start: decodeCursor(page.cursor, scope),
    });
    const found = items
      .map((item) => ({ item, task: SignOffTaskSchema.parse(item['task']) }))
      .filter(({ task }) => fits({ ...task, name: searchable(task.organisationName) }));
    const shown = found.slice(0, page.limit);
    return {
      items: shown.map(({ task }) => task),
      nextCursor: encodeCursor(found.length > shown.length ? shown.at(-1)?.item : lastKey, scope),
    };
  }

  /** Reads rows of the name index, then the tasks themselves: a row may outlive its task by a moment. */
  async #named(department: DepartmentId, gram: string, filter: InboxFilter, page: Page): Promise<TaskPage> {
    const range = entities.searchEntry.of({ department, gram }, boundsOf(filter));
    const scope = scopeOf(range, narrowingOf(filter));
    const limit = Math.min(page.limit, readLimit / 2);
    const { items, lastKey } = await this.#table.page(range, {
      consistent: false,
      limit: readLimit - limit,
      start: decodeCursor(page.cursor, scope),
    });
    const fits = fitting(filter);
    const found = items
      .map((item) => ({ item, entry: SearchEntrySchema.parse(item['entry']) }))
      .filter(({ entry }) => fits(entry));
    const shown = found.slice(0, limit);
    const tasks = await this.#tasks(shown.map(({ entry }) => entry.taskId));
    return {
      items: tasks.filter((task) => task.status === 'open'),
      nextCursor: encodeCursor(found.length > shown.length ? shown.at(-1)?.item : lastKey, scope),
    };
  }

  /** Tasks by their ids, in the order of the ids. @throws TransientError when the table is too busy. */
  async #tasks(taskIds: readonly string[]): Promise<SignOffTask[]> {
    const items = await getMany(this.#table, taskIds.map(taskKey), { consistent: false, attempts: 4 });
    const tasks = new Map(
      items.map((item) => SignOffTaskSchema.parse(item['task'])).map((task) => [task.taskId, task]),
    );
    return taskIds.flatMap((taskId) => tasks.get(taskId) ?? []);
  }

  /** How many open tasks of a department a person has taken. */
  async countTaken(department: DepartmentId, person: string): Promise<number> {
    return this.#table.count(entities.task.listed('inboxPerson', { department, person }));
  }

  /** What every open task of a department is counted by, page by page, from an index of keys alone. */
  async *tallies(department: DepartmentId): AsyncGenerator<Tally[]> {
    const range = entities.task.listed('inboxTally', { department });
    for await (const items of this.#table.pages(range, { shows: range.sort })) {
      yield items.map((item) => tallyOf(String(item[range.sort])));
    }
  }

  /**
   * Brings the name index in line with a task: rows for each piece of the organisation's name while it is open, none
   * afterwards.
   * @throws TransientError when the table is too busy; what was written by then stays written.
   */
  async indexName(task: SignOffTask): Promise<void> {
    const { taskId, item, kind, district } = task;
    const name = searchable(task.organisationName);
    const entry: SearchEntry = { taskId, item, kind, district, name };
    const writes = gramsOf(name).map((gram) => {
      const key = entities.searchEntry.key({ ...task, gram });
      return task.status === 'open' ? this.#table.put(key, { entry }) : this.#table.remove(key);
    });
    await writeMany(this.#table, writes, { attempts: 6, pausing: true });
  }
}

/** The listing that leaves the least to read, and the parts of the filter that it takes care of. */
function narrowest(
  department: DepartmentId,
  filter: InboxFilter,
): { readonly range: Range<'applications'>; readonly covers: InboxFilter } {
  const { assignee, district, item, kind } = filter;
  const bounds = boundsOf(filter);
  if (assignee !== undefined) {
    const range = entities.task.listed('inboxPerson', { department, person: assignee }, bounds);
    return { range, covers: { assignee: undefined } };
  }
  if (district !== undefined) {
    const range = entities.task.listed('inboxDistrict', { department, district }, bounds);
    return { range, covers: { district: undefined } };
  }
  if (item !== undefined) {
    return {
      range: entities.task.listed('inboxItem', { department, item }, bounds),
      covers: { item: undefined },
    };
  }
  if (kind !== undefined) {
    return {
      range: entities.task.listed('inboxKind', { department, kind }, bounds),
      covers: { kind: undefined },
    };
  }
  return { range: entities.task.listed('inbox', { department }, bounds), covers: {} };
}

/** Sort keys begin with the instant at which a task is due, so that `overdue` is a bound on them. */
function boundsOf({ dueBefore }: InboxFilter): Bounds | undefined {
  return dueBefore && { before: dueBefore.toISOString() };
}

function tallyOf(text: string): Tally {
  const [dueAt = '', kind = '', item = '', district = ''] = text.split('#');
  return { dueAt, kind, item, district };
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
