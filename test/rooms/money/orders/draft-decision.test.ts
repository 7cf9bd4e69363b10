import { describe, expect, it } from 'vitest';
import {
  type LowerAmount,
  linesHash,
  linesOf,
  listed,
  requireAmounts,
} from '../../../../functions/money/orders/draft-decision.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { noticedApplication, orderId, orderIn } from '../../../builders/order.ts';

const [first, second] = ['1', '2'].map((digit) => digit.repeat(26)) as [string, string];
const awards = [noticedApplication(first, 400), noticedApplication(second, 500)];
const less = (applicationId: string, amount: number): LowerAmount => ({
  applicationId,
  amountFen: fen(amount),
  reason: 'less',
});

describe('an amount below an award', () => {
  it.each([1, 399, 400])('may be %i of 400 fen', (amount) => {
    expect(() => requireAmounts(awards, [less(first, amount)])).not.toThrow();
  });

  it.each([
    ['nothing', [less(first, 0)], 'amount-too-high', 'amounts.0.amountFen'],
    ['more than the award', [less(first, 401)], 'amount-too-high', 'amounts.0.amountFen'],
    [
      'of an award that is not ordered',
      [less(first, 1), less('3'.repeat(26), 1)],
      'invalid-request',
      'amounts.1.applicationId',
    ],
    ['given twice', [less(first, 1), less(first, 2)], 'invalid-request', 'amounts.1.applicationId'],
  ] as const)('is not %s', (_what, amounts, code, path) => {
    const faults = [expect.objectContaining({ path })];
    expect(() => requireAmounts(awards, amounts)).toThrow(expect.objectContaining({ code, faults }));
  });
});

describe('the lines of an order', () => {
  it('are its awards, or less where that was asked for', () => {
    expect(linesOf(orderId, awards, [less(second, 100)])).toMatchObject([
      { status: 'drafted', applicationId: first, awardFen: 400, fen: 400 },
      { status: 'drafted', applicationId: second, awardFen: 500, fen: 100, reason: 'less' },
    ]);
  });

  it('come to one sum and one hash, in whatever order they are read and whatever becomes of them', () => {
    const lines = linesOf(orderId, awards, []);
    const { list } = listed(orderIn('drafted'), lines);
    expect(list).toEqual({ lineCount: 2, totalFen: 900, contentHash: linesHash(lines) });
    const settled = lines.map((line) => ({
      ...line,
      ...({ status: 'left-out', leftOut: 'held', at: '2026-11-24T02:00:00.000Z' } as const),
    }));
    expect(linesHash(settled.reverse())).toBe(linesHash(lines));
    expect(linesHash(linesOf(orderId, awards, [less(first, 399)]))).not.toBe(linesHash(lines));
  });
});
