import { describe, expect, it } from 'vitest';
import { type Order, OrderSchema } from '../../../../functions/money/orders/order.ts';
import {
  decided,
  failed,
  issued,
  orderTransitions,
  requireDecidable,
  resumed,
} from '../../../../functions/money/orders/order-lifecycle.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import type { StepNote } from '../../../../functions/shared/history.ts';
import { draftedLine, orderedLine, orderIn } from '../../../builders/order.ts';

type Status = Order['status'];
type Step = { readonly to: Order; readonly note: StepNote } | undefined;

const at = '2026-11-23T03:00:01.000Z';
const by = { by: 'somebody', at };
const approve = { outcome: 'approve', contentHash: 'lines' } as const;
const refuse = { ...approve, outcome: 'refuse', reason: 'no' } as const;

/** Every step, with the ways that it takes, and those from which it is a silent nothing. */
const steps: readonly (readonly [
  string,
  (order: Order) => Step,
  Readonly<Partial<Record<Status, Status>>>,
  readonly Status[],
])[] = [
  [
    'is approved',
    (order) => decided(requireDecidable(order, approve, by.by), approve, by),
    { drafted: 'approved' },
    [],
  ],
  [
    'is refused',
    (order) => decided(requireDecidable(order, refuse, by.by), refuse, by),
    { drafted: 'refused' },
    [],
  ],
  ['is issued', (order) => issued(order, [], at), { approved: 'issued' }, ['issued']],
  [
    'fails',
    (order) => failed(order, { error: 'Error', cause: 'cause', at }),
    { approved: 'failed' },
    ['drafted', 'refused', 'failed', 'issued'],
  ],
  // An hour and a second after its approval.
  [
    'is resumed',
    (order) => resumed(order, by.by, new Date(at)),
    { failed: 'approved', approved: 'approved' },
    [],
  ],
];

describe.each(steps)('an order that %s', (_name, step, ways, silent) => {
  it.each(Object.keys(orderTransitions) as Status[])('does so from %s, or is refused', (status) => {
    const order = orderIn<Status>(status);
    const next = ways[status];
    if (next === undefined) {
      if (silent.includes(status)) expect(step(order)).toBeUndefined();
      else expect(() => step(order)).toThrow(new DomainError('not-in-this-state'));
      return;
    }
    const { to, note } = step(order) ?? {};
    expect(OrderSchema.parse(to)).toMatchObject({ status: next, version: order.version + 1 });
    expect(orderTransitions[status]).toContain(next);
    expect(note).toMatchObject({ at });
  });
});

describe('an order', () => {
  it('is decided only once every line of it is written', () => {
    const order = orderIn('drafted', { list: undefined });
    expect(() => requireDecidable(order, approve, 'somebody')).toThrow(new DomainError('not-in-this-state'));
  });

  it('is decided by another than whoever drafted it, on the lines that they looked at', () => {
    const order = orderIn('drafted');
    expect(() => requireDecidable(order, approve, 'drafter')).toThrow(new DomainError('same-person'));
    const other = { ...approve, contentHash: 'other' };
    expect(() => requireDecidable(order, other, 'somebody')).toThrow(new DomainError('version-mismatch'));
  });

  it('is not resumed while it may still be issued', () => {
    const now = new Date('2026-11-23T03:00:00.000Z');
    expect(() => resumed(orderIn('approved'), 'somebody', now)).toThrow(new DomainError('not-in-this-state'));
  });

  it('knows no failure any more when it is resumed, and counts its runs', () => {
    const { to } = resumed(orderIn('failed'), 'somebody', new Date(at));
    expect(to).not.toHaveProperty('failure');
    expect(to.attempt).toBe(2);
  });

  it('counts what it ordered, and nothing that it left out', () => {
    const leftOut = { ...draftedLine('3'.repeat(26), 900), status: 'left-out', leftOut: 'held', at } as const;
    const lines = [orderedLine('1'.repeat(26), 400, 0), orderedLine('2'.repeat(26), 500, 0), leftOut];
    expect(issued(orderIn('approved'), lines, at)?.to).toMatchObject({ orderedCount: 2, orderedFen: 900 });
  });
});
