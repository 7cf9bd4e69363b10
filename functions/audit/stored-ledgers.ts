import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { stateKey } from '../filing/applications/application-store.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { budget } from '../shared/tables.ts';
import { holdingStatuses } from './held-money.ts';
import { asKey, plainKey, type StoredItem } from './stored-histories.ts';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | undefined;
}

const { pool, round, ledgerEntry } = budget.entities;
const { pk: poolPrefix, sk: stateSortKey } = pool.key({ poolId: '' });
const roundPrefix = round.pk({ roundId: '' });
const { pk: applicationPrefix } = stateKey('');

/**
 * Reads pools, and what holds their money, for auditors as they are stored. The tables are scanned, page by page of
 * 1 MB: an index leaves out what somebody took out of it. A page can be empty with more to follow.
 */
export class StoredLedgers {
  readonly #client: DynamoDBClient;
  readonly #budget: string;
  readonly #applications: string;

  constructor(client: DynamoDBClient, tables: { readonly budget: string; readonly applications: string }) {
    this.#client = client;
    this.#budget = tables.budget;
    this.#applications = tables.applications;
  }

  /** Pools that have a state or an entry; one can stand on two pages. */
  async pools(cursor: string | undefined): Promise<Page<{ poolId: string }>> {
    const { items, nextCursor } = await this.#scan('pools', cursor, {
      TableName: this.#budget,
      FilterExpression: 'begins_with(pk, :pool) AND (sk = :state OR begins_with(sk, :entry))',
      ProjectionExpression: 'pk',
      ExpressionAttributeValues: {
        ':pool': { S: poolPrefix },
        ':state': { S: stateSortKey },
        ':entry': { S: ledgerEntry.prefix },
      },
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
    const scope = { partition: { pk: key.pk }, place: ['sk'] };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#budget,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entry)',
        ExpressionAttributeValues: { ':pk': { S: key.pk }, ':entry': { S: ledgerEntry.prefix } },
        Limit: limit,
        ConsistentRead: true,
        ExclusiveStartKey: asKey(decodeCursor(cursor, scope)),
      }),
    );
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#budget,
        Key: { pk: { S: key.pk }, sk: { S: key.sk } },
        ConsistentRead: true,
      }),
    );
    if (!Item && Items.length === 0 && cursor === undefined) throw new DomainError('not-found');
    return { items: Items, nextCursor: encodeCursor(plainKey(LastEvaluatedKey), scope), head: Item };
  }

  /** Rounds with what they hold of their pools. */
  async rounds(cursor: string | undefined): Promise<Page<{ id: string; state: AttributeValue | undefined }>> {
    const { items, nextCursor } = await this.#scan('rounds', cursor, {
      TableName: this.#budget,
      FilterExpression: 'begins_with(pk, :round) AND sk = :state',
      ProjectionExpression: 'pk, #state.poolId, #state.reservation',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':round': { S: roundPrefix }, ':state': { S: stateSortKey } },
    });
    return { items: items.map((item) => heldIn(item, roundPrefix)), nextCursor };
  }

  /** Applications with what their awards and orders hold of their pools. */
  async awards(cursor: string | undefined): Promise<Page<{ id: string; state: AttributeValue | undefined }>> {
    const statuses = Object.fromEntries(holdingStatuses.map((status) => [`:${status}`, { S: status }]));
    const { items, nextCursor } = await this.#scan('awards', cursor, {
      TableName: this.#applications,
      FilterExpression: `begins_with(pk, :application) AND sk = :state AND #state.#status IN (${Object.keys(statuses)})`,
      ProjectionExpression: [
        'pk, #state.#status, #state.#pool, #state.award.fen',
        '#state.#order.fen, #state.paidFen, #state.recoveredFen',
      ].join(', '),
      ExpressionAttributeNames: {
        '#state': 'state',
        '#status': 'status',
        '#pool': 'pool',
        '#order': 'order',
      },
      ExpressionAttributeValues: {
        ':application': { S: applicationPrefix },
        ':state': { S: stateSortKey },
        ...statuses,
      },
    });
    return { items: items.map((item) => heldIn(item, applicationPrefix)), nextCursor };
  }

  async #scan(
    listing: string,
    cursor: string | undefined,
    command: ScanCommandInput,
  ): Promise<Page<StoredItem>> {
    const scope: CursorScope = { partition: {}, place: ['pk', 'sk'], narrowing: { listing } };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new ScanCommand({
        ...command,
        ConsistentRead: true,
        ExclusiveStartKey: asKey(decodeCursor(cursor, scope)),
      }),
    );
    return { items: Items, nextCursor: encodeCursor(plainKey(LastEvaluatedKey), scope) };
  }
}

/** The id that a row stands under, and the members of its state. */
function heldIn(
  { pk, state }: StoredItem,
  prefix: string,
): { id: string; state: AttributeValue | undefined } {
  // A map's members are read as those of a row are.
  return { id: pk?.S?.slice(prefix.length) ?? '', state: state?.M as AttributeValue | undefined };
}
