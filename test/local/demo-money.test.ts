import { describe, expect, it } from 'vitest';
import { type Accounts, findMoneyFaults } from '../../local/demo/money.ts';

/** Two awards of one pool, both paid, of which one was recovered in part and the rest of the pool has lapsed. */
function setup() {
  const first = {
    ...{ id: 'A', organisation: '甲', status: 'closed', pool: 'pool', ceilingFen: 50_000 },
    ...{ awardFen: 33_333, orderedFen: 33_000, paidFen: 33_000, recoveredFen: 1_000 },
  };
  const second = {
    ...{ id: 'B', organisation: '乙', status: 'closed', pool: 'pool', ceilingFen: 100_000 },
    ...{ awardFen: 66_666, orderedFen: 66_666, paidFen: 66_666, recoveredFen: 0 },
  };
  const none = {
    ...{ id: 'C', organisation: '丙', status: 'refused', ceilingFen: 0 },
    ...{ awardFen: 0, orderedFen: 0, paidFen: 0, recoveredFen: 0 },
  };
  const pool = {
    ...{ id: 'pool', appropriatedFen: 100_000, paidFen: 99_666, recoveredFen: 1_000, unpaidFen: 0 },
    ...{ reservedFen: 0, carriedOverFen: 0, lapsedFen: 1_333, remainingFen: 1, balanced: true },
  };
  const published = [
    { applicationId: 'A', awardFen: 33_333 },
    { applicationId: 'B', awardFen: 66_666 },
  ];
  const register = [first, second].map(({ id, orderedFen, paidFen, recoveredFen }) => ({
    ...{ applicationId: id, orderedFen, paidFen, recoveredFen },
  }));
  const accounts: Accounts = { applications: [first, second, none], pools: [pool], published, register };
  return { first, second, none, pool, published, register, accounts };
}

describe('findMoneyFaults', () => {
  it('finds nothing where everything agrees to the fen', () => {
    expect(findMoneyFaults(setup().accounts)).toEqual([]);
  });

  it('notices payments that are one fen more than what the pool has paid', () => {
    const { accounts, pool } = setup();
    const pools = [{ ...pool, paidFen: 99_665, remainingFen: 2 }];
    expect(findMoneyFaults({ ...accounts, pools })).toEqual([
      'paidFen of applications, of pools: 996.66 ≠ 996.65',
      'pool: payments, paid: 996.66 ≠ 996.65',
    ]);
  });

  it('notices that one pool has paid for another', () => {
    const { accounts, first, second, none, pool } = setup();
    const pools = [
      { ...pool, appropriatedFen: 40_000, paidFen: 33_000, lapsedFen: 8_000, remainingFen: 0 },
      { ...pool, id: 'other', appropriatedFen: 67_000, paidFen: 66_666, recoveredFen: 0, lapsedFen: 333 },
    ];
    const own = [first, { ...second, pool: 'other' }, none];
    expect(findMoneyFaults({ ...accounts, applications: own, pools })).toEqual([]);
    expect(findMoneyFaults({ ...accounts, pools })).toEqual([
      'pool: payments, paid: 996.66 ≠ 330.00',
      'other: payments, paid: 0.00 ≠ 666.66',
    ]);
  });

  it('notices money that came back to nobody', () => {
    const { accounts, pool } = setup();
    const pools = [{ ...pool, recoveredFen: 999, remainingFen: 0 }];
    expect(findMoneyFaults({ ...accounts, pools })).toEqual([
      'recoveredFen of applications, of pools: 10.00 ≠ 9.99',
      'pool: clawbacks, recovered: 10.00 ≠ 9.99',
    ]);
  });

  it('notices a pool that has lost a fen', () => {
    const { accounts, pool } = setup();
    expect(findMoneyFaults({ ...accounts, pools: [{ ...pool, remainingFen: 0 }] })).toEqual([
      'pool: paid − recovered + left, appropriated: 999.99 ≠ 1,000.00',
    ]);
  });

  it('notices money that is still reserved or owed, and a ledger that the system itself finds wrong', () => {
    const { accounts, pool } = setup();
    const pools = [{ ...pool, reservedFen: 1, unpaidFen: 2, lapsedFen: 1_330, balanced: false }];
    expect(findMoneyFaults({ ...accounts, pools })).toEqual([
      'pool: still to be paid or reserved: 0.03 ≠ 0.00',
      'pool: ledger and balances differ',
    ]);
  });

  it('notices an award above its ceiling, and an order that is not paid', () => {
    const { accounts, first, second, none } = setup();
    const applications = [{ ...first, ceilingFen: 33_332 }, { ...second, orderedFen: 66_665 }, none];
    expect(findMoneyFaults({ ...accounts, applications })).toEqual([
      '甲: award 333.33 > ceiling 333.32',
      '乙: paid 666.66 > order 666.65',
      '乙: paid, ordered: 666.66 ≠ 666.65',
      '乙: orderedFen registered: 666.66 ≠ 666.65',
    ]);
  });

  it('notices awards that are published otherwise, not at all, twice or for nobody', () => {
    const [one = { applicationId: 'A', awardFen: 0 }] = setup().published;
    const published = [
      { ...one, awardFen: 1 },
      { ...one, awardFen: 1 },
      { applicationId: 'X', awardFen: 5 },
    ];
    expect(findMoneyFaults({ ...setup().accounts, published })).toEqual([
      'an award is published twice',
      '甲: published, awarded: 0.01 ≠ 333.33',
      '乙: published, awarded: 0.00 ≠ 666.66',
      'X is published, and nobody here applied for it',
    ]);
  });

  it('wants an award that was taken back out of the public notice, or shown there as cancelled', () => {
    const { accounts, none } = setup();
    const cancelled = {
      ...none,
      id: 'D',
      organisation: '丁',
      status: 'cancelled',
      ceilingFen: 9,
      awardFen: 9,
    };
    const applications = [...accounts.applications, cancelled];
    expect(findMoneyFaults({ ...accounts, applications })).toEqual([]);
    const shown = { applicationId: 'D', awardFen: 9 };
    const marked = [...accounts.published, { ...shown, status: 'cancelled' }];
    expect(findMoneyFaults({ ...accounts, applications, published: marked })).toEqual([]);
    const published = [...accounts.published, shown];
    expect(findMoneyFaults({ ...accounts, applications, published })).toEqual([
      '丁: published, awarded: 0.09 ≠ 0.00',
    ]);
  });

  it('notices a register that says something else', () => {
    const { accounts, register } = setup();
    const [one] = register.map((award) => ({ ...award, recoveredFen: 0 }));
    expect(findMoneyFaults({ ...accounts, register: one ? [one] : [] })).toEqual([
      '甲: recoveredFen registered: 0.00 ≠ 10.00',
      '乙: orderedFen registered: 0.00 ≠ 666.66',
      '乙: paidFen registered: 0.00 ≠ 666.66',
    ]);
  });

  it('takes neither fractions nor negative amounts for money', () => {
    const { accounts, first, second, none, pool } = setup();
    const applications = [{ ...first, awardFen: 0.5 }, second, none];
    expect(findMoneyFaults({ ...accounts, applications })).toEqual(['0.5 is no amount of fen']);
    const pools = [{ ...pool, remainingFen: -1 }];
    expect(findMoneyFaults({ ...accounts, pools })).toEqual(['-1 is no amount of fen']);
  });
});
