import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepWrites } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Objection, type ObjectionEvent, ObjectionSchema, objectionTransitions } from './objection.ts';

const { objection: objections, history } = budget.entities;

/** Objections and their histories, in the budget table. */
export class ObjectionStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The objection, read consistently. @throws DomainError not-found */
  async require(objectionId: string): Promise<Objection> {
    const item = await this.#table.get(objections.key({ objectionId }));
    if (!item) throw new DomainError('not-found');
    return ObjectionSchema.parse(item['state']);
  }

  /** One page of objections, newest first. @throws DomainError invalid-request for the cursor of another listing. */
  async page({
    limit,
    cursor,
  }: {
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ objections: Objection[]; nextCursor: string | undefined }> {
    const listing = objections.listed('listing', {});
    const scope = scopeOf(listing);
    const { items, lastKey } = await this.#table.page(listing, {
      newestFirst: true,
      limit,
      start: decodeCursor(cursor, scope),
    });
    return {
      objections: items.map((item) => ObjectionSchema.parse(item['state'])),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /** The writes that bring an objection from one state to the next, with the row of its history. */
  transition(from: Objection | undefined, to: Objection, note: StepNote<ObjectionEvent>): GuardedWrite[] {
    assertStep(from ? objectionTransitions[from.status] : ['received'], from, to);
    const key = objections.key(to);
    return stepWrites(this.#table, {
      key,
      rowKey: history.key({ place: key.pk, version: to.version }),
      id: to.objectionId,
      attributes: (state: Objection) => objections.entry('listing', { createdAt: state.receivedAt }),
      from,
      to,
      row: rowOf(from, to, note),
    });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
