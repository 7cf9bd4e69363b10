import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, oldStepWrites, oldUnchanged } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, transactionLimit, writeAll } from '../../shared/transaction.ts';
import { queryAll } from '../pools/pool-store.ts';
import type { RoundHistoryNote } from '../rounds/round-store.ts';
import {
  type Order,
  type OrderedLine,
  type OrderLine,
  OrderLineSchema,
  OrderSchema,
  orderTransitions,
} from './order.ts';

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Value of the `listing` index's partition that holds every order. */
const orderListing = 'order';

/** Orders, their lines and history in DynamoDB. */
export class OrderStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'budget'>) {
    this.client = table.client;
    this.table = table.name;
  }

  /** The order, read consistently. @throws DomainError not-found */
  async require(orderId: string): Promise<Order> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: orderKey(orderId), ConsistentRead: true }),
    );
    if (!Item) throw new DomainError('not-found');
    return OrderSchema.parse(Item['state']);
  }

  /** One page of orders in the order of their creation. @throws DomainError invalid-request for a foreign cursor. */
  async page({ limit, cursor }: Page): Promise<{ orders: Order[]; nextCursor: string | undefined }> {
    const scope: CursorScope = { partition: { listing: orderListing }, place: ['createdAt', 'pk', 'sk'] };
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': orderListing },
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      orders: Items.map((item) => OrderSchema.parse(item['state'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** Every line of an order in the order of application ids, read consistently. */
  async lines(orderId: string): Promise<OrderLine[]> {
    const items = await queryAll(this.client, this.table, orderKey(orderId).pk, linePrefix);
    return items.map((item) => OrderLineSchema.parse(item['line']));
  }

  /** One page of lines. @throws DomainError invalid-request for a foreign cursor. */
  async linePage(
    orderId: string,
    { limit, cursor }: Page,
  ): Promise<{ lines: OrderLine[]; nextCursor: string | undefined }> {
    const { pk } = orderKey(orderId);
    const scope: CursorScope = { partition: { pk }, place: ['sk'] };
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': linePrefix },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      lines: Items.map((item) => OrderLineSchema.parse(item['line'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** The line of an application in an order, read consistently, or undefined. */
  async line(orderId: string, applicationId: string): Promise<OrderLine | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.table,
        Key: lineKey({ orderId, applicationId }),
        ConsistentRead: true,
      }),
    );
    return Item && OrderLineSchema.parse(Item['line']);
  }

  /** The writes of a transition: the order, on condition that it is as it was read, and its history row. */
  transition(from: Order | undefined, to: Order, note: RoundHistoryNote): GuardedWrite[] {
    assertStep(from ? orderTransitions[from.status] : ['drafted'], from, to);
    return oldStepWrites({
      table: this.table,
      key: orderKey(to.orderId),
      attributes: { listing: orderListing, createdAt: to.createdAt },
      from,
      to,
      row: { version: to.version, ...(from && { from: from.status }), to: to.status, ...note },
    });
  }

  /** The check that an order is as it was read. */
  unchanged(order: Order): GuardedWrite {
    return {
      item: {
        ConditionCheck: { TableName: this.table, Key: orderKey(order.orderId), ...oldUnchanged(order) },
      },
    };
  }

  /** The write that settles a drafted line, on condition that nobody did. */
  settledLine(line: OrderLine): GuardedWrite {
    return this.#putLine(line, '#line.#field = :before', 'status', 'drafted');
  }

  /** The write that brings an ordered line to its next revision. */
  changedLine(
    before: OrderedLine,
    change: Pick<OrderedLine, 'paidFen'> & { readonly payment: string | undefined },
  ): GuardedWrite {
    const { payment: _, ...kept } = before;
    const { paidFen, payment } = change;
    const revision = before.revision + 1;
    const line: OrderedLine = { ...kept, paidFen, revision, ...(payment !== undefined && { payment }) };
    return this.#putLine(line, '#line.#field = :before', 'revision', before.revision);
  }

  #putLine(line: OrderLine, condition: string, field: string, before: unknown): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: { ...lineKey(line), line },
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#line': 'line', '#field': field },
          ExpressionAttributeValues: { ':before': before },
        },
      },
    };
  }

  /**
   * Writes the lines of a draft in the place of whatever stood there, each chunk on condition that the order is still
   * as the caller's fence left it: two who draft at once cannot mix their lines.
   * @throws DomainError concurrent-change
   */
  async writeDraft(fence: Order, lines: readonly OrderLine[]): Promise<void> {
    const listed = new Set(lines.map(({ applicationId }) => applicationId));
    const stale = (await this.lines(fence.orderId)).filter((line) => !listed.has(line.applicationId));
    const writes: GuardedWrite[] = [
      ...lines.map((line) => ({
        item: { Put: { TableName: this.table, Item: { ...lineKey(line), line } } },
      })),
      ...stale.map((line) => ({ item: { Delete: { TableName: this.table, Key: lineKey(line) } } })),
    ];
    for (let start = 0; start < writes.length; start += transactionLimit - 1) {
      await this.write([this.unchanged(fence), ...writes.slice(start, start + transactionLimit - 1)]);
    }
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }
}

const linePrefix = 'LINE#';

/** Key of the aggregate. */
export function orderKey(orderId: string): { pk: string; sk: string } {
  return { pk: `ORDER#${orderId}`, sk: 'STATE' };
}

function lineKey({ orderId, applicationId }: { readonly orderId: string; readonly applicationId: string }) {
  return { pk: orderKey(orderId).pk, sk: `${linePrefix}${applicationId}` };
}
