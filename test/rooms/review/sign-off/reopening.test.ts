import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedKinds, findBreak } from '../../../../functions/audit/find-break.ts';
import { operatorRoutes } from '../../../../functions/contracts/operator.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { involvedIn } from '../../../../functions/money/pools/duty-rules.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { checkCorrection } from '../../../../functions/review/sign-off/check-correction.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import {
  decideReopening,
  reopeningView,
  requestReopening,
} from '../../../../functions/review/sign-off/reopen-application.ts';
import type { ReopeningDecision } from '../../../../functions/review/sign-off/reopening-decision.ts';
import { contentOf, policyOfKinds } from '../../../builders/guide.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { storedHistory } from '../../../builders/stored-history.ts';
import { decide } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

const item = 'core-tech-a';
const changes: Partial<GuideItem> = {
  signOff: {
    steps: [{ kind: 'approve', by: ['gz-miit'] }],
    due: { days: 10, unit: 'working' },
    expiresAfterSeconds: 60,
  },
  correction: {
    rounds: 2,
    due: { days: 5, unit: 'working' },
    warnBefore: { days: 2, unit: 'working' },
    grace: { days: 1, unit: 'calendar' },
  },
};
const reason = '系统故障导致逾期';
const approve: ReopeningDecision = { outcome: 'approve' };
const refuse: ReopeningDecision = { outcome: 'refuse', reason: '逾期系本人原因' };
/** A Monday two weeks later: what was due has lapsed. */
const later = new Date('2026-12-07T02:00:00Z');

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds({ [item]: changes }) };
});
afterAll(() => database.stop());

