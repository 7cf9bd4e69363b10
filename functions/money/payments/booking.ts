import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import {
  type AccountReturn,
  isToConfirm,
  type SealedAccount,
} from '../../filing/bank-accounts/bank-account.ts';
import { fen } from '../../shared/money.ts';
import type { Contradiction, LineChange, OrderedLine } from '../orders/order.ts';
import type { Movement } from '../pools/pool.ts';
import type { Payment, PaymentResult } from './payment.ts';

/** An application that was ordered, and may have been paid something. */
export type Paid = ApplicationIn<'ordered' | 'closed'>;

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
      ...(status === 'returned' && { returned: payment.paymentId }),
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
  account: Pick<SealedAccount, 'organisation' | 'version' | 'lastFour'> & { readonly newest: number },
  before: AccountReturn | undefined,
  { paymentId, account: paidTo }: Payment,
): AccountReturn | undefined {
  if (isToConfirm(account, before)) return undefined;
  return {
    organisation: account.organisation,
    version: paidTo.version,
    lastFour: paidTo.lastFour,
    newest: account.newest,
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
