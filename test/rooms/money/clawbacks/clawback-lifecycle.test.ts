import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import {
  type Clawback,
  type ClawbackIn,
  ClawbackSchema,
} from '../../../../functions/money/clawbacks/clawback.ts';
import {
  clawbackTransitions,
  demanded,
  isBooked,
  proposed,
  received,
  refused,
  requireDecidable,
  requireDemanded,
  requireRecoverable,
} from '../../../../functions/money/clawbacks/clawback-lifecycle.ts';
import { requireOrdered } from '../../../../functions/money/payments/verdict-rules.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { noticedApplication } from '../../../builders/order.ts';
import { orderedApplication } from '../../../builders/payment.ts';

const at = '2026-12-01T02:00:00.000Z';
const dueAt = new Date('2026-12-31T16:00:00.000Z');
const id = '1'.repeat(26);
const award = orderedApplication(id, 1000, { paidFen: 900, recoveredFen: 100 });
const stated = {
  clawbackId: '6'.repeat(26),
  amountFen: fen(500),
  reason: '核查不符',
  citation: '三(三)',
};
const receipt = (amount: number) => ({ reference: 'IN-1', amountFen: fen(amount), date: '2026-12-01' });

const asProposed = proposed(award, stated, { by: 'officer', at }).to;
const asDemanded = demanded(asProposed, award, dueAt, { by: 'approver', at }).to;
const asPartly = { ...asDemanded, status: 'partly-recovered', recoveredFen: fen(200) } as const;
const all: readonly Clawback[] = [
  asProposed,
  refused(asProposed, 'no', { by: 'approver', at }).to,
  asDemanded,
  asPartly,
  received(asDemanded, award, receipt(500), { by: 'officer', at }).to,
];

it.each(all)('stands as the schema knows it when it is $status', (clawback) => {
  expect(ClawbackSchema.parse(clawback)).toEqual(clawback);
});

describe('a clawback', () => {
  it.each(all)('is decided only when it is proposed, and not when it is $status', (clawback) => {
    const decide = () => requireDecidable(clawback, 'approver');
    if (clawback.status === 'proposed') expect(decide()).toBe(clawback);
    else expect(decide).toThrow(new DomainError('not-in-this-state'));
  });

  it('is decided by another than whoever proposed it', () => {
    expect(() => requireDecidable(asProposed, 'officer')).toThrow(new DomainError('same-person'));
  });

  it('is noted of its application when the money is demanded, with whoever decided so', () => {
    const { to, application } = demanded(asProposed, award, dueAt, { by: 'approver', at });
    expect(to).toMatchObject({ version: 2, dueAt: dueAt.toISOString(), recoveredFen: 0 });
    expect(application.to).toMatchObject({
      version: award.version + 1,
      deciders: { reviewer: 'step-1', approver: 'clawback' },
    });
    expect(application.note).toMatchObject({
      event: 'clawback-demanded',
      note: `${stated.clawbackId}: 核查不符（三(三)）`,
    });
  });

  it.each(all)('takes money only while some is demanded, and when it is $status so', (clawback) => {
    const { status } = clawback;
    if (status === 'demanded' || status === 'partly-recovered') {
      expect(requireDemanded(clawback)).toBe(clawback);
      return;
    }
    expect(() => requireDemanded(clawback)).toThrow(new DomainError('not-in-this-state'));
  });
});

describe('the money that is demanded', () => {
  it.each([
    ['nothing', 0, []],
    ['more than was paid and is not recovered', 801, []],
    ['more than the others leave', 301, [asDemanded]],
    ['more than what others leave of what came back', 501, [asPartly]],
  ] as [string, number, Clawback[]][])('is not %s', (_what, amount, others) => {
    expect(() => requireRecoverable(award, others, fen(amount))).toThrow(
      expect.objectContaining({ code: 'amount-too-high' }),
    );
    if (amount > 0) expect(() => requireRecoverable(award, others, fen(amount - 1))).not.toThrow();
  });

  it('does not count what nobody has agreed to, or what is back', () => {
    const others = all.filter(
      ({ status }) => !clawbackTransitions[status].some((one) => one === 'recovered'),
    );
    expect(others.map(({ status }) => status)).toEqual(['proposed', 'refused', 'recovered']);
    expect(() => requireRecoverable(award, others, fen(800))).not.toThrow();
  });

  it.each([
    noticedApplication(id, 1000),
    { ...noticedApplication(id, 1000), status: 'pooled' },
  ] as Application[])('is none of an application that is $status', (application) => {
    expect(() => requireOrdered(application)).toThrow(new DomainError('not-in-this-state'));
  });
});

describe('money that came back', () => {
  const by = { by: 'officer', at };
  const receive = (from: ClawbackIn<'demanded' | 'partly-recovered'>, amount: number) =>
    received(from, award, receipt(amount), by);

  it('is booked to the pool, to the clawback and to the application', () => {
    const { to, application, movement } = receive(asDemanded, 200);
    expect(to).toMatchObject({ status: 'partly-recovered', recoveredFen: 200, version: 3 });
    expect(application.to).toMatchObject({ recoveredFen: 300, version: award.version + 1 });
    expect(movement).toMatchObject({
      ...{ kind: 'clawback', amountFen: 200, actor: { id: 'officer' }, confirmedBy: { id: 'approver' } },
      key: `clawback#${stated.clawbackId}#IN-1`,
    });
  });

  it.each([
    [asDemanded, 499, 'partly-recovered'],
    [asDemanded, 500, 'recovered'],
    [asPartly, 300, 'recovered'],
  ] as const)('ends a clawback when it is all', (from, amount, status) => {
    expect(receive(from, amount).to.status).toBe(status);
  });

  it.each([
    [asDemanded, 0],
    [asDemanded, 501],
    [asPartly, 301],
  ] as const)('is neither nothing nor more than is outstanding', (from, amount) => {
    expect(() => receive(from, amount)).toThrow(expect.objectContaining({ code: 'amount-too-high' }));
  });

  it('is no more than the award still has', () => {
    const returned = orderedApplication(id, 1000, { paidFen: 500, recoveredFen: 100 });
    const back = (amount: number) => received(asDemanded, returned, receipt(amount), by);
    expect(() => back(401)).toThrow(expect.objectContaining({ code: 'amount-too-high' }));
    expect(back(400).to.recoveredFen).toBe(400);
  });

  it('is known by its reference', () => {
    expect(isBooked(undefined, receipt(5))).toBe(false);
    expect(isBooked(receipt(5), receipt(5))).toBe(true);
    expect(() => isBooked(receipt(4), receipt(5))).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});

it.each([
  ['2026-11-30', 'too-early'],
  ['1999-12-31', 'too-early'],
  ['2026-12-02', 'in-future'],
  ['2099-01-01', 'in-future'],
])('a receipt of %s is refused, since the day is %s', (date, rule) => {
  const wrong = () => received(asDemanded, award, { ...receipt(100), date }, { by: 'officer', at });
  expect(wrong).toThrowError(
    expect.objectContaining({
      code: 'invalid-request',
      faults: [expect.objectContaining({ path: 'date', rule })],
    }),
  );
});
