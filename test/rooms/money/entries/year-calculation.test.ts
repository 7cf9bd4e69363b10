import { expect, it } from 'vitest';
import { noSums, reportOf, withMovements } from '../../../../functions/money/entries/year-calculation.ts';
import type { Movement } from '../../../../functions/money/pools/pool.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { poolWith } from '../../../builders/pool.ts';

const actor = { id: 'somebody', role: 'operator' } as const;
const noted = { actor, at: '2026-12-31T02:00:00.000Z', cause: 'cause', key: 'key' };

const course: readonly Movement[] = [
  { kind: 'appropriation', amountFen: fen(1000), ...noted },
  { kind: 'adjustment', direction: 'increase', amountFen: fen(300), ...noted },
  { kind: 'adjustment', direction: 'decrease', amountFen: fen(100), ...noted },
  { kind: 'carry-over', direction: 'in', amountFen: fen(50), ...noted },
  { kind: 'reservation', amountFen: fen(800), ...noted },
  { kind: 'commitment', amountFen: fen(600), ...noted },
  { kind: 'release', of: 'reservation', amountFen: fen(150), ...noted },
  { kind: 'release', of: 'commitment', amountFen: fen(100), ...noted },
  { kind: 'payment', direction: 'out', amountFen: fen(400), ...noted },
  { kind: 'payment', direction: 'return', amountFen: fen(30), ...noted },
  { kind: 'clawback', amountFen: fen(70), ...noted },
  { kind: 'carry-over', direction: 'out', amountFen: fen(500), ...noted },
  { kind: 'carry-over', direction: 'lapse', amountFen: fen(20), ...noted },
];

const after = { appropriatedFen: 730, reservedFen: 50, committedFen: 430, paidFen: 300 };

it('counts every movement on its line, and comes to the same in total on both sides', () => {
  expect(reportOf(poolWith(after), withMovements(noSums, course))).toMatchObject({
    ...{ appropriatedFen: 1000, increasedFen: 300, decreasedFen: 100, carriedInFen: 50, totalFen: 1250 },
    ...{ paidOutFen: 400, returnedFen: 30, recoveredFen: 70, committedUnpaidFen: 130, reservedFen: 50 },
    ...{ carriedOutFen: 500, lapsedFen: 20, availableFen: 250, usedFen: 1250, balanced: true },
  });
});

it('comes to the same, however the movements come in parts', () => {
  const parts = course.reduce((sums, movement) => withMovements(sums, [movement]), noSums);
  expect(parts).toEqual(withMovements(noSums, course));
});

it.each(['appropriatedFen', 'reservedFen', 'committedFen', 'paidFen'] as const)(
  'is not balanced when the pool says another %s than its ledger',
  (name) => {
    const other = poolWith({ ...after, [name]: after[name] - 1 });
    expect(reportOf(other, withMovements(noSums, course)).balanced).toBe(false);
  },
);
