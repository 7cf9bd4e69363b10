import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { ReadRow } from './booking-decision.ts';
import { type Payment, type PaymentResult, type PaymentVerdict, paymentFileOf } from './payment.ts';
import { mayBeAnswered } from './payment-file-lifecycle.ts';
import type { PaymentStore } from './payment-store.ts';
import type { ResultRow } from './result-rows.ts';

interface ReadParts {
  readonly applications: ApplicationStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
}

/** Rows that are read side by side. */
const atOnce = 25;

/** Rows of the bank's answers with what stands in the books of what they are about. */
export async function readRows(
  parts: ReadParts,
  importId: ImportId,
  rows: readonly ResultRow[],
): Promise<ReadRow[]> {
  const read: ReadRow[] = [];
  for (let start = 0; start < rows.length; start += atOnce) {
    const chunk = rows.slice(start, start + atOnce);
    read.push(...(await Promise.all(chunk.map((row) => readRow(parts, importId, row)))));
  }
  return read;
}

async function readRow(parts: ReadParts, importId: ImportId, row: ResultRow): Promise<ReadRow> {
  const { paymentId, reference } = row.result;
  const payment = await parts.payments.payment(paymentId);
  if (!payment) return { row, payment };
  const { orderId, applicationId } = payment;
  const file = await parts.payments.require(paymentFileOf(paymentId));
  const [verdict, line, application] = await Promise.all([
    verdictOn(parts, payment, row.result),
    parts.orders.line(orderId, applicationId),
    parts.applications.require(applicationId),
  ]);
  // Last: an import at the same time, which any of the others shows already, is then known by its reference too.
  const known = await parts.payments.result(paymentId, reference);
  return {
    ...{ row, payment, known, line, application },
    isOwn: known?.importId === importId,
    decided: verdict !== undefined,
    madeAt: file.createdAt,
    isReleased: mayBeAnswered(file),
  };
}

/** What a person decided on a word of the bank; of a payment under way, none contradicts another. */
async function verdictOn(
  { payments }: Pick<ReadParts, 'payments'>,
  { status }: Payment,
  word: PaymentResult,
): Promise<PaymentVerdict | undefined> {
  return status === 'under-way' ? undefined : payments.verdict(word);
}
