import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reviewerRoutes } from '../../../../functions/contracts/reviewer.ts';
import { CalendarMissingError } from '../../../../functions/policy/calendar/work-calendar.ts';
import { openNotice } from '../../../../functions/publicity/notice/open-notice.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import { showTask } from '../../../../functions/review/sign-off/show-task.ts';
import { TaskDetailSchema } from '../../../../functions/review/sign-off/task-detail.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { contentOf, creditParts, kindsGuide, kindsPool, policyOfKinds } from '../../../builders/guide.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { signedOffApplication, submittedApplication } from '../../../builders/signed-off-application.ts';
import { decide, type PresentDecision } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { recordListing } from '../../../support/listing.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds() };
});
afterAll(() => database.stop());

const sti = people.otherReviewer;
const miit = people.reviewer;

/** Approves with figures in fen. */
function approve(amountFen?: number, verifiedInputFen?: number, more: object = {}): PresentDecision {
  return {
    outcome: 'approve',
    ...(amountFen !== undefined && { amountFen: fen(amountFen) }),
    ...(verifiedInputFen !== undefined && { verifiedInputFen: fen(verifiedInputFen) }),
    ...more,
  };
}
const refuse: PresentDecision = { outcome: 'refuse', reason: { zh: '无法核实' }, citation: '二(一)1' };

async function submitted(content = contentOf('open-source')): Promise<string> {
  const guide = content.item === 'dcmm' ? '2026.1' : kindsGuide;
  const application = submittedApplication(content, { guide });
  const Item = { ...applicationKey(application.applicationId), state: application };
  await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
  await rooms.store.write([rooms.store.keepSubmission(application)]);
  return application.applicationId;
}

/** An application in sign-off, with a way to decide for a department. */
async function inSignOff(content = contentOf('open-source'), parts: Rooms = rooms) {
  const applicationId = await submitted(content);
  await checkEligibility(parts, { applicationId });
  const taskOf = (department: string) => taskIdFor(applicationId, { department });
  return {
    applicationId,
    taskOf,
    decide: (reviewer: typeof miit | typeof sti, decision: PresentDecision) =>
      decide(parts, reviewer, taskOf(reviewer.department), decision),
    now: () => rooms.store.require(applicationId),
  };
}

const resumes = async (applicationId: string) =>
  (await rooms.pending(applicationId)).filter(({ message }) => message.type === 'resume');

describe('the list of serious dishonesty', () => {
  const asks = {
    facts: [
      creditParts.fact,
      { id: 'programme', type: 'text' as const, title: { zh: '项目', en: 'programme' } },
    ],
    conditions: [creditParts.condition],
  };
  const policy = policyOfKinds({ 'core-tech-a': asks });
  const list = (isListed: boolean) =>
    recordListing(rooms, {
      ...{ uscc: publishedUscc, listed: isListed, since: '2026-11-20', source: '市场监管总局公示' },
    });
  const content = () => {
    const { facts, ...rest } = contentOf('core-tech-a');
    return { ...rest, facts: { ...facts, [creditParts.fact.id]: false } };
  };
  afterEach(() => list(false));

  it('ends what was submitted, whatever is stated, with its condition', async () => {
    await list(true);
    const { now } = await inSignOff(content(), { ...rooms, policy });
    expect(await now()).toMatchObject({
      status: 'ineligible',
      reasons: [{ code: 'no-dishonesty', citation: creditParts.condition.citation }],
    });
    const { now: unasked } = await inSignOff();
    expect((await unasked()).status).toBe('sign-off');
  });

  it('lets nobody approve what came onto it since; it may be refused', async () => {
    const { applicationId, decide, now } = await inSignOff(content(), { ...rooms, policy });
    await list(true);
    const taskId = taskIdFor(applicationId, { department: 'gz-miit' });
    const files = { presignDownload: async () => 'https://files.example/1' };
    const shown = TaskDetailSchema.parse(await showTask({ ...rooms, policy, files }, miit, taskId));
    expect(shown.dishonesty).toMatchObject({ since: '2026-11-20', source: '市场监管总局公示' });
    await expect(decide(miit, approve(100))).rejects.toMatchObject({
      code: 'dishonesty-listed',
      faults: [{ rule: 'no-dishonesty', citation: creditParts.condition.citation }],
    });
    expect((await now()).status).toBe('sign-off');
    await decide(miit, { outcome: 'refuse', reason: { zh: '失信' }, citation: '二(一)1' });
    expect((await now()).status).toBe('refused');
  });

  it('that is changed at the moment of an approval comes before it or after it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { decide, now } = await inSignOff(content(), { ...rooms, policy });
      const results = await Promise.allSettled([decide(miit, approve(100)), list(true)]);
      const [approval] = results;
      const isApproved = Object.values(((await now()) as { signOffs: object }).signOffs).some(
        (part) => 'decision' in part,
      );
      expect(isApproved).toBe(approval.status === 'fulfilled');
      if (approval.status === 'rejected') {
        expect(approval.reason).toMatchObject({ code: 'dishonesty-listed' });
      }
      await list(false);
    }
  });
});

