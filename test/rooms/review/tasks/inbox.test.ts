import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { countTasks } from '../../../../functions/review/tasks/count-tasks.ts';
import { indexTasks } from '../../../../functions/review/tasks/index-tasks.ts';
import { listTasks, type TaskQuery } from '../../../../functions/review/tasks/list-tasks.ts';
import type { SignOffTask } from '../../../../functions/review/tasks/task.ts';
import { openTask } from '../../../builders/sign-off-task.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

const count = 10_000;
const hourMs = 3_600_000;
const items = ['dcmm', 'growth-milestone', 'core-tech', 'first-edition'];
const districts = ['440103', '440104', '440105', '440106', '440111', '440112'];
const kinds = ['approve', 'opinion', 'recommend'] as const;

let database: TestDynamoDb;
let rooms: Rooms;
let tasks: readonly SignOffTask[];
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  tasks = Array.from({ length: count }, (_, index) => taskOf(index));
  await writeTasks(tasks);
  // Named apart from all others, so that their rows in the name index are few.
  for (const task of tasks.filter(({ organisationName }) => organisationName.includes('木棉'))) {
    await indexTasks(rooms, task.taskId);
  }
}, 120_000);
afterAll(() => database.stop());
afterEach(() => vi.restoreAllMocks());

/** Due in an order that is not the one of their ids; the first tenth is overdue. */
function taskOf(index: number): SignOffTask {
  const dueIn = ((index * 7919) % count) - count / 10;
  return openTask({
    applicationId: `01${String(index).padStart(24, '0')}`,
    item: items[index % items.length] ?? '',
    district: districts[index % districts.length] ?? '',
    kind: kinds[index % 3] ?? 'approve',
    organisationName: index % 100 === 0 ? '广州木棉智能科技有限公司' : `广州示例${index}号软件有限公司`,
    dueAt: new Date(today.getTime() + (dueIn + 0.5) * hourMs).toISOString(),
    ...(index % 250 === 0 && { assignee: people.reviewer.id }),
  });
}

async function writeTasks(all: readonly SignOffTask[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(all.length / 25) }, (_, index) =>
    all.slice(index * 25, index * 25 + 25),
  ).values();
  const write = async () => {
    for (const batch of batches) {
      await rooms.tables.applications.transact(batch.map((task) => rooms.tasks.open(task)));
    }
  };
  await Promise.all([write(), write(), write(), write()]);
}

/** What a page cost: calls that read, and items that they went through. */
function watch() {
  const send = vi.spyOn(rooms.client, 'send');
  return () => {
    const calls = send.mock.calls.map(([command], index) => ({
      name: command.constructor.name,
      result: send.mock.settledResults[index]?.value as
        | { ScannedCount?: number; Responses?: Record<string, unknown[]> }
        | undefined,
    }));
    const reading = calls.filter(({ name }) => name === 'QueryCommand' || name === 'BatchGetCommand');
    const others = new Set(calls.map(({ name }) => name));
    others.delete('QueryCommand');
    others.delete('BatchGetCommand');
    return {
      queries: reading.length,
      read: reading.reduce(
        (sum, { result }) =>
          sum + (result?.ScannedCount ?? Object.values(result?.Responses ?? {}).flat().length),
        0,
      ),
      others: [...others],
    };
  };
}

const list = (query: Partial<TaskQuery> = {}) => listTasks(rooms, people.reviewer, { limit: 20, ...query });

/** Every page of a listing; each keeps to its share of reads. */
async function all(query: Partial<TaskQuery>): Promise<SignOffTask[]> {
  const found: SignOffTask[] = [];
  let cursor: string | undefined;
  do {
    const cost = watch();
    const page = await list({ limit: 100, ...query, cursor });
    expect(cost().read).toBeLessThanOrEqual(100);
    vi.restoreAllMocks();
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const dueSorted = (some: readonly SignOffTask[]) =>
  [...some].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1)).map(({ taskId }) => taskId);

