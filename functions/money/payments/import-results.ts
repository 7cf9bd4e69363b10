import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { accountReturnOf, type Booking, book, type ReadRow } from './booking-decision.ts';
import { type BookingParts, bookingWrites, holdWrites } from './booking-writes.ts';
import { type Payment, type PaymentResult, type PaymentVerdict, paymentFileOf } from './payment.ts';
import { type ResultRow, type RowFault, readResults } from './result-rows.ts';

export interface ImportParts extends BookingParts {
  readonly rounds: RoundStore;
  readonly accounts: BankAccountStore;
  readonly clock: Clock;
}

export interface ResultsReport {
  readonly rows: number;
  readonly imported: number;
  /** Rows that were imported before. */
  readonly unchanged: number;
  /** The first of them, by rows. */
  readonly faults: readonly RowFault[];
  /** How many there are beside these; absent where these are all. */
  readonly faultsLeftOut?: number;
}

/** Faults that a report lists: once these are mended, the file is sent again. */
const listedFaults = 1000;

/** Rows that one transaction reconciles: at most eight writes each, beside those of the pools, within 100. */
const rowsPerTransaction = 10;

/**
 * Books the bank's answers. Good rows are booked and bad ones are reported with their rules, so that a file can be
 * corrected and sent again: a row that is known by its payment and the bank's reference changes nothing. Each batch is
 * one transaction, so an import that breaks off is ended by sending the file again.
 * @throws DomainError invalid-request when the file as a whole is not sound; concurrent-change when others keep coming
 * between.
 */
export async function importResults(parts: ImportParts, actor: Actor, csv: string): Promise<ResultsReport> {
  const { rows, faults, count } = readResults(csv);
  const report = { rows: count, imported: 0, unchanged: 0, faults: [...faults] };
  const rounds = new Set<string>();
  for (let next = 0; next < rows.length; ) {
    const batch = rows.slice(next, next + rowsPerTransaction);
    const done = await decideAgainOnConflict(() => importBatch(parts, actor, batch));
    next += done.taken;
    report.imported += done.bookings.length;
    report.unchanged += done.unchanged;
    report.faults.push(...done.faults);
    for (const roundId of done.rounds) rounds.add(roundId);
  }
  // Also for rows that were known: the import that booked them may have stopped before it came here.
  for (const roundId of rounds) await advanceRound(parts, roundId);
  const inOrder = report.faults.sort((a, b) => a.row - b.row);
  const leftOut = inOrder.length - listedFaults;
  return {
    ...report,
    faults: inOrder.slice(0, listedFaults),
    ...(leftOut > 0 && { faultsLeftOut: leftOut }),
  };
}

/** Books the first rows of a batch in one transaction. */
async function importBatch(parts: ImportParts, actor: Actor, batch: readonly ResultRow[]) {
  const at = parts.clock().toISOString();
  const read = await Promise.all(batch.map((row) => readRow(parts, row)));
  const booked = book(read, { by: actor.id, at });
  const { bookings, holds } = booked;
  if (bookings.length + holds.length === 0) return booked;
  await parts.payments.write([
    ...(await bookingWrites(parts, bookings)),
    ...bookings.map(({ result }) => parts.payments.keepResult(result, actor.id, at)),
    ...holds.flatMap((hold) => holdWrites(parts, hold)),
    ...(await returnWrites(parts, bookings)),
  ]);
  return booked;
}

/** The writes that keep from which accounts payments came back, one for each organisation. */
async function returnWrites(
  { accounts }: Pick<ImportParts, 'accounts'>,
  bookings: readonly Booking[],
): Promise<GuardedWrite[]> {
  const returned = new Map(
    bookings.flatMap(({ payment }) =>
      payment.status === 'returned' ? [[payment.organisation, payment] as const] : [],
    ),
  );
  const kept = await Promise.all(
    [...returned].map(async ([organisation, payment]) => {
      const [account, before] = await Promise.all([
        accounts.get(organisation),
        accounts.returned(organisation),
      ]);
      const to = account && accountReturnOf(account, before, payment);
      return to ? [accounts.keepReturn(to, before)] : [];
    }),
  );
  return kept.flat();
}

async function readRow(parts: ImportParts, row: ResultRow): Promise<ReadRow> {
  const { paymentId, reference } = row.result;
  const payment = await parts.payments.payment(paymentId);
  if (!payment) return { row, payment };
  const { orderId, applicationId } = payment;
  const file = await parts.payments.require(paymentFileOf(paymentId));
  // After the payment: an import at the same time, which the payment shows already, is then known by its reference too.
  const [known, verdict, line, application] = await Promise.all([
    parts.payments.result(paymentId, reference),
    verdictOn(parts, payment, row.result),
    parts.orders.line(orderId, applicationId),
    parts.applications.require(applicationId),
  ]);
  return { row, payment, known, decided: verdict !== undefined, madeAt: file.createdAt, line, application };
}

/** What a person decided on a word of the bank; of a payment under way, and by a return, none contradicts another. */
async function verdictOn(
  { payments }: Pick<ImportParts, 'payments'>,
  { status }: Payment,
  { result, ...word }: PaymentResult,
): Promise<PaymentVerdict | undefined> {
  if (status === 'under-way' || result === 'returned') return undefined;
  return payments.verdict({ ...word, result });
}
