import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepHash, stepWrites, unchanged } from '../../shared/history.ts';
import type { Key } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrderId, PaymentFileId } from '../../shared/vocabulary.ts';
import type { Word } from './booking.ts';
import {
  type KeptResult,
  KeptResultSchema,
  type Payment,
  type PaymentFile,
  type PaymentFileEvent,
  PaymentFileSchema,
  type PaymentResult,
  PaymentSchema,
  type PaymentVerdict,
  PaymentVerdictSchema,
  paymentFileTransitions,
  placeOfPayment,
} from './payment.ts';

const { entities } = budget;

/** Payment files, their payments and what the bank said of them, in DynamoDB. */
export class PaymentStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The file, read consistently. @throws DomainError not-found */
  async require(paymentFileId: PaymentFileId): Promise<PaymentFile> {
    const item = await this.#table.get(entities.paymentFile.key({ paymentFileId }));
    if (!item) throw new DomainError('not-found');
    return PaymentFileSchema.parse(item['state']);
  }

  /** One page of an order's files, oldest first. @throws DomainError invalid-request for a foreign cursor. */
  async page(
    orderId: OrderId,
    page: PageRequest,
  ): Promise<{ files: PaymentFile[]; nextCursor: string | undefined }> {
    const range = entities.paymentFile.listed('listing', { orderId });
    const { items, nextCursor } = await listPage(this.#table, range, page);
    return { files: items.map((item) => PaymentFileSchema.parse(item['state'])), nextCursor };
  }

  /** The writes of a transition: the file, on condition that it is as it was read, and its history row. */
  transition(
    from: PaymentFile | undefined,
    to: PaymentFile,
    note: StepNote<PaymentFileEvent>,
  ): GuardedWrite[] {
    assertStep(from ? paymentFileTransitions[from.status] : ['making'], from, to);
    return stepWrites(this.#table, stepOf(from, to, note));
  }

  /** The check that a file is as it was read. */
  unchanged(file: PaymentFile): GuardedWrite {
    return this.#table.check(entities.paymentFile.key(file), unchanged(file));
  }

  /** Every payment of a file by its number, read consistently. */
  async payments(paymentFileId: PaymentFileId): Promise<Payment[]> {
    const items = await this.#table.all(entities.payment.of({ paymentFileId }));
    return items.map((item) => PaymentSchema.parse(item['payment']));
  }

  /** One page of a file's payments by their numbers. @throws DomainError invalid-request for a foreign cursor. */
  async paymentPage(
    paymentFileId: PaymentFileId,
    page: PageRequest,
  ): Promise<{ payments: Payment[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.payment.of({ paymentFileId }), page);
    return { payments: items.map((item) => PaymentSchema.parse(item['payment'])), nextCursor };
  }

  /** The payment, read consistently, or undefined. */
  async payment(paymentId: string): Promise<Payment | undefined> {
    const item = await this.#table.get(paymentKey(paymentId));
    return item && PaymentSchema.parse(item['payment']);
  }

  /** The write that puts a new payment, or the next revision of one. */
  put(payment: Payment): GuardedWrite {
    const key = paymentKey(payment.paymentId);
    if (payment.revision === 1) return this.#table.putNew(key, { payment });
    return this.#table.put(
      key,
      { payment },
      {
        when: '#payment.#revision = :before',
        names: { '#payment': 'payment', '#revision': 'revision' },
        values: { ':before': payment.revision - 1 },
      },
    );
  }

  /** What the bank said of a payment under a reference, read consistently, or undefined. */
  async result(paymentId: string, reference: string): Promise<KeptResult | undefined> {
    const item = await this.#table.get(resultKey({ paymentId, reference }));
    return item && KeptResultSchema.parse(item['result']);
  }

  /** The write that keeps what the bank said, on condition that it is new. */
  keepResult(result: KeptResult, by: string, at: string): GuardedWrite {
    return this.#table.putNew(resultKey(result), { result, by, at });
  }

  /** What a person decided on a word of the bank, read consistently, or undefined. */
  async verdict(word: Word): Promise<PaymentVerdict | undefined> {
    const item = await this.#table.get(verdictKey(word));
    return item && PaymentVerdictSchema.parse(item['verdict']);
  }

  /** The write that keeps what a person decided, on condition that nobody has. */
  keepVerdict(verdict: PaymentVerdict): GuardedWrite {
    return this.#table.putNew(verdictKey(verdict.contradiction), { verdict });
  }

  /** The state as a transition leaves it in the table: for whoever goes on from it without reading it again. */
  linked<T extends PaymentFile>(from: PaymentFile | undefined, to: T, note: StepNote<PaymentFileEvent>): T {
    return { ...to, historyHash: stepHash(stepOf(from, to, note)) };
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

function paymentKey(paymentId: string): Key<'budget'> {
  return entities.payment.key(placeOfPayment(paymentId));
}

function resultKey({ paymentId, reference }: Pick<PaymentResult, 'paymentId' | 'reference'>): Key<'budget'> {
  return entities.paymentResult.key({ ...placeOfPayment(paymentId), reference });
}

function verdictKey({ paymentId, reference, result, amountFen }: Word): Key<'budget'> {
  return entities.paymentVerdict.key({
    ...placeOfPayment(paymentId),
    reference,
    result,
    amountFen: String(amountFen),
  });
}

function stepOf(from: PaymentFile | undefined, to: PaymentFile, note: StepNote<PaymentFileEvent>) {
  const key = entities.paymentFile.key(to);
  return {
    key,
    rowKey: entities.history.key({ place: key.pk, version: to.version }),
    id: to.paymentFileId,
    attributes: (state: PaymentFile) => entities.paymentFile.entry('listing', state),
    from,
    to,
    row: rowOf(from, to, note),
  };
}
