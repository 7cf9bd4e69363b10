import { describe, expect, it } from 'vitest';
import type { Payment, PaymentResult } from '../../../../functions/money/payments/payment.ts';
import { reconcile } from '../../../../functions/money/payments/reconciliation-rules.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { orderedLine } from '../../../builders/order.ts';
import { paymentId, paymentOf } from '../../../builders/payment.ts';

const id = '1'.repeat(26);

/** What the bank's answer does to a payment of 400 of an order of 1,000, of which 600 were paid before. */
function answered(
  result: PaymentResult['result'],
  amount: number,
  {
    payment = {},
    paidFen = 600,
    netPaidFen = 600,
  }: {
    readonly payment?: Partial<Payment>;
    readonly paidFen?: number;
    readonly netPaidFen?: number;
  } = {},
) {
  return reconcile(
    { payment: paymentOf(id, 400, payment), line: orderedLine(id, 1000, paidFen), netPaidFen },
    { paymentId, reference: 'R', result, amountFen: fen(amount), date: '2026-11-24', reason: '' },
  );
}

describe('a payment that is with the bank', () => {
  it.each([
    ['paid', 400, 400],
    ['partial', 1, 1],
    ['partial', 399, 399],
    ['returned', 400, 0],
  ] as const)('is %s with %i fen, which books %i', (result, amount, paidFen) => {
    expect(answered(result, amount)).toEqual({ kind: 'booked', status: result, paidFen });
  });

  it.each([
    ['paid', 0, 'amount'],
    ['returned', 0, 'amount'],
    ['paid', 399, 'amount-differs'],
    ['paid', 401, 'above-payment'],
    ['partial', 400, 'amount-differs'],
    ['partial', 401, 'above-payment'],
    ['returned', 399, 'amount-differs'],
    ['returned', 401, 'above-payment'],
  ] as const)('is not %s with %i fen: %s', (result, amount, rule) => {
    expect(answered(result, amount)).toMatchObject({ kind: 'refused', rule });
  });

  it('is not paid beyond the order', () => {
    expect(answered('paid', 400, { paidFen: 601 })).toMatchObject({ rule: 'above-order' });
    expect(answered('partial', 399, { paidFen: 602 })).toMatchObject({ rule: 'above-order' });
  });
});

describe('a payment that has its result', () => {
  const settled = { payment: { status: 'paid', paidFen: fen(400) } } as const;

  it.each([1, 400])('may come back with %i fen, which is for a person to decide', (amount) => {
    expect(answered('returned', amount, settled)).toEqual({ kind: 'contradicts', rule: 'came-back' });
  });

  it('does not come back with more than it has booked', () => {
    expect(answered('returned', 401, settled)).toMatchObject({ rule: 'above-paid' });
  });

  it('does not come back with what was recovered already', () => {
    const recovered = { ...settled, netPaidFen: 300 };
    expect(answered('returned', 301, recovered)).toMatchObject({ rule: 'above-net-paid' });
    expect(answered('returned', 300, recovered)).toMatchObject({ rule: 'came-back' });
  });

  it.each([
    ['paid', 'returned', 0],
    ['partial', 'returned', 0],
    ['paid', 'paid', 400],
    ['partial', 'partial', 150],
    ['paid', 'partial', 150],
    ['paid', 'stopped', 0],
  ] as const)('is %s after it was %s, which is for a person to decide', (result, status, paidFen) => {
    const payment = { status, paidFen: fen(paidFen) };
    for (const amount of [100, 400, 401]) {
      expect(answered(result, amount, { payment })).toEqual({
        ...{ kind: 'contradicts', rule: 'contradicts' },
      });
    }
  });

  it('may be told not to have gone when it was stopped', () => {
    const stopped = { payment: { status: 'stopped', paidFen: fen(0) }, paidFen: 1000 } as const;
    expect(answered('returned', 400, stopped)).toEqual({ kind: 'booked', status: 'returned', paidFen: 0 });
  });
});
