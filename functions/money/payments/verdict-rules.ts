import type { Application } from '../../filing/applications/application.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { Contradiction, OrderedLine, OrderLine } from '../orders/order.ts';
import type { Movement } from '../pools/pool.ts';
import { type Booking, booked, type Hold, isSame, type Paid, type Word } from './booking.ts';
import type { Payment, PaymentVerdict } from './payment.ts';

/** What shows that money came back, see `EvidenceSchema`. */
export type Evidence = NonNullable<PaymentVerdict['evidence']>;

/** What a person decides on a word of the bank that contradicts an earlier one. */
export type VerdictRequest = Word & { readonly reason: string } & (
    | { readonly outcome: 'booked'; readonly bookedFen: Fen; readonly evidence?: Evidence | undefined }
    | { readonly outcome: 'dismissed' }
  );

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/** The application if it was ordered. @throws DomainError not-in-this-state */
export function requireOrdered(application: Application): Paid {
  if (application.status !== 'ordered' && application.status !== 'closed') {
    throw new DomainError('not-in-this-state');
  }
  return application;
}

/**
 * The word of the bank that a line is held for.
 * @throws DomainError not-found; not-in-this-state when it is not; same-person for whoever imported it.
 */
export function requireHeld(
  line: OrderLine | undefined,
  word: Word,
  person: string,
): { readonly line: OrderedLine; readonly contradiction: Contradiction } {
  if (!line) throw new DomainError('not-found');
  const contradiction = line.status === 'ordered' ? line.held?.find((one) => isSame(one, word)) : undefined;
  if (line.status !== 'ordered' || !contradiction) throw new DomainError('not-in-this-state');
  if (contradiction.by === person) throw new DomainError('same-person');
  return { line, contradiction };
}

/** An award whose line is held for a word less: the bank's earlier word is right. */
export function dismissed(
  line: OrderedLine,
  application: Paid,
  contradiction: Contradiction,
  { by, at }: By,
): Hold {
  return {
    before: application,
    after: marked({ ...application, version: application.version + 1, updatedAt: at }, by),
    note: {
      ...{ at, actor: { id: by, role: 'budget-approver' }, event: 'payment-dispute-decided' },
      note: contradiction.paymentId,
    },
    line,
    lineAfter: { paidFen: line.paidFen, payment: line.payment, held: withoutWord(line, contradiction) },
  };
}

/**
 * A payment that is booked after all. Another one of the award that is under way would pay it twice: it is stopped.
 * @throws DomainError amount-too-high for nothing, for more than the bank said, or for more than is left of the payment or
 * of the order: that has to come back first.
 */
export function bookedAfterAll(
  found: { readonly line: OrderedLine; readonly payment: Payment; readonly application: Paid },
  contradiction: Contradiction,
  bookedFen: Fen,
  { by, at }: By,
): Omit<Booking, 'result'> {
  const { line, payment, application: before } = found;
  requireBookable(bookedFen, contradiction.amountFen, payment.fen - payment.paidFen, line.fen - line.paidFen);
  const isWhole = payment.paidFen + bookedFen === payment.fen;
  const { paymentId, reference, result, amountFen } = contradiction;
  const key = `payment#${paymentId}#${reference}#${result}#${amountFen}`;
  const booking = booked(
    { payment, line, before, result: contradiction, key },
    { status: isWhole ? 'paid' : 'partial', change: bookedFen },
    { at, actor: { id: by, role: 'budget-approver' }, event: isWhole ? 'paid' : 'partly-paid' },
  );
  const { lineAfter } = booking;
  return {
    ...booking,
    movement: byBoth(booking.movement, contradiction),
    after: marked(booking.after, by),
    lineAfter: { ...lineAfter, payment: undefined, held: withoutWord(line, contradiction) },
  };
}

