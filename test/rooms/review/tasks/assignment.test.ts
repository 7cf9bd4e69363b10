import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delegate } from '../../../../functions/people/delegate.ts';
import { endDelegation } from '../../../../functions/people/end-delegation.ts';
import { PeopleStore } from '../../../../functions/people/people-store.ts';
import { decideTask } from '../../../../functions/review/sign-off/decide-task.ts';
import { assignTask, giveBackTask, takeTask } from '../../../../functions/review/tasks/assign-task.ts';
import { listTasks } from '../../../../functions/review/tasks/list-tasks.ts';
import { getOpinionDraft, saveOpinionDraft } from '../../../../functions/review/tasks/opinion-drafts.ts';
import { taskKey } from '../../../../functions/review/tasks/task-store.ts';
import { witnessKey } from '../../../../functions/shared/keys.ts';
import { shanghaiDate } from '../../../../functions/shared/shanghai-date.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { openTask } from '../../../builders/sign-off-task.ts';
import { inDistrictStep, openDistrictRooms } from '../../../support/district-step.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openDistrictRooms(database);
  for (const person of [first, second, lead]) await listTasks(rooms, person, { limit: 1 });
});
afterAll(() => database.stop());

const first = people.districtReviewer;
const second = people.secondDistrictReviewer;
const lead = people.districtLead;

const recommend = (person: typeof first | typeof second, task: { taskId: string; contentHash: string }) =>
  decideTask(rooms, person, task.taskId, { outcome: 'recommend', contentHash: task.contentHash });

async function assignments(taskId: string): Promise<unknown[]> {
  const { Items = [] } = await rooms.client.send(
    new QueryCommand({
      TableName: rooms.tableNames.applications,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': taskKey(taskId).pk, ':prefix': `ASSIGNMENT#${taskId}#` },
    }),
  );
  return Items.map((item) => item['assignment']);
}

const mine = async (person: typeof first | typeof second) =>
  (await listTasks(rooms, person, { limit: 100, mine: 'true' })).items.map(({ taskId }) => taskId);