describe('approving a share of the input', () => {
  it('needs the verified input, and says so with the amount that is missing too', async () => {
    const { decide, now } = await inSignOff();
    await expect(decide(miit, approve())).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [
        { path: 'amountFen', rule: 'required', citation: `申报指南 ${kindsGuide} open-source` },
        {
          path: 'verifiedInputFen',
          rule: 'required',
          citation: `申报指南 ${kindsGuide} open-source`,
          message: { zh: expect.stringContaining('核定投入'), en: expect.stringContaining('verified') },
        },
      ],
    });
    await expect(decide(miit, approve(1, 0))).rejects.toMatchObject({
      faults: [{ path: 'verifiedInputFen' }],
    });
    expect((await now()).status).toBe('sign-off');
  });

  it('takes the share of what was verified, never of what was claimed', async () => {
    const { decide, now } = await inSignOff();
    // A fifth of the 80 million fen verified; a fifth of the 100 million claimed would be more.
    for (const amount of [16_000_001, 20_000_000]) {
      await expect(decide(miit, approve(amount, 80_000_000))).rejects.toMatchObject({
        code: 'amount-too-high',
        faults: [{ path: 'amountFen', rule: 'at-most-16000000', citation: `申报指南 ${kindsGuide}` }],
      });
    }
    await decide(miit, approve(16_000_000, 80_000_000));
    expect(await now()).toMatchObject({
      status: 'deduplication',
      signedOffFen: 16_000_000,
      verifiedInputFen: 80_000_000,
    });
  });

  it('above what was claimed needs a reason, which is kept, and then counts in full', async () => {
    const { applicationId, decide, now } = await inSignOff();
    await expect(decide(miit, approve(24_000_000, 120_000_000))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'reason', rule: 'required-above-claimed' }],
    });
    await decide(miit, approve(24_000_000, 120_000_000, { reason: { zh: '漏报一笔服务器采购' } }));
    expect(await now()).toMatchObject({
      verifiedInputFen: 120_000_000,
      signOffs: {
        '1.gz-miit': {
          decision: {
            amountFen: 24_000_000,
            reason: { zh: '漏报一笔服务器采购', en: '漏报一笔服务器采购' },
          },
        },
      },
    });
    expect(await resumes(applicationId)).toHaveLength(1);
  });

  it('stays within the guide and the request, however much was verified', async () => {
    const verified = approve(500_000_001, 9_000_000_000, { reason: { zh: '审计调增' } });
    const rich = await inSignOff(contentOf('open-source', { requestedFen: fen(900_000_000) }));
    await expect(rich.decide(miit, verified)).rejects.toMatchObject({
      faults: [{ rule: 'at-most-500000000' }],
    });
    const modest = await inSignOff(contentOf('open-source', { requestedFen: fen(5_000_000) }));
    await expect(modest.decide(miit, approve(5_000_001, 100_000_000))).rejects.toMatchObject({
      faults: [{ rule: 'at-most-5000000', message: { zh: '上限来自：申请金额' } }],
    });
  });
});