/**
 * A payment that came back after it was reported as paid: what was booked of it is taken back, and can be paid again.
 * @throws DomainError invalid-request without evidence; amount-too-high for nothing, or for more than the bank said, than
 * is booked of the payment, or than is left after a clawback.
 */
export function cameBack(
  found: { readonly line: OrderedLine; readonly payment: Payment; readonly application: Paid },
  contradiction: Contradiction,
  { bookedFen, evidence }: Extract<VerdictRequest, { outcome: 'booked' }>,
  { by, at }: By,
): Omit<Booking, 'result'> {
  if (!evidence) throw evidenceMissing();
  const { line, payment, application: before } = found;
  const netPaidFen = before.paidFen - (before.recoveredFen ?? 0);
  requireBookable(bookedFen, contradiction.amountFen, payment.paidFen, netPaidFen);
  const { paymentId, reference, result, amountFen } = contradiction;
  const booking = booked(
    {
      ...{ payment, line, before, result: contradiction },
      key: `payment#${paymentId}#${reference}#${result}#${amountFen}`,
    },
    { status: 'returned', change: -bookedFen },
    { at, actor: { id: by, role: 'budget-approver' }, event: 'payment-returned' },
  );
  return {
    ...booking,
    movement: byBoth(booking.movement, contradiction),
    after: marked(booking.after, by),
    lineAfter: { ...booking.lineAfter, held: withoutWord(line, contradiction) },
  };
}

/** What is kept of a decision. */
export function verdictOf(
  line: OrderedLine,
  contradiction: Contradiction,
  request: VerdictRequest,
  { by, at }: By,
): PaymentVerdict {
  const { orderId, applicationId } = line;
  const { outcome, reason } = request;
  const bookedFen = request.outcome === 'booked' ? request.bookedFen : fen(0);
  const evidence = request.outcome === 'booked' ? request.evidence : undefined;
  return {
    ...{ orderId, applicationId, contradiction, outcome, bookedFen, reason },
    ...(evidence && { evidence }),
    ...{ by, at },
  };
}

/** Whether a decision is the one that was taken before, by the same person. */
export function isRepeated(verdict: PaymentVerdict, request: VerdictRequest, person: string): boolean {
  const bookedFen = request.outcome === 'booked' ? request.bookedFen : 0;
  return verdict.by === person && verdict.outcome === request.outcome && verdict.bookedFen === bookedFen;
}

/** As in every entry of two people: who brought the word, and who decided that it is right. */
function byBoth(movement: Movement | undefined, { by }: Contradiction): Movement | undefined {
  return movement && { ...movement, actor: { id: by, role: 'operator' }, confirmedBy: movement.actor };
}

/** Nobody decides on an application in two stages. */
function marked(application: Paid, by: string): Paid {
  return { ...application, deciders: { ...application.deciders, [by]: 'payment' } };
}

function withoutWord({ held = [] }: OrderedLine, contradiction: Contradiction): Contradiction[] {
  return held.filter((one) => !isSame(one, contradiction));
}

function evidenceMissing(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'evidence',
        rule: 'evidence',
        message: {
          zh: '款项退回须提供银行对账单编号及凭证的 SHA-256',
          en: 'that money came back is shown by the number of a bank statement and the SHA-256 of the document',
        },
      },
    ],
  });
}

function requireBookable(amountFen: Fen, ...limits: readonly number[]): void {
  const limit = Math.min(...limits);
  if (amountFen > 0 && amountFen <= limit) return;
  const most = yuanOf(Math.max(0, limit));
  throw new DomainError('amount-too-high', {
    faults: [
      {
        path: 'bookedFen',
        rule: 'bookable',
        message: {
          zh: `金额须大于零且不超过 ${most} 元（银行所报、该笔付款及下达金额中尚未入账的部分）；多付的须先由银行退回`,
          en: `it has to be more than nothing and at most ${most} yuan, which the bank reported and payment and order have left; what was paid beyond has to come back first`,
        },
      },
    ],
  });
}
