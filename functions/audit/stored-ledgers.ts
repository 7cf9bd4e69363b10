import { type CursorScope, decodeCursor, encodeCursor, scopeOf } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { beginningOf } from '../shared/keys.ts';
import { applications, budget, type TableName } from '../shared/tables.ts';
import { holdingStatuses } from './held-money.ts';
import type { StoredItem, StoredTable } from './stored-table.ts';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | undefined;
}

const { ledgerEntry, pool, round } = budget.entities;
const poolPrefix = beginningOf(budget.partitions.pool);
const roundPrefix = beginningOf(budget.partitions.round);
const applicationPrefix = beginningOf(applications.partitions.application);

/**
 * Reads pools, and what holds their money, for auditors as they are stored. The tables are scanned, page by page of
 * 1 MB: an index leaves out what somebody took out of it. A page can be empty with more to follow.
 */
export class StoredLedgers {
  readonly #budget: StoredTable<'budget'>;
  readonly #applications: StoredTable<'applications'>;

  constructor(tables: {
    readonly budget: StoredTable<'budget'>;
    readonly applications: StoredTable<'applications'>;
  }) {
    this.#budget = tables.budget;
    this.#applications = tables.applications;
  }

  /** Pools that have a state or an entry; one can stand on two pages. */
  async pools(cursor: string | undefined): Promise<Page<{ poolId: string }>> {
    const { items, nextCursor } = await scan('pools', cursor, this.#budget, {
      filter: 'begins_with(pk, :pool) AND (sk = :state OR begins_with(sk, :entry))',
      shows: 'pk',
      values: { ':pool': poolPrefix, ':state': pool.sk({}), ':entry': ledgerEntry.prefix },
    });
    const ids = new Set(items.map(({ pk }) => pk?.S?.slice(poolPrefix.length) ?? ''));
    return { items: [...ids].map((poolId) => ({ poolId })), nextCursor };
  }

  /**
   * A page of a pool's entries, oldest first, and the pool as it is after they were read.
   * @throws DomainError not-found when there is neither.
   */
  async ledger(
    poolId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<StoredItem> & { head: StoredItem | undefined }> {
    const key = pool.key({ poolId });
    const entries = ledgerEntry.of({ poolId });
    const scope = scopeOf(entries);
    const { items, lastKey } = await this.#budget.page(entries, {
      limit,
      start: decodeCursor(cursor, scope),
    });
    const head = await this.#budget.get(key);
    if (!head && items.length === 0 && cursor === undefined) throw new DomainError('not-found');
    return { items, nextCursor: encodeCursor(lastKey, scope), head };
  }

  /** Rounds with what they hold of their pools. */
  async rounds(
    cursor: string | undefined,
  ): Promise<Page<{ id: string; state: StoredItem[string] | undefined }>> {
    const { items, nextCursor } = await scan('rounds', cursor, this.#budget, {
      filter: 'begins_with(pk, :round) AND sk = :state',
      shows: 'pk, #state.poolId, #state.reservation',
      names: { '#state': 'state' },
      values: { ':round': roundPrefix, ':state': round.sk({}) },
    });
    return { items: items.map((item) => heldIn(item, roundPrefix)), nextCursor };
  }

  /** Applications with what their awards and orders hold of their pools. */
  async awards(
    cursor: string | undefined,
  ): Promise<Page<{ id: string; state: StoredItem[string] | undefined }>> {
    const statuses = Object.fromEntries(holdingStatuses.map((status) => [`:${status}`, status]));
    const { items, nextCursor } = await scan('awards', cursor, this.#applications, {
      filter: `begins_with(pk, :application) AND sk = :state AND #state.#status IN (${Object.keys(statuses)})`,
      shows: [
        'pk, #state.#status, #state.#pool, #state.award.fen',
        '#state.#order.fen, #state.paidFen, #state.recoveredFen',
      ].join(', '),
      names: { '#state': 'state', '#status': 'status', '#pool': 'pool', '#order': 'order' },
      values: {
        ':application': applicationPrefix,
        ':state': applications.entities.application.sk({}),
        ...statuses,
      },
    });
    return { items: items.map((item) => heldIn(item, applicationPrefix)), nextCursor };
  }
}

/** A page of a listing that is found by scanning. */
async function scan<N extends TableName>(
  listing: string,
  cursor: string | undefined,
  table: StoredTable<N>,
  found: Omit<Parameters<StoredTable<N>['scan']>[0], 'start'>,
): Promise<Page<StoredItem>> {
  const scope: CursorScope = { partition: {}, place: ['pk', 'sk'], narrowing: { listing } };
  const { items, lastKey } = await table.scan({ ...found, start: decodeCursor(cursor, scope) });
  return { items, nextCursor: encodeCursor(lastKey, scope) };
}

/** The id that a row stands under, and the members of its state. */
function heldIn(
  { pk, state }: StoredItem,
  prefix: string,
): { id: string; state: StoredItem[string] | undefined } {
  // A map's members are read as those of a row are.
  return { id: pk?.S?.slice(prefix.length) ?? '', state: state?.M as StoredItem[string] | undefined };
}
