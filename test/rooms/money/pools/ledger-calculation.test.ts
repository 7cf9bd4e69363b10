import { describe, expect, it } from 'vitest';
import {
  afterMovements,
  bookMovements,
  ledgerFaults,
  rederiveBalances,
} from '../../../../functions/money/pools/ledger-calculation.ts';
import type { BookedMovement, Movement, Pool } from '../../../../functions/money/pools/pool.ts';
import { fen } from '../../../../functions/shared/money.ts';

const at = '2026-03-01T00:00:00.000Z';
const common = { actor: { id: 'operator', role: 'operator' } as const, at, cause: 'a test', key: 'a-test' };

function pool(appropriated: number, reserved: number, committed: number): Pool {
  return {
    poolId: 'software-2026',
    fund: 'fund',
    fiscalYear: 2026,
    topic: 'topic',
    title: { zh: '资金池', en: 'Pool' },
    appropriatedFen: fen(appropriated),
    reservedFen: fen(reserved),
    committedFen: fen(committed),
    paidFen: fen(0),
    version: 1,
    createdAt: at,
    createdBy: common.actor,
    ledgerHash: 'f'.repeat(64),
  };
}

const appropriation = (amount: number): Movement => ({
  kind: 'appropriation',
  amountFen: fen(amount),
  ...common,
});
const reservation = (amount: number): Movement => ({
  kind: 'reservation',
  amountFen: fen(amount),
  ...common,
});
const commitment = (amount: number): Movement => ({ kind: 'commitment', amountFen: fen(amount), ...common });
const release = (of: 'reservation' | 'commitment', amount: number): Movement => ({
  kind: 'release',
  of,
  amountFen: fen(amount),
  ...common,
});
const entry = (version: number, movement: Movement): BookedMovement => ({
  poolId: 'software-2026',
  version,
  movement,
});

describe('movements of a pool', () => {
  it.each([
    ['an appropriation', appropriation(10), [110, 30, 20]],
    ['a reservation', reservation(50), [100, 80, 20]],
    ['a commitment of reserved money', commitment(30), [100, 0, 50]],
    ['a release of reserved money', release('reservation', 30), [100, 0, 20]],
    ['a release of committed money', release('commitment', 20), [100, 30, 0]],
  ] as const)('%s', (_name, movement, [appropriatedFen, reservedFen, committedFen]) => {
    expect(afterMovements(pool(100, 30, 20), [movement])).toMatchObject({
      appropriatedFen,
      reservedFen,
      committedFen,
      version: 2,
    });
  });

  it('refuses to reserve more than is available', () => {
    expect(() => afterMovements(pool(100, 30, 20), [reservation(51)])).toThrow(
      expect.objectContaining({ code: 'insufficient-funds' }),
    );
  });

  it.each([
    ['a commitment of money that is not reserved', commitment(31)],
    ['a release of more than is reserved', release('reservation', 31)],
    ['a release of more than is committed', release('commitment', 21)],
    ['a movement of nothing', appropriation(0)],
  ])('refuses %s', (_name, movement) => {
    expect(() => afterMovements(pool(100, 30, 20), [movement])).toThrow(RangeError);
  });

  it('refuses a balance that a number cannot hold exactly', () => {
    expect(() => afterMovements(pool(Number.MAX_SAFE_INTEGER, 0, 0), [appropriation(1)])).toThrow(
      expect.objectContaining({ code: 'amount-too-high' }),
    );
  });
});

describe('the entries of movements', () => {
  const year = (direction: 'in' | 'out' | 'lapse', amount: number): Movement => ({
    kind: 'carry-over',
    direction,
    amountFen: fen(amount),
    ...common,
  });

  it('follow one another in their order, each with the balances after all of them', () => {
    const before = pool(100, 30, 20);
    const { after, entries } = bookMovements(before, [commitment(10), commitment(20)]);
    const [first, second] = entries;
    expect([first?.line, second?.line]).toEqual([1, 2]);
    expect([first?.previous, second?.previous]).toEqual([before.ledgerHash, first?.hash]);
    expect(after.ledgerHash).toBe(second?.hash);
    expect(first?.balances).toEqual({ appropriatedFen: 100, reservedFen: 0, committedFen: 50, paidFen: 0 });
    expect(second?.balances).toEqual(first?.balances);
    expect(bookMovements(before, [commitment(10), commitment(20)]).after).toEqual(after);
  });

  it('close the pool when its year ends, with something left or nothing', () => {
    expect(afterMovements(pool(100, 0, 20), [year('out', 80)])).toMatchObject({
      ...{ appropriatedFen: 20, committedFen: 20, closedAt: at },
    });
    expect(afterMovements(pool(20, 0, 20), [year('lapse', 0)])).toMatchObject({ closedAt: at, version: 2 });
    expect(afterMovements(pool(0, 0, 0), [year('in', 80)])).not.toHaveProperty('closedAt');
    expect(() => afterMovements(pool(0, 0, 0), [year('in', 0)])).toThrow(RangeError);
  });

  it('of a closed pool pay and give back, and bring nothing in', () => {
    const closed = afterMovements(pool(100, 0, 20), [year('lapse', 80)]);
    const paid = afterMovements(closed, [
      { kind: 'payment', direction: 'out', amountFen: fen(15), ...common },
      release('commitment', 5),
    ]);
    expect(paid).toMatchObject({ paidFen: 15, committedFen: 15, closedAt: at });
    expect(afterMovements(paid, [year('lapse', 5)])).toMatchObject({ appropriatedFen: 15, closedAt: at });
    for (const movement of [appropriation(1), year('in', 1), reservation(1)]) {
      expect(() => afterMovements(paid, [movement])).toThrow(
        expect.objectContaining({ code: 'not-in-this-state' }),
      );
    }
  });
});

describe('the ledger', () => {
  const entries = [
    entry(3, reservation(60)),
    entry(2, appropriation(100)),
    entry(4, commitment(20)),
    entry(4, commitment(30)),
    entry(5, release('reservation', 10)),
    entry(6, release('commitment', 30)),
  ];

  it('adds up to the balances, whatever order it is read in', () => {
    expect(rederiveBalances(entries)).toEqual({
      appropriatedFen: 100,
      reservedFen: 0,
      committedFen: 20,
      paidFen: 0,
    });
  });

  it('finds a version at which the pool was overdrawn, though it is sound in the end', () => {
    const overdrawn = [entry(2, appropriation(10)), entry(3, reservation(11)), entry(4, appropriation(5))];
    expect(() => rederiveBalances(overdrawn)).toThrow('at version 3');
  });

  it('names balances that its entries do not add up to, and versions without an entry', () => {
    const sound = { ...pool(100, 0, 20), version: 6 };
    expect(ledgerFaults(sound, entries)).toEqual([]);
    expect(ledgerFaults({ ...sound, committedFen: fen(21), version: 7 }, entries)).toEqual([
      'software-2026: committedFen is 21, its entries add up to 20',
      'software-2026: no entry for version 7',
    ]);
  });
});
