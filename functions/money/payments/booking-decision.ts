import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import {
  type AccountReturn,
  isToConfirm,
  type SealedAccount,
} from '../../filing/bank-accounts/bank-account.ts';
import { fen } from '../../shared/money.ts';
import { dayFault } from '../../shared/stated-day.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import type { Contradiction, LineChange, OrderedLine, OrderLine } from '../orders/order.ts';
import type { Movement } from '../pools/pool.ts';
import type { Payment, PaymentResult } from './payment.ts';
import { yuanOf } from './payment-csv.ts';
import { reconcile, saysMore } from './reconciliation-rules.ts';
import type { ResultRow, RowFault } from './result-rows.ts';

type Paid = ApplicationIn<'ordered' | 'closed'>;

/** A row of the bank's answers, with what stands in the books of what it is about. */
export interface ReadRow {
  readonly row: ResultRow;
  readonly payment: Payment | undefined;
  /** What was imported before under the bank's reference. */
  readonly known?: PaymentResult | undefined;
  /** Whether a person has decided on this very word of the bank. */
  readonly decided?: boolean;
  /** When the file of the payment was made. */
  readonly madeAt?: string | undefined;
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
  readonly lineAfter: LineChange;
  /** The payment with its next revision. */
  readonly payment: Payment;
  /** What it moves in the pool, if it moves anything. */
  readonly movement: Movement | undefined;
}

/** An award of which nothing is paid until a person has decided between two words of the bank. */
export interface Hold {
  readonly before: Paid;
  readonly after: Paid;
  readonly note: HistoryNote;
  /** The line as it was read, and how it changes. */
  readonly line: OrderedLine;
  readonly lineAfter: LineChange;
}

/** The most that one award is held for; whatever else the bank says of it is told, and changes nothing. */
const contradictionsPerAward = 20;

/** What becomes of the first rows of a batch. */
interface Booked {
  /** How many rows that is. */
  readonly taken: number;
  readonly bookings: readonly Booking[];
  readonly holds: readonly Hold[];
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
  const holds: Hold[] = [];
  const faults: RowFault[] = [];
  const rounds: RoundId[] = [];
  let [taken, unchanged] = [0, 0];
  for (const found of rows.map((row) => standingOf(row, by.at))) {
    if ('fault' in found) {
      taken += 1;
      faults.push(found.fault);
      continue;
    }
    const { application } = found;
    if ([...bookings, ...holds].some((one) => one.before.applicationId === application.applicationId)) break;
    taken += 1;
    rounds.push(application.award.roundId);
    if ('unchanged' in found) {
      unchanged += 1;
      continue;
    }
    const { row, payment, line } = found;
    const netPaidFen = application.paidFen - (application.recoveredFen ?? 0);
    const decided = found.saysMore
      ? ({ kind: 'contradicts' } as const)
      : reconcile({ payment, line, netPaidFen }, row.result);
    if (decided.kind === 'refused') faults.push(faultOf(row, 'amount_yuan', decided.rule, decided.message));
    else if (decided.kind === 'booked') bookings.push(bookingOf(found, decided, by));
    else {
      faults.push(faultOf(row, 'result', 'contradicts', contradicts));
      const hold = holdOf(found, by);
      if (hold) holds.push(hold);
    }
  }
  return { taken, bookings, holds, unchanged, faults, rounds };
}

/** A row with everything that it is about. */
interface Known {
  readonly row: ResultRow;
  readonly payment: Payment;
  readonly line: OrderedLine;
  readonly application: Paid;
  /** Whether it says more than the bank said under the same reference before. */
  readonly saysMore: boolean;
}

function standingOf(
  { row, payment, known, decided = false, madeAt, line, application }: ReadRow,
  at: string,
): Known | { unchanged: true; application: Paid } | { fault: RowFault } {
  const { paymentId, reference: _, ...stated } = row.result;
  if (!payment) {
    const message = { zh: '没有此付款编号', en: 'no payment has this id' };
    return { fault: faultOf(row, 'payment_id', 'unknown-payment', message) };
  }
  if (line?.status !== 'ordered' || (application?.status !== 'ordered' && application?.status !== 'closed')) {
    throw new Error(`payment ${paymentId} is of an award that is not ordered`);
  }
  const dateFault = dateFaultOf(row, madeAt, at);
  const isKnown = known?.result === stated.result && known.amountFen === stated.amountFen;
  if (isKnown || decided) return { unchanged: true, application };
  if (dateFault) return { fault: dateFault };
  const more = known !== undefined && saysMore(known, stated);
  if (!known || more) return { row, payment, line, application, saysMore: more };
  return {
    fault: faultOf(row, 'reference', 'reference-known', {
      zh: `该流水号已入账：“${known.result}”，${yuanOf(known.amountFen)} 元`,
      en: `this reference was imported as ${known.result} of ${yuanOf(known.amountFen)} yuan`,
    }),
  };
}

