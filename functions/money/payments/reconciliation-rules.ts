import type { Bilingual } from '../../shared/text.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { OrderedLine } from '../orders/order.ts';
import type { Payment, PaymentResult } from './payment.ts';

/** What stands in the books of an award that the bank answers of. */
export interface Standing {
  readonly payment: Payment;
  readonly line: Pick<OrderedLine, 'fen' | 'paidFen' | 'payment'>;
  /** What the award was paid less what was recovered of it, in fen. */
  readonly netPaidFen: number;
}

/** What a result does, or which rule it breaks. */
export type Reconciliation =
  | {
      readonly kind: 'booked';
      readonly status: PaymentResult['result'];
      /** Added to what was paid, in fen; 0 when it never went. */
      readonly paidFen: number;
    }
  /**
   * The bank says that money went which the books do not have, after it had answered otherwise; or that money came back
   * which it had reported as paid.
   */
  | { readonly kind: 'contradicts'; readonly rule: 'contradicts' | 'came-back' }
  | { readonly kind: 'refused'; readonly rule: string; readonly message: Bilingual };

/**
 * Decides what the bank's answer does to a payment.
 *
 * A payment under way is paid in full, in part (the rest can be paid by a next file) or returned, which books nothing.
 * One that has its result and is paid, or paid more, after all contradicts what the bank said, and so does one that was
 * booked and comes back later, whole or in part, to be paid again: the money may be elsewhere, so that is for a person to
 * decide and not for the file. Nothing beyond the payment or the order is ever booked (glossary, "payment").
 */
export function reconcile(
  { payment, line, netPaidFen }: Standing,
  { result, amountFen }: PaymentResult,
): Reconciliation {
  // Of one that was stopped before it went, the bank may say that it did not go.
  const underWay = payment.status === 'under-way' || (payment.status === 'stopped' && result === 'returned');
  if (amountFen === 0) return refused('amount', '金额须大于零', 'an amount is more than nothing');
  if (result === 'returned' && !underWay) {
    if (amountFen > payment.paidFen) {
      return refused(
        'above-paid',
        `退回金额超过已入账的 ${yuanOf(payment.paidFen)} 元`,
        `more would come back than the ${yuanOf(payment.paidFen)} yuan that this payment has booked`,
      );
    }
    if (amountFen > netPaidFen) {
      return refused(
        'above-net-paid',
        `部分款项已追回，退回金额超过余下的 ${yuanOf(netPaidFen)} 元`,
        `part of it was recovered: more would come back than the ${yuanOf(netPaidFen)} yuan that are left`,
      );
    }
    return { kind: 'contradicts', rule: 'came-back' };
  }
  if (!underWay) return { kind: 'contradicts', rule: 'contradicts' };
  if (amountFen > payment.fen) {
    return refused(
      'above-payment',
      `金额超过付款的 ${yuanOf(payment.fen)} 元`,
      `more than the ${yuanOf(payment.fen)} yuan of the payment`,
    );
  }
  if (result === 'partial' ? amountFen === payment.fen : amountFen !== payment.fen) {
    return refused(
      'amount-differs',
      `与付款的 ${yuanOf(payment.fen)} 元不符：全额为“paid”或“returned”，部分为“partial”`,
      `it has to be ${result === 'partial' ? 'less than ' : ''}the ${yuanOf(payment.fen)} yuan of the payment`,
    );
  }
  if (result === 'returned') return { kind: 'booked', status: 'returned', paidFen: 0 };
  if (line.paidFen + amountFen > line.fen) {
    return refused(
      'above-order',
      `累计拨付将超过下达的 ${yuanOf(line.fen)} 元`,
      `more would be paid than the ${yuanOf(line.fen)} yuan of the order`,
    );
  }
  return { kind: 'booked', status: result, paidFen: amountFen };
}

function refused(rule: string, zh: string, en: string): Reconciliation {
  return { kind: 'refused', rule, message: { zh, en } };
}

/**
 * Whether what the bank says under a reference that it has used before is that more money went than it said then. What
 * says less is a mistake of the file: nothing can go out twice by it.
 */
export function saysMore(
  known: Pick<PaymentResult, 'result' | 'amountFen'>,
  stated: Pick<PaymentResult, 'result' | 'amountFen'>,
): boolean {
  return stated.result !== 'returned' && (known.result === 'returned' || stated.amountFen > known.amountFen);
}
