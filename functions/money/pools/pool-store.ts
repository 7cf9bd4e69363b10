import type { ActorReference } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor, listPage, type PageRequest, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Fen } from '../../shared/money.ts';
import type { Item, Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, PoolId } from '../../shared/vocabulary.ts';
import { type Candidate, CandidateSchema } from './candidates.ts';
import { bookMovements } from './ledger-calculation.ts';
import { type LedgerEntry, LedgerEntrySchema, type Movement, type Pool, PoolSchema } from './pool.ts';

/** An award, or a part of it, whose money goes back to its pool. */
interface Release {
  readonly poolId: PoolId;
  readonly applicationId: ApplicationId;
  readonly amountFen: Fen;
  readonly actor: ActorReference;
  readonly at: string;
  readonly cause: string;
  /** What makes it this release and no other, e.g. `objection#<id>`. */
  readonly key: string;
}

const { entities } = budget;

/** Pools, their ledgers and candidates in DynamoDB. */
export class PoolStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The pool, read consistently, or undefined. */
  async get(poolId: PoolId): Promise<Pool | undefined> {
    const item = await this.#table.get(entities.pool.key({ poolId }));
    return item && PoolSchema.parse(item);
  }

  /** The pool. @throws DomainError not-found */
  async require(poolId: PoolId): Promise<Pool> {
    const pool = await this.get(poolId);
    if (!pool) throw new DomainError('not-found');
    return pool;
  }

  /**
   * One page of pools in the order of their creation, of one fiscal year or of all. The few pools of other years are
   * read past.
   * @throws DomainError invalid-request for a foreign cursor.
   */
  async page({ limit, cursor, year }: PageRequest & { readonly year?: number | undefined }): Promise<{
    pools: Pool[];
    nextCursor: string | undefined;
  }> {
    const range = entities.pool.listed('listing', {});
    const scope = scopeOf(range, year === undefined ? undefined : { year: String(year) });
    const ofYear = year !== undefined && { filter: 'fiscalYear = :year', values: { ':year': year } };
    const pools: Pool[] = [];
    let start: Item | undefined = decodeCursor(cursor, scope);
    do {
      const { items, lastKey } = await this.#table.page(range, {
        ...ofYear,
        limit: limit - pools.length,
        start,
      });
      pools.push(...items.map((item) => PoolSchema.parse(item)));
      start = lastKey;
    } while (start && pools.length < limit);
    return { pools, nextCursor: encodeCursor(start, scope) };
  }

  /** Every candidate of a pool, read consistently, in the order of application ids. */
  async candidates(poolId: PoolId): Promise<Candidate[]> {
    const items = await this.#table.all(entities.candidate.of({ poolId }));
    return items.map((item) => CandidateSchema.parse(item));
  }

  /** A candidate, read consistently, or undefined. */
  async candidate(poolId: PoolId, applicationId: ApplicationId): Promise<Candidate | undefined> {
    const item = await this.#table.get(entities.candidate.key({ poolId, applicationId }));
    return item && CandidateSchema.parse(item);
  }

  /** Every entry of a pool's ledger, oldest first, read consistently. */
  async entries(poolId: PoolId): Promise<LedgerEntry[]> {
    const items = await this.#table.all(entities.ledgerEntry.of({ poolId }));
    return items.map((item) => LedgerEntrySchema.parse(item));
  }

  /** Every entry of a pool's ledger, oldest first, read consistently, page by page. */
  async *entryPages(poolId: PoolId): AsyncGenerator<LedgerEntry[]> {
    for await (const items of this.#table.pages(entities.ledgerEntry.of({ poolId }), { limit: 500 })) {
      yield items.map((item) => LedgerEntrySchema.parse(item));
    }
  }

  /** One page of a pool's ledger, newest first, read consistently. @throws DomainError invalid-request for a foreign cursor. */
  async entryPage(
    poolId: PoolId,
    page: PageRequest,
  ): Promise<{ entries: LedgerEntry[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.ledgerEntry.of({ poolId }), {
      ...page,
      narrowing: { listing: 'ledger' },
      newestFirst: true,
    });
    return { entries: items.map((item) => LedgerEntrySchema.parse(item)), nextCursor };
  }

  /** The write that enters an application into its pool; it belongs into the transaction that makes it `pooled`. */
  enter(entered: Candidate): GuardedWrite {
    return this.#table.put(entities.candidate.key(entered), entered);
  }

  /** The write that lowers what a candidate may be awarded, on condition that it still is one. */
  lower(candidate: Candidate): GuardedWrite {
    return this.#table.put(entities.candidate.key(candidate), candidate, { when: 'attribute_exists(pk)' });
  }

  /** The write that takes an application out of its pool; nothing happens when it is not there. */
  leave(left: Pick<Candidate, 'poolId' | 'applicationId'>): GuardedWrite {
    return this.#table.remove(entities.candidate.key(left));
  }

  /**
   * The writes that give an award's money back to its pool. They belong into the transaction that takes the award from
   * the application: its condition on the application is what keeps an award from being given back twice.
   * The transaction fails with `concurrent-change` when the pool changed meanwhile: ask for the writes again.
   * @throws DomainError not-found when there is no such pool.
   */
  async release({ poolId, ...movement }: Release): Promise<GuardedWrite[]> {
    if (movement.amountFen === 0) return [];
    const pool = await this.require(poolId);
    return this.movement(pool, [{ kind: 'release', of: 'commitment', ...movement }]);
  }

  /** The write that takes a candidate for an award, on condition that it still is one. */
  candidateTaken(poolId: PoolId, applicationId: ApplicationId): GuardedWrite {
    return this.#table.remove(entities.candidate.key({ poolId, applicationId }), {
      when: 'attribute_exists(pk)',
    });
  }

  /** The write that puts a new pool. */
  creation(pool: Pool): GuardedWrite {
    return this.#table.putNew(
      entities.pool.key(pool),
      { ...entities.pool.entry('listing', pool), ...pool },
      () => new DomainError('already-exists'),
    );
  }

  /**
   * The writes that move a pool's money: its balances, on condition that nothing happened since it was read and that
   * the invariant holds afterwards, and one ledger entry for each movement, linked to the newest one. No movements: no
   * writes.
   * @throws DomainError as `bookMovements` does, and concurrent-change for movements that the pool has no room for any
   * more; the writes fail with `concurrent-change` when the pool has changed.
   */
  movement(pool: Pool, movements: readonly Movement[]): GuardedWrite[] {
    if (movements.length === 0) return [];
    const { after, entries } = bookOnRead(pool, movements);
    const update = this.#table.update(entities.pool.key(pool), {
      set: [
        'SET #version = :next, appropriatedFen = :appropriated, reservedFen = :reserved',
        'committedFen = :committed, paidFen = :paid, ledgerHash = :newest',
        ...(after.closedAt === undefined ? [] : ['closedAt = :closed']),
      ].join(', '),
      // The version alone would do; the invariants stand here too, so that no code above can write them away.
      when: [
        '#version = :read AND ledgerHash = :hash AND appropriatedFen >= :bound AND reservedFen >= :unreserved',
        'committedFen >= :uncommitted AND paidFen >= :unpaid AND paidFen <= :payable',
      ].join(' AND '),
      names: { '#version': 'version' },
      values: {
        ':read': pool.version,
        ':hash': pool.ledgerHash,
        ':next': after.version,
        ':newest': after.ledgerHash,
        ':appropriated': after.appropriatedFen,
        ':reserved': after.reservedFen,
        ':committed': after.committedFen,
        ':paid': after.paidFen,
        ...(after.closedAt !== undefined && { ':closed': after.closedAt }),
        // What stands there is what was read, so these say: nothing goes below nothing, nor above what there is.
        ':bound': after.reservedFen + after.committedFen - (after.appropriatedFen - pool.appropriatedFen),
        ':unreserved': Math.max(0, pool.reservedFen - after.reservedFen),
        ':uncommitted': Math.max(0, pool.committedFen - after.committedFen),
        ':unpaid': Math.max(0, pool.paidFen - after.paidFen),
        ':payable': after.committedFen - (after.paidFen - pool.paidFen),
      },
    });
    return [update, ...entries.map((entry) => this.#table.putNew(entities.ledgerEntry.key(entry), entry))];
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

/**
 * Books movements on a pool that was read after what they follow from, a round or an application: somebody may have
 * taken or given back the same money in between, and whoever decides has to look again. Reading both at once was
 * rejected: which pool it is, is only known from the other.
 */
function bookOnRead(pool: Pool, movements: readonly Movement[]): ReturnType<typeof bookMovements> {
  try {
    return bookMovements(pool, movements);
  } catch (error) {
    if (error instanceof RangeError) throw new DomainError('concurrent-change');
    throw error;
  }
}
