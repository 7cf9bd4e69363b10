import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeRound } from '../../../../functions/money/rounds/close-round.ts';
import { commitBatch } from '../../../../functions/money/rounds/commit-batch.ts';
import { decidePlan } from '../../../../functions/money/rounds/decide-plan.ts';
import { failRound } from '../../../../functions/money/rounds/fail-round.ts';
import { finishRound } from '../../../../functions/money/rounds/finish-round.ts';
import { freezeCandidates } from '../../../../functions/money/rounds/freeze-candidates.ts';
import { listPlanLines } from '../../../../functions/money/rounds/list-plan-lines.ts';
import { openRound } from '../../../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../../../functions/money/rounds/plan-allocation.ts';
import { replanRound } from '../../../../functions/money/rounds/replan-round.ts';
import { requestPlanApproval } from '../../../../functions/money/rounds/request-plan-approval.ts';
import { reserveFunds } from '../../../../functions/money/rounds/reserve-funds.ts';
import { RoundViewSchema, roundView } from '../../../../functions/money/rounds/round-view.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { budget } from '../../../../functions/shared/tables.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { approver, type BudgetRoom, openBudget, operator } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { recordListing } from '../../../support/listing.ts';

let database: TestDynamoDb;
let room: BudgetRoom;
let pools = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

/** A pool of its own with money and candidates, and a round that is closed. */
async function closedRound(amountFen: number, ceilingsFen: readonly number[]) {
  pools += 1;
  const poolId = `pool-${pools}`;
  await room.fund(poolId, amountFen);
  const ids = await room.enter(poolId, ceilingsFen);
  return { poolId, ids, roundId: await room.close(poolId) };
}

/** The same with an approved plan. */
async function approvedRound(amountFen: number, ceilingsFen: readonly number[]) {
  const round = await closedRound(amountFen, ceilingsFen);
  await room.plan(round.roundId);
  await room.approve(round.roundId);
  return round;
}

async function reservedRound(amountFen: number, ceilingsFen: readonly number[]) {
  const round = await approvedRound(amountFen, ceilingsFen);
  await reserveFunds(room.parts, round.roundId);
  return round;
}

const statuses = async (roundId: string) =>
  (await room.parts.rounds.lines(roundId)).map((line) => line.status);