describe('taking a task', () => {
  it('leaves no more behind in its witness, however often it is taken and given back', async () => {
    const { taskId } = await inDistrictStep(rooms);
    const Key = witnessKey(taskKey(taskId));
    const size = async () => {
      const { Item } = await rooms.client.send(
        new GetCommand({ TableName: rooms.tableNames.applications, Key, ConsistentRead: true }),
      );
      return JSON.stringify(Item).length;
    };
    await takeTask(rooms, first, taskId);
    await giveBackTask(rooms, first, taskId);
    const before = await size();
    for (let times = 0; times < 5; times += 1) {
      await takeTask(rooms, first, taskId);
      await giveBackTask(rooms, first, taskId);
    }
    // A digit more in a count.
    expect((await size()) - before).toBeLessThan(8);
  });

  it('makes it mine, once however often I take it, and keeps who did what', async () => {
    const { taskId } = await inDistrictStep(rooms);
    expect(await takeTask(rooms, first, taskId)).toMatchObject({ assignee: first.id });
    expect(await takeTask(rooms, first, taskId)).toMatchObject({ assignee: first.id });
    expect(await mine(first)).toContain(taskId);
    expect(await giveBackTask(rooms, first, taskId)).not.toHaveProperty('assignee');
    expect(await giveBackTask(rooms, first, taskId)).not.toHaveProperty('assignee');
    expect(await mine(first)).not.toContain(taskId);
    await assignTask(rooms, lead, taskId, second.id);
    expect(await mine(second)).toContain(taskId);
    const at = rooms.clock().toISOString();
    const by = { id: first.id, role: 'district-reviewer' };
    expect(await assignments(taskId)).toEqual([
      { taskId, number: 1, to: first.id, by, at },
      { taskId, number: 2, from: first.id, by, at },
      { taskId, number: 3, to: second.id, by: { id: lead.id, role: 'department-lead' }, at },
    ]);
  });

  it('by two at once gives it to one, and tells the other', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { taskId } = await inDistrictStep(rooms);
      const results = await Promise.allSettled([
        takeTask(rooms, first, taskId),
        takeTask(rooms, second, taskId),
      ]);
      const [won, ...more] = results.filter((result) => result.status === 'fulfilled');
      expect(more).toEqual([]);
      expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
        code: 'task-assigned',
      });
      expect((await rooms.tasks.get(taskId))?.assignee).toBe(won?.value.assignee);
      expect(await assignments(taskId)).toHaveLength(1);
    }
  });

  it('is refused to who has an interest in the organisation, and to its own people', async () => {
    const task = openTask({ department: 'district-440106', organisation: '91440101MADEMP01XX' });
    await rooms.store.write([rooms.tasks.open(task)]);
    const insider = { ...first, id: 'insider' };
    await rooms.people.write([
      rooms.people.declare(insider.id, task.organisation, {
        kind: 'kinship',
        at: rooms.clock().toISOString(),
      }),
    ]);
    await expect(takeTask(rooms, insider, task.taskId)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
    const employee = { ...first, organisation: task.organisation };
    await expect(takeTask(rooms, employee, task.taskId)).rejects.toMatchObject({ code: 'forbidden' });
    await rooms.people.seeMember('district-440106', insider.id);
    await expect(assignTask(rooms, lead, task.taskId, insider.id)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
    expect(await rooms.tasks.get(task.taskId)).toEqual(task);
  });

  it('is for the own department and what is there', async () => {
    const { taskId } = await inDistrictStep(rooms);
    await expect(takeTask(rooms, people.reviewer, taskId)).rejects.toMatchObject({ code: 'forbidden' });
    const nothing = takeTask(rooms, first, taskId.replace(/^./, '7'));
    await expect(nothing).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('handing a task on', () => {
  it('is for the lead, to somebody who was seen in the department', async () => {
    const { taskId } = await inDistrictStep(rooms);
    await takeTask(rooms, first, taskId);
    await expect(giveBackTask(rooms, second, taskId)).rejects.toMatchObject({ code: 'task-assigned' });
    await expect(assignTask(rooms, second, taskId, second.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(assignTask(rooms, lead, taskId, people.reviewer.id)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'assignee', rule: 'member-of-department' }],
    });
    await expect(assignTask(rooms, people.lead, taskId, first.id)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await assignTask(rooms, lead, taskId, second.id)).toMatchObject({ assignee: second.id });
    expect(await giveBackTask(rooms, lead, taskId)).not.toHaveProperty('assignee');
  });

  it('at the same time as giving back leaves what the last one did', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { taskId } = await inDistrictStep(rooms);
      await takeTask(rooms, first, taskId);
      const [handed, returned] = await Promise.allSettled([
        assignTask(rooms, lead, taskId, second.id),
        giveBackTask(rooms, first, taskId),
      ]);
      expect(handed.status).toBe('fulfilled');
      if (returned.status === 'rejected') expect(returned.reason).toMatchObject({ code: 'task-assigned' });
      expect((await rooms.tasks.get(taskId))?.assignee).toBe(second.id);
      expect(await assignments(taskId)).toHaveLength(returned.status === 'fulfilled' ? 3 : 2);
    }
  });
});

describe('deciding against taking', () => {
  it('after another has taken it is refused, and whoever has it decides', async () => {
    const task = await inDistrictStep(rooms);
    await takeTask(rooms, first, task.taskId);
    await expect(recommend(second, task)).rejects.toMatchObject({ code: 'task-assigned' });
    expect(await recommend(first, task)).toMatchObject({ status: 'decided', decidedBy: first.id });
    expect(await mine(first)).not.toContain(task.taskId);
  });

  it('before another takes it stands, and there is nothing left to take, hand on or give back', async () => {
    const task = await inDistrictStep(rooms);
    await recommend(first, task);
    for (const late of [
      () => takeTask(rooms, second, task.taskId),
      () => assignTask(rooms, lead, task.taskId, second.id),
      () => giveBackTask(rooms, first, task.taskId),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: 'task-decided' });
    }
    expect(await assignments(task.taskId)).toEqual([]);
  });

  it('at the same moment is one or the other', async () => {
    for (let round = 0; round < 6; round += 1) {
      const task = await inDistrictStep(rooms);
      const [decided, taken] = await Promise.allSettled([
        recommend(first, task),
        takeTask(rooms, second, task.taskId),
      ]);
      expect([decided.status, taken.status].sort()).toEqual(['fulfilled', 'rejected']);
      const { status } = (await rooms.tasks.get(task.taskId)) ?? {};
      expect(status).toBe(decided.status === 'fulfilled' ? 'decided' : 'open');
      const { reason } = (decided.status === 'rejected' ? decided : taken) as PromiseRejectedResult;
      expect(reason).toMatchObject({
        code: decided.status === 'rejected' ? 'task-assigned' : 'task-decided',
      });
    }
  });

  it('at the moment that the lead hands the task on is by who had it, or not at all', async () => {
    for (let round = 0; round < 6; round += 1) {
      const task = await inDistrictStep(rooms);
      await takeTask(rooms, first, task.taskId);
      const [decided, handed] = await Promise.allSettled([
        recommend(first, task),
        assignTask(rooms, lead, task.taskId, second.id),
      ]);
      expect([decided.status, handed.status].sort()).toEqual(['fulfilled', 'rejected']);
      if (decided.status === 'rejected') expect(decided.reason).toMatchObject({ code: 'task-assigned' });
      else expect((handed as PromiseRejectedResult).reason).toMatchObject({ code: 'task-decided' });
    }
  });
});

