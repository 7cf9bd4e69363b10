import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { stateKey } from '../filing/applications/application-store.ts';
import { decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { historyPrefix } from '../shared/history.ts';
import type { AuditedApplicationSchema } from './stored-view.ts';

/** A row as DynamoDB JSON. */
export type StoredItem = Record<string, AttributeValue>;

interface StoredHistory {
  readonly items: StoredItem[];
  readonly nextCursor: string | undefined;
  readonly head: StoredItem | undefined;
}

const { pk: applicationPrefix, sk: stateSortKey } = stateKey('');

/**
 * Reads histories for auditors as they are stored: no schema is between, which would drop what does not belong there,
 * and no conversion of numbers, which would round.
 */
export class StoredHistories {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Applications that have a state or a history, page by page of the table. It is scanned: an index would cost a write
   * with every change of an application and leave out what somebody took out of it, while an audit reads the bigger
   * part of the table anyway. A page ends after 1 MB of the table, so that one can be empty with more to follow.
   */
  async applications(
    cursor: string | undefined,
  ): Promise<{ items: z.input<typeof AuditedApplicationSchema>[]; nextCursor: string | undefined }> {
    const scope = { partition: {}, place: ['pk', 'sk'] };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new ScanCommand({
        TableName: this.#table,
        FilterExpression: 'begins_with(pk, :application) AND (sk = :state OR begins_with(sk, :history))',
        ProjectionExpression: 'pk, #state.#status',
        ExpressionAttributeNames: { '#state': 'state', '#status': 'status' },
        ExpressionAttributeValues: {
          ':application': { S: applicationPrefix },
          ':state': { S: stateSortKey },
          ':history': { S: historyPrefix },
        },
        ConsistentRead: true,
        ExclusiveStartKey: asKey(decodeCursor(cursor, scope)),
      }),
    );
    const statuses = new Map<string, string | undefined>();
    for (const { pk, state } of Items) {
      const applicationId = pk?.S?.slice(applicationPrefix.length) ?? '';
      statuses.set(applicationId, state?.M?.['status']?.S ?? statuses.get(applicationId));
    }
    return {
      items: [...statuses].map(([applicationId, status]) => ({ applicationId, status })),
      nextCursor: encodeCursor(plainKey(LastEvaluatedKey), scope),
    };
  }

  /**
   * A page of an application's history, and what the application says of its newest row. The rows are read first, so
   * that the head is never older than they are.
   * @throws DomainError not-found when there is neither.
   */
  async history(
    applicationId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<StoredHistory> {
    const key = stateKey(applicationId);
    const scope = { partition: { pk: key.pk }, place: ['sk'] };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :history)',
        ExpressionAttributeValues: { ':pk': { S: key.pk }, ':history': { S: historyPrefix } },
        Limit: limit,
        ConsistentRead: true,
        ExclusiveStartKey: asKey(decodeCursor(cursor, scope)),
      }),
    );
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: { pk: { S: key.pk }, sk: { S: key.sk } },
        ProjectionExpression: '#state.#version, #state.#status, #state.#hash',
        ExpressionAttributeNames: {
          '#state': 'state',
          '#version': 'version',
          '#status': 'status',
          '#hash': 'historyHash',
        },
        ConsistentRead: true,
      }),
    );
    const head = Item?.['state']?.M;
    if (!head && Items.length === 0 && cursor === undefined) throw new DomainError('not-found');
    return { items: Items, nextCursor: encodeCursor(plainKey(LastEvaluatedKey), scope), head };
  }
}

/** A cursor's place as a key. */
export function asKey(key: Record<string, string> | undefined): StoredItem | undefined {
  return key && Object.fromEntries(Object.entries(key).map(([name, text]) => [name, { S: text }]));
}

/** A key as texts, for a cursor. */
export function plainKey(key: StoredItem | undefined): Record<string, string | undefined> | undefined {
  return key && Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value.S]));
}
