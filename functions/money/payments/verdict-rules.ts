import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Fen, fen } from '../../shared/money.ts';
import type { Contradiction, OrderedLine, OrderLine } from '../orders/order.ts';
import { type Booking, booked, type Hold, isSame, type Word } from './booking-decision.ts';
import type { Payment, PaymentVerdict } from './payment.ts';
import { yuanOf } from './payment-csv.ts';

/** What a person decides on a word of the bank that contradicts an earlier one. */
export type VerdictRequest = Word & { readonly reason: string } & (
    | { readonly outcome: 'booked'; readonly bookedFen: Fen }
    | { readonly outcome: 'dismissed' }
  );

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/** An application that was ordered, and may have been paid something. */
export type Paid = ApplicationIn<'ordered' | 'closed'>;

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
    after: marked(booking.after, by),
    lineAfter: { ...lineAfter, payment: undefined, held: withoutWord(line, contradiction) },
  };
}

/** A payment that was under way and must not go. */
export function stopped(payment: Payment): Payment {
  return { ...payment, status: 'stopped', revision: payment.revision + 1 };
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
  return { ...{ orderId, applicationId, contradiction, outcome, bookedFen, reason }, by, at };
}

/** Whether a decision is the one that was taken before, by the same person. */
export function isRepeated(verdict: PaymentVerdict, request: VerdictRequest, person: string): boolean {
  const bookedFen = request.outcome === 'booked' ? request.bookedFen : 0;
  return verdict.by === person && verdict.outcome === request.outcome && verdict.bookedFen === bookedFen;
}

/** Nobody decides on an application in two stages. */
function marked(application: Paid, by: string): Paid {
  return { ...application, deciders: { ...application.deciders, [by]: 'payment' } };
}

function withoutWord({ held = [] }: OrderedLine, contradiction: Contradiction): Contradiction[] {
  return held.filter((one) => !isSame(one, contradiction));
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
