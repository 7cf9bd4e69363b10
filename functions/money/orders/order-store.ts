import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepHash, stepWrites, unchanged } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import { type GuardedWrite, groupsOf, transactionLimit } from '../../shared/transaction.ts';
import type { ApplicationId, OrderId } from '../../shared/vocabulary.ts';
import {
  changedLine,
  type LineChange,
  type Order,
  type OrderedLine,
  type OrderLine,
  OrderLineSchema,
  OrderSchema,
} from './order.ts';
import { type OrderEvent, orderTransitions } from './order-lifecycle.ts';

const { entities } = budget;

/** Orders, their lines and history in DynamoDB. */
export class OrderStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The order, read consistently. @throws DomainError not-found */
  async require(orderId: OrderId): Promise<Order> {
    const item = await this.#table.get(entities.order.key({ orderId }));
    if (!item) throw new DomainError('not-found');
    return OrderSchema.parse(item['state']);
  }

  /** One page of orders in the order of their creation. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ orders: Order[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.order.listed('listing', {}), page);
    return { orders: items.map((item) => OrderSchema.parse(item['state'])), nextCursor };
  }

  /** Every line of an order in the order of application ids, read consistently. */
  async lines(orderId: OrderId): Promise<OrderLine[]> {
    const items = await this.#table.all(entities.orderLine.of({ orderId }));
    return items.map((item) => OrderLineSchema.parse(item['line']));
  }

  /** One page of lines. @throws DomainError invalid-request for a foreign cursor. */
  async linePage(
    orderId: OrderId,
    page: PageRequest,
  ): Promise<{ lines: OrderLine[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.orderLine.of({ orderId }), page);
    return { lines: items.map((item) => OrderLineSchema.parse(item['line'])), nextCursor };
  }

  /** The line of an application in an order, read consistently, or undefined. */
  async line(orderId: OrderId, applicationId: ApplicationId): Promise<OrderLine | undefined> {
    const item = await this.#table.get(entities.orderLine.key({ orderId, applicationId }));
    return item && OrderLineSchema.parse(item['line']);
  }

  /** The writes of a transition: the order, on condition that it is as it was read, and its history row. */
  transition(from: Order | undefined, to: Order, note: StepNote<OrderEvent>): GuardedWrite[] {
    assertStep(from ? orderTransitions[from.status] : ['drafted'], from, to);
    return stepWrites(this.#table, stepOf(from, to, note));
  }

  /** The check that an order is as it was read. */
  unchanged(order: Order): GuardedWrite {
    return this.#table.check(entities.order.key(order), unchanged(order));
  }

  /** The write that settles a drafted line, on condition that nobody did. */
  settledLine(line: OrderLine): GuardedWrite {
    return this.#putLine(line, '#line.#field = :before', 'status', 'drafted');
  }

  /** The write that brings an ordered line to its next revision, see the function of the same name. */
  changedLine(before: OrderedLine, change: LineChange): GuardedWrite {
    const line = changedLine(before, change);
    return this.#putLine(line, '#line.#field = :before', 'revision', before.revision);
  }

  /**
   * Writes the lines of a draft in the place of whatever stood there, each chunk on condition that the order is still
   * as the caller's fence left it: two who draft at once cannot mix their lines.
   * @throws DomainError concurrent-change
   */
  async writeDraft(fence: Order, lines: readonly OrderLine[]): Promise<void> {
    const listed = new Set(lines.map(({ applicationId }) => applicationId));
    const stale = (await this.lines(fence.orderId)).filter((line) => !listed.has(line.applicationId));
    const writes = [
      ...lines.map((line) => this.#table.put(entities.orderLine.key(line), { line })),
      ...stale.map((line) => this.#table.remove(entities.orderLine.key(line))),
    ];
    for (const group of groupsOf(writes, transactionLimit - 1)) {
      await this.write([this.unchanged(fence), ...group]);
    }
  }

  /** The state as a transition leaves it in the table: for whoever goes on from it without reading it again. */
  linked<T extends Order>(from: Order | undefined, to: T, note: StepNote<OrderEvent>): T {
    return { ...to, historyHash: stepHash(stepOf(from, to, note)) };
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  #putLine(line: OrderLine, condition: string, field: string, before: unknown): GuardedWrite {
    return this.#table.put(
      entities.orderLine.key(line),
      { line },
      { when: condition, names: { '#line': 'line', '#field': field }, values: { ':before': before } },
    );
  }
}

function stepOf(from: Order | undefined, to: Order, note: StepNote<OrderEvent>) {
  const key = entities.order.key(to);
  return {
    key,
    rowKey: entities.history.key({ place: key.pk, version: to.version }),
    id: to.orderId,
    attributes: (state: Order) => entities.order.entry('listing', state),
    from,
    to,
    row: rowOf(from, to, note),
  };
}
