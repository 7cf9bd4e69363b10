import { readFileSync } from 'node:fs';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitBatch } from '../../functions/money/rounds/commit-batch.ts';
import { failRound } from '../../functions/money/rounds/fail-round.ts';
import { finishRound } from '../../functions/money/rounds/finish-round.ts';
import { freezeCandidates } from '../../functions/money/rounds/freeze-candidates.ts';
import { planAllocation } from '../../functions/money/rounds/plan-allocation.ts';
import { abandonRound, replanRound } from '../../functions/money/rounds/replan-round.ts';
import { requestPlanApproval } from '../../functions/money/rounds/request-plan-approval.ts';
import { reserveFunds } from '../../functions/money/rounds/reserve-funds.ts';
import type { Batch } from '../../functions/money/rounds/round.ts';
import { TransientError } from '../../functions/shared/errors.ts';
import { type BudgetRoom, openBudget, operator } from '../builders/budget.ts';
import { type States, setup } from '../local/states-setup.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';

const text = readFileSync(new URL('../../statemachines/budget-round.asl.json', import.meta.url), 'utf8');
const filled = text.replaceAll('${AWSPartition}', 'aws-cn').replaceAll(/\$\{(\w+)FunctionArn\}/g, '$1');

type FakeFunction = Parameters<States['invoker']['functions']['set']>[1];

let database: TestDynamoDb;
let room: BudgetRoom;
let pools = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

/** The machine on the real use cases, with a closed round; functions can be put in the place of some. */
async function begin(
  amountFen: number,
  ceilingsFen: readonly number[],
  instead: (roundId: string) => Readonly<Record<string, FakeFunction>> = () => ({}),
) {
  const poolId = `pool-${++pools}`;
  await room.fund(poolId, amountFen);
  const ids = await room.enter(poolId, ceilingsFen);
  const roundId = await room.close(poolId);
  // A second of the definition is short, so that retries are; the approval's month still outlasts the test.
  const states = await setup(1);
  const functions: Record<string, FakeFunction> = {
    FreezeCandidates: (input: { roundId: string }) => freezeCandidates(room.parts, input.roundId),
    PlanAllocation: (input: { roundId: string }) => planAllocation(room.parts, input.roundId),
    RequestPlanApproval: (input: { roundId: string; planNumber: number; token: string }) =>
      requestPlanApproval(room.parts, input),
    ReserveFunds: (input: { roundId: string }) => reserveFunds(room.parts, input.roundId),
    CommitBatch: (input: Batch) => commitBatch(room.parts, input),
    FinishRound: (input: { roundId: string }) => finishRound(room.parts, input.roundId),
    FailRound: (input: { roundId: string; failure: { Error: string; Cause: string } }) =>
      failRound(room.parts, {
        roundId: input.roundId,
        error: input.failure.Error,
        cause: input.failure.Cause,
      }),
    ...instead(roundId),
  };
  for (const [name, run] of Object.entries(functions)) states.invoker.functions.set(name, run);
  states.define(JSON.parse(filled));
  const arn = await states.begin({ roundId }, roundId);
  return { poolId, ids, roundId, states, arn };
}

/** Approves the plan that waits, and hands the outcome to the machine as the relay does. */
async function approve(states: States, roundId: string, nth = 0): Promise<void> {
  const token = await states.tokenOf('RequestPlanApproval', nth);
  await room.approve(roundId);
  await resume(states, token, 'approved');
}

async function resume(states: States, taskToken: string, outcome: string): Promise<void> {
  const output = JSON.stringify({ outcome });
  await states.client.send(new SendTaskSuccessCommand({ taskToken, output }));
}

