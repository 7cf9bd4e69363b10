import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, oldStepWrites, oldUnchanged } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { queryAll } from '../pools/pool-store.ts';
import type { RoundHistoryNote } from '../rounds/round-store.ts';
import {
  type Payment,
  type PaymentFile,
  PaymentFileSchema,
  type PaymentResult,
  PaymentResultSchema,
  PaymentSchema,
  paymentFileOf,
  paymentFileTransitions,
} from './payment.ts';

/** Payment files, their payments and what the bank said of them, in DynamoDB. */
export class PaymentStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'budget'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The file, read consistently. @throws DomainError not-found */
  async require(paymentFileId: string): Promise<PaymentFile> {
    const item = await this.#get(fileKey(paymentFileId));
    if (!item) throw new DomainError('not-found');
    return PaymentFileSchema.parse(item['state']);
  }

  /** One page of an order's files, oldest first. @throws DomainError invalid-request for a foreign cursor. */
  async page(
    orderId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ files: PaymentFile[]; nextCursor: string | undefined }> {
    const listing = listingOf(orderId);
    const scope: CursorScope = { partition: { listing }, place: ['createdAt', 'pk', 'sk'] };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': listing },
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      files: Items.map((item) => PaymentFileSchema.parse(item['state'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** The writes of a transition: the file, on condition that it is as it was read, and its history row. */
  transition(from: PaymentFile | undefined, to: PaymentFile, note: RoundHistoryNote): GuardedWrite[] {
    assertStep(from ? paymentFileTransitions[from.status] : ['making'], from, to);
    return oldStepWrites({
      table: this.#table,
      key: fileKey(to.paymentFileId),
      attributes: { listing: listingOf(to.orderId), createdAt: to.createdAt },
      from,
      to,
      row: { version: to.version, ...(from && { from: from.status }), to: to.status, ...note },
    });
  }

  /** The check that a file is as it was read. */
  unchanged(file: PaymentFile): GuardedWrite {
    const Key = fileKey(file.paymentFileId);
    return { item: { ConditionCheck: { TableName: this.#table, Key, ...oldUnchanged(file) } } };
  }

  /** Every payment of a file by its number, read consistently. */
  async payments(paymentFileId: string): Promise<Payment[]> {
    const items = await queryAll(this.#client, this.#table, fileKey(paymentFileId).pk, paymentPrefix);
    return items.map((item) => PaymentSchema.parse(item['payment']));
  }

  /** The payment, read consistently, or undefined. */
  async payment(paymentId: string): Promise<Payment | undefined> {
    const item = await this.#get(paymentKey(paymentId));
    return item && PaymentSchema.parse(item['payment']);
  }

  /** The write that puts a new payment, or the next revision of one. */
  put(payment: Payment): GuardedWrite {
    const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
    const isNext = {
      ConditionExpression: '#payment.#revision = :before',
      ExpressionAttributeNames: { '#payment': 'payment', '#revision': 'revision' },
      ExpressionAttributeValues: { ':before': payment.revision - 1 },
    };
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: { ...paymentKey(payment.paymentId), payment },
          ...(payment.revision === 1 ? isNew : isNext),
        },
      },
    };
  }

  /** What the bank said of a payment under a reference, read consistently, or undefined. */
  async result(paymentId: string, reference: string): Promise<PaymentResult | undefined> {
    const item = await this.#get(resultKey(paymentId, reference));
    return item && PaymentResultSchema.parse(item['result']);
  }

  /** The write that keeps what the bank said, on condition that it is new. */
  keepResult(result: PaymentResult, by: string, at: string): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: { ...resultKey(result.paymentId, result.reference), result, by, at },
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
      new GetCommand({ TableName: this.#table, Key: key, ConsistentRead: true }),
    );
    return Item;
  }
}

const paymentPrefix = 'PAYMENT#';

function fileKey(paymentFileId: string): { pk: string; sk: string } {
  return { pk: `PAYMENT#${paymentFileId}`, sk: 'STATE' };
}

function paymentKey(paymentId: string): { pk: string; sk: string } {
  return { pk: fileKey(paymentFileOf(paymentId)).pk, sk: `${paymentPrefix}${paymentId.slice(27)}` };
}

function resultKey(paymentId: string, reference: string): { pk: string; sk: string } {
  return { pk: fileKey(paymentFileOf(paymentId)).pk, sk: `RESULT#${paymentId.slice(27)}#${reference}` };
}

function listingOf(orderId: string): string {
  return `payment-file#${orderId}`;
}