describe('approving what is no share of the input', () => {
  it('takes an amount alone', async () => {
    const { decide } = await inSignOff(dcmmContent());
    await expect(decide(miit, approve(40_000_000, 1))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'verifiedInputFen', rule: 'no-share-of-input' }],
    });
    await expect(decide(miit, approve())).rejects.toMatchObject({
      faults: [{ path: 'amountFen', rule: 'required' }],
    });
  });

  it.each([
    ['core-tech-a', 300_000_000, 'the guide', 900_000_000],
    ['core-tech-b', 200_000_000, 'the guide', 900_000_000],
    ['core-tech-b', 70_000_000, 'the request', 70_000_000],
  ])('fixes the amount of %s at sign-off, up to %d fen of %s', async (item, limit, _, requested) => {
    const { decide, now } = await inSignOff(contentOf(item, { requestedFen: fen(requested) }));
    await expect(decide(sti, approve(limit + 1))).rejects.toMatchObject({
      code: 'amount-too-high',
      faults: [{ rule: `at-most-${limit}` }],
    });
    await decide(sti, approve(limit));
    await decide(miit, approve(limit));
    expect(await now()).toMatchObject({ status: 'deduplication', signedOffFen: limit });
  });

  it.each([0, 1_000_000])('of a recognition takes no amount, not even of %d fen', async (amount) => {
    const { decide, now } = await inSignOff(contentOf('innovation-catalogue', { requestedFen: fen(0) }));
    await expect(decide(sti, approve(amount, 5))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [
        { path: 'amountFen', rule: 'pays-nothing', message: { en: expect.stringContaining('without') } },
        { path: 'verifiedInputFen', rule: 'no-share-of-input' },
      ],
    });
    await decide(sti, approve());
    expect(await now()).toMatchObject({ status: 'deduplication', signedOffFen: 0 });
  });

  it('is written in the contract as it is taken', () => {
    const { body } = reviewerRoutes.decideTask;
    const contentHash = 'c'.repeat(64);
    expect(body.parse({ outcome: 'approve', contentHash })).toEqual({ outcome: 'approve', contentHash });
    expect(() => body.parse({ outcome: 'approve' })).toThrow();
    expect(() => body.parse({ outcome: 'approve', contentHash, verifiedInputFen: -1 })).toThrow();
    expect(() => body.parse({ outcome: 'approve', contentHash, verified: 1 })).toThrow();
    expect(() => body.parse({ outcome: 'return', items: [] })).toThrow('at least one');
  });
});

