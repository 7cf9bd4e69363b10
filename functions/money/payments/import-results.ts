import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { type Register, type RegisteredEvent, registerEntries } from '../../register/register-entry.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { type Booking, book, type ReadRow } from './booking-decision.ts';
import type { PaymentStore } from './payment-store.ts';
import { type ResultRow, type RowFault, readResults } from './result-rows.ts';

export interface ImportParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly register: Register;
  readonly outbox: Outbox;
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
  const { bookings } = booked;
  if (bookings.length === 0) return booked;
  const pools = Map.groupBy(bookings, ({ before }) => before.pool);
  const moved = await Promise.all(
    [...pools].map(async ([poolId, of]) =>
      parts.pools.movement(
        await parts.pools.require(poolId),
        of.flatMap(({ movement }) => (movement ? [movement] : [])),
      ),
    ),
  );
  await parts.payments.write([
    ...moved.flat(),
    ...bookings.flatMap((one) => bookingWrites(parts, one, { by: actor.id, at })),
    ...registerEntries(parts.register, bookings.flatMap(registered)),
  ]);
  return booked;
}

async function readRow(parts: ImportParts, row: ResultRow): Promise<ReadRow> {
  const { paymentId, reference } = row.result;
  const payment = await parts.payments.payment(paymentId);
  if (!payment) return { row, payment };
  const { orderId, applicationId } = payment;
  // After the payment: an import at the same time, which the payment shows already, is then known by its reference too.
  const [known, line, application] = await Promise.all([
    parts.payments.result(paymentId, reference),
    parts.orders.line(orderId, applicationId),
    parts.applications.require(applicationId),
  ]);
  return { row, payment, known, line, application };
}

function registered({ after, movement }: Booking): RegisteredEvent[] {
  if (movement?.kind !== 'payment') return [];
  const { direction, amountFen, at } = movement;
  const event = direction === 'out' ? 'paid' : 'returned';
  return [{ event, application: after, amountFen, at, number: after.version }];
}

function bookingWrites(
  parts: ImportParts,
  { result, before, after, note, line, lineAfter, payment }: Booking,
  { by, at }: { readonly by: string; readonly at: string },
): GuardedWrite[] {
  const { applicationId, submission } = before;
  return [
    ...parts.applications.transition(before, after, note),
    parts.orders.changedLine(line, lineAfter),
    parts.payments.put(payment),
    parts.payments.keepResult(result, by, at),
    ...(after.status === 'closed'
      ? [
          parts.outbox.message({
            type: 'resume',
            waitId: waitIds.payment(applicationId, submission.number),
            output: { outcome: 'closed' },
          }),
        ]
      : []),
  ];
}
