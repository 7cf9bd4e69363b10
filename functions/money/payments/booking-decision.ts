import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { fen } from '../../shared/money.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import type { OrderedLine, OrderLine } from '../orders/order.ts';
import type { Movement } from '../pools/pool.ts';
import type { Payment, PaymentResult } from './payment.ts';
import { yuanOf } from './payment-csv.ts';
import { reconcile } from './reconciliation-rules.ts';
import type { ResultRow, RowFault } from './result-rows.ts';

type Paid = ApplicationIn<'ordered' | 'closed'>;

/** A row of the bank's answers, with what stands in the books of what it is about. */
export interface ReadRow {
  readonly row: ResultRow;
  readonly payment: Payment | undefined;
  /** What was imported before under the bank's reference. */
  readonly known?: PaymentResult | undefined;
  readonly line?: OrderLine | undefined;
  readonly application?: Application | undefined;
}

/** A row that is booked. */
export interface Booking {
  readonly result: PaymentResult;
  readonly before: Paid;
  readonly after: Paid;
  readonly note: HistoryNote;
  /** The line as it was read, and how it changes. */
  readonly line: OrderedLine;
  readonly lineAfter: Pick<OrderedLine, 'paidFen'> & { readonly payment: string | undefined };
  /** The payment with its next revision. */
  readonly payment: Payment;
  /** What it moves in the pool, if it moves anything. */
  readonly movement: Movement | undefined;
}

/** What becomes of the first rows of a batch. */
interface Booked {
  /** How many rows that is. */
  readonly taken: number;
  readonly bookings: readonly Booking[];
  /** Rows that were imported before. */
  readonly unchanged: number;
  readonly faults: readonly RowFault[];
  /** Rounds whose awards the rows are about. */
  readonly rounds: readonly RoundId[];
}

/** Who brings the bank's answers, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/**
 * Books rows in their order, up to the first one about an award that one before was booked for: the two cannot stand in
 * one transaction, and the later has to see what the earlier did.
 * @throws Error for a payment of an award that is not ordered.
 */
export function book(rows: readonly ReadRow[], by: By): Booked {
  const bookings: Booking[] = [];
  const faults: RowFault[] = [];
  const rounds: RoundId[] = [];
  let [taken, unchanged] = [0, 0];
  for (const found of rows.map(standingOf)) {
    if ('fault' in found) {
      taken += 1;
      faults.push(found.fault);
      continue;
    }
    const { application } = found;
    if (bookings.some((one) => one.before.applicationId === application.applicationId)) break;
    taken += 1;
    rounds.push(application.award.roundId);
    if ('unchanged' in found) {
      unchanged += 1;
      continue;
    }
    const { row, payment, line } = found;
    const netPaidFen = application.paidFen - (application.recoveredFen ?? 0);
    const decided = reconcile({ payment, line, netPaidFen }, row.result);
    if (decided.kind === 'refused') faults.push(faultOf(row, 'amount_yuan', decided.rule, decided.message));
    else bookings.push(bookingOf(found, decided, by));
  }
  return { taken, bookings, unchanged, faults, rounds };
}

/** A row with everything that it is about. */
interface Known {
  readonly row: ResultRow;
  readonly payment: Payment;
  readonly line: OrderedLine;
  readonly application: Paid;
}

function standingOf({
  row,
  payment,
  known,
  line,
  application,
}: ReadRow): Known | { unchanged: true; application: Paid } | { fault: RowFault } {
  const { paymentId, reference: _, ...stated } = row.result;
  if (!payment) {
    const message = { zh: '没有此付款编号', en: 'no payment has this id' };
    return { fault: faultOf(row, 'payment_id', 'unknown-payment', message) };
  }
  if (line?.status !== 'ordered' || (application?.status !== 'ordered' && application?.status !== 'closed')) {
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

const events = {
  'under-way': 'paid',
  paid: 'paid',
  partial: 'partly-paid',
  returned: 'payment-returned',
} as const satisfies Record<Payment['status'], string>;

/** @param change added to what was paid, in fen. */
function bookingOf(
  { row, payment, line, application: before }: Known,
  { status, paidFen: change }: { readonly status: Payment['status']; readonly paidFen: number },
  { by, at }: By,
): Booking {
  const paidFen = fen(before.paidFen + change);
  const actor = { id: by, role: 'operator' } as const;
  return {
    result: row.result,
    before,
    after: {
      ...before,
      // What came back is to be paid again: the award is not closed any more.
      status: paidFen === before.order.fen ? 'closed' : 'ordered',
      version: before.version + 1,
      updatedAt: at,
      paidFen,
    },
    note: { at, actor, event: events[status], note: payment.paymentId },
    line,
    lineAfter: {
      paidFen: fen(line.paidFen + change),
      payment: payment.status === 'under-way' ? undefined : line.payment,
    },
    payment: {
      ...payment,
      status,
      paidFen: fen(payment.paidFen + change),
      revision: payment.revision + 1,
    },
    movement: change === 0 ? undefined : movementOf(row.result, before, change, { actor, at }),
  };
}

function movementOf(
  { paymentId, reference }: PaymentResult,
  { award, applicationId }: Paid,
  change: number,
  noted: Pick<Movement, 'actor' | 'at'>,
): Movement {
  return {
    kind: 'payment',
    direction: change > 0 ? 'out' : 'return',
    amountFen: fen(Math.abs(change)),
    ...noted,
    cause: `payment ${paymentId}, bank reference ${reference}`,
    key: `payment#${paymentId}#${reference}`,
    roundId: award.roundId,
    applicationId,
  };
}

function faultOf(row: ResultRow, column: string, rule: string, messages: RowFault['messages']): RowFault {
  return { row: row.row, column, rule, messages };
}
