import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviewerRoutes } from '../../../../functions/contracts/reviewer.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { decideTask } from '../../../../functions/review/sign-off/decide-task.ts';
import { districtRank, getRanking, putRanking } from '../../../../functions/review/sign-off/rankings.ts';
import {
  type BatchTime,
  type Recommendation,
  recommendTasks,
} from '../../../../functions/review/sign-off/recommend-tasks.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { openTask, taskIdFor } from '../../../builders/sign-off-task.ts';
import { inDistrictStep, openDistrictRooms, recommendedItem } from '../../../support/district-step.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { people, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openDistrictRooms(database);
});
afterAll(() => database.stop());

const reviewer = people.districtReviewer;
const colleague = people.secondDistrictReviewer;

type Waiting = Awaited<ReturnType<typeof inDistrictStep>>;

const waiting = (count: number): Promise<Waiting[]> =>
  Promise.all(Array.from({ length: count }, () => inDistrictStep(rooms)));

const rowOf = ({ taskId, contentHash }: Waiting): Recommendation => ({
  taskId,
  decision: { outcome: 'recommend', contentHash },
});

const ample: BatchTime = { lastCall: new AbortController().signal, over: new AbortController().signal };

const recommend = (tasks: readonly Waiting[], person: typeof reviewer | typeof colleague = reviewer) =>
  recommendTasks(rooms, person, tasks.map(rowOf), { time: ample });

const statuses = ({ results }: Awaited<ReturnType<typeof recommendTasks>>) =>
  results.map(({ status }) => status);

describe('a batch of recommendations', () => {
  it('takes each row by itself and says what became of it, in the order of the rows', async () => {
    const [good, changed, own, last] = (await waiting(4)) as [Waiting, Waiting, Waiting, Waiting];
    const rows = [
      rowOf(good),
      rowOf({ ...changed, contentHash: 'b'.repeat(64) }),
      rowOf({
        ...own,
        taskId: taskIdFor(own.applicationId, { department: 'district-440103' }),
      }),
      rowOf(last),
    ];
    const { results } = await recommendTasks(rooms, reviewer, rows, { time: ample });
    expect(results).toMatchObject([
      { taskId: good.taskId, status: 'done' },
      { taskId: changed.taskId, status: 'failed', problem: { status: 409, code: 'basis-changed' } },
      { status: 'failed', problem: { status: 404, code: 'not-found' } },
      { taskId: last.taskId, status: 'done' },
    ]);
    expect(await rooms.store.require(good.applicationId)).toMatchObject({ step: 2 });
    expect(await rooms.store.require(changed.applicationId)).toMatchObject({ step: 1 });
    reviewerRoutes.recommendTasks.response.body.parse({ results });
  });

  it('sent again answers the same, and has no second effect', async () => {
    const tasks = await waiting(12);
    expect(statuses(await recommend(tasks.slice(0, 5)))).toEqual(Array(5).fill('done'));
    const both = await Promise.all([recommend(tasks), recommend(tasks)]);
    for (const answer of both) expect(statuses(answer)).toEqual(Array(12).fill('done'));
    for (const { applicationId } of tasks) {
      const rows = await rooms.historyRows(applicationId);
      expect(rows.filter(({ event }) => event === 'recommended')).toHaveLength(1);
    }
  });

  it('does not take the decision of somebody else, or another one, for its own', async () => {
    const [theirs, refused] = (await waiting(2)) as [Waiting, Waiting];
    await recommend([theirs], colleague);
    await decideTask(rooms, reviewer, refused.taskId, {
      outcome: 'refuse',
      reason: { zh: '注册地不在本区' },
      citation: '二(一)1',
    });
    const { results } = await recommend([theirs, refused]);
    expect(results).toMatchObject([
      { status: 'failed', problem: { code: 'task-decided' } },
      { status: 'failed', problem: { code: 'task-decided' } },
    ]);
  });

  it('recommends in steps that ask for it, and nowhere else', async () => {
    const task = await inDistrictStep(rooms);
    await recommend([task]);
    const application = await rooms.store.require(task.applicationId);
    const parts = 'signOffs' in application ? Object.values(application.signOffs) : [];
    const approval = parts.find(({ department }) => department === 'gz-miit');
    if (!approval) throw new Error('the lead department has no part');
    const { results } = await recommendTasks(
      rooms,
      people.reviewer,
      [rowOf({ ...task, taskId: approval.taskId })],
      { time: ample },
    );
    expect(results).toMatchObject([{ status: 'failed', problem: { code: 'invalid-request' } }]);
  });

  it('begins no row after the last call', async () => {
    const tasks = await waiting(3);
    const { results } = await recommendTasks(rooms, reviewer, tasks.map(rowOf), {
      time: { ...ample, lastCall: AbortSignal.abort() },
    });
    expect(results).toEqual(tasks.map(({ taskId }) => ({ taskId, status: 'not-reached' })));
    for (const { taskId } of tasks) expect((await rooms.tasks.get(taskId))?.status).toBe('open');
    expect(statuses(await recommend(tasks))).toEqual(['done', 'done', 'done']);
  });

  it('answers when the time is over, whatever a row is still waiting for', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      rowOf({ applicationId: '', taskId: `task-${index}`, contentHash: '' }),
    );
    const over = new AbortController();
    const begun: string[] = [];
    const answer = recommendTasks(rooms, reviewer, rows, {
      time: { ...ample, over: over.signal },
      decide: (_parts, _actor, taskId) => {
        begun.push(taskId);
        if (begun.length === 10) over.abort();
        return new Promise(() => {});
      },
    });
    expect(statuses(await answer)).toEqual(Array(500).fill('not-reached'));
    expect(begun).toHaveLength(10);
  });

  it('works on ten rows at a time', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      rowOf({ applicationId: '', taskId: `task-${index}`, contentHash: '' }),
    );
    let under = 0;
    let most = 0;
    const decide = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return openTask();
    };
    const { results } = await recommendTasks(rooms, reviewer, rows, { time: ample, decide });
    expect(results.every(({ status }) => status === 'done')).toBe(true);
    expect(most).toBe(10);
  });

  it('is refused as a whole when a task stands in it twice, or with more than 500', () => {
    const { body } = reviewerRoutes.recommendTasks;
    const row = (number: number) => ({
      taskId: taskIdFor('01ARZ3NDEKTSV4RRFFQ69G5FAV', { submission: number, department: 'district-440106' }),
      decision: { outcome: 'recommend', contentHash: 'a'.repeat(64) },
    });
    const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
    expect(body.safeParse({ decisions: rows(500) }).success).toBe(true);
    expect(body.safeParse({ decisions: rows(501) }).success).toBe(false);
    expect(body.safeParse({ decisions: [row(1), row(1)] }).success).toBe(false);
    expect(body.safeParse({ decisions: [{ ...row(1), decision: { outcome: 'refuse' } }] }).success).toBe(
      false,
    );
  });
});

