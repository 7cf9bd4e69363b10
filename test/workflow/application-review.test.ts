import { readFileSync } from 'node:fs';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deduplicate } from '../../functions/duplicates/screening/deduplicate.ts';
import { adjudicate } from '../../functions/endings/adjudicate.ts';
import { withdrawApplication } from '../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import type { Content } from '../../functions/filing/applications/content.ts';
import { createApplication, editApplication } from '../../functions/filing/applications/edit-draft.ts';
import type { ApplicationEvent } from '../../functions/filing/applications/history-row.ts';
import { recordReviewFailure } from '../../functions/filing/applications/record-review-failure.ts';
import { submitApplication } from '../../functions/filing/submission/submit-application.ts';
import { OutboxStore } from '../../functions/news/relay/outbox-store.ts';
import { Relay } from '../../functions/news/relay/relay.ts';
import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import { endNotice } from '../../functions/publicity/notice/end-notice.ts';
import { openNotice } from '../../functions/publicity/notice/open-notice.ts';
import { AwardRegistry } from '../../functions/registry/awards/award-registry.ts';
import { checkCorrection } from '../../functions/review/sign-off/check-correction.ts';
import { checkEligibility } from '../../functions/review/sign-off/check-eligibility.ts';
import { expireSignOff } from '../../functions/review/sign-off/expire-sign-off.ts';
import { requestSignOff } from '../../functions/review/sign-off/request-sign-off.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { TransientError } from '../../functions/shared/errors.ts';
import { fen } from '../../functions/shared/money.ts';
import { waitIds } from '../../functions/shared/wait-repository.ts';
import { awaitOutcome } from '../../functions/waits/await-outcome.ts';
import type { Wait } from '../../functions/waits/wait-decision.ts';
import { dcmmContent, declared } from '../builders/content.ts';
import { calendarOf2026, contentOf, kindsGuide, policyOfKinds } from '../builders/guide.ts';
import { taskIdFor } from '../builders/sign-off-task.ts';
import { machineArn, type States, setup } from '../local/states-setup.ts';
import { decide, type PresentDecision } from '../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { compiled, openRooms, people, type Rooms, today } from '../support/rooms.ts';
import { eventually } from '../support/story.ts';

const text = readFileSync(
  new URL('../../statemachines/application-review.asl.json', import.meta.url),
  'utf8',
);
const definition = JSON.parse(
  text
    .replaceAll('${AWSPartition}', 'aws-cn')
    .replaceAll(/\$\{(\w+)FunctionArn\}/g, '$1')
    // One function for every wait: here each is told apart.
    .replaceAll(
      /"AwaitOutcome"(,\s*"Payload": \{\s*"wait": "(\w)(\w+)")/g,
      (_, payload, first, rest) => `"Await${first.toUpperCase()}${rest}"${payload}`,
    ),
);

/** Two months of the definition in about this long, so that a sign-off really runs out of time. */
const twoMonthsMs = 3_000;
const shortSeconds = twoMonthsMs / (60 * 86_400);

type FakeFunction = Parameters<States['invoker']['functions']['set']>[1];
interface Stage {
  readonly applicationId: string;
  readonly submission: number;
}

let database: TestDynamoDb;
let dcmmRooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  dcmmRooms = openRooms(database);
});
afterAll(() => database?.stop());

let serial = 0;

/** A dcmm draft with a matter of its own each time: another company or another level. */
function newDcmm(): Content {
  const level = 3 + (Math.floor(++serial / 3) % 3);
  const facts = { ...declared, level, certificateNumber: `W-${serial}`, certificateValidTo: '2029-01-31' };
  const uscc = ['91440101731566630A', '914403001922038216', '9144030071526726XG'][serial % 3] ?? '';
  return dcmmContent({ facts, enterprise: { ...dcmmContent().enterprise, uscc } });
}

/**
 * The machine on the real use cases and the real relay; functions can be put in the place of some.
 * @param rooms where the application lives, with the policy and the clock it is under.
 */
