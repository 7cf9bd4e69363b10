import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import { expireSignOff } from '../../../../functions/review/sign-off/expire-sign-off.ts';
import { requestSignOff } from '../../../../functions/review/sign-off/request-sign-off.ts';
import { listTasks } from '../../../../functions/review/tasks/list-tasks.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent, declared, growthContent } from '../../../builders/content.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { decide, type PresentDecision } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const approve = (amount = 40_000_000): PresentDecision => ({ outcome: 'approve', amountFen: fen(amount) });
const refuse: PresentDecision = { outcome: 'refuse', reason: { zh: '证书无法核实' }, citation: '二(二)6' };

async function submitted(content = dcmmContent()) {
  const { applicationId } = await createApplication(rooms, people.preparer, content);
  await rooms.acceptMaterials(applicationId, content.item);
  await submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`);
  return applicationId;
}

async function inSignOff(content = dcmmContent()) {
  const applicationId = await submitted(content);
  await checkEligibility(rooms, { applicationId });
  return {
    applicationId,
    taskId: taskIdFor(applicationId),
  };
}

const resumes = async (applicationId: string) =>
  (await rooms.pending(applicationId))
    .filter(({ message }) => message.type === 'resume')
    .map(({ message }) => message);

describe('the eligibility stage', () => {
  it('opens a task in the inbox of the lead department, once however often it runs', async () => {
    const applicationId = await submitted();
    const runs = await Promise.all([1, 2, 3].map(() => checkEligibility(rooms, { applicationId })));
    expect(new Set(runs.map((run) => run.outcome))).toEqual(new Set(['eligible']));
    const { items } = await listTasks(rooms, people.reviewer, { limit: 100 });
    expect(items.filter((task) => task.applicationId === applicationId)).toHaveLength(1);
    expect((await rooms.historyRows(applicationId)).map((row) => row.to)).toEqual([
      'draft',
      'submitted',
      'sign-off',
    ]);
  });

  it('ends an application with every unmet condition and its clause', async () => {
    const facts = { ...declared, level: 2, certificateNumber: 'X-1', certificateValidTo: '2020-01-01' };
    const applicationId = await submitted(dcmmContent({ facts }));
    expect(await checkEligibility(rooms, { applicationId })).toMatchObject({ outcome: 'ineligible' });
    const ended = await rooms.store.require(applicationId);
    expect(ended).toMatchObject({
      status: 'ineligible',
      reasons: [{ code: 'level-3', citation: '二(二)6' }, { code: 'certificate-valid' }],
    });
  });

  it('lets a department decide what a condition cannot', async () => {
    const facts = { ...growthContent().facts, tier: 'revenue-1b', statisticsRevenueFen: 0 };
    const applicationId = await submitted(growthContent({ facts }));
    expect(await checkEligibility(rooms, { applicationId })).toMatchObject({ outcome: 'ineligible' });
  });
});

describe('a decision', () => {
  it('of two reviewers at once is one, and the other is told that it was taken', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, taskId } = await inSignOff();
      const results = await Promise.allSettled([
        decide(rooms, people.reviewer, taskId, approve()),
        decide(rooms, people.secondReviewer, taskId, refuse),
      ]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
        code: 'task-decided',
      });
      expect(await resumes(applicationId)).toHaveLength(1);
      const status = results[0]?.status === 'fulfilled' ? 'deduplication' : 'refused';
      expect((await rooms.store.require(applicationId)).status).toBe(status);
    }
  });

  it('against a withdrawal leaves one of the two, never both, and nothing half-done', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, taskId } = await inSignOff();
      const [decided, withdrawn] = await Promise.allSettled([
        decide(rooms, people.reviewer, taskId, approve()),
        withdrawApplication(rooms, people.admin, applicationId, undefined),
      ]);
      const after = await rooms.store.require(applicationId);
      expect(withdrawn?.status).toBe('fulfilled');
      expect(after.status).toBe('withdrawn');
      const task = await rooms.tasks.get(taskId);
      expect(task?.status).toBe(decided?.status === 'fulfilled' ? 'decided' : 'closed');
      if (decided?.status === 'rejected') expect(decided.reason).toMatchObject({ code: 'task-closed' });
    }
  });

  it('after the withdrawal is refused and changes nothing', async () => {
    const { applicationId, taskId } = await inSignOff();
    await withdrawApplication(rooms, people.admin, applicationId, '改期申报');
    const before = await rooms.store.require(applicationId);
    await expect(decide(rooms, people.reviewer, taskId, approve())).rejects.toMatchObject({
      code: 'task-closed',
    });
    expect(await rooms.store.require(applicationId)).toEqual(before);
    expect((await rooms.pending(applicationId)).map(({ message }) => message.type).sort()).toEqual([
      'start-review',
      'stop-review',
    ]);
  });

  it('of another department is forbidden, and of a task that is not there not found', async () => {
    const { taskId } = await inSignOff();
    const other = decide(rooms, people.otherReviewer, taskId, approve());
    await expect(other).rejects.toMatchObject({ code: 'forbidden' });
    const nothing = decide(rooms, people.reviewer, taskId.replace(/^./, '7'), approve());
    await expect(nothing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('by somebody of the applicant itself is forbidden', async () => {
    const { applicationId, taskId } = await inSignOff();
    const { organisation } = await rooms.store.require(applicationId);
    const insider = { ...people.reviewer, organisation };
    await expect(decide(rooms, insider, taskId, approve())).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('by somebody of an enterprise that the applicant continues is forbidden', async () => {
    const predecessor = '91110000802100433B';
    const { enterprise } = dcmmContent();
    const content = dcmmContent({ enterprise: { ...enterprise, predecessors: [predecessor] } });
    const { taskId } = await inSignOff(content);
    const insider = { ...people.reviewer, organisation: predecessor };
    await expect(decide(rooms, insider, taskId, approve())).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    [0, 'nothing'],
    [50_000_100, 'more than the ceiling of the notice and the guide'],
  ])('of %d fen, %s, is refused with the limit', async (amount) => {
    const { taskId } = await inSignOff(dcmmContent({ requestedFen: fen(90_000_000) }));
    const attempt = decide(rooms, people.reviewer, taskId, approve(amount));
    await expect(attempt).rejects.toMatchObject({
      code: 'amount-too-high',
      faults: [{ path: 'amountFen', rule: 'at-most-50000000', citation: '二(二)6' }],
    });
  });

  it('based on other content than was submitted is refused', async () => {
    const { taskId } = await inSignOff();
    const seen = { ...approve(), contentHash: 'b'.repeat(64) } as PresentDecision;
    await expect(decide(rooms, people.reviewer, taskId, seen)).rejects.toMatchObject({
      code: 'basis-changed',
    });
  });
});

describe('a sign-off that ran out of time', () => {
  it('expires its task, opens a new one, and the old one can no longer be decided', async () => {
    const { applicationId, taskId } = await inSignOff();
    const stage = { applicationId, submission: 1, attempt: 1 };
    expect(await expireSignOff(rooms, stage)).toEqual({ outcome: 'continue', attempt: 2 });
    expect(await expireSignOff(rooms, stage)).toEqual({ outcome: 'continue', attempt: 2 });
    await expect(decide(rooms, people.reviewer, taskId, approve())).rejects.toMatchObject({
      code: 'task-expired',
    });
    await decide(rooms, people.reviewer, taskIdFor(applicationId, { attempt: 2 }), approve());
    expect(await resumes(applicationId)).toMatchObject([{ waitId: `sign-off.${applicationId}.1.2` }]);
  });

  it('keeps a decision that was stored before the time-out was noticed', async () => {
    const { applicationId, taskId } = await inSignOff();
    await decide(rooms, people.reviewer, taskId, approve());
    const stage = { applicationId, submission: 1, attempt: 1 };
    expect(await expireSignOff(rooms, stage)).toEqual({ outcome: 'approved', attempt: 1 });
  });

  it('racing with a decision ends as decided or as expired, and says the same to both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, taskId } = await inSignOff();
      const [decided, expired] = await Promise.allSettled([
        decide(rooms, people.reviewer, taskId, approve()),
        expireSignOff(rooms, { applicationId, submission: 1, attempt: 1 }),
      ]);
      const outcome = expired?.status === 'fulfilled' ? expired.value.outcome : 'failed';
      expect(outcome).toBe(decided?.status === 'fulfilled' ? 'approved' : 'continue');
    }
  });
});

describe('waiting for the departments', () => {
  it('goes on at once when the decision came before the wait', async () => {
    const { applicationId, taskId } = await inSignOff();
    await decide(rooms, people.reviewer, taskId, approve());
    await requestSignOff(rooms, { applicationId, submission: 1, attempt: 1, token: 'token-late' });
    expect(await resumes(applicationId)).toHaveLength(2);
  });

  it('never misses a decision taken at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, taskId } = await inSignOff();
      await Promise.all([
        decide(rooms, people.reviewer, taskId, approve()),
        requestSignOff(rooms, { applicationId, submission: 1, attempt: 1, token: `token-${round}` }),
      ]);
      expect((await resumes(applicationId)).length).toBeGreaterThanOrEqual(1);
      expect(await rooms.waits.tokens(`sign-off.${applicationId}.1.1`)).toEqual([`token-${round}`]);
    }
  });
});