describe('two lead departments', () => {
  const both = [sti, miit] as const;

  it.each([
    ['in the order of the notice', [0, 1]],
    ['in the other order', [1, 0]],
  ])('%s: the second one sends the review on, with the smaller amount', async (_, order) => {
    const { applicationId, decide, now } = await inSignOff(contentOf('core-tech-a'));
    const amounts = [90_000_000, 60_000_000];
    const [first, second] = order.map((index) => ({ who: both[index], amount: amounts[index] }));
    if (!first?.who || !second?.who) throw new Error('two decide');
    await decide(first.who, approve(first.amount));
    expect((await now()).status).toBe('sign-off');
    expect(await resumes(applicationId)).toEqual([]);
    await decide(second.who, approve(second.amount));
    expect(await now()).toMatchObject({ status: 'deduplication', signedOffFen: 60_000_000 });
    expect(await resumes(applicationId)).toHaveLength(1);
  });

  it('at the same moment both count, and the review goes on once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, decide, now } = await inSignOff(contentOf('core-tech-a'));
      await Promise.all([decide(sti, approve(90_000_000)), decide(miit, approve(60_000_000))]);
      expect(await now()).toMatchObject({ status: 'deduplication', signedOffFen: 60_000_000 });
      expect(await resumes(applicationId)).toHaveLength(1);
    }
  });

  it('the refusal of one closes the task of the other', async () => {
    const { applicationId, decide, now, taskOf } = await inSignOff(contentOf('core-tech-a'));
    await decide(sti, refuse);
    expect((await now()).status).toBe('refused');
    expect(await rooms.tasks.get(taskOf('gz-miit'))).toMatchObject({ status: 'closed' });
    await expect(decide(miit, approve(1_000_000))).rejects.toMatchObject({ code: 'task-closed' });
    expect(await resumes(applicationId)).toHaveLength(1);
  });

  it('one refuses what the other has approved already', async () => {
    const { applicationId, decide, now } = await inSignOff(contentOf('core-tech-a'));
    await decide(sti, approve(90_000_000));
    await decide(miit, refuse);
    expect((await now()).status).toBe('refused');
    expect(await resumes(applicationId)).toMatchObject([{ message: { output: { outcome: 'refused' } } }]);
  });

  it('at the same moment a refusal ends it, whatever the other says', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { applicationId, decide, now } = await inSignOff(contentOf('core-tech-a'));
      const [approved, refused] = await Promise.allSettled([
        decide(sti, approve(90_000_000)),
        decide(miit, refuse),
      ]);
      expect(refused?.status).toBe('fulfilled');
      if (approved?.status === 'rejected') expect(approved.reason).toMatchObject({ code: 'task-closed' });
      expect((await now()).status).toBe('refused');
      expect(await resumes(applicationId)).toHaveLength(1);
    }
  });

  it('verify an input each: the smaller one and its amount count', async () => {
    const parts = { ...rooms, policy: policyOfKinds({}, { 'open-source': ['gz-sti', 'gz-miit'] }) };
    const { decide, now } = await inSignOff(contentOf('open-source'), parts);
    await decide(miit, approve(20_000_000, 100_000_000));
    await decide(sti, approve(9_000_000, 50_000_000));
    expect(await now()).toMatchObject({ signedOffFen: 9_000_000, verifiedInputFen: 50_000_000 });
  });
});

describe('the departments that are asked', () => {
  it('are the district of registration, where the notice says districts', async () => {
    const { now } = await inSignOff(contentOf('talent'));
    const application = await now();
    expect('signOffs' in application && Object.keys(application.signOffs).sort()).toEqual([
      '1.district-440106',
      '1.gz-education',
    ]);
  });

  it('are the successors of those that have ended', async () => {
    const { now } = await inSignOff(contentOf('first-release-finance'));
    const application = await now();
    expect('signOffs' in application && Object.keys(application.signOffs)).toEqual(['1.gz-finance-office']);
  });
});

describe('a task in detail', () => {
  const files = { presignDownload: async () => 'https://files.example/1' };

  it('shows the kind, the input claimed and every limit, and after the decision the input verified', async () => {
    const { decide, taskOf } = await inSignOff();
    const look = async () =>
      TaskDetailSchema.parse(await showTask({ ...rooms, files }, miit, taskOf('gz-miit')));
    const before = await look();
    expect(before).toMatchObject({
      supportKind: 'paid',
      amountKind: 'ratio',
      claimedInputFen: 100_000_000,
      limitFen: 20_000_000,
    });
    expect(before.limits).toEqual([
      { source: 'notice', fen: 1_000_000_000, citation: '二(一)3' },
      { source: 'notice-ratio', fen: 30_000_000, citation: '二(一)3' },
      { source: 'guide', fen: 500_000_000, citation: `申报指南 ${kindsGuide}` },
      { source: 'guide-ratio', fen: 20_000_000, citation: `申报指南 ${kindsGuide}` },
      { source: 'requested', fen: 400_000_000 },
    ]);
    await decide(miit, approve(10_000_000, 80_000_000));
    expect(await look()).toMatchObject({ verifiedInputFen: 80_000_000, limitFen: 16_000_000 });
  });

  it('shows of a recognition that nothing can be approved in money', async () => {
    const { taskOf } = await inSignOff(contentOf('innovation-catalogue'));
    const detail = TaskDetailSchema.parse(await showTask({ ...rooms, files }, sti, taskOf('gz-sti')));
    expect(detail).toMatchObject({ supportKind: 'recognition', amountKind: 'none', limitFen: 0 });
    expect(detail).not.toHaveProperty('claimedInputFen');
  });
});