async function begin(
  msPerSecond: number,
  instead: Readonly<Record<string, FakeFunction>> = {},
  content: Content = newDcmm(),
  rooms: Rooms = dcmmRooms,
) {
  const admin = { ...people.admin, organisation: content.enterprise.uscc };
  const { applicationId } = await createApplication(rooms, admin, content);
  // The items of other kinds ask for the same materials.
  await rooms.acceptMaterials(applicationId, 'dcmm');
  await submitApplication(rooms, admin, applicationId, `key-${applicationId}`);

  const states = await setup(msPerSecond);
  const deduplication = {
    applications: rooms.store,
    registry: new AwardRegistry(rooms.tables.registry),
    ...{ claims: rooms.claims, checks: rooms.checks },
    ...{ tasks: rooms.tasks, traces: rooms.traces, verdicts: rooms.verdicts, names: rooms.names },
    pools: rooms.pools,
    policy: rooms.policy,
    clock: rooms.clock,
  };
  const functions: Record<string, FakeFunction> = {
    CheckEligibility: (input: Stage) => checkEligibility(rooms, input),
    RequestSignOff: (input: Stage & { attempt: number; token: string }) => requestSignOff(rooms, input),
    ExpireSignOff: (input: Stage & { attempt: number }) => expireSignOff(rooms, input),
    CheckCorrection: (input: Stage) => checkCorrection(rooms, input),
    ...Object.fromEntries(
      ['Correction', 'Adjudication', 'Allocation', 'Objections', 'Screening', 'Payment'].map((wait) => [
        `Await${wait}`,
        (input: Stage & { wait: Wait; token: string }) => awaitOutcome(rooms, input),
      ]),
    ),
    Deduplicate: (input: Stage) => deduplicate(deduplication, input),
    OpenNotice: (input: Stage) => openNotice(rooms, input),
    EndNotice: (input: Stage) => endNotice(rooms, input),
    RecordReviewFailure: (input: Stage & { error: { Error: string } }) =>
      recordReviewFailure(rooms, input, input.error.Error),
    ...instead,
  };
  for (const [name, run] of Object.entries(functions)) states.invoker.functions.set(name, run);
  states.define(definition);
  const relay = new Relay({
    sendAnnouncement: async () => undefined,
    messages: new OutboxStore(rooms.tables.workflow),
    states: states.client,
    waits: rooms.waits,
    clock: rooms.clock,
    reviewStateMachineArn: machineArn,
    roundStateMachineArn: machineArn,
    orderStateMachineArn: machineArn,
  });
  /** Delivers what is pending about this application, as the stream would. */
  const deliver = async () => {
    for (const { pk } of await rooms.pending(applicationId)) await relay.deliver(pk);
  };
  await deliver();
  const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${applicationId}-1`;
  const status = async () => (await rooms.store.require(applicationId)).status;
  return { applicationId, admin, states, relay, deliver, arn, status };
}

const approve = { outcome: 'approve', amountFen: fen(30_000_000) } as const;

/** What a budget round does to an application that it pays. */
async function allocateIn(rooms: Rooms, applicationId: string): Promise<number> {
  const application = await rooms.store.require(applicationId);
  if (application.status !== 'pooled') throw new Error(`it is ${application.status}`);
  const at = today.toISOString();
  const allocated: ApplicationIn<'allocated'> = {
    ...application,
    status: 'allocated',
    version: application.version + 1,
    award: { fen: application.ceiling.fen, roundId: applicationId, at },
  };
  const note = { at, actor: { id: 'round', role: 'system' }, event: 'allocated' } as const;
  await rooms.store.write([
    ...rooms.store.transition(application, allocated, note),
    rooms.outbox.message({
      type: 'resume',
      waitId: waitIds.allocation(applicationId, 1),
      output: { outcome: 'allocated' },
    }),
  ]);
  return application.ceiling.fen;
}

/** What an order and the bank do to an application whose notice has ended. */
async function payIn(rooms: Rooms, applicationId: string): Promise<void> {
  const cleared = await eventually(
    () => rooms.store.require(applicationId),
    (seen) => seen.status === 'noticed' && seen.notice.clearedAt !== undefined,
  );
  if (cleared.status !== 'noticed') throw new Error(`it is ${cleared.status}`);
  const at = today.toISOString();
  const { award, version } = cleared;
  const ordered: ApplicationIn<'ordered'> = {
    ...cleared,
    status: 'ordered',
    version: version + 1,
    order: { orderId: applicationId, fen: award.fen, at },
    paidFen: fen(0),
  };
  const note = (event: ApplicationEvent) => ({
    at,
    actor: { id: 'treasury', role: 'system' } as const,
    event,
  });
  await rooms.store.write(rooms.store.transition(cleared, ordered, note('ordered')));
  const stored = await rooms.store.require(applicationId);
  if (stored.status !== 'ordered') throw new Error(`it is ${stored.status}`);
  await rooms.store.write([
    ...rooms.store.transition(
      stored,
      { ...stored, status: 'closed', version: stored.version + 1, paidFen: award.fen },
      note('paid'),
    ),
    rooms.outbox.message({
      type: 'resume',
      waitId: waitIds.payment(applicationId, cleared.submission.number),
      output: { outcome: 'closed' },
    }),
  ]);
}

describe('the state machine of a review', () => {
  let rooms: Rooms;
  beforeAll(() => {
    rooms = dcmmRooms;
  });

  it('asks again when nobody decides in two months, and the late decision is refused', async () => {
    const { applicationId, states, deliver, status } = await begin(shortSeconds);
    await eventually(status, (seen) => seen === 'sign-off');
    await states.tokenOf('RequestSignOff', 1);
    const late = decide(rooms, people.reviewer, taskIdFor(applicationId), approve);
    await expect(late).rejects.toMatchObject({ code: 'task-expired' });
    await decide(rooms, people.reviewer, taskIdFor(applicationId, { attempt: 2 }), approve);
    await deliver();
    await eventually(status, (seen) => seen === 'pooled');
  });

  it('goes on with a decision whose token had expired before the relay could use it', async () => {
    const { applicationId, states, deliver, status } = await begin(shortSeconds);
    await states.tokenOf('RequestSignOff');
    await decide(rooms, people.reviewer, taskIdFor(applicationId), approve);
    // Nothing is delivered before the time is over: the machine finds the decision in the tables.
    await eventually(status, (seen) => seen === 'pooled');
    await deliver();
    expect(states.invoker.payloadsOf('ExpireSignOff')).toHaveLength(1);
    expect(states.invoker.payloadsOf('RequestSignOff')).toHaveLength(1);
  });

  it('is finished by the sweep when the resumption was lost after the decision was stored', async () => {
    const { applicationId, states, relay, status } = await begin(1);
    await states.tokenOf('RequestSignOff');
    await decide(rooms, people.reviewer, taskIdFor(applicationId), approve);
    rooms.setClock(new Date(today.getTime() + 60_000));
    await relay.sweep();
    rooms.setClock(today);
    await eventually(status, (seen) => seen === 'pooled');
  });

  it('is stopped by a withdrawal, and its claim and place in the pool are free again', async () => {
    const { applicationId, admin, states, deliver, arn, status } = await begin(1);
    await states.tokenOf('RequestSignOff');
    await decide(rooms, people.reviewer, taskIdFor(applicationId), approve);
    await deliver();
    await eventually(status, (seen) => seen === 'pooled');
    const pooled = await rooms.store.require(applicationId);
    const claims = 'claims' in pooled ? pooled.claims : [];
    expect(claims.length).toBeGreaterThan(0);
    await withdrawApplication(rooms, admin, applicationId, undefined);
    await deliver();
    expect((await states.ended(arn)).status).toBe('ABORTED');
    for (const claim of claims) expect(await rooms.countUnder(rooms.tableNames.registry, claim)).toBe(0);
    expect(await rooms.pending(applicationId)).toEqual([]);
  });

  it('tries a transient error again, and does nothing twice', async () => {
    const { applicationId, states, status } = await begin(1, {
      CheckEligibility: async (input: Stage, count: number) => {
        // The first answer is lost after the work was done.
        const answer = await checkEligibility(rooms, input);
        if (count === 1) throw new TransientError('the connection broke');
        return answer;
      },
    });
    await states.tokenOf('RequestSignOff');
    expect(await status()).toBe('sign-off');
    const events = (await rooms.historyRows(applicationId)).map((row) => row.event);
    expect(events).toEqual(['created', 'submitted', 'found-eligible']);
  });

  it('records an error that it cannot handle, and the application keeps its status', async () => {
    const { applicationId, states, arn } = await begin(1, {
      RequestSignOff: () => {
        throw new RangeError('a secret detail');
      },
    });
    expect(await states.ended(arn)).toMatchObject({ status: 'FAILED', error: 'ReviewFailed' });
    const kept = await rooms.store.require(applicationId);
    expect(kept).toMatchObject({ status: 'sign-off', failure: { error: 'RangeError' } });
    expect(JSON.stringify(kept)).not.toContain('secret');
  });
});

describe('the review of every kind of item', () => {
  let kinds: Rooms;
  let own = 0;
  beforeAll(() => {
    kinds = { ...dcmmRooms, policy: policyOfKinds() };
  });

  /** Content of an item for a matter of its own. */
  function contentOfOwn(item: string): Content {
    own += 1;
    const content = contentOf(item);
    const facts = Object.entries(content.facts).map(([id, value]) => [
      id,
      typeof value === 'string' ? `${value} ${own}` : Array.isArray(value) ? [`INV-${own}`] : value,
    ]);
    return { ...content, facts: Object.fromEntries(facts) };
  }

  /** Starts a review and lets departments decide, each as soon as it is asked. */
  async function reviewed(content: Content, decisions: Readonly<Record<string, PresentDecision>>) {
    const review = await begin(1, {}, content, kinds);
    await review.states.tokenOf('RequestSignOff');
    for (const [department, decision] of Object.entries(decisions)) {
      const roles = [department.startsWith('district-') ? 'district-reviewer' : 'lead-reviewer'] as const;
      const reviewer = { id: `reviewer-${department}`, roles, department };
      await decide(kinds, reviewer, taskIdFor(review.applicationId, { department }), decision);
    }
    // The token may be on its way to its table still; then the stage itself asks for the resumption.
    const delivered = () => review.deliver().then(review.status);
    await eventually(delivered, (seen) => seen !== 'sign-off' && seen !== 'deduplication');
    return review;
  }

  const amount = (yuan: number): PresentDecision => ({ outcome: 'approve', amountFen: fen(yuan * 100) });
  const verified: PresentDecision = {
    outcome: 'approve',
    amountFen: fen(12_000_000),
    verifiedInputFen: fen(60_000_000),
  };

  it.each([
    ['open-source', 'a share of the input', { 'gz-miit': verified }, 12_000_000],
    ['core-tech-a', 'by guide', { 'gz-sti': amount(900_000), 'gz-miit': amount(800_000) }, 80_000_000],
    ['core-tech-b', 'matching', { 'gz-miit': amount(700_000), 'gz-sti': amount(1_000_000) }, 70_000_000],
  ])('leads %s (%s) through pool and notice to its end', async (item, _, decisions, awarded) => {
    const { applicationId, states, deliver, arn, status } = await reviewed(contentOfOwn(item), decisions);
    await eventually(status, (seen) => seen === 'pooled');
    await states.tokenOf('AwaitAllocation');
    expect(await allocateIn(kinds, applicationId)).toBe(awarded);
    // The token may be on its way to its table still; then the stage itself asks for the resumption.
    const delivered = () => deliver().then(status);
    await eventually(delivered, (seen) => seen === 'noticed');
    await payIn(kinds, applicationId);
    await eventually(
      () => deliver().then(() => states.client.send(new DescribeExecutionCommand({ executionArn: arn }))),
      (seen) => seen.status === 'SUCCEEDED',
    );
    expect(await kinds.store.require(applicationId)).toMatchObject({
      guide: kindsGuide,
      award: { fen: awarded },
    });
  });

  const plain: PresentDecision = { outcome: 'approve' };
  it.each([
    ['innovation-catalogue', 'recognition', { 'gz-sti': plain }],
    ['first-release-finance', 'referral to a successor', { 'gz-finance-office': plain }],
    ['talent', 'referral by a district too', { 'gz-education': plain, 'district-440106': plain }],
  ])('leads %s (%s) to a certificate, and waits for no money', async (item, _, decisions) => {
    const content = { ...contentOfOwn(item), requestedFen: fen(0) };
    const { applicationId, states, arn, status } = await reviewed(content, decisions);
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(await status()).toBe('recognised');
    expect(await kinds.store.require(applicationId)).toMatchObject({
      certificate: { number: `2026-${item}-${applicationId.slice(-16)}` },
    });
    expect(states.invoker.payloadsOf('AwaitAllocation')).toEqual([]);
  });

  it('ends a recognition that one of its departments refuses', async () => {
    const refused: PresentDecision = { outcome: 'refuse', reason: { zh: '不符合' }, citation: '二(四)12' };
    const content = { ...contentOfOwn('talent'), requestedFen: fen(0) };
    const other = { ...content, enterprise: { ...content.enterprise, uscc: '914403001922038216' } };
    const { states, arn, status } = await reviewed(other, {
      'gz-education': plain,
      'district-440106': refused,
    });
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(await status()).toBe('refused');
  });

  it('records that a deadline lies beyond the calendar, and goes on when the calendar is there', async () => {
    const december = new Date('2026-12-20T02:00:00Z');
    const late = { ...kinds, clock: () => december };
    const content = contentOfOwn('open-source');
    const { applicationId, states, arn } = await begin(
      1,
      { CheckEligibility: (input: Stage) => checkEligibility(late, input) },
      content,
      kinds,
    );
    expect(await states.ended(arn)).toMatchObject({ status: 'FAILED', error: 'ReviewFailed' });
    expect(await kinds.store.require(applicationId)).toMatchObject({
      status: 'submitted',
      failure: { error: 'CalendarMissingError' },
    });
    const next = { year: 2027, source: 'a test', holidays: [], workdays: [] };
    const policy = policyOfKinds({}, {}, [...calendarOf2026, next]);
    await checkEligibility({ ...late, policy }, { applicationId });
    expect((await kinds.store.require(applicationId)).status).toBe('sign-off');
  });
});

describe('a review in several steps', () => {
  const steps = [
    { kind: 'recommend', by: 'district' },
    { kind: 'opinion', by: ['gz-education'] },
    { kind: 'approve', by: 'lead' },
  ] satisfies GuideItem['signOff']['steps'];
  const item = 'core-tech-a';
  const roomsOf = (changes: Partial<GuideItem> = {}): Rooms => {
    const signOff = { steps, due: { days: 10, unit: 'working' as const }, expiresAfterSeconds: 86_400 };
    return { ...dcmmRooms, policy: policyOfKinds({ [item]: { signOff, ...changes } }) };
  };
  let own = 0;
  const contentOfOwn = () =>
    contentOf(item, { facts: { programme: `2026YFB10000${String(++own).padStart(2, '0')}` } });

  const district = { id: 'district-1', roles: ['district-reviewer'], department: 'district-440106' } as const;
  const education = { id: 'auditor-1', roles: ['lead-reviewer'], department: 'gz-education' } as const;
  const recommended: PresentDecision = { outcome: 'recommend' };
  const opined: PresentDecision = { outcome: 'opine', favourable: true, opinion: { zh: '可行' } };
  const approved: PresentDecision = { outcome: 'approve', amountFen: fen(50_000_000) };
  const sentBack: PresentDecision = {
    outcome: 'return',
    items: [{ path: 'projectName', reason: { zh: '与合同不一致' } }],
  };

  async function correct(rooms: Rooms, admin: Actor, applicationId: string) {
    const { version, content } = await rooms.store.require(applicationId);
    const body = { ...content, projectName: `${content.projectName}（更正）` };
    await editApplication(rooms, admin, applicationId, { ifMatch: `"${version}"`, body });
  }

  async function course(rooms: Rooms, msPerSecond = 1) {
    const review = await begin(msPerSecond, {}, contentOfOwn(), rooms);
    const taskOf = (step: number, department: string, submission: number, attempt: number) =>
      taskIdFor(review.applicationId, { submission, step, department, attempt });
    type Person = typeof district | typeof education | typeof people.reviewer | typeof people.otherReviewer;
    return {
      ...review,
      /** Decides as soon as the task is there, and brings the machine on. */
      async step(step: number, person: Person, decision: PresentDecision, submission = 1, attempt = step) {
        const taskId = taskOf(step, person.department, submission, attempt);
        await eventually(
          () => rooms.tasks.get(taskId),
          (task) => task?.status === 'open',
        );
        await decide(rooms, person, taskId, decision);
        await review.deliver();
      },
    };
  }

  it('stays within its events, transitions and payloads when nothing is returned', async () => {
    const rooms = roomsOf();
    const { applicationId, states, step, arn, deliver, status } = await course(rooms);
    await step(1, district, recommended);
    await step(2, education, opined);
    await step(3, people.otherReviewer, approved);
    await step(3, people.reviewer, approved);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'pooled',
    );
    await states.tokenOf('AwaitAllocation');
    await allocateIn(rooms, applicationId);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'noticed',
    );
    await payIn(rooms, applicationId);
    await eventually(
      () => deliver().then(() => states.client.send(new DescribeExecutionCommand({ executionArn: arn }))),
      (seen) => seen.status === 'SUCCEEDED',
    );
    const events = await states.history(arn);
    expect(events.length).toBeLessThan(300);
    const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails ?? []);
    expect(entered.length).toBeLessThanOrEqual(25);
    expect(entered.filter(({ name }) => name === 'AwaitSignOff')).toHaveLength(3);
    const payloads = events.flatMap((event) => [
      event.stateEnteredEventDetails?.input ?? '',
      event.stateExitedEventDetails?.output ?? '',
    ]);
    expect(Math.max(...payloads.map((payload) => Buffer.byteLength(payload)))).toBeLessThan(4096);
  });

  it('waits for the correction, and the corrected submission is a review of its own', async () => {
    const rooms = roomsOf();
    const { applicationId, admin, states, step, arn, deliver, status } = await course(rooms);
    await step(1, district, recommended);
    await step(2, education, sentBack);
    await states.tokenOf('AwaitCorrection');
    expect(await status()).toBe('returned');
    await correct(rooms, admin, applicationId);
    await submitApplication(rooms, admin, applicationId, `second-${applicationId}`);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'sign-off',
    );
    const first = await states.ended(arn);
    expect(first.status).toBe('SUCCEEDED');
    const last = (await states.history(arn)).findLast((event) => event.stateEnteredEventDetails);
    expect(last?.stateEnteredEventDetails?.name).toBe('EndCorrected');
    // Everything rested on the name: the course begins again, in the execution of the second submission.
    await step(1, district, recommended, 2, 1);
    await step(2, education, opined, 2, 2);
    await step(3, people.otherReviewer, approved, 2, 3);
    await step(3, people.reviewer, approved, 2, 3);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'pooled',
    );
    const second = await states.client.send(
      new DescribeExecutionCommand({ executionArn: arn.replace(/-1$/, '-2') }),
    );
    expect(second.status).toBe('RUNNING');
  });

  it('goes straight on after a correction that changes no basis', async () => {
    const [recommend, ...others] = steps;
    if (!recommend) throw new Error('a step recommends');
    const signOff = {
      steps: [{ ...recommend, restsOn: ['certificate'] }, ...others],
      due: { days: 10, unit: 'working' as const },
      expiresAfterSeconds: 86_400,
    };
    const rooms = roomsOf({ signOff });
    const { applicationId, admin, step, deliver, status } = await course(rooms);
    await step(1, district, recommended);
    await step(2, education, sentBack);
    await correct(rooms, admin, applicationId);
    await submitApplication(rooms, admin, applicationId, `second-${applicationId}`);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'sign-off',
    );
    expect(await rooms.store.require(applicationId)).toMatchObject({ step: 2, signOffAttempt: 1 });
  });

  it('warns and then lapses by itself when nothing comes back', async () => {
    const correction = {
      rounds: 1,
      due: { days: 5, unit: 'calendar' as const },
      warnBefore: { days: 2, unit: 'calendar' as const },
    };
    const signOff = {
      steps,
      due: { days: 10, unit: 'working' as const },
      expiresAfterSeconds: 90 * 86_400,
    };
    // A day lasts a quarter of a second, for the machine and by the clock.
    const dayMs = 250;
    const begun = Date.now();
    const clock = () => new Date(today.getTime() + ((Date.now() - begun) / dayMs) * 86_400_000);
    const rooms: Rooms = { ...roomsOf({ correction, signOff }), clock };
    const { applicationId, step, states, arn, status } = await course(rooms, dayMs / 86_400);
    await step(1, district, sentBack);
    await eventually(status, (seen) => seen === 'lapsed');
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    const events = (await rooms.historyRows(applicationId)).map(({ event }) => event);
    expect(events.slice(-3)).toEqual(['returned', 'correction-warned', 'lapsed']);
  });
});

describe('a suspected duplicate', () => {
  const alike = {
    thresholds: compiled.matching.names,
    compare: () => ({ probability: 0.9, why: [{ zh: '相似', en: 'alike' }], isSuspected: true }),
  };

  it.each([
    ['not-duplicate', 'pooled'],
    ['duplicate', 'duplicate'],
  ] as const)('waits for its adjudicator, and after the verdict %s is %s', async (verdict, outcome) => {
    const rooms: Rooms = { ...dcmmRooms, policy: policyOfKinds(), names: alike };
    const facts = {
      ...contentOf('open-source').facts,
      project: `疑似 ${verdict}`,
      invoices: [`INV-${verdict}`],
    };
    const content = contentOf('open-source', { facts });
    const { uscc } = content.enterprise;
    await rooms.registry.put(
      [
        {
          row: 2,
          award: {
            ...{
              scheme: '穗示例规〔2025〕1号',
              awardId: `W-${verdict}`,
              uscc,
              name: '示例',
              level: 'municipal',
            },
            ...{
              year: 2024,
              matterKind: 'other',
              matterDetail: verdict,
              projectName: '别的项目',
              evidence: [],
            },
            ...{ amountFen: fen(100), status: 'granted' },
          },
        },
      ],
      { importId: verdict, fileHash: verdict, importer: 'operator', at: today.toISOString() },
    );
    const { applicationId, states, deliver, status } = await begin(1, {}, content, rooms);
    await states.tokenOf('RequestSignOff');
    const approval: PresentDecision = {
      outcome: 'approve',
      amountFen: fen(12_000_000),
      verifiedInputFen: fen(60_000_000),
    };
    await decide(rooms, people.reviewer, taskIdFor(applicationId), approval);
    await eventually(
      () => deliver().then(status),
      (seen) => seen === 'adjudication',
    );
    await states.tokenOf('AwaitAdjudication');
    const suspected = await rooms.store.require(applicationId);
    if (suspected.status !== 'adjudication') throw new Error(suspected.status);
    const { taskId, suspicions } = suspected.adjudication;
    await adjudicate(rooms, people.adjudicator, taskId, {
      verdicts: suspicions.map(({ id }) => ({ id, verdict })),
      reason: { zh: '经核对' },
    });
    await eventually(
      () => deliver().then(status),
      (seen) => seen === outcome,
    );
  });
});
