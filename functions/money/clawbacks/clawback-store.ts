import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepWrites } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, ClawbackId } from '../../shared/vocabulary.ts';
import { type Clawback, ClawbackSchema, type Receipt, ReceiptSchema } from './clawback.ts';
import { type ClawbackEvent, clawbackTransitions } from './clawback-lifecycle.ts';

const { entities } = budget;

/** Clawbacks, their receipts and history in DynamoDB. */
export class ClawbackStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The clawback, read consistently. @throws DomainError not-found */
  async require(clawbackId: ClawbackId): Promise<Clawback> {
    const item = await this.#table.get(entities.clawback.key({ clawbackId }));
    if (!item) throw new DomainError('not-found');
    return ClawbackSchema.parse(item['state']);
  }

  /** Every clawback of an application, read consistently. */
  async of(applicationId: ApplicationId): Promise<Clawback[]> {
    const items = await this.#table.all(entities.clawbackOf.of({ applicationId }));
    return Promise.all(items.map((item) => this.require(String(item['sk']))));
  }

  /** One page of clawbacks in the order of their creation. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ clawbacks: Clawback[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.clawback.listed('listing', {}), page);
    return { clawbacks: items.map((item) => ClawbackSchema.parse(item['state'])), nextCursor };
  }

  /** The writes of a transition: the clawback, on condition that it is as it was read, and its history row. */
  transition(from: Clawback | undefined, to: Clawback, note: StepNote<ClawbackEvent>): GuardedWrite[] {
    assertStep(from ? clawbackTransitions[from.status] : ['proposed'], from, to);
    const key = entities.clawback.key(to);
    return [
      ...stepWrites(this.#table, {
        key,
        rowKey: entities.history.key({ place: key.pk, version: to.version }),
        id: to.clawbackId,
        attributes: (state: Clawback) => entities.clawback.entry('listing', state),
        from,
        to,
        row: rowOf(from, to, note),
      }),
      ...(from ? [] : [this.#table.put(entities.clawbackOf.key(to), {})]),
    ];
  }

  /** What came back under a reference, read consistently, or undefined. */
  async receipt(clawbackId: ClawbackId, reference: string): Promise<Receipt | undefined> {
    const item = await this.#table.get(entities.receipt.key({ clawbackId, reference }));
    return item && ReceiptSchema.parse(item['receipt']);
  }

  /** The write that keeps a receipt, on condition that it is new. */
  keepReceipt(clawbackId: ClawbackId, receipt: Receipt): GuardedWrite {
    const { reference } = receipt;
    return this.#table.putNew(entities.receipt.key({ clawbackId, reference }), { receipt });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
