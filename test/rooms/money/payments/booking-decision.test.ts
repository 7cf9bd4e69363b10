import { describe, expect, it } from 'vitest';
import { accountReturnOf } from '../../../../functions/money/payments/booking.ts';
import { book, type ReadRow } from '../../../../functions/money/payments/booking-decision.ts';
import type { PaymentResult } from '../../../../functions/money/payments/payment.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { orderedLine } from '../../../builders/order.ts';
import { contradictionOf, orderedApplication, paymentId, paymentOf } from '../../../builders/payment.ts';
import { roundId } from '../../../builders/round.ts';

const at = '2026-11-24T02:00:00.000Z';
const by = { proposedBy: 'treasurer', by: 'approver', at };
const [first, second] = ['1', '2'].map((digit) => digit.repeat(26)) as [string, string];

function resultOf(changes: Partial<PaymentResult> = {}): PaymentResult {
  return {
    ...{ paymentId, reference: 'R-1', result: 'paid', amountFen: fen(400), date: '2026-11-24', reason: '' },
    ...changes,
  };
}

/** A row about a payment of 400 of an order of 400, of which nothing is paid yet. */
function read(applicationId: string, changes: Partial<ReadRow> = {}, result = resultOf()): ReadRow {
  return {
    row: { row: 2, result },
    payment: paymentOf(applicationId, 400),
    line: { ...orderedLine(applicationId, 400, 0), payment: paymentId },
    isReleased: true,
    application: orderedApplication(applicationId, 400),
    ...changes,
  };
}

describe('a row of the bank', () => {
  it('pays an award, and closes it when that is all of it', () => {
    const { bookings, taken, rounds } = book([read(first)], by);
    expect([taken, rounds]).toEqual([1, [roundId]]);
    expect(bookings).toMatchObject([
      {
        after: { status: 'closed', paidFen: 400, version: 6, updatedAt: at },
        note: { at, actor: { id: 'approver', role: 'budget-approver' }, event: 'paid', note: paymentId },
        lineAfter: { paidFen: 400, payment: undefined },
        payment: { status: 'paid', paidFen: 400, revision: 2 },
        movement: {
          ...{ kind: 'payment', direction: 'out', amountFen: 400, applicationId: first },
          key: `payment#${paymentId}#R-1`,
          ...{ actor: { id: 'treasurer' }, confirmedBy: { id: 'approver' } },
        },
      },
    ]);
  });

  it('pays a part of an award, which stays open', () => {
    const [booking] = book(
      [read(first, {}, resultOf({ result: 'partial', amountFen: fen(150) }))],
      by,
    ).bookings;
    expect(booking).toMatchObject({
      after: { status: 'ordered', paidFen: 150 },
      note: { event: 'partly-paid' },
      movement: { amountFen: 150 },
    });
  });

  it('frees an award whose payment never went, and moves nothing', () => {
    const [booking] = book([read(first, {}, resultOf({ result: 'returned' }))], by).bookings;
    expect(booking).toMatchObject({
      after: { status: 'ordered', paidFen: 0 },
      lineAfter: { paidFen: 0, payment: undefined },
      payment: { status: 'returned' },
      movement: undefined,
    });
  });

  it('holds an award whose money came back after it was reported as paid, and takes nothing back', () => {
    const later = {
      payment: paymentOf(first, 400, { status: 'paid', paidFen: fen(400), revision: 2 }),
      line: { ...orderedLine(first, 400, 400), payment: 'another' },
      application: { ...orderedApplication(first, 400, { paidFen: 400 }), status: 'closed' as const },
    };
    const { bookings, holds, faults } = book(
      [read(first, later, resultOf({ result: 'returned', amountFen: fen(50) }))],
      by,
    );
    expect(bookings).toEqual([]);
    expect(faults).toMatchObject([{ rule: 'came-back' }]);
    expect(holds).toMatchObject([
      {
        after: { status: 'closed', paidFen: 400 },
        lineAfter: {
          ...{ paidFen: 400, payment: 'another' },
          held: [{ paymentId, reference: 'R-1', result: 'returned', amountFen: 50, by: 'treasurer' }],
        },
      },
    ]);
  });

  it('that was imported before changes nothing, and has its round looked at', () => {
    const { bookings, changes, taken, rounds, faults } = book([read(first, { known: resultOf() })], by);
    expect([bookings, taken, rounds, faults]).toEqual([[], 1, [roundId], []]);
    expect(changes).toMatchObject([{ row: 2, kind: 'unchanged', movesFen: 0 }]);
  });

  it.each<[string, ReadRow]>([
    ['unknown-payment', { row: { row: 2, result: resultOf() }, payment: undefined }],
    ['reference-known', read(first, { known: resultOf({ amountFen: fen(401) }) })],
    [
      'reference-known',
      read(first, { known: resultOf({ result: 'paid' }) }, resultOf({ result: 'returned' })),
    ],
    ['too-early', read(first, { madeAt: '2026-11-24T01:00:00.000Z' }, resultOf({ date: '2026-11-23' }))],
    ['too-early', read(first, { madeAt: '2026-11-23T16:00:00.000Z' }, resultOf({ date: '1999-12-31' }))],
    ['in-future', read(first, {}, resultOf({ date: '2026-11-25' }))],
    ['in-future', read(first, {}, resultOf({ date: '2099-01-01' }))],
    ['not-released', read(first, { isReleased: false })],
    ['above-payment', read(first, {}, resultOf({ amountFen: fen(401) }))],
  ])('is a fault: %s', (rule, row) => {
    const { bookings, faults, taken } = book([row], by);
    expect([bookings, taken]).toEqual([[], 1]);
    expect(faults).toMatchObject([{ row: 2, rule }]);
  });

  it('keeps no other row from its booking when it is a fault', () => {
    const { bookings, taken } = book([{ ...read(first), payment: undefined }, read(second)], by);
    expect([bookings.length, taken]).toEqual([1, 2]);
  });
});

