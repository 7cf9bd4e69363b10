import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planAllocation } from '../../../../functions/money/rounds/plan-allocation.ts';
import { abandonRound, replanRound } from '../../../../functions/money/rounds/replan-round.ts';
import { RoundViewSchema, roundView } from '../../../../functions/money/rounds/round-view.ts';
import {
  listSimulatedLines,
  listSimulations,
  simulateRound,
} from '../../../../functions/money/rounds/simulate-round.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { approver, type BudgetRoom, openBudget, operator } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

let database: TestDynamoDb;
let room: BudgetRoom;
let pools = 0;
beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

/** A round whose plan waits for its approval, over 1,000,000 and 500,000 and 250,000 yuan with 1,000,000 to share. */
async function plannedRound(amountFen = 100_000_000) {
  pools += 1;
  const poolId = `pool-${pools}`;
  await room.fund(poolId, amountFen);
  const ids = await room.enter(poolId, [100_000_000, 50_000_000, 25_000_000]);
  const roundId = await room.close(poolId);
  await room.plan(roundId);
  return { poolId, ids, roundId };
}
const shares = async (roundId: string) =>
  (await room.parts.rounds.lines(roundId)).map((line) => [
    line.status,
    'shareFen' in line ? line.shareFen : -1,
  ]);
const reason = '有单位撤回';

describe('another plan', () => {
  it('leaves out what has left the pool, which no plan does by itself', async () => {
    const { poolId, ids, roundId } = await plannedRound();
    await room.withdraw(ids[0] ?? '');
    // Asked again by the state machine, the plan is the one that was made.
    await planAllocation(room.parts, roundId);
    expect(await shares(roundId)).toEqual([
      ['planned', 57_142_800],
      ['planned', 28_571_400],
      ['planned', 14_285_700],
    ]);
    await replanRound(room.parts, operator, roundId, reason);
    await planAllocation(room.parts, roundId);
    expect(await shares(roundId)).toEqual([
      ['excluded', 0],
      ['planned', 50_000_000],
      ['planned', 25_000_000],
    ]);
    const view = roundView(await room.parts.rounds.require(roundId));
    expect(RoundViewSchema.parse(view)).toMatchObject({
      status: 'planned',
      planNumber: 2,
      plannedFen: 75_000_000,
      replannings: [{ by: operator.id, reason }],
    });
    await room.approve(roundId);
    await room.finish(roundId);
    expect(await room.awards(ids)).toEqual([undefined, 50_000_000, 25_000_000]);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('has a hash of its own, also where every share is the same', async () => {
    const { roundId } = await plannedRound();
    const first = await room.parts.rounds.require(roundId);
    await replanRound(room.parts, operator, roundId, reason);
    await planAllocation(room.parts, roundId);
    const second = await room.parts.rounds.require(roundId);
    expect('plan' in second && second.plan?.number).toBe(2);
    expect('plan' in second && second.plan?.hash).toBe('plan' in first && first.plan?.hash);
  });

  it('is not approved by whoever asked for it', async () => {
    const { roundId } = await plannedRound();
    const both = { ...approver, roles: ['operator', 'budget-approver'] } as const;
    await replanRound(room.parts, both, roundId, reason);
    await planAllocation(room.parts, roundId);
    await expect(room.approve(roundId)).rejects.toMatchObject({ code: 'same-person' });
  });

  it('against an approval at the same moment is one or the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { roundId } = await plannedRound();
      const both = await Promise.allSettled([
        room.approve(roundId),
        replanRound(room.parts, operator, roundId, reason),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await room.messages(waitIds.planApproval(roundId, 1))).toHaveLength(1);
    }
  });

  it('is not made once the plan is approved, nor the round given up', async () => {
    const { roundId } = await plannedRound();
    await room.approve(roundId);
    for (const act of [replanRound, abandonRound]) {
      await expect(act(room.parts, operator, roundId, reason)).rejects.toMatchObject({
        code: 'not-in-this-state',
      });
    }
  });
});

describe('a round that is given up', () => {
  it('takes nothing, and its candidates wait for the next one', async () => {
    const { poolId, ids, roundId } = await plannedRound();
    await room.refuse(roundId);
    await abandonRound(room.parts, operator, roundId, reason);
    expect(await room.messages(waitIds.planApproval(roundId, 1))).toEqual([
      { type: 'resume', waitId: waitIds.planApproval(roundId, 1), output: { outcome: 'abandoned' } },
    ]);
    expect(await room.balances(poolId)).toEqual([100_000_000, 0, 0]);
    await room.play(await room.close(poolId));
    expect(await room.awards(ids)).toEqual([57_142_800, 28_571_400, 14_285_700]);
    const { rounds } = await room.parts.rounds.page({ limit: 100 });
    expect(rounds.find((round) => round.roundId === roundId)?.status).toBe('abandoned');
  });
});

describe('a simulation', () => {
  it('shares other money by another rule beside the plan, and changes nothing', async () => {
    const { poolId, ids, roundId } = await plannedRound();
    const before = [await room.parts.rounds.require(roundId), await room.parts.pools.require(poolId)];
    const simulation = await simulateRound(room.parts, operator, roundId, {
      availableFen: fen(80_000_000),
      mode: 'ranked',
    });
    expect(simulation).toMatchObject({
      ...{ roundId, availableFen: 80_000_000, sharedFen: 80_000_000, residueFen: 0 },
      ...{ plannedFen: 99_999_900, gaining: 1, losing: 2, unserved: 2 },
      terms: { mode: 'ranked', residue: 'keep', unit: 'yuan', minimumPayableFen: 0 },
    });
    expect([await room.parts.rounds.require(roundId), await room.parts.pools.require(poolId)]).toEqual(
      before,
    );
    const { simulationId } = simulation;
    const first = await listSimulatedLines(room.parts, { roundId, simulationId }, { limit: 2 });
    const rest = await listSimulatedLines(
      room.parts,
      { roundId, simulationId },
      { limit: 2, cursor: first.nextCursor },
    );
    expect([...first.items, ...rest.items]).toMatchObject([
      { applicationId: ids[0], plannedFen: 57_142_800, shareFen: 80_000_000 },
      { applicationId: ids[1], plannedFen: 28_571_400, shareFen: 0 },
      { applicationId: ids[2], plannedFen: 14_285_700, shareFen: 0 },
    ]);
    expect(rest.nextCursor).toBeUndefined();
    expect((await listSimulations(room.parts, roundId, { limit: 10 })).items).toEqual([simulation]);
  });

  it('is what the plan is, when it changes nothing', async () => {
    const { roundId } = await plannedRound();
    expect(await simulateRound(room.parts, operator, roundId, {})).toMatchObject({
      ...{ sharedFen: 99_999_900, plannedFen: 99_999_900, residueFen: 100, gaining: 0, losing: 0 },
    });
  });

  it('takes the rule of a guide that has the pool', async () => {
    const { roundId } = await plannedRound();
    await expect(simulateRound(room.parts, operator, roundId, { guide: '2099.1' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(await simulateRound(room.parts, operator, roundId, { guide: '2026.1' })).toMatchObject({
      terms: { mode: 'pro-rata' },
    });
  });
});
