import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, oldStepWrites } from '../../shared/history.ts';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { queryPages } from '../pools/pool-store.ts';
import type { RoundHistoryNote } from '../rounds/round-store.ts';
import { type Clawback, ClawbackSchema, clawbackTransitions } from './clawback.ts';

/** Money that came back, known by the bank's reference. */
const ReceiptSchema = z.object({ reference: z.string(), amountFen: FenSchema, date: DateSchema });
export type Receipt = z.output<typeof ReceiptSchema>;

const clawbackListing = 'clawback';

/** Clawbacks, their receipts and history in DynamoDB. */
export class ClawbackStore {
  readonly table: string;
  readonly #client: DynamoDBDocumentClient;

  constructor(table: Table<'budget'>) {
    this.#client = table.client;
    this.table = table.name;
  }

  /** The clawback, read consistently. @throws DomainError not-found */
  async require(clawbackId: string): Promise<Clawback> {
    const item = await this.#get(clawbackKey(clawbackId));
    if (!item) throw new DomainError('not-found');
    return ClawbackSchema.parse(item['state']);
  }

  /** Every clawback of an application, read consistently. */
  async of(applicationId: string): Promise<Clawback[]> {
    // DynamoDB takes no empty prefix of a sort key: these are all there is.
    const items = await queryPages(this.#client, {
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': ofKey(applicationId, '').pk },
    });
    return Promise.all(items.map((item) => this.require(String(item['sk']))));
  }

  /** One page of clawbacks in the order of their creation. @throws DomainError invalid-request for a foreign cursor. */
  async page({
    limit,
    cursor,
  }: {
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ clawbacks: Clawback[]; nextCursor: string | undefined }> {
    const scope: CursorScope = { partition: { listing: clawbackListing }, place: ['createdAt', 'pk', 'sk'] };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': clawbackListing },
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      clawbacks: Items.map((item) => ClawbackSchema.parse(item['state'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** The writes of a transition: the clawback, on condition that it is as it was read, and its history row. */
  transition(from: Clawback | undefined, to: Clawback, note: RoundHistoryNote): GuardedWrite[] {
    const { clawbackId, applicationId, createdAt, version, status } = to;
    assertStep(from ? clawbackTransitions[from.status] : ['proposed'], from, to);
    const pointer: GuardedWrite = {
      item: { Put: { TableName: this.table, Item: { ...ofKey(applicationId, clawbackId) } } },
    };
    return [
      ...oldStepWrites({
        table: this.table,
        key: clawbackKey(clawbackId),
        attributes: { listing: clawbackListing, createdAt },
        from,
        to,
        row: { version, ...(from && { from: from.status }), to: status, ...note },
      }),
      ...(from ? [] : [pointer]),
    ];
  }

  /** What came back under a reference, read consistently, or undefined. */
  async receipt(clawbackId: string, reference: string): Promise<Receipt | undefined> {
    const item = await this.#get(receiptKey(clawbackId, reference));
    return item && ReceiptSchema.parse(item['receipt']);
  }

  /** The write that keeps a receipt, on condition that it is new. */
  keepReceipt(clawbackId: string, receipt: Receipt): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: { ...receiptKey(clawbackId, receipt.reference), receipt },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    };
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.#client, writes);
  }

  async #get(key: {
    readonly pk: string;
    readonly sk: string;
  }): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.table, Key: key, ConsistentRead: true }),
    );
    return Item;
  }
}

/** Key of the aggregate. */
export function clawbackKey(clawbackId: string): { pk: string; sk: string } {
  return { pk: `CLAWBACK#${clawbackId}`, sk: 'STATE' };
}

function ofKey(applicationId: string, clawbackId: string): { pk: string; sk: string } {
  return { pk: `CLAWBACK#OF#${applicationId}`, sk: clawbackId };
}

function receiptKey(clawbackId: string, reference: string): { pk: string; sk: string } {
  return { pk: clawbackKey(clawbackId).pk, sk: `RECEIPT#${reference}` };
}
