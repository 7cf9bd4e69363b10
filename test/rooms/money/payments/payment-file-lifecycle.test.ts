import { describe, expect, it } from 'vitest';
import type { PaymentFileIn } from '../../../../functions/money/payments/payment.ts';
import { contentOf, hashOf, writtenOf } from '../../../../functions/money/payments/payment-file-content.ts';
import {
  madeOf,
  mayBeAnswered,
  refused,
  released,
  requireFileDecidable,
  withoutPayment,
} from '../../../../functions/money/payments/payment-file-lifecycle.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { orderId } from '../../../builders/order.ts';
import { paymentFileId, paymentOf } from '../../../builders/payment.ts';

const [first, second] = ['1', '2'].map((digit) => digit.repeat(26)) as [string, string];
const at = '2026-11-23T02:00:00.000Z';
const making: PaymentFileIn<'making'> = {
  ...{ status: 'making', paymentFileId, orderId, version: 1, createdAt: at, madeBy: 'maker' },
  continuedBy: ['second-maker'],
};
const written = {
  ...{ paymentCount: 2, totalFen: fen(400), repaymentCount: 1, repaymentFen: fen(100), contentHash: 'bytes' },
};
const made = madeOf(making, written) as PaymentFileIn<'made'>;
const signature = { algorithm: 'ECDSA_SHA_256', keyId: 'key', value: 'c2lnbmVk' } as const;
const by = { by: 'approver', at };
const confirm = { outcome: 'confirm', contentHash: 'bytes' } as const;
const refuse = { outcome: 'refuse', contentHash: 'bytes', reason: 'not so' } as const;
const out = released(made, 'bytes', { ...by, signature }).to;

/** Accounts of which nothing is to be opened but their names. */
const opener = {
  open: async () => ({ holder: 'A', bank: 'B', branchCode: '0'.repeat(12), accountNumber: '12345678' }),
};

describe('a payment file', () => {
  it('says how much it pays, how much of it again, and the hash of its bytes', async () => {
    const payments = [
      paymentOf(first, 300),
      paymentOf(second, 100, { repays: `${paymentFileId}-0009` }),
      paymentOf(second, 7, { status: 'stopped' }),
    ];
    expect(await writtenOf(opener, payments)).toEqual({
      ...{ paymentCount: 2, totalFen: 400, repaymentCount: 1, repaymentFen: 100 },
      contentHash: hashOf(await contentOf(opener, payments)),
    });
    expect(await writtenOf(opener, payments.slice(2))).toBeUndefined();
  });

  it('waits for a second person once it is made, and is withdrawn when it pays nothing', () => {
    expect(made).toMatchObject({ status: 'made', version: 2, ...written });
    expect(madeOf(making, undefined)).toMatchObject({ status: 'withdrawn', version: 2 });
  });

  it('goes out with its signature, once its second person names its hash', () => {
    expect(requireFileDecidable(made, confirm, 'approver')).toBe(made);
    expect(out).toMatchObject({
      ...{ status: 'released', version: 3, firstReleasedAt: at },
      release: { by: 'approver', contentHash: 'bytes', signature },
    });
    expect([made, out].map(mayBeAnswered)).toEqual([false, true]);
  });

  it.each(['maker', 'second-maker'])('is not decided on by its %s', (maker) => {
    for (const decision of [confirm, refuse]) {
      expect(() => requireFileDecidable(made, decision, maker)).toThrow('same-person');
    }
  });

  it('is not decided on for other bytes', () => {
    for (const decision of [confirm, refuse]) {
      const other = { ...decision, contentHash: 'other' };
      expect(() => requireFileDecidable(made, other, 'approver')).toThrow('version-mismatch');
    }
  });

  it('answers the same decision alike, and refuses another', () => {
    expect(requireFileDecidable(out, confirm, 'approver')).toBe(out);
    expect(() => requireFileDecidable(out, refuse, 'approver')).toThrow('not-in-this-state');
    expect(() => requireFileDecidable(out, confirm, 'other')).toThrow('not-in-this-state');
    const not = refused(made, refuse, by).to;
    expect(requireFileDecidable(not, refuse, 'approver')).toBe(not);
    expect(() => requireFileDecidable(not, confirm, 'approver')).toThrow('not-in-this-state');
    expect(() => requireFileDecidable(making, confirm, 'approver')).toThrow('not-in-this-state');
  });

  it('is released anew without a payment that was stopped, and cannot be refused any more', () => {
    const rest = { ...written, paymentCount: 1, contentHash: 'fewer' };
    const again = withoutPayment(out, rest);
    expect(again).toMatchObject({ status: 'made', version: 4, firstReleasedAt: at, contentHash: 'fewer' });
    expect(again).not.toHaveProperty('release');
    expect(mayBeAnswered(again)).toBe(true);
    expect(() => requireFileDecidable(again, confirm, 'approver')).toThrow('version-mismatch');
    const late = { ...refuse, contentHash: 'fewer' };
    expect(() => requireFileDecidable(again, late, 'approver')).toThrow('not-in-this-state');
    expect(withoutPayment(out, undefined)).toMatchObject({ status: 'withdrawn', firstReleasedAt: at });
    expect(withoutPayment(making, undefined)).toEqual({ ...making, version: 2 });
  });
});
