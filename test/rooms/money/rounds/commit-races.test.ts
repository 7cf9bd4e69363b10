import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitBatch } from '../../../../functions/money/rounds/commit-batch.ts';
import { failRound } from '../../../../functions/money/rounds/fail-round.ts';
import { finishRound } from '../../../../functions/money/rounds/finish-round.ts';
import { reserveFunds } from '../../../../functions/money/rounds/reserve-funds.ts';
import { type BudgetRoom, openBudget, retried } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

let database: TestDynamoDb;
let room: BudgetRoom;
let pools = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

async function pool(amountFen: number): Promise<string> {
  const poolId = `pool-${++pools}`;
  await room.fund(poolId, amountFen);
  return poolId;
}

describe('two rounds on one pool at once', () => {
  it.each(Array.from({ length: 6 }, (_, run) => run))(
    'pay no more than the pool, and nobody twice (%i)',
    async () => {
      const poolId = await pool(60_000);
      const ids = await room.enter(poolId, [10_000, 20_000, 30_000, 40_000]);
      const rounds = await Promise.all([room.close(poolId), room.close(poolId)]);
      await Promise.all(rounds.map((roundId) => room.play(roundId)));
      expect(await room.faults(poolId, ids)).toEqual([]);
      const [, reserved, committed] = await room.balances(poolId);
      expect(reserved).toBe(0);
      expect(committed).toBe(60_000);
      for (const id of ids) expect(await room.messages(`allocation.${id}`)).toHaveLength(1);
      for (const roundId of rounds) {
        expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'noticed' });
      }
    },
  );

  it('award each candidate once when both hold enough for all of them', async () => {
    const poolId = await pool(800_000);
    const ids = await room.enter(
      poolId,
      Array.from({ length: 40 }, () => 10_000),
    );
    const rounds = [await room.close(poolId), await room.close(poolId)];
    for (const roundId of rounds) {
      await room.plan(roundId);
      await room.approve(roundId);
      expect(await reserveFunds(room.parts, roundId)).toMatchObject({ outcome: 'reserved' });
    }
    expect(await room.balances(poolId)).toEqual([800_000, 800_000, 0]);
    const batches = await Promise.all(
      rounds.flatMap((roundId) => [0, 1, 2, 3].map((batch) => room.batch(roundId, batch))),
    );
    await Promise.all(batches.map((batch) => retried(() => commitBatch(room.parts, batch))));
    for (const roundId of rounds) await finishRound(room.parts, roundId);
    expect(await room.balances(poolId)).toEqual([800_000, 0, 400_000]);
    expect(await room.faults(poolId, ids)).toEqual([]);
    const lines = await Promise.all(rounds.map((roundId) => room.parts.rounds.lines(roundId)));
    for (const id of ids) {
      const committed = lines
        .flat()
        .filter((line) => line.applicationId === id && line.status === 'committed');
      expect(committed).toHaveLength(1);
    }
  });

  it('reserve the pool for one of them when both plans need all of it', async () => {
    const poolId = await pool(30_000);
    await room.enter(poolId, [30_000]);
    const rounds = await Promise.all([room.close(poolId), room.close(poolId), room.close(poolId)]);
    for (const roundId of rounds) {
      await room.plan(roundId);
      await room.approve(roundId);
    }
    const answers = await Promise.all(rounds.map((id) => retried(() => reserveFunds(room.parts, id))));
    expect(answers.map((answer) => answer.outcome).sort()).toEqual([
      'insufficient',
      'insufficient',
      'reserved',
    ]);
    expect(await room.balances(poolId)).toEqual([30_000, 30_000, 0]);
  });
});

/** What may happen to a pool; numbers choose among what there is. */
type Event =
  | { readonly kind: 'appropriate'; readonly amount: number }
  | { readonly kind: 'enter'; readonly amount: number }
  | { readonly kind: 'withdraw'; readonly pick: number }
  | { readonly kind: 'fail'; readonly pick: number }
  | { readonly kind: 'round' };

const amount = fc.integer({ min: 1, max: 500 });
const pick = fc.nat({ max: 9 });
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('appropriate' as const), amount }),
    fc.record({ kind: fc.constant('enter' as const), amount }),
    fc.record({ kind: fc.constant('withdraw' as const), pick }),
    fc.record({ kind: fc.constant('fail' as const), pick }),
    { arbitrary: fc.record({ kind: fc.constant('round' as const) }), weight: 2 },
  ),
  { minLength: 4, maxLength: 12 },
);

describe('any course of appropriations, rounds, withdrawals and failures', () => {
  it('leaves books that are right', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 1, max: 4 }), async (course, together) => {
        const poolId = await pool(50_000);
        const ids = await room.enter(poolId, [10_000, 33_300]);
        const rounds: string[] = [];
        const happen = async (event: Event): Promise<void> => {
          if (event.kind === 'appropriate') return room.appropriate(poolId, event.amount * 100);
          if (event.kind === 'enter') {
            ids.push(...(await room.enter(poolId, [event.amount * 100])));
            return undefined;
          }
          if (event.kind === 'withdraw') return room.withdraw(ids[event.pick % ids.length] ?? '');
          if (event.kind === 'round') {
            const roundId = await room.close(poolId);
            rounds.push(roundId);
            // A round that somebody fails under way stops at its next task.
            return room.play(roundId).catch(() => undefined);
          }
          const roundId = rounds[event.pick % rounds.length];
          if (roundId) await retried(() => failRound(room.parts, { roundId, error: 'Error', cause: '' }));
          return undefined;
        };
        for (let start = 0; start < course.length; start += together) {
          await Promise.all(course.slice(start, start + together).map(happen));
        }
        for (const roundId of rounds) {
          await retried(() => failRound(room.parts, { roundId, error: 'Error', cause: '' }));
        }
        expect(await room.faults(poolId, ids)).toEqual([]);
        const [, reserved] = await room.balances(poolId);
        expect(reserved).toBe(0);
      }),
      { numRuns: 8 },
    );
  });
});
