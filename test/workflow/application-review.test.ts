import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../functions/applications/edit-draft.ts';
import { recordFailure } from '../../functions/applications/record-failure.ts';
import { submitApplication } from '../../functions/applications/submit-application.ts';
import { withdrawApplication } from '../../functions/applications/withdraw-application.ts';
import { AwardRegistry } from '../../functions/deduplication/award-registry.ts';
import { deduplicate } from '../../functions/deduplication/deduplicate.ts';
import { awaitAllocation, closeApplication, openNotice } from '../../functions/publication/notice-stages.ts';
import { Relay } from '../../functions/relay/relay.ts';
import { TransientError } from '../../functions/shared/errors.ts';
import { fen } from '../../functions/shared/money.ts';
import { awaitSignOff, expireSignOff } from '../../functions/sign-off/await-sign-off.ts';
import { checkEligibility } from '../../functions/sign-off/check-eligibility.ts';
import { decideTask } from '../../functions/sign-off/decide-task.ts';
import { taskIdOf } from '../../functions/sign-off/task-store.ts';
import { dcmmContent } from '../builders/content.ts';
import { machineArn, type States, setup } from '../local/states-setup.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../support/rooms.ts';
import { eventually } from '../support/story.ts';

const text = readFileSync(
  new URL('../../statemachines/application-review.asl.json', import.meta.url),
  'utf8',
);
const definition = JSON.parse(
  text.replaceAll('${AWSPartition}', 'aws-cn').replaceAll(/\$\{(\w+)FunctionArn\}/g, '$1'),
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
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database?.stop());

let serial = 0;

/** The machine on the real use cases and the real relay; functions can be put in the place of some. */
async function begin(msPerSecond: number, instead: Readonly<Record<string, FakeFunction>> = {}) {
  // A matter of its own each time: another company or another level.
  const level = 3 + (Math.floor(++serial / 3) % 3);
  const facts = { level, certificateNumber: `W-${serial}`, certificateValidTo: '2029-01-31' };
  const uscc = ['91440101731566630A', '914403001922038216', '9144030071526726XG'][serial % 3] ?? '';
  const admin = { ...people.admin, organisation: uscc };
  const content = dcmmContent({ facts, enterprise: { ...dcmmContent().enterprise, uscc } });
  const { applicationId } = await createApplication(rooms, admin, content);
  await rooms.acceptMaterials(applicationId, 'dcmm');
  await submitApplication(rooms, admin, applicationId, `key-${applicationId}`);

  const states = await setup(msPerSecond);
  const deduplication = {
    applications: rooms.store,
    registry: new AwardRegistry(rooms.client, rooms.registryTable),
    budgetTable: rooms.budgetTable,
    policy: rooms.policy,
    clock: rooms.clock,
  };
  const functions: Record<string, FakeFunction> = {
    CheckEligibility: (input: Stage) => checkEligibility(rooms, input),
    RequestSignOff: (input: Stage & { attempt: number; token: string }) => awaitSignOff(rooms, input),
    ExpireSignOff: (input: Stage & { attempt: number }) => expireSignOff(rooms, input),
    Deduplicate: (input: Stage) => deduplicate(deduplication, input),
    AwaitAllocation: (input: Stage & { token: string }) => awaitAllocation(rooms, input),
    OpenNotice: (input: Stage) => openNotice(rooms, input),
    CloseApplication: (input: Stage) => closeApplication(rooms, input),
    RecordReviewFailure: (input: Stage & { error: { Error: string } }) =>
      recordFailure(rooms, input.applicationId, input.error.Error),
    ...instead,
  };
  for (const [name, run] of Object.entries(functions)) states.invoker.functions.set(name, run);
  states.define(definition);
  const relay = new Relay({
    client: rooms.client,
    table: rooms.tables.workflow,
    states: states.client,
    waits: rooms.waits,
    clock: rooms.clock,
    reviewStateMachineArn: machineArn,
    roundStateMachineArn: machineArn,
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

describe('the state machine of a review', () => {
  it('asks again when nobody decides in two months, and the late decision is refused', async () => {
    const { applicationId, states, deliver, status } = await begin(shortSeconds);
    await eventually(status, (seen) => seen === 'sign-off');
    await states.tokenOf('RequestSignOff', 1);
    const late = decideTask(rooms, people.reviewer, taskIdOf(applicationId, 1, 'gz-miit', 1), approve);
    await expect(late).rejects.toMatchObject({ code: 'task-expired' });
    await decideTask(rooms, people.reviewer, taskIdOf(applicationId, 1, 'gz-miit', 2), approve);
    await deliver();
    await eventually(status, (seen) => seen === 'pooled');
  });

  it('goes on with a decision whose token had expired before the relay could use it', async () => {
    const { applicationId, states, deliver, status } = await begin(shortSeconds);
    await states.tokenOf('RequestSignOff');
    await decideTask(rooms, people.reviewer, taskIdOf(applicationId, 1, 'gz-miit', 1), approve);
    // Nothing is delivered before the time is over: the machine finds the decision in the tables.
    await eventually(status, (seen) => seen === 'pooled');
    await deliver();
    expect(states.invoker.payloadsOf('ExpireSignOff')).toHaveLength(1);
    expect(states.invoker.payloadsOf('RequestSignOff')).toHaveLength(1);
  });

  it('is finished by the sweep when the resumption was lost after the decision was stored', async () => {
    const { applicationId, states, relay, status } = await begin(1);
    await states.tokenOf('RequestSignOff');
    await decideTask(rooms, people.reviewer, taskIdOf(applicationId, 1, 'gz-miit', 1), approve);
    rooms.setClock(new Date(today.getTime() + 60_000));
    await relay.sweep();
    rooms.setClock(today);
    await eventually(status, (seen) => seen === 'pooled');
  });

  it('is stopped by a withdrawal, and its claim and place in the pool are free again', async () => {
    const { applicationId, admin, states, deliver, arn, status } = await begin(1);
    await states.tokenOf('RequestSignOff');
    await decideTask(rooms, people.reviewer, taskIdOf(applicationId, 1, 'gz-miit', 1), approve);
    await deliver();
    await eventually(status, (seen) => seen === 'pooled');
    const pooled = await rooms.store.require(applicationId);
    const claims = 'claims' in pooled ? pooled.claims : [];
    expect(claims.length).toBeGreaterThan(0);
    await withdrawApplication(rooms, admin, applicationId, undefined);
    await deliver();
    expect((await states.ended(arn)).status).toBe('ABORTED');
    for (const claim of claims) expect(await rooms.countUnder(rooms.registryTable, claim)).toBe(0);
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