const filters: readonly [string, Partial<TaskQuery>, (task: SignOffTask) => boolean][] = [
  ['nothing', {}, () => true],
  ['item', { item: 'core-tech' }, ({ item }) => item === 'core-tech'],
  ['kind', { kind: 'opinion' }, ({ kind }) => kind === 'opinion'],
  ['district', { district: '440112' }, ({ district }) => district === '440112'],
  ['overdue', { overdue: 'true' }, ({ dueAt }) => dueAt < today.toISOString()],
  ['mine', { mine: 'true' }, ({ assignee }) => assignee === people.reviewer.id],
  ['q', { q: '木棉' }, ({ organisationName }) => organisationName.includes('木棉')],
];

describe('an inbox of 10,000 open tasks', () => {
  it.each(filters)(
    'narrowed by %s shows a full first page for two queries and 100 items at most',
    async (_name, query, fits) => {
      for (const limit of [20, 50]) {
        const cost = watch();
        const page = await list({ ...query, limit });
        const { queries, read, others } = cost();
        expect(queries).toBeLessThanOrEqual(2);
        expect(read).toBeLessThanOrEqual(100);
        expect(others.filter((name) => name !== 'PutCommand')).toEqual([]);
        vi.restoreAllMocks();
        const expected = dueSorted(tasks.filter(fits)).slice(0, limit);
        expect(page.items.map(({ taskId }) => taskId)).toEqual(expected);
      }
    },
  );

  it.each(filters.slice(4))(
    'narrowed by %s shows each of its tasks once over all pages',
    async (_name, query, fits) => {
      const found = await all(query);
      expect(found.map(({ taskId }) => taskId)).toEqual(dueSorted(tasks.filter(fits)));
    },
  );

  it.each<[string, Partial<TaskQuery>, (task: SignOffTask) => boolean]>([
    [
      'item, kind and district, overdue',
      { item: 'dcmm', kind: 'approve', district: '440103', overdue: 'true' },
      ({ item, kind, district, dueAt }) =>
        item === 'dcmm' && kind === 'approve' && district === '440103' && dueAt < today.toISOString(),
    ],
    [
      'mine of an item',
      { mine: 'true', item: 'core-tech' },
      ({ item, assignee }) => item === 'core-tech' && assignee === people.reviewer.id,
    ],
    [
      'mine of a name',
      { mine: 'true', q: '木棉智能' },
      ({ organisationName, assignee }) =>
        organisationName.includes('木棉') && assignee === people.reviewer.id,
    ],
    [
      'a name in a district, overdue',
      { q: '广州木棉', district: '440105', overdue: 'true' },
      ({ organisationName, district, dueAt }) =>
        organisationName.includes('木棉') && district === '440105' && dueAt < today.toISOString(),
    ],
  ])('narrowed by %s at once shows them all, 100 items read a page', async (_name, query, fits) => {
    const expected = dueSorted(tasks.filter(fits));
    expect(expected.length).toBeGreaterThan(0);
    expect((await all(query)).map(({ taskId }) => taskId)).toEqual(expected);
  });

  it('is searched without regard to width, case, blanks and punctuation', async () => {
    const task = openTask({ organisationName: '广州ＡＢ－Cloud（天河）软件有限公司', department: 'gz-sti' });
    await rooms.store.write([rooms.tasks.open(task)]);
    await indexTasks(rooms, task.taskId);
    for (const q of ['ab cloud', 'Ｃｌｏｕｄ天河', 'CLOUD (天']) {
      const { items: found } = await listTasks(rooms, people.otherReviewer, { limit: 20, q });
      expect(found.map(({ taskId }) => taskId)).toEqual([task.taskId]);
    }
  });

  it('goes through the inbox for a name of which every piece is common', async () => {
    const cost = watch();
    const { items: found } = await list({ q: '软件有限公司' });
    expect(cost()).toMatchObject({ queries: 1 });
    expect(found).toHaveLength(20);
  });

  it.each(['广', '（ ）', ' 州 '])('refuses to search for %j, which is too short', async (q) => {
    await expect(list({ q })).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'query.q', rule: 'at-least-two-characters' }],
    });
  });

  it('refuses a cursor of a page that was narrowed otherwise', async () => {
    const { nextCursor } = await list({ item: 'dcmm' });
    for (const query of [{}, { item: 'core-tech' }, { item: 'dcmm', overdue: 'true' as const }]) {
      await expect(list({ ...query, cursor: nextCursor })).rejects.toMatchObject({
        code: 'invalid-request',
        faults: [{ rule: 'foreign-cursor' }],
      });
    }
  });

  it('is of the own department alone', async () => {
    const other = { ...people.otherReviewer, department: 'gz-finance-office' };
    for (const [, query] of filters) {
      expect((await listTasks(rooms, other, { limit: 20, ...query })).items).toEqual([]);
    }
    const { department: _, ...nowhere } = people.reviewer;
    await expect(listTasks(rooms, nowhere, { limit: 20 })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is shown and counted to those alone who decide for the department', async () => {
    const misplaced = { ...people.reviewer, roles: ['district-reviewer'] } as const;
    await expect(listTasks(rooms, misplaced, { limit: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(countTasks(rooms, misplaced, { soonDays: 3 })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('makes whoever looks a known member', async () => {
    const newcomer = { ...people.reviewer, id: 'newcomer' };
    expect(await rooms.people.isMember('gz-miit', 'newcomer')).toBe(false);
    await listTasks(rooms, newcomer, { limit: 1 });
    expect(await rooms.people.isMember('gz-miit', 'newcomer')).toBe(true);
  });

  it('is counted from keys alone', async () => {
    const cost = watch();
    const counts = await countTasks(rooms, people.reviewer, { soonDays: 2 });
    expect(cost().others).toEqual([]);
    expect(cost().queries).toBeLessThanOrEqual(6);
    expect(counts).toEqual({
      open: count,
      overdue: count / 10,
      dueSoon: 48,
      mine: count / 250,
      byItem: Object.fromEntries(items.map((item) => [item, count / items.length])),
      byKind: { approve: 3334, opinion: 3333, recommend: 3333 },
      byDistrict: Object.fromEntries(
        districts.map((district, index) => [district, index < count % districts.length ? 1667 : 1666]),
      ),
    });
  });
});

describe('the name index', () => {
  it('forgets a task that has ended, however late and often it is told', async () => {
    const task = openTask({ organisationName: '广州凤凰木软件有限公司', department: 'gz-sti' });
    await rooms.store.write([rooms.tasks.open(task)]);
    await indexTasks(rooms, task.taskId);
    await indexTasks(rooms, task.taskId);
    const rows = () => rooms.countUnder(rooms.tableNames.applications, 'SEARCH#gz-sti#凤凰');
    expect(await rows()).toBe(1);
    await rooms.store.write([rooms.tasks.end(task.taskId, 'closed')]);
    // Between the end and the index's update the row is there, and its task is not shown.
    const shown = await listTasks(rooms, people.otherReviewer, { limit: 20, q: '凤凰木' });
    expect(shown.items).toEqual([]);
    await indexTasks(rooms, task.taskId);
    // The record of the opening, delivered again.
    await indexTasks(rooms, task.taskId);
    expect(await rows()).toBe(0);
  });

  it('takes no notice of a task that is not there', async () => {
    await expect(indexTasks(rooms, openTask().taskId)).resolves.toBeUndefined();
  });

  it('keeps no rows for pieces that stand in every name', async () => {
    for (const gram of ['广州', '科技', '有限', '公司']) {
      expect(await rooms.countUnder(rooms.tableNames.applications, `SEARCH#gz-miit#${gram}`)).toBe(0);
    }
  });
});
