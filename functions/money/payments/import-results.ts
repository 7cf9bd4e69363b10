import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { type Register, type RegisteredEvent, registerEntries } from '../../register/register-entry.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { fen } from '../../shared/money.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { OrderedLine } from '../orders/order.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { Movement } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import type { Payment } from './payment.ts';
import { yuanOf } from './payment-csv.ts';
import type { PaymentStore } from './payment-store.ts';
import { reconcile } from './reconcile.ts';
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
  readonly faults: readonly RowFault[];
}

type Paid = ApplicationIn<'ordered' | 'closed'>;

/** A row with everything that it is about, as it stands now. */
interface Known {
  readonly row: ResultRow;
  readonly payment: Payment;
  readonly line: OrderedLine;
  readonly application: Paid;
}

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
    report.imported += done.imported;
    report.unchanged += done.unchanged;
    report.faults.push(...done.faults);
    for (const roundId of done.rounds) rounds.add(roundId);
  }
  // Also for rows that were known: the import that booked them may have stopped before it came here.
  for (const roundId of rounds) await advanceRound(parts, roundId);
  report.faults.sort((a, b) => a.row - b.row);
  return report;
}

/**
 * Books rows in their order, up to the first one about an award that one before was about: the two cannot stand in one
 * transaction, and the later has to see what the earlier did.
 */
async function importBatch(parts: ImportParts, actor: Actor, batch: readonly ResultRow[]) {
  const done = { taken: 0, imported: 0, unchanged: 0, faults: [] as RowFault[], rounds: [] as string[] };
  const at = parts.clock().toISOString();
  const bookings: Booking[] = [];
  const read = await Promise.all(batch.map((row) => find(parts, row)));
  for (const found of read) {
    if ('fault' in found) {
      done.taken += 1;
      done.faults.push(found.fault);
      continue;
    }
    const { application } = found;
    if (bookings.some((one) => one.before.applicationId === application.applicationId)) break;
    done.taken += 1;
    done.rounds.push(application.award.roundId);
    if ('unchanged' in found) {
      done.unchanged += 1;
      continue;
    }
    const { row, payment, line } = found;
    const netPaidFen = application.paidFen - (application.recoveredFen ?? 0);
    const decided = reconcile({ payment, line, netPaidFen }, row.result);
    if (decided.kind === 'refused') {
      done.faults.push(faultOf(row, 'amount_yuan', decided.rule, decided.message));
      continue;
    }
    bookings.push(bookingOf(found, decided, at));
    done.imported += 1;
  }
  if (bookings.length === 0) return done;
  const pools = Map.groupBy(bookings, ({ before }) => before.pool);
  const moved = await Promise.all(
    [...pools].map(async ([poolId, booked]) =>
      parts.pools.movement(
        await parts.pools.require(poolId),
        booked.flatMap((one) => movementOf(actor, one, at)),
      ),
    ),
  );
  await parts.payments.write([
    ...moved.flat(),
    ...bookings.flatMap((one) => bookingWrites(parts, actor, one, at)),
    ...registerEntries(
      parts.register,
      bookings.flatMap((one) => registered(one, at)),
    ),
  ]);
  return done;
}

async function find(
  parts: ImportParts,
  row: ResultRow,
): Promise<Known | { unchanged: true; application: Paid } | { fault: RowFault }> {
  const { paymentId, reference, ...stated } = row.result;
  const payment = await parts.payments.payment(paymentId);
  if (!payment) {
    const message = { zh: '没有此付款编号', en: 'no payment has this id' };
    return { fault: faultOf(row, 'payment_id', 'unknown-payment', message) };
  }
  const { orderId, applicationId } = payment;
  // After the payment: an import at the same time, which the payment shows already, is then known by its reference too.
  const [known, line, application] = await Promise.all([
    parts.payments.result(paymentId, reference),
    parts.orders.line(orderId, applicationId),
    parts.applications.require(applicationId),
  ]);
  if (line?.status !== 'ordered' || (application.status !== 'ordered' && application.status !== 'closed')) {
    throw new Error(`payment ${paymentId} is of an award that is not ordered`);
  }
  if (!known) return { row, payment, line, application };
  if (known.result === stated.result && known.amountFen === stated.amountFen) {
    return { unchanged: true, application };
  }
  return {
    fault: faultOf(row, 'reference', 'reference-known', {
      zh: `该流水号已入账：${known.result}，${yuanOf(known.amountFen)} 元`,
      en: `this reference was imported as ${known.result} of ${yuanOf(known.amountFen)} yuan`,
    }),
  };
}

/** A row that is booked, with its award before and after. */
interface Booking extends Known {
  readonly before: Paid;
  readonly after: Paid;
  readonly status: Payment['status'];
  /** Added to what was paid, in fen. */
  readonly change: number;
}

function bookingOf(
  known: Known,
  { status, paidFen: change }: { readonly status: Payment['status']; readonly paidFen: number },
  at: string,
): Booking {
  const { application: before } = known;
  const paidFen = fen(before.paidFen + change);
  const after: Paid = {
    ...before,
    // What came back is to be paid again: the award is not closed any more.
    status: paidFen === before.order.fen ? 'closed' : 'ordered',
    version: before.version + 1,
    updatedAt: at,
    paidFen,
  };
  return { ...known, before, after, status, change };
}

function movementOf(actor: Actor, { row, before, change }: Booking, at: string): Movement[] {
  if (change === 0) return [];
  const { paymentId, reference } = row.result;
  return [
    {
      kind: 'payment',
      direction: change > 0 ? 'out' : 'return',
      amountFen: fen(Math.abs(change)),
      actor: { id: actor.id, role: 'operator' },
      at,
      cause: `payment ${paymentId}, bank reference ${reference}`,
      key: `payment#${paymentId}#${reference}`,
      roundId: before.award.roundId,
      applicationId: before.applicationId,
    },
  ];
}

function registered({ after, change }: Booking, at: string): RegisteredEvent[] {
  if (change === 0) return [];
  const event = change > 0 ? 'paid' : 'returned';
  return [{ event, application: after, amountFen: fen(Math.abs(change)), at, number: after.version }];
}

const events = {
  'under-way': 'paid',
  paid: 'paid',
  partial: 'partly-paid',
  returned: 'payment-returned',
} as const satisfies Record<Payment['status'], string>;

function bookingWrites(
  parts: ImportParts,
  actor: Actor,
  { row, payment, line, before, after, status, change }: Booking,
  at: string,
): GuardedWrite[] {
  const { applicationId, submission } = before;
  const settles = payment.status === 'under-way';
  return [
    ...parts.applications.transition(before, after, {
      at,
      actor: { id: actor.id, role: 'operator' },
      event: events[status],
      note: payment.paymentId,
    }),
    parts.orders.changedLine(line, {
      paidFen: fen(line.paidFen + change),
      payment: settles ? undefined : line.payment,
    }),
    parts.payments.put({
      ...payment,
      status,
      paidFen: fen(payment.paidFen + change),
      revision: payment.revision + 1,
    }),
    parts.payments.keepResult(row.result, actor.id, at),
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

function faultOf(row: ResultRow, column: string, rule: string, messages: RowFault['messages']): RowFault {
  return { row: row.row, column, rule, messages };
}