describe('the state machine of a budget round', () => {
  it('waits for a second person, then commits every batch and ends', async () => {
    const ceilings = Array.from({ length: 20 }, () => 10_000);
    const { poolId, ids, roundId, states, arn } = await begin(150_000, ceilings);
    await approve(states, roundId);
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(states.invoker.payloadsOf('CommitBatch')).toEqual([
      await room.batch(roundId, 0),
      await room.batch(roundId, 1),
    ]);
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'noticed' });
    expect(await room.awards(ids)).toEqual(ids.map(() => 7_500));
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('waits on when the plan is refused, and ends without a payment when the round is given up', async () => {
    const { poolId, roundId, states, arn } = await begin(10_000, [10_000]);
    const token = await states.tokenOf('RequestPlanApproval');
    await room.refuse(roundId);
    await abandonRound(room.parts, operator, roundId, 'no longer needed');
    await resume(states, token, 'abandoned');
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(states.invoker.payloadsOf('ReserveFunds')).toEqual([]);
    expect(await room.balances(poolId)).toEqual([10_000, 0, 0]);
  });

  it('plans again when the plan was refused and another one is asked for', async () => {
    const { ids, roundId, states, arn } = await begin(30_000, [30_000, 20_000]);
    const token = await states.tokenOf('RequestPlanApproval');
    await room.refuse(roundId);
    await room.withdraw(ids[1] ?? '');
    await replanRound(room.parts, operator, roundId, 'one has withdrawn');
    await resume(states, token, 'replan');
    await states.tokenOf('RequestPlanApproval', 1);
    await approve(states, roundId, 1);
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(await room.awards(ids)).toEqual([30_000, undefined]);
  });

  it('plans again and asks again when another round took the money meanwhile', async () => {
    const { poolId, ids, roundId, states, arn } = await begin(30_000, [30_000, 20_000]);
    await states.tokenOf('RequestPlanApproval');
    const other = await room.close(poolId);
    await room.plan(other);
    await room.approve(other);
    await reserveFunds(room.parts, other);
    await approve(states, roundId);
    await states.tokenOf('RequestPlanApproval', 1);
    expect(states.invoker.payloadsOf('RequestPlanApproval')).toMatchObject([
      { planNumber: 1 },
      { planNumber: 2 },
    ]);
    await approve(states, roundId, 1);
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    await room.commit(other, 0);
    await finishRound(room.parts, other);
    expect(await room.awards(ids)).toEqual([18_000, 12_000]);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('tries a batch again whose first attempt met others', async () => {
    const { ids, roundId, states, arn } = await begin(10_000, [10_000], () => ({
      CommitBatch: async (input: Batch, count: number) => {
        if (count === 1) throw new TransientError('busy');
        return commitBatch(room.parts, input);
      },
    }));
    await approve(states, roundId);
    expect((await states.ended(arn)).status).toBe('SUCCEEDED');
    expect(await room.awards(ids)).toEqual([10_000]);
  });

  it('records a failure, keeps what is committed and gives the rest back', async () => {
    const ceilings = Array.from({ length: 20 }, () => 10_000);
    const { poolId, ids, roundId, states, arn } = await begin(500_000, ceilings, () => ({
      CommitBatch: async (input: Batch) => {
        if (input.batch === 1) throw new Error('broken');
        return commitBatch(room.parts, input);
      },
    }));
    await approve(states, roundId);
    expect(await states.ended(arn)).toMatchObject({ status: 'FAILED', error: 'RoundFailed' });
    expect(await room.parts.rounds.require(roundId)).toMatchObject({
      status: 'failed',
      failedFrom: 'approved',
      failure: { error: 'Error', cause: expect.stringContaining('broken') },
    });
    expect(await room.balances(poolId)).toEqual([500_000, 0, 120_000]);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('fails the round for an outcome that it does not know', async () => {
    const { roundId, states, arn } = await begin(10_000, [10_000]);
    const taskToken = await states.tokenOf('RequestPlanApproval');
    await states.client.send(new SendTaskSuccessCommand({ taskToken, output: '{"outcome":"perhaps"}' }));
    expect((await states.ended(arn)).status).toBe('FAILED');
    expect(await room.parts.rounds.require(roundId)).toMatchObject({
      status: 'failed',
      failure: { error: 'UnknownOutcome' },
    });
  });
});

it('waits for the approval again, under a new token, when its time is over', async () => {
  const definition = JSON.parse(filled);
  definition.States.AwaitPlanApproval.TimeoutSeconds = 1;
  const states = await setup(50);
  states.invoker.functions.set('FreezeCandidates', () => ({}));
  states.invoker.functions.set('PlanAllocation', () => ({ planNumber: 1 }));
  states.invoker.functions.set('RequestPlanApproval', () => undefined);
  states.define(definition);
  const arn = await states.begin({ roundId: 'round' });
  const tokens = new Set([
    await states.tokenOf('RequestPlanApproval', 0),
    await states.tokenOf('RequestPlanApproval', 1),
    await states.tokenOf('RequestPlanApproval', 2),
  ]);
  expect(tokens.size).toBe(3);
  // Whichever token waits just then takes the answer.
  for (let nth = 3; ; nth += 1) {
    const taskToken = await states.tokenOf('RequestPlanApproval', nth);
    const output = '{"outcome":"abandoned"}';
    const taken = await states.client.send(new SendTaskSuccessCommand({ taskToken, output })).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  expect((await states.ended(arn)).status).toBe('SUCCEEDED');
});
