import type { Application } from '../../filing/applications/application.ts';
import { dayFault } from '../../shared/stated-day.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { Contradiction, OrderedLine, OrderLine } from '../orders/order.ts';
import { type Booking, booked, type Hold, isSame, type Paid } from './booking.ts';
import type { Payment, PaymentResult } from './payment.ts';
import { reconcile, saysMore } from './reconciliation-rules.ts';
import type { ResultRow } from './result-rows.ts';
import type { RowChange, RowFault } from './results-file.ts';

const resultLabels = { paid: '已拨付', partial: '部分拨付', returned: '已退回' } as const;

/** A row of the bank's answers, with what stands in the books of what it is about. */
export interface ReadRow {
  readonly row: ResultRow;
  readonly payment: Payment | undefined;
  /** What was booked before under the bank's reference. */
  readonly known?: PaymentResult | undefined;
  /** Whether that was by these very answers. */
  readonly isOwn?: boolean;
  /** Whether a person has decided on this very word of the bank. */
  readonly decided?: boolean;
  /** When the file of the payment was made, and whether it went out. */
  readonly madeAt?: string | undefined;
  readonly isReleased?: boolean;
  readonly line?: OrderLine | undefined;
  readonly application?: Application | undefined;
  /** What the second person was shown of it: nothing else is booked. */
  readonly shown?: RowChange | undefined;
}

/** The most that one award is held for; whatever else the bank says of it is told, and changes nothing. */
const contradictionsPerAward = 20;

/** What becomes of the first rows of a batch. */
interface Booked {
  /** How many rows that is. */
  readonly taken: number;
  readonly bookings: readonly Booking[];
  readonly holds: readonly Hold[];
  /** What each of the rows changes. */
  readonly changes: readonly RowChange[];
  /** How many of the unchanged were booked by these answers before. */
  readonly own: number;
  readonly faults: readonly RowFault[];
  /** Rounds whose awards the rows are about. */
  readonly rounds: readonly RoundId[];
}

/** Who brought the bank's answers and who confirms them, by the subjects of tokens, and when. */
export interface Bookers {
  readonly proposedBy: string;
  readonly by: string;
  readonly at: string;
}

/**
 * Books rows in their order, up to the first one about an award that one before was booked for: the two cannot stand in
 * one transaction, and the later has to see what the earlier did.
 * @throws Error for a payment of an award that is not ordered.
 */
export function book(rows: readonly ReadRow[], by: Bookers): Booked {
  const bookings: Booking[] = [];
  const holds: Hold[] = [];
  const faults: RowFault[] = [];
  const changes: RowChange[] = [];
  const rounds: RoundId[] = [];
  let own = 0;
  for (const read of rows) {
    const found = standingOf(read, by.at);
    const { applicationId } = read.application ?? {};
    if ([...bookings, ...holds].some((one) => one.before.applicationId === applicationId)) break;
    if ('application' in found) rounds.push(found.application.award.roundId);
    const outcome = shownOrFault(read, outcomeOf(found, by));
    changes.push(changeOf(read, outcome));
    if (outcome.kind === 'unchanged') own += read.isOwn ? 1 : 0;
    if (outcome.kind === 'booked') bookings.push(outcome.booking);
    if (outcome.kind === 'held' && outcome.hold) holds.push(outcome.hold);
    if ('fault' in outcome) faults.push(outcome.fault);
  }
  return { taken: changes.length, bookings, holds, changes, own, faults, rounds };
}

/** What becomes of one row. */
type Outcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fault'; readonly fault: RowFault }
  | { readonly kind: 'booked'; readonly booking: Booking; readonly movesFen: number }
  /** The award is held from now on, or was before. */
  | { readonly kind: 'held'; readonly fault: RowFault; readonly hold: Hold | undefined };

function outcomeOf(found: ReturnType<typeof standingOf>, by: Bookers): Outcome {
  if ('fault' in found) return { kind: 'fault', fault: found.fault };
  if ('unchanged' in found) return { kind: 'unchanged' };
  const { application, payment, line, row } = found;
  const netPaidFen = application.paidFen - (application.recoveredFen ?? 0);
  const decided = found.saysMore
    ? ({ kind: 'contradicts', rule: 'contradicts' } as const)
    : reconcile({ payment, line, netPaidFen }, row.result);
  if (decided.kind === 'refused') {
    return { kind: 'fault', fault: faultOf(row, 'amount_yuan', decided.rule, decided.message) };
  }
  if (decided.kind === 'booked') {
    return { kind: 'booked', booking: bookingOf(found, decided, by), movesFen: decided.paidFen };
  }
  const fault = faultOf(row, 'result', decided.rule, heldFor[decided.rule]);
  return { kind: 'held', fault, hold: holdOf(found, by) };
}

