import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { linked } from '../../shared/history.ts';
import { fen } from '../../shared/money.ts';
import {
  type Balances,
  type BookedMovement,
  type LedgerEntry,
  type Movement,
  type Pool,
  poolClosed,
} from './pool.ts';

/**
 * What the first entry of a pool follows: everything of the pool that no movement changes, so that neither can be
 * changed without the other.
 */
export function ledgerGenesis(
  pool: Pick<
    Pool,
    'poolId' | 'fund' | 'fiscalYear' | 'topic' | 'direction' | 'title' | 'createdAt' | 'createdBy'
  >,
): string {
  const { poolId, fund, fiscalYear, topic, direction, title, createdAt, createdBy } = pool;
  return contentHash({ poolId, fund, fiscalYear, topic, direction, title, createdAt, createdBy });
}

/**
 * Books movements that happen together: the pool after them, and their ledger entries.
 * @throws DomainError insufficient-funds when more would be reserved and committed than is appropriated.
 * @throws DomainError not-in-this-state when the pool is closed and a movement would put money in or reserve some.
 * @throws DomainError amount-too-high when a balance could not be held exactly any more.
 * @throws RangeError when a balance would be negative, or for a movement of nothing.
 */
export function bookMovements(
  pool: Pool,
  movements: readonly Movement[],
): { readonly after: Pool; readonly entries: readonly LedgerEntry[] } {
  if (pool.closedAt !== undefined && movements.some(needsOpenPool)) throw poolClosed();
  const balances = soundBalances(movements.reduce<Record<keyof Balances, number>>(moved, balancesOf(pool)));
  const version = pool.version + 1;
  let { ledgerHash } = pool;
  const entries = movements.map((movement, index): LedgerEntry => {
    const { poolId } = pool;
    const entry = linked({ poolId, version, line: index + 1, movement, balances }, ledgerHash);
    ledgerHash = entry.hash;
    return entry;
  });
  const closedAt = pool.closedAt ?? movements.find(endsYear)?.at;
  return {
    after: { ...pool, ...balances, version, ledgerHash, ...(closedAt !== undefined && { closedAt }) },
    entries,
  };
}

/** The pool after movements that happen together. @throws as `bookMovements` does. */
export function afterMovements(pool: Pool, movements: readonly Movement[]): Pool {
  return bookMovements(pool, movements).after;
}

/** Whether a movement ends its pool's year: what no award holds leaves the pool. */
export function endsYear(movement: Movement): boolean {
  return movement.kind === 'carry-over' && movement.direction !== 'in';
}

/** Whether a movement puts money in or takes some for an award: a pool whose year was ended has none of these. */
export function needsOpenPool(movement: Movement): boolean {
  const { kind } = movement;
  if (kind === 'carry-over') return !endsYear(movement);
  return kind === 'appropriation' || kind === 'adjustment' || kind === 'reservation' || kind === 'commitment';
}

function soundBalances(changed: Readonly<Record<keyof Balances, number>>): Balances {
  if (Object.values(changed).some((amount) => amount > Number.MAX_SAFE_INTEGER)) {
    throw new DomainError('amount-too-high');
  }
  // Written as a subtraction, since the sum of the two could pass what a number holds exactly.
  if (changed.reservedFen >= 0 && changed.appropriatedFen - changed.reservedFen < changed.committedFen) {
    throw new DomainError('insufficient-funds');
  }
  const balances = {
    appropriatedFen: fen(changed.appropriatedFen),
    reservedFen: fen(changed.reservedFen),
    committedFen: fen(changed.committedFen),
    paidFen: fen(changed.paidFen),
  };
  if (balances.paidFen > balances.committedFen) throw new RangeError('more would be paid than is committed');
  return balances;
}

/**
 * The balances that a pool's entries add up to, from nothing, checked after every version.
 * @throws Error for a version in which more was reserved and committed than appropriated, or a balance was negative.
 */