describe('what a second person was shown of a row', () => {
  const shown = () => book([read(first)], by).changes[0];

  it('is booked as it was shown', () => {
    expect(shown()).toMatchObject({ kind: 'paid', from: 'under-way', movesFen: 400, revision: 1 });
    expect(book([read(first, { shown: shown() })], by).bookings).toHaveLength(1);
  });

  it.each<[string, Partial<ReadRow>]>([
    ['another revision of the payment', { payment: paymentOf(first, 400, { revision: 3 }) }],
    ['another amount', { shown: { ...book([read(first)], by).changes[0], movesFen: 399 } as never }],
  ])('is not booked against %s', (_, changes) => {
    const { bookings, faults } = book([read(first, { shown: shown(), ...changes })], by);
    expect(bookings).toEqual([]);
    expect(faults).toMatchObject([{ row: 2, rule: 'basis-changed' }]);
  });

  it('does not turn a fault into a booking', () => {
    const fault = book([read(first, { isReleased: false })], by).changes[0];
    expect(book([read(first, { shown: fault })], by).faults).toMatchObject([{ rule: 'basis-changed' }]);
  });
});

describe('two rows about one award', () => {
  it('are not booked together: the later has to see what the earlier did', () => {
    const rows = [read(first), read(second), read(first), read(second)];
    const { bookings, taken } = book(rows, by);
    expect(taken).toBe(2);
    expect(bookings.map(({ before }) => before.applicationId)).toEqual([first, second]);
  });
});

it('is no booking when the award is not ordered', () => {
  const { application, ...without } = read(first);
  expect(application).toBeDefined();
  expect(() => book([without], by)).toThrow('not ordered');
});

describe('a word of the bank that contradicts an earlier one', () => {
  const returned = { payment: paymentOf(first, 400, { status: 'returned', revision: 2 }) };
  const line = orderedLine(first, 400, 0);
  const contradicted = (result: Partial<PaymentResult>, changes: Partial<ReadRow> = {}) =>
    book([read(first, { ...returned, line, ...changes }, resultOf({ reference: 'R-2', ...result }))], by);

  it('books nothing, is told, and holds the award', () => {
    const { bookings, holds, faults } = contradicted({});
    expect(bookings).toEqual([]);
    expect(faults).toMatchObject([{ row: 2, rule: 'contradicts' }]);
    expect(holds).toMatchObject([
      {
        after: { status: 'ordered', paidFen: 0, version: 6 },
        note: { event: 'payment-disputed', note: paymentId },
        lineAfter: {
          ...{ paidFen: 0, payment: undefined },
          held: [{ paymentId, reference: 'R-2', result: 'paid', amountFen: 400, by: 'treasurer', at }],
        },
      },
    ]);
  });

  it.each<[string, Partial<PaymentResult>, Partial<ReadRow>]>([
    ['of a part', { result: 'partial', amountFen: fen(1) }, {}],
    ['beside a payment that is under way', {}, { line: { ...line, payment: 'another' } }],
    [
      'of an award that is paid',
      {},
      { application: { ...orderedApplication(first, 400), status: 'closed' } },
    ],
    ['under the same reference', {}, { known: resultOf({ result: 'returned' }) }],
    ['of more under the same reference', {}, { known: resultOf({ result: 'partial', amountFen: fen(399) }) }],
  ])('holds it too %s', (_, result, changes) => {
    const { holds, bookings } = contradicted(result, changes);
    expect([holds.length, bookings.length]).toEqual([1, 0]);
  });

  it('holds it once for the same word, and is told again', () => {
    const held = [contradictionOf()];
    const { holds, faults } = contradicted({}, { line: { ...line, held } });
    expect([holds.length, faults.length]).toEqual([0, 1]);
    const other = contradicted({ reference: 'R-3' }, { line: { ...line, held } });
    expect(other.holds[0]?.lineAfter.held).toMatchObject([{ reference: 'R-2' }, { reference: 'R-3' }]);
  });

  it('changes nothing once a person has decided on it', () => {
    const { holds, faults, changes } = contradicted({}, { decided: true });
    expect([holds, faults, changes[0]?.kind]).toEqual([[], [], 'unchanged']);
  });
});

describe('what is kept of a payment that came back', () => {
  const account = { organisation: '91440101731566630A', version: 2, newest: 3, lastFour: '1234' };
  const payment = paymentOf(first, 400);

  it('is the account that it went to, and the newest one', () => {
    expect(accountReturnOf(account, undefined, payment)).toMatchObject({
      version: 1,
      newest: 3,
      revision: 1,
    });
  });

  it('stays while the account waits to be confirmed', () => {
    const kept = accountReturnOf(account, undefined, payment);
    expect(accountReturnOf(account, kept, payment)).toBeUndefined();
    expect(accountReturnOf({ ...account, version: 4, newest: 4 }, kept, payment)).toMatchObject({
      newest: 4,
      revision: 2,
    });
  });
});
