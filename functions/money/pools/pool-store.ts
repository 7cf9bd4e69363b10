import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Fen } from '../../shared/money.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type Candidate, CandidateSchema, candidateKey } from './candidates.ts';
import {
  bookMovements,
  type LedgerEntry,
  LedgerEntrySchema,
  type Movement,
  type Pool,
  PoolSchema,
} from './pool.ts';

/** An award, or a part of it, whose money goes back to its pool. */
interface Release {
  readonly poolId: string;
  readonly applicationId: string;
  readonly amountFen: Fen;
  readonly actor: ActorReference;
  readonly at: string;
  readonly cause: string;
  /** What makes it this release and no other, e.g. `objection#<id>`. */
  readonly key: string;
}

const { candidate } = budget.entities;

/** Value of the `listing` index's partition that holds every pool. */
export const poolListing = 'pool';

/** Pools, their ledgers and candidates in DynamoDB. */
export class PoolStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
    this.client = table.client;
    this.table = table.name;
  }

  /** The pool, read consistently, or undefined. */
  async get(poolId: string): Promise<Pool | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: poolKey(poolId), ConsistentRead: true }),
    );
    return Item && PoolSchema.parse(Item);
  }

  /** The pool. @throws DomainError not-found */
  async require(poolId: string): Promise<Pool> {
    const pool = await this.get(poolId);
    if (!pool) throw new DomainError('not-found');
    return pool;
  }

  /**
   * One page of pools in the order of their creation, of one fiscal year or of all, with the key of its last item when
   * more follow. The few pools of other years are read past.
   */
  async page(
    limit: number,
    start: Record<string, unknown> | undefined,
    year?: number,
  ): Promise<{ pools: Pool[]; lastKey: Record<string, unknown> | undefined }> {
    const pools: Pool[] = [];
    let lastKey = start;
    do {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          IndexName: 'listing',
          KeyConditionExpression: 'listing = :listing',
          ...(year !== undefined && { FilterExpression: 'fiscalYear = :year' }),
          ExpressionAttributeValues: {
            ':listing': poolListing,
            ...(year !== undefined && { ':year': year }),
          },
          Limit: limit - pools.length,
          ...(lastKey && { ExclusiveStartKey: lastKey }),
        }),
      );
      pools.push(...Items.map((item) => PoolSchema.parse(item)));
      lastKey = LastEvaluatedKey;
    } while (lastKey && pools.length < limit);
    return { pools, lastKey };
  }

  /** Every candidate of a pool, read consistently, in the order of application ids. */
  async candidates(poolId: string): Promise<Candidate[]> {
    const items = await this.#all(poolKey(poolId).pk, 'CANDIDATE#');
    return items.map((item) => CandidateSchema.parse(item));
  }

  /** A candidate, read consistently, or undefined. */
  async candidate(poolId: string, applicationId: string): Promise<Candidate | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.table,
        Key: candidateKey(poolId, applicationId),
        ConsistentRead: true,
      }),
    );
    return Item && CandidateSchema.parse(Item);
  }

  /** Every entry of a pool's ledger, oldest first, read consistently. */
  async entries(poolId: string): Promise<LedgerEntry[]> {
    const items = await this.#all(poolKey(poolId).pk, entryPrefix);
    return items.map((item) => LedgerEntrySchema.parse(item));
  }

  /** One page of a pool's ledger, read consistently, with the key of its last item when more follow. */
  async entryPage(
    poolId: string,
    page: {
      readonly limit: number;
      readonly start: Record<string, unknown> | undefined;
      readonly newestFirst: boolean;
    },
  ): Promise<{ entries: LedgerEntry[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entry)',
        ExpressionAttributeValues: { ':pk': poolKey(poolId).pk, ':entry': entryPrefix },
        ScanIndexForward: !page.newestFirst,
        ConsistentRead: true,
        Limit: page.limit,
        ...(page.start && { ExclusiveStartKey: page.start }),
      }),
    );
    return { entries: Items.map((item) => LedgerEntrySchema.parse(item)), lastKey: LastEvaluatedKey };
  }

  /** The write that enters an application into its pool; it belongs into the transaction that makes it `pooled`. */
  enter(entered: Candidate): GuardedWrite {
    return this.#table.put(candidate.key(entered), entered);
  }

  /** The write that takes an application out of its pool; nothing happens when it is not there. */
  leave(left: Pick<Candidate, 'poolId' | 'applicationId'>): GuardedWrite {
    return this.#table.remove(candidate.key(left));
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
  candidateTaken(poolId: string, applicationId: string): GuardedWrite {
    return {
      item: {
        Delete: {
          TableName: this.table,
          Key: candidateKey(poolId, applicationId),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
    };
  }

  /** The write that puts a new pool. */
  creation(pool: Pool): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: { ...poolKey(pool.poolId), listing: poolListing, ...pool },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      onConditionFailed: () => new DomainError('already-exists'),
    };
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
    const update: GuardedWrite = {
      item: {
        Update: {
          TableName: this.table,
          Key: poolKey(pool.poolId),
          UpdateExpression: [
            'SET #version = :next, appropriatedFen = :appropriated, reservedFen = :reserved',
            'committedFen = :committed, paidFen = :paid, ledgerHash = :newest',
            ...(after.closedAt === undefined ? [] : ['closedAt = :closed']),
          ].join(', '),
          // The version alone would do; the invariants stand here too, so that no code above can write them away.
          ConditionExpression: [
            '#version = :read AND ledgerHash = :hash AND appropriatedFen >= :bound AND reservedFen >= :unreserved',
            'committedFen >= :uncommitted AND paidFen >= :unpaid AND paidFen <= :payable',
          ].join(' AND '),
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: {
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
        },
      },
    };
    const puts = entries.map(
      (entry): GuardedWrite => ({
        item: {
          Put: {
            TableName: this.table,
            Item: { ...entryKey(entry), ...entry },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      }),
    );
    return [update, ...puts];
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }

  async #all(pk: string, prefix: string): Promise<Record<string, unknown>[]> {
    return queryAll(this.client, this.table, pk, prefix);
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

/** Key of a pool's balances. */
export function poolKey(poolId: string): { pk: string; sk: string } {
  return { pk: `POOL#${poolId}`, sk: 'STATE' };
}

/** Sort keys of ledger entries begin so. */
export const entryPrefix = 'ENTRY#';

/** Key of a ledger entry: they stand in the order in which they happened. */
export function entryKey({ poolId, version, line }: Pick<LedgerEntry, 'poolId' | 'version' | 'line'>): {
  pk: string;
  sk: string;
} {
  const place = `${String(version).padStart(12, '0')}#${String(line).padStart(3, '0')}`;
  return { pk: poolKey(poolId).pk, sk: `${entryPrefix}${place}` };
}

/** Every item of a partition whose sort key begins with a prefix, read consistently, page by page. */
export async function queryAll(
  client: DynamoDBDocumentClient,
  table: string,
  pk: string,
  prefix: string,
): Promise<Record<string, unknown>[]> {
  return queryPages(client, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
  });
}

/** Every item that a query finds, read consistently, page by page. */
export async function queryPages(
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({ ...query, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}