export function rederiveBalances(entries: Iterable<BookedMovement>): Balances {
  const ordered = [...entries].sort((a, b) => a.version - b.version);
  let balances: Record<keyof Balances, number> = noBalances;
  for (const [index, entry] of ordered.entries()) {
    balances = moved(balances, entry.movement);
    // Entries of one version happened together: only their sum is a state that the pool was in.
    if (ordered[index + 1]?.version === entry.version) continue;
    if (!isSound(balances)) {
      throw new Error(`pool ${entry.poolId} has no sound balance at version ${entry.version}`);
    }
  }
  return {
    appropriatedFen: fen(balances.appropriatedFen),
    reservedFen: fen(balances.reservedFen),
    committedFen: fen(balances.committedFen),
    paidFen: fen(balances.paidFen),
  };
}

/** The balances of a pool without entries. */
export const noBalances: Readonly<Record<keyof Balances, number>> = {
  appropriatedFen: 0,
  reservedFen: 0,
  committedFen: 0,
  paidFen: 0,
};

/**
 * Whether balances are ones that a pool may have (glossary, "pool"): nothing negative, paid ≤ committed, all within what
 * was appropriated.
 */
export function isSound({
  appropriatedFen,
  reservedFen,
  committedFen,
  paidFen,
}: Readonly<Record<keyof Balances, number>>): boolean {
  const least = [reservedFen, paidFen, committedFen - paidFen, appropriatedFen - reservedFen - committedFen];
  return Math.min(...least) >= 0 && Number.isSafeInteger(appropriatedFen);
}

/** The ways in which a pool and its ledger disagree: none, when the books are right. */
export function ledgerFaults(pool: Pool, entries: readonly BookedMovement[]): string[] {
  const stored = balancesOf(pool);
  const derived = rederiveBalances(entries);
  const faults = (Object.keys(stored) as (keyof Balances)[])
    .filter((name) => stored[name] !== derived[name])
    .map((name) => `${pool.poolId}: ${name} is ${stored[name]}, its entries add up to ${derived[name]}`);
  const versions = new Set(entries.map((entry) => entry.version));
  for (let version = 2; version <= pool.version; version += 1) {
    if (!versions.has(version)) faults.push(`${pool.poolId}: no entry for version ${version}`);
  }
  return faults;
}

function balancesOf<T extends Record<keyof Balances, number>>(from: T): Pick<T, keyof Balances> {
  return {
    appropriatedFen: from.appropriatedFen,
    reservedFen: from.reservedFen,
    committedFen: from.committedFen,
    paidFen: from.paidFen,
  };
}

/** What one movement does to the balances. @throws RangeError for a movement of nothing; only the end of a year may find nothing left. */
export function moved<T extends Record<keyof Balances, number>>(
  from: T,
  movement: Movement,
): Record<keyof Balances, number> {
  const { amountFen } = movement;
  if (amountFen < 1 && !endsYear(movement)) throw new RangeError(`a ${movement.kind} of nothing`);
  const balances: Record<keyof Balances, number> = balancesOf(from);
  switch (movement.kind) {
    case 'appropriation':
      return { ...balances, appropriatedFen: balances.appropriatedFen + amountFen };
    case 'adjustment':
      return {
        ...balances,
        appropriatedFen:
          balances.appropriatedFen + (movement.direction === 'increase' ? amountFen : -amountFen),
      };
    case 'carry-over':
      return {
        ...balances,
        appropriatedFen: balances.appropriatedFen + (movement.direction === 'in' ? amountFen : -amountFen),
      };
    case 'reservation':
      return { ...balances, reservedFen: balances.reservedFen + amountFen };
    case 'commitment':
      return {
        ...balances,
        reservedFen: balances.reservedFen - amountFen,
        committedFen: balances.committedFen + amountFen,
      };
    case 'release':
      return movement.of === 'reservation'
        ? { ...balances, reservedFen: balances.reservedFen - amountFen }
        : { ...balances, committedFen: balances.committedFen - amountFen };
    case 'payment':
      return {
        ...balances,
        paidFen: balances.paidFen + (movement.direction === 'out' ? amountFen : -amountFen),
      };
    case 'clawback':
      return {
        ...balances,
        committedFen: balances.committedFen - amountFen,
        paidFen: balances.paidFen - amountFen,
      };
  }
}