/** A bank answers after it was asked, and tells of nothing that has not happened yet. */
function dateFaultOf(row: ResultRow, madeAt: string | undefined, at: string): RowFault | undefined {
  const what = { zh: '付款文件生成', en: 'the payment file was made' };
  const made = madeAt === undefined ? undefined : { at: new Date(madeAt), what };
  const found = dayFault(row.result.date, new Date(at), made);
  return found && faultOf(row, 'date', found.rule, found.message);
}

const events = {
  paid: 'paid',
  partial: 'partly-paid',
  returned: 'payment-returned',
} as const satisfies Record<PaymentResult['result'], string>;

const contradicts = {
  zh: '与银行此前的回执矛盾：该奖补已暂停拨付，须由审批人核实后决定',
  en: 'it contradicts what the bank said before: the award is held until an approver has decided which is right',
};

/** What holds an award; undefined when it is held for this word of the bank already, or for many. */
function holdOf({ row, line, application: before }: Known, { by, at }: By): Hold | undefined {
  const { paymentId, reference, result, amountFen, date } = row.result;
  if (result === 'returned') throw new Error('what came back contradicts nothing');
  const contradiction: Contradiction = { paymentId, reference, result, amountFen, date, at, by };
  const { held = [] } = line;
  if (held.length >= contradictionsPerAward || held.some((one) => isSame(one, contradiction)))
    return undefined;
  return {
    before,
    after: { ...before, version: before.version + 1, updatedAt: at },
    note: { at, actor: { id: by, role: 'operator' }, event: 'payment-disputed', note: paymentId },
    line,
    lineAfter: { paidFen: line.paidFen, payment: line.payment, held: [...held, contradiction] },
  };
}

/** What makes a word of the bank on a payment this one and no other. */
export type Word = Pick<Contradiction, 'paymentId' | 'reference' | 'result' | 'amountFen'>;

/** Whether two are the same word of the bank. */
export function isSame(one: Word, other: Word): boolean {
  return (
    one.paymentId === other.paymentId &&
    one.reference === other.reference &&
    one.result === other.result &&
    one.amountFen === other.amountFen
  );
}

/** @param change added to what was paid, in fen. */
function bookingOf(
  { row, payment, line, application: before }: Known,
  { status, paidFen: change }: { readonly status: PaymentResult['result']; readonly paidFen: number },
  { by, at }: By,
): Booking {
  const noted = { at, actor: { id: by, role: 'operator' } as const, event: events[status] };
  const { result } = row;
  return {
    result,
    ...booked({ payment, line, before, result }, { status, change }, noted),
  };
}

/**
 * What an award, its line, its payment and its pool become by an amount that the bank paid or that came back.
 * @param change added to what was paid, in fen.
 */
export function booked(
  {
    payment,
    line,
    before,
    result,
    key = `payment#${result.paymentId}#${result.reference}`,
  }: {
    readonly payment: Payment;
    readonly line: OrderedLine;
    readonly before: Paid;
    readonly result: Pick<PaymentResult, 'paymentId' | 'reference'>;
    /** Of the movement, where the bank's reference may have one already. */
    readonly key?: string;
  },
  { status, change }: { readonly status: PaymentResult['result']; readonly change: number },
  noted: Pick<HistoryNote, 'at' | 'actor' | 'event'>,
): Omit<Booking, 'result'> {
  const { at, actor } = noted;
  const paidFen = fen(before.paidFen + change);
  return {
    before,
    after: {
      ...before,
      // What came back is to be paid again: the award is not closed any more.
      status: paidFen === before.order.fen ? 'closed' : 'ordered',
      version: before.version + 1,
      updatedAt: at,
      paidFen,
    },
    note: { ...noted, note: payment.paymentId },
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
    movement: change === 0 ? undefined : movementOf(result, before, change, key, { actor, at }),
  };
}

/**
 * What is kept of a payment that came back from an account; undefined when the account as it is now has to be confirmed
 * already.
 */
export function accountReturnOf(
  account: Pick<SealedAccount, 'organisation' | 'version' | 'lastFour'>,
  before: AccountReturn | undefined,
  { paymentId, account: paidTo }: Payment,
): AccountReturn | undefined {
  if (isToConfirm(account, before)) return undefined;
  return {
    organisation: account.organisation,
    version: paidTo.version,
    lastFour: paidTo.lastFour,
    newest: account.version,
    paymentId,
    revision: (before?.revision ?? 0) + 1,
  };
}

function movementOf(
  { paymentId, reference }: Pick<PaymentResult, 'paymentId' | 'reference'>,
  { award, applicationId }: Paid,
  change: number,
  key: string,
  noted: Pick<Movement, 'actor' | 'at'>,
): Movement {
  return {
    kind: 'payment',
    direction: change > 0 ? 'out' : 'return',
    amountFen: fen(Math.abs(change)),
    ...noted,
    cause: `payment ${paymentId}, bank reference ${reference}`,
    key,
    roundId: award.roundId,
    applicationId,
  };
}

function faultOf(row: ResultRow, column: string, rule: string, messages: RowFault['messages']): RowFault {
  return { row: row.row, column, rule, messages };
}
