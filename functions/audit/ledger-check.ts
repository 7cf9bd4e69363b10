import {
  endsYear,
  isSound,
  ledgerGenesis,
  moved,
  needsOpenPool,
  noBalances,
} from '../money/pools/ledger-calculation.ts';
import {
  type Balances,
  type LedgerEntry,
  LedgerEntrySchema,
  type Pool,
  PoolSchema,
} from '../money/pools/pool.ts';
import { contentHash } from '../shared/hash.ts';
import { budget } from '../shared/tables.ts';
import { plainMap } from './plain-values.ts';

const { ledgerEntry, pool } = budget.entities;

/** Where a ledger is not what was written, or not what it may be. */
export interface LedgerBreak {
  /** Version of the pool at which it shows. */
  readonly version: number;
  readonly fault: string;
}

type Amounts = Readonly<Record<keyof Balances, number>>;

/** What a pool says of itself, or why it cannot. */
export type Head = { readonly pool: Pool } | { readonly fault: string };

/** Reads a pool as it is stored, as DynamoDB JSON: nothing may stand beside what a pool is written with. */
export function readHead(poolId: string, item: unknown): Head {
  const stored = plainMap(item);
  if (!stored) return { fault: 'the pool itself is missing, or has a value of a type that no pool has' };
  const { pk, sk, listing, ...state } = stored;
  const key = pool.key({ poolId });
  const [, listed] = pool.listed('listing', {}).partition;
  if (pk !== key.pk || sk !== key.sk || listing !== listed) return { fault: 'the pool has other keys' };
  const { data, error } = PoolSchema.safeParse(state);
  if (!data) return { fault: `the pool is not complete: ${error.issues[0]?.path.join('.')}` };
  // The schema drops what does not belong there, at any depth.
  if (contentHash(data) !== contentHash(state)) return { fault: 'the pool has foreign attributes' };
  return data.poolId === poolId ? { pool: data } : { fault: 'the pool has the id of another' };
}

/**
 * Derives a pool's balances from its entries as they are stored, one entry after another, and looks after every version
 * whether they may be so (glossary, "ledger"): it holds no more than the last entry.
 */
export class LedgerCheck {
  readonly poolId: string;
  /** Carried over to other pools and from them, in fen, by their ids. */
  readonly carriedOut = new Map<string, number>();
  readonly carriedIn = new Map<string, number>();
  entries = 0;
  /** The pool at the beginning, at whose version the entries have to come to what it says. */
  readonly #pool: Pool | undefined;
  #found: LedgerBreak | undefined;
  #version = 1;
  #line = 0;
  #newest: string;
  #balances: Amounts = noBalances;
  #kept: Amounts = noBalances;
  #closedAt: string | undefined;

  /** @param head the pool as it was read before any entry. */
  constructor(poolId: string, head: Head) {
    this.poolId = poolId;
    this.#pool = 'pool' in head ? head.pool : undefined;
    this.#newest = this.#pool ? ledgerGenesis(this.#pool) : '';
    if ('fault' in head) this.#found = { version: 1, fault: head.fault };
  }

  /** The first break, if there was one. What follows it is not looked at. */
  get found(): LedgerBreak | undefined {
    return this.#found;
  }

  /** The version that was come to. */
  get version(): number {
    return this.#version;
  }