/** An application that was returned and never corrected. */
async function lapsed(): Promise<string> {
  rooms.setClock(today);
  const { applicationId } = await createApplication(rooms, people.preparer, contentOf(item));
  await rooms.acceptMaterials(applicationId, 'dcmm');
  await submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`);
  await checkEligibility(rooms, { applicationId });
  await decide(rooms, people.reviewer, taskIdFor(applicationId), {
    outcome: 'return',
    items: [{ path: 'projectName', reason: { zh: '请更正' }, citation: '二(一)1' }],
  });
  rooms.setClock(later);
  expect(await checkCorrection(rooms, { applicationId, submission: 1 })).toMatchObject({ outcome: 'lapsed' });
  return applicationId;
}

async function requested(): Promise<string> {
  const applicationId = await lapsed();
  await requestReopening(rooms, people.operator, applicationId, reason);
  return applicationId;
}

const byOperator = (applicationId: string, why = reason) =>
  requestReopening(rooms, people.operator, applicationId, why);
const bySecond = (applicationId: string, decision: ReopeningDecision) =>
  decideReopening(rooms, people.secondOperator, applicationId, decision);
const thirdOperator = { id: 'third-operator', roles: ['operator'] } as const;
const starts = async (applicationId: string) =>
  (await rooms.pending(applicationId))
    .map(({ message }) => message)
    .filter(({ type }) => type === 'start-review' || type === 'stop-review');
const expectWhole = async (applicationId: string) => {
  const { items, head } = await storedHistory(database, applicationId);
  expect(findBreak(auditedKinds.application(applicationId), items, head)).toBeUndefined();
};

describe('a lapsed application', () => {
  it('is with the applicant again when a second operator approves, with the time that the guide gives', async () => {
    const applicationId = await requested();
    const reopened = (await bySecond(applicationId, approve)) as ApplicationIn<'returned'>;
    expect(await rooms.store.require(applicationId)).toMatchObject({
      status: 'returned',
      submission: { number: 1, reopening: 1 },
      corrections: [
        {
          round: 1,
          items: [{ path: 'projectName' }],
          warnAt: '2026-12-09T16:00:00.000Z',
          dueAt: '2026-12-11T16:00:00.000Z',
          lapsesAt: '2026-12-12T16:00:00.000Z',
        },
      ],
      reopenings: [{ reason, by: 'operator', approvedBy: 'second-operator' }],
      deciders: { 'second-operator': 'reopening-1' },
    });
    expect(reopened.corrections[0]).not.toHaveProperty('warnedAt');
    expect(reopened).not.toHaveProperty('reasons');
    expect(await starts(applicationId)).toContainEqual({
      ...{ type: 'start-review', applicationId, submission: 1, reopening: 1 },
    });
    expect((await rooms.historyRows(applicationId)).slice(-2)).toMatchObject([
      { event: 'reopening-requested', actor: { id: 'operator', role: 'operator' }, note: reason },
      { event: 'reopened', actor: { id: 'second-operator' }, from: 'lapsed', to: 'returned' },
    ]);
    await expectWhole(applicationId);
  });

  it('goes on like any other that was returned', async () => {
    const corrected = await requested();
    await bySecond(corrected, approve);
    expect(await checkEligibility(rooms, { applicationId: corrected })).toMatchObject({
      outcome: 'returned',
    });
    expect(await checkCorrection(rooms, { applicationId: corrected, submission: 1 })).toMatchObject({
      outcome: 'waiting',
    });
    const { version } = await rooms.store.require(corrected);
    const content = { ...contentOf(item), projectName: '更正后的名称' };
    await editApplication(rooms, people.preparer, corrected, { ifMatch: `"${version}"`, body: content });
    await submitApplication(rooms, people.admin, corrected, `again-${corrected}`);
    const { submission } = (await rooms.store.require(corrected)) as ApplicationIn<'submitted'>;
    expect(submission.number).toBe(2);
    expect(submission.reopening).toBeUndefined();
  });

  it('is not decided on by whoever asked for that, neither in a step nor on its money', async () => {
    const applicationId = await requested();
    await bySecond(applicationId, approve);
    const { version, content } = await rooms.store.require(applicationId);
    const body = { ...content, projectName: '更正后的名称' };
    await editApplication(rooms, people.preparer, applicationId, { ifMatch: `"${version}"`, body });
    await submitApplication(rooms, people.admin, applicationId, `again-${applicationId}`);
    await checkEligibility(rooms, { applicationId });
    const reviewing = { ...people.reviewer, id: people.operator.id };
    const taskId = taskIdFor(applicationId, { submission: 2 });
    const refusal = { outcome: 'refuse', reason: { zh: '无法核实' }, citation: '二(一)1' } as const;
    await expect(decide(rooms, reviewing, taskId, refusal)).rejects.toMatchObject({ code: 'same-person' });
    const application = (await rooms.store.require(applicationId)) as ApplicationIn<'sign-off'>;
    expect(involvedIn(application)).toEqual(
      expect.arrayContaining([people.operator.id, people.secondOperator.id]),
    );
  });

  it('keeps who had it reopened when it is withdrawn', async () => {
    const applicationId = await requested();
    await bySecond(applicationId, approve);
    await withdrawApplication(rooms, people.admin, applicationId, undefined);
    expect(await rooms.store.require(applicationId)).toMatchObject({
      status: 'withdrawn',
      reopenings: [{ by: 'operator', approvedBy: 'second-operator' }],
    });
  });

  it('that lapses once more is opened by another one than the time before', async () => {
    const late = await requested();
    await bySecond(late, approve);
    rooms.setClock(new Date('2026-12-14T02:00:00Z'));
    await checkCorrection(rooms, { applicationId: late, submission: 1 });
    await byOperator(late);
    await expect(bySecond(late, approve)).rejects.toMatchObject({ code: 'same-person' });
    await decideReopening(rooms, thirdOperator, late, approve);
    expect(await starts(late)).toContainEqual({
      ...{ type: 'start-review', applicationId: late, submission: 1, reopening: 2 },
    });
    await expectWhole(late);
  });

  it('that was reopened stops under its new name when it is withdrawn', async () => {
    const applicationId = await requested();
    await bySecond(applicationId, approve);
    await withdrawApplication(rooms, people.admin, applicationId, undefined);
    expect(await starts(applicationId)).toContainEqual({
      ...{ type: 'stop-review', applicationId, submission: 1, reopening: 1 },
      cause: 'withdrawn by the applicant',
    });
  });

  it('stays lapsed when the second operator refuses, and may be asked for again', async () => {
    const applicationId = await requested();
    await bySecond(applicationId, refuse);
    const kept = await rooms.store.require(applicationId);
    expect(operatorRoutes.getReopening.response.body.parse(reopeningView(kept))).toMatchObject({
      status: 'lapsed',
      request: { reason, by: 'operator' },
      refusal: { reason: '逾期系本人原因', by: 'second-operator' },
      reopenings: [],
    });
    expect(await starts(applicationId)).toHaveLength(1);
    await expect(decideReopening(rooms, thirdOperator, applicationId, approve)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await byOperator(applicationId, '补充证据');
    await bySecond(applicationId, approve);
    expect(await rooms.store.require(applicationId)).toMatchObject({ status: 'returned' });
    await expectWhole(applicationId);
  });
});

describe('a request or decision sent again', () => {
  it('answers what stands there and changes nothing', async () => {
    const applicationId = await lapsed();
    const first = await byOperator(applicationId);
    expect((await byOperator(applicationId)).version).toBe(first.version);
    await expect(byOperator(applicationId, '另一理由')).rejects.toMatchObject({ code: 'already-exists' });
    await expect(requestReopening(rooms, people.secondOperator, applicationId, reason)).rejects.toMatchObject(
      { code: 'already-exists' },
    );

    const refused = await bySecond(applicationId, refuse);
    expect((await bySecond(applicationId, refuse)).version).toBe(refused.version);
    await byOperator(applicationId);
    const reopened = await bySecond(applicationId, approve);
    expect((await bySecond(applicationId, approve)).version).toBe(reopened.version);
    expect((await starts(applicationId)).filter((message) => 'reopening' in message)).toHaveLength(1);
    await expect(byOperator(applicationId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(bySecond(applicationId, refuse)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('at the same time has one effect', async () => {
    const applicationId = await lapsed();
    const { version } = await rooms.store.require(applicationId);
    await Promise.all([1, 2, 3].map(() => byOperator(applicationId)));
    await Promise.all([1, 2, 3].map(() => bySecond(applicationId, approve)));
    expect((await rooms.store.require(applicationId)).version).toBe(version + 2);
  });
});

describe('approval and refusal at once', () => {
  it('are one of the two, and the other is told that it came too late', async () => {
    for (let round = 0; round < 6; round += 1) {
      const applicationId = await requested();
      const results = await Promise.allSettled([
        bySecond(applicationId, approve),
        decideReopening(rooms, thirdOperator, applicationId, refuse),
      ]);
      const [approved] = results;
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
        code: 'not-in-this-state',
      });
      const { status } = await rooms.store.require(applicationId);
      expect(status).toBe(approved.status === 'fulfilled' ? 'returned' : 'lapsed');
      expect(await starts(applicationId)).toHaveLength(approved.status === 'fulfilled' ? 2 : 1);
      await expectWhole(applicationId);
    }
  });
});

describe('a reopening is refused', () => {
  it('to whoever asked for it, and without a request', async () => {
    const applicationId = await lapsed();
    await expect(bySecond(applicationId, approve)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await byOperator(applicationId);
    for (const decision of [approve, refuse]) {
      await expect(decideReopening(rooms, people.operator, applicationId, decision)).rejects.toMatchObject({
        code: 'same-person',
      });
    }
    await expect(byOperator('01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['prepared', people.preparer.id],
    ['submitted', people.admin.id],
    ['decided in', people.reviewer.id],
  ])('to whoever has %s the application', async (_, id) => {
    const actor = { id, roles: ['operator'] } as const;
    const applicationId = await lapsed();
    await expect(requestReopening(rooms, actor, applicationId, reason)).rejects.toMatchObject({
      code: 'same-person',
    });
    await byOperator(applicationId);
    for (const decision of [approve, refuse]) {
      await expect(decideReopening(rooms, actor, applicationId, decision)).rejects.toMatchObject({
        code: 'same-person',
      });
    }
  });

  it('to whoever has an interest in the organisation', async () => {
    const applicationId = await lapsed();
    const { organisation } = await rooms.store.require(applicationId);
    const partial = { id: 'partial-operator', roles: ['operator'] } as const;
    await rooms.people.write([
      rooms.people.declare(partial.id, organisation, { kind: 'holding', at: today.toISOString() }),
    ]);
    const conflict = { code: 'conflict-of-interest' };
    await expect(requestReopening(rooms, partial, applicationId, reason)).rejects.toMatchObject(conflict);
    await byOperator(applicationId);
    await expect(decideReopening(rooms, partial, applicationId, approve)).rejects.toMatchObject(conflict);
    expect((await rooms.store.require(applicationId)).status).toBe('lapsed');
  });

  it('while the application has not lapsed', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, contentOf(item));
    await expect(byOperator(applicationId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(bySecond(applicationId, approve)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });
});
