import { describe, expect, it } from 'vitest';
import type {
  AccountReturn,
  SealedAccount,
} from '../../../../functions/filing/bank-accounts/bank-account.ts';
import { type PaymentFileIn, paymentsPerFile } from '../../../../functions/money/payments/payment.ts';
import {
  dueOf,
  heldOf,
  isBrokenOff,
  nothingToPay,
  payableOf,
  paymentsOf,
} from '../../../../functions/money/payments/payment-calculation.ts';
import { orderedLine, orderId } from '../../../builders/order.ts';
import { contradictionOf, paymentFileId, paymentOf } from '../../../builders/payment.ts';

const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(26)) as [string, string, string];
const createdAt = '2026-11-23T02:00:00.000Z';
const file: PaymentFileIn<'making'> = {
  ...{ status: 'making', paymentFileId, orderId, version: 1, createdAt, madeBy: 'treasurer' },
};
const organisation = '91440101731566630A';
const account: SealedAccount = {
  ...{ organisation, ciphertext: 'c2VhbGVk', lastFour: '1234', version: 2, at: createdAt, by: 'admin' },
  bank: '示例银行广州分行',
};
const accounts = new Map([[organisation, { account, returned: undefined }]]);

/** What is kept of a payment that came back from the account, or from another. */
const returned = (changes: Partial<AccountReturn> = {}): AccountReturn => ({
  ...{
    organisation,
    version: 2,
    lastFour: '1234',
    newest: 2,
    paymentId: `${paymentFileId}-0009`,
    revision: 1,
  },
  ...changes,
});

describe('what is to be paid', () => {
  it.each<[string, AccountReturn | undefined, boolean]>([
    ['from which nothing came back', undefined, true],
    ['from which a payment came back', returned(), false],
    ['that was put again since', returned({ version: 1, newest: 1 }), true],
    ['with the digits of the one that a payment came back from', returned({ version: 1 }), false],
    ['that was put in place of it before', returned({ version: 1, lastFour: '9999' }), true],
  ])('goes to an account %s, or waits for it to be confirmed', (_, back, isPayable) => {
    const known = new Map([[organisation, { account, returned: back }]]);
    const { payable, leftOut } = payableOf([orderedLine(first, 500, 0)], known);
    expect(payable).toHaveLength(isPayable ? 1 : 0);
    expect(leftOut.map(({ why }) => why)).toEqual(isPayable ? [] : ['account-returned']);
  });

  it('is nothing of an award that is held', () => {
    const held = { ...orderedLine(first, 500, 0), held: [contradictionOf()] };
    expect(dueOf([held])).toEqual([]);
    expect(heldOf([held, { ...held, payment: 'another' }, orderedLine(second, 500, 0)])).toEqual([
      { applicationId: first, organisationName: '测试公司', why: 'held' },
    ]);
  });

  it('is what is neither paid nor under way', () => {
    const underWay = { ...orderedLine(second, 500, 100), payment: 'another' };
    const lines = [orderedLine(first, 500, 0), underWay, orderedLine(third, 500, 500)];
    expect(dueOf(lines).map(({ applicationId }) => applicationId)).toEqual([first]);
  });

  it('names what it pays again', () => {
    const { payable } = payableOf([{ ...orderedLine(first, 500, 0), returned: 'before' }], accounts);
    expect(paymentsOf(file, [], payable)[0]?.payment).toMatchObject({ repays: 'before', fen: 500 });
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
    const { payable, leftOut } = payableOf([orderedLine(first, 500, 0)], new Map());
    expect(payable).toEqual([]);
    expect(leftOut).toEqual([{ applicationId: first, organisationName: '测试公司', why: 'no-account' }]);
    expect(nothingToPay(leftOut)).toMatchObject({
      code: 'not-in-this-state',
      faults: [{ path: first, rule: 'no-account' }],
    });
  });
});

describe('a payment file', () => {
  it.each([
    ['2026-11-23T02:01:00.000Z', false],
    ['2026-11-23T02:01:00.001Z', true],
  ])('that is being made is at %s broken off: %s', (now, isLeft) => {
    expect(isBrokenOff(file, new Date(now))).toBe(isLeft);
  });
});