describe('a round from its opening to its end', () => {
  it('cuts shares in proportion, awards them and wakes each application', async () => {
    const { poolId, ids, roundId } = await closedRound(100_000_000, [100_000_000, 50_000_000, 25_000_000]);
    await room.play(roundId);
    expect(await room.awards(ids)).toEqual([57_142_800, 28_571_400, 14_285_700]);
    expect(await room.balances(poolId)).toEqual([100_000_000, 0, 99_999_900]);
    expect(await room.faults(poolId, ids)).toEqual([]);
    for (const id of ids) {
      expect(await room.messages(id)).toEqual([
        { type: 'resume', waitId: waitIds.allocation(id, 1), output: { outcome: 'allocated' } },
      ]);
    }
    expect(await room.messages(`"${roundId}"`)).toEqual([{ type: 'start-round', roundId }]);
    expect(await room.messages(`plan-approval.${roundId}`)).toEqual([
      { type: 'resume', waitId: waitIds.planApproval(roundId, 1), output: { outcome: 'approved' } },
    ]);
  });

  it('writes down what happened to round, money and applications, and by whom', async () => {
    const { poolId, ids, roundId } = await closedRound(10_000, [10_000]);
    await room.play(roundId);
    const rows = await room.parts.rounds.history(roundId);
    expect(rows.map((row) => `${row.actor.id} ${row.event} ${row.to}`)).toEqual([
      'operator-1 opened open',
      'operator-1 closed frozen',
      'system list-begun frozen',
      'system list-frozen frozen',
      'system plan-begun frozen',
      'system planned planned',
      'approver-1 plan-approved approved',
      'system reserved approved',
      'system batch-0-committed approved',
      'system committed committed',
      'system noticed noticed',
    ]);
    const entries = await room.parts.pools.entries(poolId);
    expect(entries.map(({ movement }) => [movement.kind, movement.amountFen, movement.actor.id])).toEqual([
      ['appropriation', 10_000, 'operator-1'],
      ['reservation', 10_000, 'approver-1'],
      ['commitment', 10_000, 'approver-1'],
    ]);
    const [id = ''] = ids;
    expect(await room.parts.applications.require(id)).toMatchObject({
      status: 'allocated',
      version: 6,
      award: { fen: 10_000, roundId },
    });
    expect(await room.parts.applications.history(id, 5, 10)).toMatchObject([
      { version: 6, event: 'allocated', from: 'pooled', to: 'allocated', actor: { role: 'budget-approver' } },
    ]);
  });

  it('commits a hundred candidates in batches', async () => {
    const ceilings = Array.from({ length: 100 }, (_, index) => (index + 1) * 10_000);
    const { poolId, ids, roundId } = await closedRound(20_000_000, ceilings);
    await room.play(roundId);
    const awards = await room.awards(ids);
    expect(awards.every((award) => award !== undefined && award > 0)).toBe(true);
    expect(await room.faults(poolId, ids)).toEqual([]);
    const [, reserved, committed] = await room.balances(poolId);
    expect(reserved).toBe(0);
    expect(committed).toBeGreaterThan(20_000_000 - 100 * 100);
  });

  it('carries over who gets nothing', async () => {
    const { poolId, ids, roundId } = await closedRound(0, [10_000]);
    await room.play(roundId);
    expect(await statuses(roundId)).toEqual(['carried-over']);
    expect(await room.faults(poolId, ids)).toEqual([]);
    await room.appropriate(poolId, 10_000);
    await room.play(await room.close(poolId));
    expect(await room.awards(ids)).toEqual([10_000]);
  });

  it('shows each state as the contract has it', async () => {
    const { roundId } = await closedRound(10_000, [10_000, 20_000]);
    const view = async () => RoundViewSchema.parse(roundView(await room.parts.rounds.require(roundId)));
    await expect(listPlanLines(room.parts, roundId, { limit: 10 })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    expect(await view()).toMatchObject({ status: 'frozen' });
    await room.plan(roundId);
    const first = await listPlanLines(room.parts, roundId, { limit: 1 });
    const second = await listPlanLines(room.parts, roundId, { limit: 1, cursor: first.nextCursor });
    expect([...first.lines, ...second.lines].map((line) => line.shareFen)).toEqual([3_300, 6_600]);
    expect(await view()).toMatchObject({
      status: 'planned',
      candidateCount: 2,
      planNumber: 1,
      plannedFen: 9_900,
      residueFen: 100,
    });
  });
});

describe('closing a round', () => {
  it('starts its state machine once, however often it is closed at once', async () => {
    await room.fund(`pool-${++pools}`, 100);
    const { roundId } = await openRound(room.parts, operator, {
      poolId: `pool-${pools}`,
      idempotencyKey: newUlid(),
    });
    const closings = await Promise.allSettled([1, 2, 3].map(() => closeRound(room.parts, operator, roundId)));
    expect(closings.filter((closing) => closing.status === 'fulfilled')).toHaveLength(1);
    for (const closing of closings) {
      if (closing.status === 'rejected') expect(closing.reason).toMatchObject({ code: 'not-in-this-state' });
    }
    expect(await room.messages(roundId)).toEqual([{ type: 'start-round', roundId }]);
  });
});

describe('freezing the candidates', () => {
  it('is repeated without effect, also when candidates came since', async () => {
    const { poolId, roundId } = await closedRound(10_000, [10_000, 20_000]);
    expect(await freezeCandidates(room.parts, roundId)).toEqual({ candidateCount: 2 });
    await room.enter(poolId, [5_000]);
    expect(await freezeCandidates(room.parts, roundId)).toEqual({ candidateCount: 2 });
    expect(await statuses(roundId)).toEqual(['frozen', 'frozen']);
  });

  it('begins again after a crash in the middle, and leaves nothing of the broken attempt', async () => {
    const ceilings = Array.from({ length: 130 }, () => 10_000);
    const { poolId, ids, roundId } = await closedRound(10_000, ceilings);
    const write = room.parts.rounds.write.bind(room.parts.rounds);
    const crash = vi.spyOn(room.parts.rounds, 'write');
    // Fence, first chunk, then the crash before the second.
    crash
      .mockImplementationOnce(write)
      .mockImplementationOnce(write)
      .mockRejectedValueOnce(new Error('crash'));
    await expect(freezeCandidates(room.parts, roundId)).rejects.toThrow('crash');
    crash.mockRestore();
    expect(await statuses(roundId)).toHaveLength(49);
    await expect(planAllocation(room.parts, roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });

    await room.withdraw(ids[0] ?? '');
    expect(await freezeCandidates(room.parts, roundId)).toEqual({ candidateCount: 129 });
    const lines = await room.parts.rounds.lines(roundId);
    expect(lines.map((line) => line.applicationId)).toEqual(ids.slice(1));
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('gives one list when it is invoked several times at once', async () => {
    const { roundId } = await closedRound(10_000, [10_000, 20_000, 30_000]);
    await Promise.allSettled([1, 2, 3, 4].map(() => freezeCandidates(room.parts, roundId)));
    expect(await freezeCandidates(room.parts, roundId)).toEqual({ candidateCount: 3 });
    const plan = await room.plan(roundId);
    expect(plan.list.candidateCount).toBe(3);
  });

  it('lets a slow invocation write nothing over the list of a later one', async () => {
    const { poolId, roundId } = await closedRound(10_000, [10_000]);
    const writeFenced = room.parts.rounds.writeFenced.bind(room.parts.rounds);
    const slow = vi.spyOn(room.parts.rounds, 'writeFenced');
    slow.mockImplementationOnce(async (...lines) => {
      await room.enter(poolId, [20_000]);
      await freezeCandidates(room.parts, roundId);
      await writeFenced(...lines);
    });
    expect(await freezeCandidates(room.parts, roundId)).toEqual({ candidateCount: 2 });
    slow.mockRestore();
    expect((await room.plan(roundId)).list.candidateCount).toBe(2);
  });

  it('waits for the round to be closed', async () => {
    await room.fund(`pool-${++pools}`, 100);
    const { roundId } = await openRound(room.parts, operator, {
      poolId: `pool-${pools}`,
      idempotencyKey: newUlid(),
    });
    await expect(freezeCandidates(room.parts, roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });
});

describe('planning', () => {
  it('leaves out whoever is on the list of serious dishonesty, where the guide asks for it', async () => {
    const { poolId, ids, roundId } = await closedRound(10_000, []);
    await room.enter(poolId, [4_000, 4_000]);
    const [asked = '', unasked = ''] = (await room.parts.pools.candidates(poolId)).map(
      ({ applicationId }) => applicationId,
    );
    const candidate = await room.parts.pools.candidate(poolId, asked);
    if (!candidate) throw new Error('it is no candidate');
    await room.parts.pools.write([room.parts.pools.enter({ ...candidate, asksCredit: true })]);
    const stated = { uscc: candidate.organisation, since: '2026-11-20', source: '公示' };
    const list = (listed: boolean) => recordListing(room.parts, { ...stated, listed });
    await list(true);
    await freezeCandidates(room.parts, roundId);
    await room.plan(roundId);
    const lines = await room.parts.rounds.lines(roundId);
    expect(lines).toMatchObject([
      {
        ...{ applicationId: asked, status: 'excluded', shareFen: 0 },
        explanation: { zh: expect.stringContaining('严重失信') },
      },
      { applicationId: unasked, status: 'planned', shareFen: 4_000 },
    ]);
    await room.approve(roundId);
    await room.finish(roundId);
    expect(await room.awards([asked, unasked])).toEqual([undefined, 4_000]);
    // It waits for the next round.
    expect(await room.parts.pools.candidate(poolId, asked)).toBeDefined();
    await list(false);
    expect(await room.faults(poolId, [...ids, asked, unasked])).toEqual([]);
  });

  it('is repeated without effect, also when money came since', async () => {
    const { poolId, roundId } = await closedRound(10_000, [10_000, 20_000]);
    const plan = await room.plan(roundId);
    await room.appropriate(poolId, 50_000);
    expect(await planAllocation(room.parts, roundId)).toEqual({ planNumber: 1 });
    expect(await room.parts.rounds.require(roundId)).toEqual(plan);
  });

  it('gives one plan, and the lines of that plan, when it is invoked at once while money comes in', async () => {
    const { poolId, roundId } = await closedRound(100_000, [100_000, 200_000, 300_000]);
    await freezeCandidates(room.parts, roundId);
    await Promise.allSettled([
      planAllocation(room.parts, roundId),
      room.appropriate(poolId, 30_000),
      planAllocation(room.parts, roundId),
      room.appropriate(poolId, 60_000),
      planAllocation(room.parts, roundId),
    ]);
    const { plan } = await room.plan(roundId);
    const lines = await room.parts.rounds.lines(roundId);
    const shares = lines.map((line) => ('shareFen' in line ? line.shareFen : 0));
    expect(shares.reduce<number>((sum, share) => sum + share, 0)).toBe(plan.plannedFen);
    await room.approve(roundId);
    expect(await reserveFunds(room.parts, roundId)).toMatchObject({ outcome: 'reserved' });
  });

  it('lets a slow invocation write nothing over the plan of a later one', async () => {
    const { poolId, roundId } = await closedRound(10_000, [10_000, 20_000]);
    await freezeCandidates(room.parts, roundId);
    const writeFenced = room.parts.rounds.writeFenced.bind(room.parts.rounds);
    const slow = vi.spyOn(room.parts.rounds, 'writeFenced');
    slow.mockImplementationOnce(async (...lines) => {
      await room.appropriate(poolId, 5_000);
      await planAllocation(room.parts, roundId);
      await writeFenced(...lines);
    });
    expect(await planAllocation(room.parts, roundId)).toEqual({ planNumber: 1 });
    expect(slow).toHaveBeenCalledTimes(2);
    slow.mockRestore();
    expect(await room.plan(roundId)).toMatchObject({ plan: { availableFen: 15_000 } });
    await room.approve(roundId);
    expect(await reserveFunds(room.parts, roundId)).toMatchObject({ outcome: 'reserved' });
  });

  it('makes the same plan of the same inputs, and another of others', async () => {
    const { poolId, roundId } = await closedRound(10_000, [10_000, 20_000]);
    const { plan } = await room.plan(roundId);
    expect(plan).toMatchObject({ number: 1, availableFen: 10_000, plannedFen: 9_900, residueFen: 100 });
    expect((await room.plan(await room.close(poolId))).plan.hash).toBe(plan.hash);
    await room.appropriate(poolId, 100);
    expect((await room.plan(await room.close(poolId))).plan.hash).not.toBe(plan.hash);
  });

  it('refuses a frozen list that somebody altered', async () => {
    const { ids, roundId } = await closedRound(10_000, [10_000, 20_000]);
    await freezeCandidates(room.parts, roundId);
    await room.client.send(
      new DeleteCommand({
        TableName: room.tableNames.budget,
        Key: { pk: `ROUND#${roundId}`, sk: `LINE#${ids[0]}` },
      }),
    );
    await expect(planAllocation(room.parts, roundId)).rejects.toThrow('altered');
  });
});

describe('approving', () => {
  const person = (id: string) => ({ ...approver, id });

  it('is refused to whoever opened or closed the round', async () => {
    await room.fund(`pool-${++pools}`, 100);
    const { roundId } = await openRound(room.parts, operator, {
      poolId: `pool-${pools}`,
      idempotencyKey: newUlid(),
    });
    await closeRound(room.parts, { ...operator, id: 'operator-2' }, roundId);
    const { plan } = await room.plan(roundId);
    for (const id of ['operator-1', 'operator-2']) {
      await expect(
        decidePlan(room.parts, person(id), roundId, { outcome: 'approve', planHash: plan.hash }),
      ).rejects.toMatchObject({ code: 'same-person' });
      await expect(
        decidePlan(room.parts, person(id), roundId, { outcome: 'refuse', planHash: plan.hash, reason: 'no' }),
      ).rejects.toMatchObject({ code: 'same-person' });
    }
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'planned' });
  });

  it('is refused for another plan than the one that stands, before there is one, and without the role', async () => {
    const { roundId } = await closedRound(10_000, [10_000]);
    const decide = (planHash: string) =>
      decidePlan(room.parts, approver, roundId, { outcome: 'approve', planHash });
    await expect(decide('x')).rejects.toMatchObject({ code: 'not-in-this-state' });
    const { plan } = await room.plan(roundId);
    await expect(decide('x')).rejects.toMatchObject({ code: 'version-mismatch' });
    await expect(
      decidePlan(room.parts, { ...approver, roles: ['operator'] }, roundId, {
        outcome: 'approve',
        planHash: plan.hash,
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('counts one of two decisions at once, and refuses the next', async () => {
    const { roundId } = await closedRound(10_000, [10_000]);
    const { plan } = await room.plan(roundId);
    const decisions = await Promise.allSettled([
      decidePlan(room.parts, person('a'), roundId, { outcome: 'approve', planHash: plan.hash }),
      decidePlan(room.parts, person('b'), roundId, { outcome: 'refuse', planHash: plan.hash, reason: 'no' }),
    ]);
    expect(decisions.filter((decision) => decision.status === 'fulfilled')).toHaveLength(1);
    const { status } = await room.parts.rounds.require(roundId);
    // A refused plan waits on.
    expect(await room.messages(`plan-approval.${roundId}`)).toHaveLength(status === 'approved' ? 1 : 0);
    await expect(
      decidePlan(room.parts, person('c'), roundId, { outcome: 'approve', planHash: plan.hash }),
    ).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('resumes at once when the decision was taken before the token came', async () => {
    const { roundId } = await closedRound(10_000, [10_000]);
    const { plan } = await room.plan(roundId);
    const wait = { roundId, planNumber: 1, token: 'token-1' };
    await requestPlanApproval(room.parts, wait);
    expect(await room.messages(`plan-approval.${roundId}`)).toEqual([]);
    await decidePlan(room.parts, approver, roundId, {
      outcome: 'refuse',
      planHash: plan.hash,
      reason: 'not so',
    });
    await requestPlanApproval(room.parts, { ...wait, token: 'token-2' });
    const waitId = waitIds.planApproval(roundId, 1);
    expect(await room.messages(waitId)).toEqual([]);
    await replanRound(room.parts, operator, roundId, 'once more');
    await requestPlanApproval(room.parts, { ...wait, token: 'token-3' });
    expect(await room.messages(waitId)).toEqual(
      Array.from({ length: 2 }, () => ({ type: 'resume', waitId, output: { outcome: 'replan' } })),
    );
    expect(await room.parts.waits.tokens(waitId)).toEqual(
      expect.arrayContaining(['token-1', 'token-2', 'token-3']),
    );
  });
});

describe('reserving', () => {
  it('reserves once, however often it is invoked', async () => {
    const { poolId, roundId } = await approvedRound(50_000, [10_000, 20_000]);
    const reserved = { outcome: 'reserved', batches: [await room.batch(roundId, 0)] };
    for (let time = 0; time < 3; time += 1) {
      expect(await reserveFunds(room.parts, roundId)).toEqual(reserved);
    }
    await Promise.all([1, 2, 3].map(() => reserveFunds(room.parts, roundId)));
    expect(await room.balances(poolId)).toEqual([50_000, 30_000, 0]);
  });

  it('plans anew, and asks anew, when another round took the money', async () => {
    const { poolId, ids, roundId } = await approvedRound(30_000, [30_000, 60_000]);
    const other = await room.close(poolId);
    await room.plan(other);
    await room.approve(other);
    expect(await reserveFunds(room.parts, other)).toMatchObject({ outcome: 'reserved' });
    for (let time = 0; time < 2; time += 1) {
      expect(await reserveFunds(room.parts, roundId)).toEqual({ outcome: 'insufficient', batches: [] });
    }
    await room.appropriate(poolId, 9_000);
    const { plan } = await room.plan(roundId);
    expect(plan).toMatchObject({ number: 2, availableFen: 9_000, plannedFen: 9_000 });
    await expect(reserveFunds(room.parts, roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await room.approve(roundId);
    await reserveFunds(room.parts, roundId);
    for (const round of [roundId, other]) {
      await room.commit(round, 0);
      await finishRound(room.parts, round);
    }
    // The first to commit awarded both; the other round gave its whole reservation back.
    expect(await room.awards(ids)).toEqual([3_000, 6_000]);
    expect(await room.balances(poolId)).toEqual([39_000, 0, 9_000]);
    expect(await statuses(other)).toEqual(['dropped', 'dropped']);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('refuses lines that are not those approved', async () => {
    const { poolId, roundId } = await approvedRound(15_000, [10_000, 20_000]);
    const [line] = await room.parts.rounds.lines(roundId);
    if (line?.status !== 'planned') throw new Error('no planned line');
    await room.parts.rounds.write([room.parts.rounds.line({ ...line, shareFen: line.ceilingFen })]);
    await expect(reserveFunds(room.parts, roundId)).rejects.toThrow('not those that were approved');
    expect(await room.balances(poolId)).toEqual([15_000, 0, 0]);
  });
});

describe('committing', () => {
  it('changes nothing the second time, nor when it runs several times at once', async () => {
    const { poolId, ids, roundId } = await reservedRound(50_000, [10_000, 20_000]);
    const batch = await room.batch(roundId, 0);
    const answers = await Promise.all([1, 2, 3, 4].map(() => commitBatch(room.parts, batch)));
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ committed: 2, dropped: 0 })));
    const before = await room.parts.pools.require(poolId);
    expect(await commitBatch(room.parts, batch)).toEqual({ committed: 2, dropped: 0 });
    expect(await room.parts.pools.require(poolId)).toEqual(before);
    expect(await room.balances(poolId)).toEqual([50_000, 0, 30_000]);
    expect(await finishRound(room.parts, roundId)).toEqual({ committedFen: 30_000 });
    expect(await finishRound(room.parts, roundId)).toEqual({ committedFen: 30_000 });
    expect(await commitBatch(room.parts, batch)).toEqual({ committed: 2, dropped: 0 });
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('drops who withdrew meanwhile, and gives the money back at the end', async () => {
    const { poolId, ids, roundId } = await reservedRound(50_000, [10_000, 20_000]);
    await room.withdraw(ids[0] ?? '');
    expect(await room.commit(roundId, 0)).toEqual({ committed: 1, dropped: 1 });
    expect(await room.balances(poolId)).toEqual([50_000, 10_000, 20_000]);
    await finishRound(room.parts, roundId);
    expect(await room.balances(poolId)).toEqual([50_000, 0, 20_000]);
    expect(await room.awards(ids)).toEqual([undefined, 20_000]);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('awards or drops, but never both, when withdrawals come while batches are committed', async () => {
    const ceilings = Array.from({ length: 20 }, () => 10_000);
    const { poolId, ids, roundId } = await reservedRound(200_000, ceilings);
    await Promise.all([
      room.commit(roundId, 0).catch(() => undefined),
      ...ids.filter((_, index) => index % 3 === 0).map((id) => room.withdraw(id)),
      room.commit(roundId, 1).catch(() => undefined),
    ]);
    for (const batch of [0, 1]) await room.commit(roundId, batch);
    await finishRound(room.parts, roundId);
    const [, reserved] = await room.balances(poolId);
    expect(reserved).toBe(0);
    expect((await room.awards(ids)).filter((award) => award === undefined)).toHaveLength(7);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it('drops a line whose candidate is gone', async () => {
    const { poolId, ids, roundId } = await reservedRound(50_000, [10_000]);
    const Key = budget.entities.candidate.key({ poolId, applicationId: ids[0] ?? '' });
    await room.client.send(new DeleteCommand({ TableName: room.tableNames.budget, Key }));
    expect(await room.commit(roundId, 0)).toEqual({ committed: 0, dropped: 1 });
  });

  it('goes on after a crash between batches', async () => {
    const ceilings = Array.from({ length: 40 }, () => 10_000);
    const { poolId, ids, roundId } = await reservedRound(400_000, ceilings);
    await room.commit(roundId, 1);
    await expect(finishRound(room.parts, roundId)).rejects.toThrow('not committed yet');
    expect(await room.balances(poolId)).toEqual([400_000, 280_000, 120_000]);
    for (const batch of [0, 1, 2, 3]) await room.commit(roundId, batch);
    await expect(commitBatch(room.parts, { roundId, batch: 4, from: 'Z', to: 'Z' })).rejects.toThrow(
      RangeError,
    );
    await finishRound(room.parts, roundId);
    expect(await room.faults(poolId, ids)).toEqual([]);
    expect(await room.balances(poolId)).toEqual([400_000, 0, 400_000]);
  });

  it('waits for a reservation', async () => {
    const { roundId } = await approvedRound(50_000, [10_000]);
    await expect(room.commit(roundId, 0)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await expect(finishRound(room.parts, roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });
});

describe('failing', () => {
  it('gives back what is not committed, keeps what is, and lets nothing more be committed', async () => {
    const ceilings = Array.from({ length: 20 }, () => 10_000);
    const { poolId, ids, roundId } = await reservedRound(500_000, ceilings);
    await room.commit(roundId, 0);
    const failed = { roundId, error: 'Error', cause: 'the machine broke' };
    expect(await failRound(room.parts, failed)).toEqual({ status: 'failed' });
    expect(await failRound(room.parts, failed)).toEqual({ status: 'failed' });
    expect(await room.balances(poolId)).toEqual([500_000, 0, 120_000]);
    await expect(room.commit(roundId, 1)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await expect(reserveFunds(room.parts, roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await room.faults(poolId, ids)).toEqual([]);
    expect(roundView(await room.parts.rounds.require(roundId))).toMatchObject({
      status: 'failed',
      reason: 'Error',
      committedFen: 120_000,
    });
  });

  it('never books a batch after the failure, whichever comes first', async () => {
    const ceilings = Array.from({ length: 20 }, () => 10_000);
    const { poolId, ids, roundId } = await reservedRound(500_000, ceilings);
    await Promise.allSettled([
      room.commit(roundId, 0),
      failRound(room.parts, { roundId, error: 'Error', cause: '' }),
      room.commit(roundId, 1),
    ]);
    await failRound(room.parts, { roundId, error: 'Error', cause: '' });
    const [, reserved] = await room.balances(poolId);
    expect(reserved).toBe(0);
    expect(await room.faults(poolId, ids)).toEqual([]);
  });

  it.each(['frozen', 'planned', 'approved'] as const)('ends a round that is %s', async (status) => {
    const { poolId, roundId } = await closedRound(50_000, [10_000]);
    if (status !== 'frozen') await room.plan(roundId);
    if (status === 'approved') await room.approve(roundId);
    await failRound(room.parts, { roundId, error: 'Error', cause: '' });
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'failed', failedFrom: status });
    expect(await room.balances(poolId)).toEqual([50_000, 0, 0]);
  });

  it('leaves a round alone that has ended', async () => {
    const { roundId } = await closedRound(50_000, [10_000]);
    await room.play(roundId);
    expect(await failRound(room.parts, { roundId, error: 'Error', cause: '' })).toEqual({
      status: 'noticed',
    });
  });
});
