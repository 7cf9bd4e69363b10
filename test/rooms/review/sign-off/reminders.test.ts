import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remindReviewers } from '../../../../functions/review/sign-off/remind-reviewers.ts';
import { type Reminder, ReminderStore } from '../../../../functions/review/sign-off/reminder-store.ts';
import type { SignOffTask } from '../../../../functions/review/tasks/task.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, policy, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const inShanghai = (written: string) => new Date(`${written}+08:00`);
/** The last Monday before the holidays. */
const openedAt = inShanghai('2026-09-28T09:00:00');

let task: SignOffTask;
beforeEach(async () => {
  await openTask({ days: 6, unit: 'working' });
});

/** Opens a task that is due after a period, with a reminder for its last two working days. */
async function openTask(due: { days: number; unit: 'working' }, department = 'gz-miit'): Promise<void> {
  const applicationId = newUlid();
  const dueAt = policy.calendar.endOf(openedAt, due);
  task = {
    taskId: taskIdFor(applicationId, { department }),
    ...{ applicationId, department, submission: 1, step: 1, kind: 'approve', attempt: 1 },
    ...{ organisation: '91440101MA59AAAA1X', organisationName: 'A', item: 'dcmm', district: '440106' },
    status: 'open',
    createdAt: openedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    remindAt: policy.calendar.before(dueAt, { days: 2, unit: 'working' }).toISOString(),
  };
  await rooms.tables.applications.transact([rooms.tasks.open(task)]);
}

async function run(written: string): Promise<number> {
  rooms.setClock(inShanghai(written));
  const parts = { reminders: new ReminderStore(rooms.tables.applications), notice: compiled.notice };
  return (await remindReviewers({ ...parts, clock: rooms.clock })).reminded;
}

async function reminders(): Promise<Reminder[]> {
  const { Items = [] } = await rooms.client.send(
    new QueryCommand({
      TableName: rooms.tableNames.applications,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': applicationKey(task.applicationId).pk, ':prefix': 'REMINDER#' },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => item['reminder'] as Reminder);
}
const said = async () => (await reminders()).map(({ about, number }) => `${about} ${number}`);

describe('reminders over the holidays of October 2026', () => {
  it('come on the last two working days, the make-up Saturday among them, and not in the holidays', async () => {
    // 28, 29, 30 September, 8, 9 and, a Saturday on which people work, 10 October.
    expect(task.dueAt).toBe(inShanghai('2026-10-11T00:00:00').toISOString());
    await run('2026-09-30T18:00:00');
    await run('2026-10-07T12:00:00');
    await run('2026-10-08T23:59:59');
    expect(await said()).toEqual([]);
    await run('2026-10-09T00:00:00');
    expect(await said()).toEqual(['due-soon 1']);
    await run('2026-10-10T23:59:59');
    expect(await said()).toEqual(['due-soon 1']);
    await run('2026-10-11T00:00:00');
    expect(await said()).toEqual(['due-soon 1', 'overdue 1']);
  });

  it('bring an overdue task up once, and then once a week, and decide nothing', async () => {
    for (const day of ['11', '12', '17', '18', '19', '25']) await run(`2026-10-${day}T08:00:00`);
    expect(await said()).toEqual(['overdue 1', 'overdue 2', 'overdue 3']);
    expect(await rooms.tasks.get(task.taskId)).toEqual(task);
  });
});

describe('reminding', () => {
  it('writes each reminder once, though two runs meet', async () => {
    const counts = await Promise.all([
      run('2026-10-09T08:00:00'),
      run('2026-10-09T08:00:00'),
      run('2026-10-09T08:00:00'),
    ]);
    expect(await said()).toEqual(['due-soon 1']);
    const first = counts.reduce((sum, count) => sum + count, 0);
    expect(first).toBeGreaterThan(0);
    expect(await run('2026-10-09T09:00:00')).toBe(0);
  });

  it('that was left out for weeks says what is due now, and not what it missed', async () => {
    await run('2026-11-05T08:00:00');
    expect(await said()).toEqual(['overdue 4']);
  });

  it('leaves alone what is decided', async () => {
    await rooms.tables.applications.transact([rooms.tasks.decide(task, 'reviewer')]);
    await run('2026-10-12T08:00:00');
    expect(await said()).toEqual([]);
  });

  it('reaches districts, and says who has the task', async () => {
    await openTask({ days: 6, unit: 'working' }, 'district-440106');
    const assignment = {
      to: 'reviewer-7',
      by: { id: 'lead', role: 'department-lead' } as const,
      at: openedAt.toISOString(),
    };
    await rooms.tables.applications.transact(rooms.tasks.assign(task, assignment));
    await run('2026-10-09T08:00:00');
    expect(await reminders()).toEqual([
      expect.objectContaining({ department: 'district-440106', assignee: 'reviewer-7' }),
    ]);
  });
});