/** What is to be seen of an outcome before it is confirmed. */
function changeOf({ row, payment, application }: ReadRow, outcome: Outcome): RowChange {
  const { applicationId, organisation, status: from, revision } = payment ?? {};
  const { predecessors = [] } = application?.content.enterprise ?? {};
  return {
    ...{ row: row.row, paymentId: row.result.paymentId },
    kind: outcome.kind === 'booked' ? outcome.booking.result.result : outcome.kind,
    ...('fault' in outcome && { rule: outcome.fault.rule }),
    movesFen: outcome.kind === 'booked' ? outcome.movesFen : 0,
    ...(payment && { applicationId, organisation, from, revision }),
    ...(predecessors.length > 0 && { predecessors }),
  };
}

/** The outcome, if it is the one that was shown to whoever confirmed it, or changes nothing. */
function shownOrFault(read: ReadRow, outcome: Outcome): Outcome {
  const { row, shown } = read;
  if (!shown || outcome.kind === 'unchanged' || outcome.kind === 'fault') return outcome;
  const change = changeOf(read, outcome);
  const isShown =
    change.kind === shown.kind &&
    change.rule === shown.rule &&
    change.movesFen === shown.movesFen &&
    change.revision === shown.revision;
  return isShown
    ? outcome
    : { kind: 'fault', fault: faultOf(row, 'payment_id', 'basis-changed', basisChanged) };
}

const basisChanged = {
  zh: '提交复核后该笔付款已有变化，未按所示入账，须重新提交',
  en: 'the payment has changed since the answers were brought: they have to be brought again',
};

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
  { row, payment, known, decided = false, madeAt, isReleased = false, line, application }: ReadRow,
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
  if (!isReleased) return { fault: faultOf(row, 'payment_id', 'not-released', notReleased) };
  if (dateFault) return { fault: dateFault };
  const more = known !== undefined && saysMore(known, stated);
  if (!known || more) return { row, payment, line, application, saysMore: more };
  return {
    fault: faultOf(row, 'reference', 'reference-known', {
      zh: `该流水号已入账：${resultLabels[known.result]}，${yuanOf(known.amountFen)} 元`,
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

const notReleased = {
  zh: '该付款所在的文件尚未放行',
  en: 'the file of this payment has not been released',
};

const heldFor = {
  contradicts: {
    zh: '与银行此前的回执矛盾：确认后该奖补暂停拨付，须由审批人核实后决定',
    en: 'it contradicts what the bank said before: once confirmed, the award is held until an approver has decided which is right',
  },
  'came-back': {
    zh: '银行此前已回执为已付：确认后该奖补暂停拨付，须由审批人凭退回凭证决定',
    en: 'the bank has reported it as paid: once confirmed, the award is held until an approver has decided on evidence that it came back',
  },
} as const;

/** What holds an award; undefined when it is held for this word of the bank already, or for many. */
function holdOf(
  { row, line, application: before }: Known,
  { proposedBy, by, at }: Bookers,
): Hold | undefined {
  const { paymentId, reference, result, amountFen, date } = row.result;
  const contradiction: Contradiction = { paymentId, reference, result, amountFen, date, at, by: proposedBy };
  const { held = [] } = line;
  if (held.length >= contradictionsPerAward || held.some((one) => isSame(one, contradiction)))
    return undefined;
  return {
    before,
    after: { ...before, version: before.version + 1, updatedAt: at },
    note: { at, actor: { id: by, role: 'budget-approver' }, event: 'payment-disputed', note: paymentId },
    line,
    lineAfter: { paidFen: line.paidFen, payment: line.payment, held: [...held, contradiction] },
  };
}

/** @param change added to what was paid, in fen. */
function bookingOf(
  { row, payment, line, application: before }: Known,
  { status, paidFen: change }: { readonly status: PaymentResult['result']; readonly paidFen: number },
  { proposedBy, by, at }: Bookers,
): Booking {
  const noted = { at, actor: { id: by, role: 'budget-approver' } as const, event: events[status] };
  const { result } = row;
  const booking = booked({ payment, line, before, result }, { status, change }, noted);
  const { movement } = booking;
  if (!movement) return { result, ...booking };
  // As in every entry of two people: who brought it, and who confirmed it.
  const actor = { id: proposedBy, role: 'operator' } as const;
  return { result, ...booking, movement: { ...movement, actor, confirmedBy: noted.actor } };
}

function faultOf(row: ResultRow, column: string, rule: string, messages: RowFault['messages']): RowFault {
  return { row: row.row, column, rule, messages };
}