describe('deadlines', () => {
  /** Rooms whose items are due in working days from an instant. */
  function due(days: number, at: string): Rooms {
    const signOff = {
      steps: [{ kind: 'approve', by: 'lead' } as const],
      due: { days, unit: 'working' as const },
      expiresAfterSeconds: 60,
    };
    return { ...rooms, policy: policyOfKinds({ 'open-source': { signOff } }), clock: () => new Date(at) };
  }

  it.each([
    // The national holiday, and the Saturday worked for it.
    [5, '2026-09-30T02:00:00Z', '2026-10-12T16:00:00.000Z'],
    [1, '2026-09-30T02:00:00Z', '2026-09-30T16:00:00.000Z'],
    // In Shanghai it is the holiday's first day already.
    [1, '2026-09-30T16:00:00Z', '2026-10-08T16:00:00.000Z'],
    // The spring festival, worked before and after on Saturdays.
    [3, '2026-02-13T01:00:00Z', '2026-02-24T16:00:00.000Z'],
    [1, '2026-05-01T01:00:00Z', '2026-05-06T16:00:00.000Z'],
  ])('give %d working days from %s until %s', async (days, from, until) => {
    const { taskOf } = await inSignOff(contentOf('open-source'), due(days, from));
    expect(await rooms.tasks.get(taskOf('gz-miit'))).toMatchObject({ dueAt: until });
  });

  it('beyond the years of the calendar are an error that names the year, and nothing is written', async () => {
    const applicationId = await submitted();
    const asked = checkEligibility(due(20, '2026-12-20T02:00:00Z'), { applicationId });
    await expect(asked).rejects.toThrow(CalendarMissingError);
    await expect(checkEligibility(due(20, '2026-12-20T02:00:00Z'), { applicationId })).rejects.toThrow(
      '2027',
    );
    expect(await rooms.store.require(applicationId)).toMatchObject({ status: 'submitted', version: 2 });
  });

  it.each([
    ['working', 7, '2026-10-14T16:00:00.000Z'],
    ['calendar', 7, '2026-10-06T16:00:00.000Z'],
  ] as const)('of the public notice count %s days', async (unit, days, closesAt) => {
    const at = '2026-09-30T02:00:00.000Z';
    const policy = policyOfKinds({ 'open-source': { notice: { days, unit } } });
    const content = contentOf('open-source');
    const { applicationId } = signedOffApplication(content);
    const application = {
      ...signedOffApplication(content, { applicationId, guide: kindsGuide }),
      status: 'allocated',
      matterKey: `open-source:${publishedUscc}:X`,
      claims: [],
      pool: kindsPool,
      ceiling: { fen: fen(100), limits: [], unitFen: 100 },
      award: { fen: fen(100), roundId: applicationId, at },
    };
    const Item = { ...applicationKey(applicationId), state: application };
    await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
    const parts = { ...rooms, policy, clock: () => new Date(at) };
    expect(await openNotice(parts, { applicationId, submission: 1 })).toEqual({
      outcome: 'noticed',
      closesAt,
    });
  });

  it('of the public notice in working days beyond the calendar are an error, in calendar days they are not', () => {
    const { calendar } = rooms.policy;
    const start = new Date('2026-12-31T02:00:00Z');
    expect(() => calendar.endOf(start, { days: 2, unit: 'working' })).toThrow(CalendarMissingError);
    const end = calendar.endOf(start, { days: 2, unit: 'calendar' });
    expect(end.toISOString()).toBe('2027-01-01T16:00:00.000Z');
  });
});
