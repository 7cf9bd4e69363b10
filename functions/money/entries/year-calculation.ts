import { moved, noBalances } from '../pools/ledger-calculation.ts';
import { availableFen, type Balances, type Movement, type Pool } from '../pools/pool.ts';
import type { YearReport } from './year-report-view.ts';

/** Sums of a pool's movements by what the report calls them, in fen. */
const nothing = {
  appropriatedFen: 0,
  increasedFen: 0,
  decreasedFen: 0,
  carriedInFen: 0,
  paidOutFen: 0,
  returnedFen: 0,
  recoveredFen: 0,
  carriedOutFen: 0,
  lapsedFen: 0,
};

type Sums = Record<keyof typeof nothing, number>;

/** What movements come to. */
interface YearSums {
  readonly sums: Readonly<Sums>;
  readonly derived: Readonly<Record<keyof Balances, number>>;
}

/** What no movement comes to. */
export const noSums: YearSums = { sums: nothing, derived: noBalances };

/** What movements come to with some more. */
export function withMovements(before: YearSums, movements: readonly Movement[]): YearSums {
  const sums: Sums = { ...before.sums };
  let { derived } = before;
  for (const movement of movements) {
    const line = lineOf(movement);
    if (line) sums[line] += movement.amountFen;
    derived = moved(derived, movement);
  }
  return { sums, derived };
}

/**
 * What a pool had in its year and what became of it, in fen. Every line is what its movements come to, but what is
 * available: that is the pool's own word, and the equation holds it against the ledger.
 */
export function reportOf(pool: Pool, { sums, derived }: YearSums): YearReport {
  const { poolId, fiscalYear, version, closedAt } = pool;
  const { reservedFen } = derived;
  const committedUnpaidFen = derived.committedFen - derived.paidFen;
  const available = availableFen(pool);
  const totalFen = sums.appropriatedFen + sums.increasedFen - sums.decreasedFen + sums.carriedInFen;
  const netPaidFen = sums.paidOutFen - sums.returnedFen - sums.recoveredFen;
  const gone = sums.carriedOutFen + sums.lapsedFen;
  const usedFen = netPaidFen + committedUnpaidFen + reservedFen + gone + available;
  // Object.keys widens the keys of a literal record to strings.
  const names = Object.keys(noBalances) as (keyof Balances)[];
  const balanced = totalFen === usedFen && names.every((name) => pool[name] === derived[name]);
  return {
    ...{ poolId, fiscalYear, version },
    ...(closedAt !== undefined && { closedAt }),
    ...sums,
    ...{ totalFen, committedUnpaidFen, reservedFen, availableFen: available, usedFen, balanced },
  };
}

function lineOf(movement: Movement): keyof Sums | undefined {
  switch (movement.kind) {
    case 'appropriation':
      return 'appropriatedFen';
    case 'adjustment':
      return movement.direction === 'increase' ? 'increasedFen' : 'decreasedFen';
    case 'carry-over':
      return ({ in: 'carriedInFen', out: 'carriedOutFen', lapse: 'lapsedFen' } as const)[movement.direction];
    case 'payment':
      return movement.direction === 'out' ? 'paidOutFen' : 'returnedFen';
    case 'clawback':
      return 'recoveredFen';
    case 'reservation':
    case 'commitment':
    case 'release':
      return undefined;
  }
}
