import { describe, expect, it } from 'vitest';
import { findMoneyFaults } from '../../local/demo/money.ts';

function setup() {
  const first = { id: 'A', organisation: '甲', pool: 'pool', ceilingFen: 50_000, awardFen: 33_333 };
  const second = { id: 'B', organisation: '乙', pool: 'pool', ceilingFen: 100_000, awardFen: 66_666 };
  const none = { id: 'C', organisation: '丙', ceilingFen: 0, awardFen: 0 };
  const pool = {
    id: 'pool',
    appropriatedFen: 100_000,
    reservedFen: 0,
    committedFen: 99_999,
    remainingFen: 1,
  };
  const published = [
    { applicationId: 'A', awardFen: 33_333 },
    { applicationId: 'B', awardFen: 66_666 },
  ];
  return { first, second, none, pool, published, applications: [first, second, none] };
}

describe('findMoneyFaults', () => {
  it('finds nothing where everything agrees to the fen', () => {
    const { applications, pool, published } = setup();
    expect(findMoneyFaults(applications, [pool], published)).toEqual([]);
  });

  it('notices awards that are one fen more than what is committed', () => {
    const { applications, pool, published } = setup();
    const faults = findMoneyFaults(
      applications,
      [{ ...pool, committedFen: 99_998, remainingFen: 2 }],
      published,
    );
    expect(faults).toEqual([
      'awards, committed: 999.99 ≠ 999.98',
      'pool: awards, committed: 999.99 ≠ 999.98',
    ]);
  });

  it('notices that one pool has paid for another', () => {
    const { first, second, none, pool, published } = setup();
    const pools = [
      { ...pool, appropriatedFen: 50_000, committedFen: 33_333, remainingFen: 16_667 },
      { ...pool, id: 'other', appropriatedFen: 70_000, committedFen: 66_666, remainingFen: 3_334 },
    ];
    const own = [first, { ...second, pool: 'other' }, none];
    expect(findMoneyFaults(own, pools, published)).toEqual([]);
    expect(findMoneyFaults([first, second, none], pools, published)).toEqual([
      'pool: awards, committed: 999.99 ≠ 333.33',
      'other: awards, committed: 0.00 ≠ 666.66',
    ]);
  });

  it('notices a pool that has lost a fen', () => {
    const { applications, pool, published } = setup();
    const faults = findMoneyFaults(applications, [{ ...pool, remainingFen: 0 }], published);
    expect(faults).toEqual(['pool: committed + reserved + remaining, appropriated: 999.99 ≠ 1,000.00']);
  });

  it('notices money that is still reserved', () => {
    const { applications, pool, published } = setup();
    const faults = findMoneyFaults(applications, [{ ...pool, reservedFen: 1, remainingFen: 0 }], published);
    expect(faults).toEqual(['pool: still reserved: 0.01 ≠ 0.00']);
  });

  it('notices an award above its ceiling', () => {
    const { first, second, none, pool, published } = setup();
    const faults = findMoneyFaults([{ ...first, ceilingFen: 33_332 }, second, none], [pool], published);
    expect(faults).toEqual(['甲: award 333.33 > ceiling 333.32']);
  });

  it('notices awards that are published otherwise, not at all, twice or for nobody', () => {
    const { applications, pool, published } = setup();
    const [first = { applicationId: 'A', awardFen: 0 }] = published;
    const faults = findMoneyFaults(
      applications,
      [pool],
      [
        { ...first, awardFen: 1 },
        { ...first, awardFen: 1 },
        { applicationId: 'X', awardFen: 5 },
      ],
    );
    expect(faults).toEqual([
      'an award is published twice',
      '甲: published, awarded: 0.01 ≠ 333.33',
      '乙: published, awarded: 0.00 ≠ 666.66',
      'X is published, and nobody here applied for it',
    ]);
  });

  it('takes neither fractions nor negative amounts for money', () => {
    const { first, second, none, pool, published } = setup();
    const faults = findMoneyFaults([{ ...first, awardFen: 0.5 }, second, none], [pool], published);
    expect(faults).toEqual(['0.5 is no amount of fen']);
    expect(findMoneyFaults([], [{ ...pool, remainingFen: -1 }], [])).toEqual(['-1 is no amount of fen']);
  });
});