  /** Takes the next entry in the order of sort keys, as DynamoDB JSON. */
  take(item: unknown): void {
    if (this.#found) return;
    this.entries += 1;
    const stored = plainMap(item);
    const next = this.#version + 1;
    if (!stored) {
      this.#breakAt(next, 'an entry has a value of a type that no entry has');
      return;
    }
    const [sameVersion, nextVersion] = [
      ledgerEntry.key({ poolId: this.poolId, version: this.#version, line: this.#line + 1 }),
      ledgerEntry.key({ poolId: this.poolId, version: next, line: 1 }),
    ];
    const { pk, sk, ...content } = stored;
    if (sk === nextVersion.sk) {
      this.#endVersion();
      if (this.#found) return;
      this.#version = next;
      this.#line = 0;
    } else if (sk !== sameVersion.sk || this.#line === 0) {
      this.#breakAt(next, `${nextVersion.sk} is missing; ${String(sk)} stands there`);
      return;
    }
    const fault = pk === nextVersion.pk ? this.#faultOf(content) : 'an entry belongs to another pool';
    if (fault !== undefined) this.#breakAt(this.#version, fault);
  }

  /** Ends the ledger. @param latest the pool as it was read after the last entry. */
  end(latest: Head): void {
    this.#endVersion();
    if (this.#found) return;
    if ('fault' in latest) {
      this.#breakAt(this.#version, latest.fault);
    } else if (this.#pool && this.#version < this.#pool.version) {
      const missing = ledgerEntry.key({ poolId: this.poolId, version: this.#version + 1, line: 1 });
      this.#breakAt(this.#version + 1, `${missing.sk} is missing; the pool is at ${this.#pool.version}`);
    } else if (latest.pool.version < this.#version) {
      this.#breakAt(this.#version, `the pool has not come to this entry: it is at ${latest.pool.version}`);
    }
  }

  #breakAt(version: number, fault: string): void {
    this.#found ??= { version, fault };
  }

  #faultOf({ hash, ...content }: Readonly<Record<string, unknown>>): string | undefined {
    if (hash !== contentHash(content)) return 'an entry was altered: its hash is not that of its content';
    const { data, error } = LedgerEntrySchema.safeParse({ ...content, hash });
    if (!data) return `an entry is not complete: ${error.issues[0]?.path.join('.')}`;
    if (data.previous !== this.#newest) return 'an entry does not follow the one before';
    const { version, line } = data;
    if (data.poolId !== this.poolId || version !== this.#version || line !== this.#line + 1) {
      return `an entry stands in the place of another: it is ${data.poolId} ${version}#${line}`;
    }
    this.#line = line;
    this.#newest = data.hash;
    return this.#book(data);
  }

  #book({ movement, balances, line }: LedgerEntry): string | undefined {
    const { kind } = movement;
    if (kind === 'appropriation' || kind === 'adjustment' || kind === 'carry-over') {
      const { actor, confirmedBy, entryId } = movement;
      if (!confirmedBy || !entryId || confirmedBy.id === actor.id) return `a ${kind} by one person alone`;
    }
    if (this.#closedAt !== undefined && needsOpenPool(movement)) return `a ${kind} of a closed pool`;
    if (line > 1 && !areEqual(balances, this.#kept)) return 'entries of one version keep other balances';
    this.#kept = balances;
    if (endsYear(movement)) this.#closedAt ??= movement.at;
    if (kind === 'carry-over' && movement.otherPoolId !== undefined) {
      const sums = movement.direction === 'in' ? this.carriedIn : this.carriedOut;
      sums.set(movement.otherPoolId, (sums.get(movement.otherPoolId) ?? 0) + movement.amountFen);
    }
    try {
      this.#balances = moved(this.#balances, movement);
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
    return undefined;
  }

  /** Entries of one version happened together: only their sum is a state that the pool was in. */
  #endVersion(): void {
    if (this.#found || !this.#pool) return;
    const [version, derived] = [this.#version, this.#balances];
    if (!isSound(derived)) this.#breakAt(version, `no pool may have such balances: ${inWords(derived)}`);
    if (!areEqual(derived, this.#kept)) {
      this.#breakAt(version, `its entries keep ${inWords(this.#kept)} and add up to ${inWords(derived)}`);
    }
    if (version !== this.#pool.version) return;
    if (!areEqual(derived, this.#pool)) {
      this.#breakAt(version, `the pool says ${inWords(this.#pool)}, its entries ${inWords(derived)}`);
    }
    if (this.#pool.ledgerHash !== this.#newest) this.#breakAt(version, 'the pool knows another newest entry');
    if (this.#pool.closedAt !== this.#closedAt) this.#breakAt(version, 'the pool was closed at another time');
  }
}

function areEqual(one: Amounts, other: Amounts): boolean {
  // Object.keys widens the keys of a literal record to strings.
  return (Object.keys(noBalances) as (keyof Balances)[]).every((name) => one[name] === other[name]);
}

function inWords({ appropriatedFen, reservedFen, committedFen, paidFen }: Amounts): string {
  return `${appropriatedFen}/${reservedFen}/${committedFen}/${paidFen} fen appropriated/reserved/committed/paid`;
}