describe('a drafted opinion', () => {
  const fields = { opinion: '材料齐全，拟推荐', note: '已电话核实' };

  it('is kept for its author alone until the decision', async () => {
    const task = await inDistrictStep(rooms);
    await expect(getOpinionDraft(rooms, first, task.taskId)).rejects.toMatchObject({ code: 'not-found' });
    await saveOpinionDraft(rooms, first, task.taskId, { opinion: '初稿' });
    const saved = await saveOpinionDraft(rooms, first, task.taskId, fields);
    expect(saved).toEqual({ fields, savedAt: rooms.clock().toISOString(), submission: 1 });
    expect(await getOpinionDraft(rooms, first, task.taskId)).toEqual(saved);
    await expect(getOpinionDraft(rooms, second, task.taskId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(getOpinionDraft(rooms, people.reviewer, task.taskId)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const { pk } = taskKey(task.taskId);
    const before = await rooms.countUnder(rooms.tableNames.applications, pk);
    await recommend(first, task);
    await expect(getOpinionDraft(rooms, first, task.taskId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(saveOpinionDraft(rooms, first, task.taskId, fields)).rejects.toMatchObject({
      code: 'task-decided',
    });
    // The draft has gone; history and the tasks of the next step have come.
    const opened = Object.values((await stateOf(task.applicationId)).signOffs).length - 1;
    expect(await rooms.countUnder(rooms.tableNames.applications, pk)).toBe(before - 1 + 1 + opened);
  });

  it('saved at the moment of the decision is there before it or refused after it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const task = await inDistrictStep(rooms);
      const [saved] = await Promise.allSettled([
        saveOpinionDraft(rooms, first, task.taskId, fields),
        recommend(first, task),
      ]);
      if (saved.status === 'rejected') expect(saved.reason).toMatchObject({ code: 'task-decided' });
      const found = await rooms.client.send(
        new QueryCommand({
          TableName: rooms.tableNames.applications,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': taskKey(task.taskId).pk, ':prefix': 'DRAFT#' },
        }),
      );
      expect(found.Items).toEqual([]);
    }
  });

  it('does not outlive its application for good', async () => {
    const { taskId } = await inDistrictStep(rooms);
    await saveOpinionDraft(rooms, first, taskId, fields);
    const { Items = [] } = await rooms.client.send(
      new QueryCommand({
        TableName: rooms.tableNames.applications,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': taskKey(taskId).pk, ':prefix': 'DRAFT#' },
      }),
    );
    const days = Items.map(({ expiresAt }) => (expiresAt * 1000 - rooms.clock().getTime()) / 86_400_000);
    expect(days).toEqual([730]);
  });

  it('outlives a task that expired', async () => {
    const task = openTask({ department: 'district-440106', organisation: publishedUscc });
    const again = openTask({ ...task, taskId: task.taskId.replace(/1$/, '2'), attempt: 2 });
    await rooms.store.write([rooms.tasks.open(task)]);
    await saveOpinionDraft(rooms, first, task.taskId, fields);
    await rooms.store.write([rooms.tasks.end(task.taskId, 'expired'), rooms.tasks.open(again)]);
    await expect(getOpinionDraft(rooms, first, task.taskId)).rejects.toMatchObject({ code: 'not-found' });
    expect((await getOpinionDraft(rooms, first, again.taskId)).fields).toEqual(fields);
  });
});

async function stateOf(applicationId: string) {
  const application = await rooms.store.require(applicationId);
  if (application.status !== 'sign-off') throw new Error(`it is ${application.status}`);
  return application;
}

describe('a decision in the place of an absent colleague', () => {
  /** A task that the first has taken, and a delegation to the second. */
  async function delegated() {
    const task = await inDistrictStep(rooms);
    await takeTask(rooms, first, task.taskId);
    const day = shanghaiDate(rooms.clock());
    const { delegationId } = await delegate(rooms, first, { to: second.id, from: day, until: day });
    return { task, end: () => endDelegation(rooms, first, delegationId) };
  }

  it('is bound to both, and to a delegation that stands when it is written', async () => {
    const { task, end } = await delegated();
    /** Ends the delegation in the moment after it was read. */
    class Overtaken extends PeopleStore {
      override async given(absentee: string) {
        const given = await super.given(absentee);
        if (given.delegations.length > 0) await end();
        return given;
      }
    }
    const overtaken = { ...rooms, people: new Overtaken(rooms.tables.people) };
    const decision = { outcome: 'recommend', contentHash: task.contentHash } as const;
    await expect(decideTask(overtaken, second, task.taskId, decision)).rejects.toMatchObject({
      code: 'task-assigned',
    });
    expect(await rooms.tasks.get(task.taskId)).toMatchObject({ status: 'open', assignee: first.id });

    const again = await delegated();
    await recommend(second, again.task);
    expect(await rooms.store.require(again.task.taskId.slice(0, 26))).toMatchObject({
      deciders: { [first.id]: 'step-1', [second.id]: 'step-1' },
    });
    await again.end();
  });
});