describe("a district's ranking", () => {
  const rank = async (
    order: readonly { applicationId: string }[],
    person: typeof reviewer | typeof colleague = reviewer,
  ) => {
    const { version } = await getRanking(rooms, person, recommendedItem);
    return putRanking(rooms, person, recommendedItem, {
      ifMatch: `"${version}"`,
      order: order.map(({ applicationId }) => applicationId),
    });
  };

  it('orders what the district recommended or has still to decide on, and is shown by application', async () => {
    const [a, b, c] = (await waiting(3)) as [Waiting, Waiting, Waiting];
    await recommend([a]);
    await rank([b, a]);
    const rankOf = async ({ applicationId }: Waiting) =>
      districtRank(rooms, await rooms.store.require(applicationId));
    expect(await rankOf(b)).toEqual({ rank: 1, of: 2 });
    expect(await rankOf(a)).toEqual({ rank: 2, of: 2 });
    expect(await rankOf(c)).toBeUndefined();
    await rank([a]);
    expect(await rankOf(b)).toBeUndefined();
    expect((await getRanking(rooms, colleague, recommendedItem)).order).toEqual([a.applicationId]);
  });

  it('names every application that is not among them', async () => {
    const [open, refused] = (await waiting(2)) as [Waiting, Waiting];
    await decideTask(rooms, reviewer, refused.taskId, {
      outcome: 'refuse',
      reason: { zh: '注册地不在本区' },
      citation: '二(一)1',
    });
    const unknown = { ...open, applicationId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    await expect(rank([refused, open, unknown])).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [
        { path: 'order.0', rule: 'recommended-or-open' },
        { path: 'order.2', rule: 'recommended-or-open' },
      ],
    });
    const elsewhere = { ...reviewer, department: 'district-440103' };
    const change = { ifMatch: '"0"', order: [open.applicationId] };
    const theirs = putRanking(rooms, elsewhere, recommendedItem, change);
    await expect(theirs).rejects.toMatchObject({ code: 'invalid-request' });
    const otherItem = putRanking(rooms, reviewer, 'dcmm', change);
    await expect(otherItem).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('is not made by who has an interest in an organisation that it ranks', async () => {
    const [open] = (await waiting(1)) as [Waiting];
    const { organisation } = await rooms.store.require(open.applicationId);
    const biased = { ...reviewer, id: 'biased' as typeof reviewer.id };
    await declareInterest(rooms, biased, { organisation, kind: 'kinship' });
    await expect(rank([open], biased)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    await rank([open]);
  });

  it('made by two on the same version is the one of one of them', async () => {
    const tasks = await waiting(2);
    for (let round = 0; round < 4; round += 1) {
      const results = await Promise.allSettled([rank(tasks), rank([...tasks].reverse(), colleague)]);
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      // One after the other both may go through; none is lost without a word.
      expect(lost.length).toBeLessThanOrEqual(1);
      for (const reason of lost) expect(reason).toMatchObject({ code: 'version-mismatch' });
    }
    const late = putRanking(rooms, reviewer, recommendedItem, { ifMatch: '"0"', order: [] });
    await expect(late).rejects.toMatchObject({ code: 'version-mismatch' });
  });

  it('holds up to 500, and keeps every order there was', async () => {
    const model = await rooms.store.require((await inDistrictStep(rooms)).applicationId);
    const applicationIds = Array.from({ length: 125 }, () => newUlid());
    const puts = applicationIds.map((applicationId) => ({
      PutRequest: { Item: { ...applicationKey(applicationId), state: { ...model, applicationId } } },
    }));
    for (let start = 0; start < puts.length; start += 25) {
      const RequestItems = { [rooms.tableNames.applications]: puts.slice(start, start + 25) };
      await rooms.client.send(new BatchWriteCommand({ RequestItems }));
    }
    const { version } = await rank(applicationIds.map((applicationId) => ({ applicationId })));
    expect((await getRanking(rooms, reviewer, recommendedItem)).order).toEqual(applicationIds);
    const pk = `RANKING#${reviewer.department}#${recommendedItem}`;
    expect(await rooms.countUnder(rooms.tableNames.applications, pk)).toBe(version + 1);
    const { body } = reviewerRoutes.putRanking;
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => `01${String(index).padStart(24, '0')}`);
    expect(body.safeParse({ order: ids(500) }).success).toBe(true);
    expect(body.safeParse({ order: ids(501) }).success).toBe(false);
    expect(body.safeParse({ order: [...ids(2), ...ids(1)] }).success).toBe(false);
  });
});
