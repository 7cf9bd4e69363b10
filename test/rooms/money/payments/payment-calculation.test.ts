import { describe, expect, it } from 'vitest';
import type { SealedAccount } from '../../../../functions/filing/bank-accounts/bank-account.ts';
import { type PaymentFileIn, paymentsPerFile } from '../../../../functions/money/payments/payment.ts';
import {
  dueOf,
  isBrokenOff,
  madeOf,
  nothingToPay,
  payableOf,
  paymentsOf,
} from '../../../../functions/money/payments/payment-calculation.ts';
import { orderedLine, orderId } from '../../../builders/order.ts';
import { paymentFileId, paymentOf } from '../../../builders/payment.ts';

const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(26)) as [string, string, string];
const createdAt = '2026-11-23T02:00:00.000Z';
const file: PaymentFileIn<'making'> = {
  ...{ status: 'making', paymentFileId, orderId, version: 1, createdAt, madeBy: 'treasurer' },
};
const organisation = '91440101731566630A';
const account: SealedAccount = {
  ...{ organisation, ciphertext: 'c2VhbGVk', lastFour: '1234', version: 2, at: createdAt, by: 'admin' },
};
const accounts = new Map([[organisation, account]]);

describe('what is to be paid', () => {
  it('is what is neither paid nor under way', () => {
    const underWay = { ...orderedLine(second, 500, 100), payment: 'another' };
    const lines = [orderedLine(first, 500, 0), underWay, orderedLine(third, 500, 500)];
    expect(dueOf(lines).map(({ applicationId }) => applicationId)).toEqual([first]);
  });

  it('is the rest of what is ordered, numbered behind the payments of the file', () => {
    const { payable } = payableOf([orderedLine(first, 500, 120)], accounts);
    expect(paymentsOf(file, [paymentOf(second, 1)], payable)).toMatchObject([
      {
        line: { applicationId: first },
        payment: {
          ...{ paymentId: `${paymentFileId}-0002`, fen: 380, status: 'under-way', paidFen: 0, revision: 1 },
          account: { ciphertext: 'c2VhbGVk', lastFour: '1234', version: 2 },
        },
      },
    ]);
  });

  it('is no more than one file holds', () => {
    const { payable } = payableOf([orderedLine(first, 500, 0), orderedLine(second, 500, 0)], accounts);
    const before = Array.from({ length: paymentsPerFile - 1 }, () => paymentOf(third, 1));
    expect(paymentsOf(file, before, payable)).toHaveLength(1);
  });

  it('is left out and named where there is no account', () => {
    const { payable, withoutAccount } = payableOf([orderedLine(first, 500, 0)], new Map());
    expect(payable).toEqual([]);
    expect(withoutAccount).toEqual([{ applicationId: first, organisationName: '测试公司' }]);
    expect(nothingToPay(withoutAccount)).toMatchObject({
      code: 'not-in-this-state',
      faults: [{ path: first, rule: 'no-account' }],
    });
  });
});

describe('a payment file', () => {
  it('is made with the sum of its payments', () => {
    expect(madeOf(file, [paymentOf(first, 400), paymentOf(second, 1)])).toMatchObject({
      ...{ status: 'made', version: 2, paymentCount: 2, totalFen: 401 },
    });
  });

  it.each([
    ['2026-11-23T02:01:00.000Z', false],
    ['2026-11-23T02:01:00.001Z', true],
  ])('that is being made is at %s broken off: %s', (now, isLeft) => {
    expect(isBrokenOff(file, new Date(now))).toBe(isLeft);
    expect(isBrokenOff(madeOf(file, []), new Date(now))).toBe(false);
  });
});
