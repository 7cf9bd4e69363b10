import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AllocationCandidate,
  type AllocationTerms,
  allocate,
} from '../../../../functions/money/allocation/allocate.ts';
import { unitFen } from '../../../../functions/policy/guides/allocation-unit.ts';

const yuan = (amount: number) => amount * 100;

function terms(overrides: Partial<AllocationTerms> = {}): AllocationTerms {
  return { mode: 'pro-rata', residue: 'keep', unit: 'yuan', minimumPayableFen: 0, ...overrides };
}

/** Candidates A, B, C … with ceilings in yuan. */
function candidates(ceilings: number[], scores: number[] = []): AllocationCandidate[] {
  return ceilings.map((ceiling, index) => ({
    applicationId: String.fromCharCode(65 + index),
    ceilingFen: yuan(ceiling),
    submittedAt: '2026-03-01T00:00:00Z',
    ...(scores[index] !== undefined && { score: scores[index] }),
  }));
}

/** Shares in yuan, in the order of ids, and the residue. */
function sharesOf(list: AllocationCandidate[], rule: AllocationTerms, pool: number) {
  const { shares, residueFen } = allocate(list, rule, yuan(pool));
  return { shares: shares.map((share) => share.shareFen / 100), residue: residueFen / 100 };
}

describe('the golden table of the domain', () => {
  it.each([
    {
      name: 'a pool that suffices pays in full',
      pool: 10_000_000,
      list: candidates([3_000_000, 1_000_000, 500_000]),
      rule: terms(),
      // The table's 5,500,000 stay in the pool.
      expected: { shares: [3_000_000, 1_000_000, 500_000], residue: 5_500_000 },
    },
    {
      name: 'pro-rata keeps the residue',
      pool: 1_000_000,
      list: candidates([1_000_000, 500_000, 250_000]),
      rule: terms(),
      expected: { shares: [571_428, 285_714, 142_857], residue: 1 },
    },
    {
      name: 'pro-rata gives the residue to the largest remainder',
      pool: 1_000_000,
      list: candidates([1_000_000, 500_000, 250_000]),
      rule: terms({ residue: 'largest-remainder' }),
      expected: { shares: [571_429, 285_714, 142_857], residue: 0 },
    },
    {
      name: 'ranked pays the better score first',
      pool: 1_000_000,
      list: candidates([800_000, 500_000, 300_000], [90, 80, 70]),
      rule: terms({ mode: 'ranked' }),
      expected: { shares: [800_000, 200_000, 0], residue: 0 },
    },
    {
      name: 'whose share is below the minimum leaves, the smallest ceiling first',
      pool: 100_000,
      list: candidates([500_000, 400_000, 60_000, 40_000]),
      rule: terms({ minimumPayableFen: yuan(20_000) }),
      expected: { shares: [55_555, 44_444, 0, 0], residue: 1 },
    },
  ])('$name', ({ pool, list, rule, expected }) => {
    expect(sharesOf(list, rule, pool)).toEqual(expected);
  });
});

describe('ranks', () => {
  it('puts a candidate without a score last', () => {
    const list = candidates([100, 100]).map((one, index) => (index === 0 ? one : { ...one, score: 0 }));
    expect(sharesOf(list, terms({ mode: 'ranked' }), 100).shares).toEqual([0, 100]);
  });

  it('of equal scores, pays who submitted earlier, then the smaller id', () => {
    const [a, b, c] = candidates([100, 100, 100], [5, 5, 5]) as [
      AllocationCandidate,
      AllocationCandidate,
      AllocationCandidate,
    ];
    const late = { ...a, submittedAt: '2026-03-02T00:00:00Z' };
    expect(sharesOf([c, late, b], terms({ mode: 'ranked' }), 150).shares).toEqual([0, 100, 50]);
  });

  it('gives the turn to the next when what is left is below the minimum for one', () => {
    const list = candidates([100, 20, 60], [3, 2, 1]);
    const rule = terms({ mode: 'ranked', minimumPayableFen: yuan(30) });
    expect(sharesOf(list, rule, 140)).toEqual({ shares: [100, 0, 40], residue: 0 });
  });

  it('never makes a higher rank leave because a lower one gets nothing', () => {
    const list = candidates([300, 500, 800], [3, 2, 1]);
    const rule = terms({ mode: 'ranked', minimumPayableFen: yuan(20) });
    expect(sharesOf(list, rule, 500)).toEqual({ shares: [300, 200, 0], residue: 0 });
  });
});

describe('edges', () => {
  it('shares nothing among nobody', () => {
    expect(allocate([], terms(), 500)).toEqual({ shares: [], residueFen: 500 });
  });

  it('shares nothing out of an empty pool', () => {
    expect(sharesOf(candidates([10, 20]), terms({ residue: 'largest-remainder' }), 0)).toEqual({
      shares: [0, 0],
      residue: 0,
    });
  });

  it('cuts ceilings down to the unit and keeps what is less than one', () => {
    const list = [{ applicationId: 'A', ceilingFen: 1_999_999, submittedAt: '2026-03-01T00:00:00Z' }];
    const { shares, residueFen } = allocate(list, terms({ unit: 'ten-thousand-yuan' }), 1_500_000);
    expect(shares[0]).toMatchObject({ ceilingFen: 1_000_000, shareFen: 1_000_000 });
    expect(residueFen).toBe(500_000);
  });

  it('of equal remainders, gives the unit to the smaller id', () => {
    expect(sharesOf(candidates([10, 10, 10]), terms({ residue: 'largest-remainder' }), 11).shares).toEqual([
      4, 4, 3,
    ]);
  });

  it('of equal ceilings below the minimum, lets the larger id leave', () => {
    const rule = terms({ minimumPayableFen: yuan(40) });
    expect(sharesOf(candidates([100, 100, 100]), rule, 100).shares).toEqual([50, 50, 0]);
  });

  it('is exact where ceiling times pool passes 2^53', () => {
    const list = candidates([90_000_000_000_000, 89_999_999_999_999]);
    const { shares, residueFen } = allocate(list, terms({ unit: 'fen' }), Number.MAX_SAFE_INTEGER);
    const total = list.reduce((sum, one) => sum + BigInt(one.ceilingFen), 0n);
    const exact = list.map((one) =>
      Number((BigInt(one.ceilingFen) * BigInt(Number.MAX_SAFE_INTEGER)) / total),
    );
    expect(shares.map((share) => share.shareFen)).toEqual(exact);
    expect(residueFen).toBe(Number.MAX_SAFE_INTEGER - exact.reduce((a, b) => a + b, 0));
  });

  it('refuses an application that stands twice, and amounts that are none', () => {
    const [one] = candidates([10]) as [AllocationCandidate];
    expect(() => allocate([one, one], terms(), 10)).toThrow(RangeError);
    expect(() => allocate([{ ...one, ceilingFen: 1.5 }], terms(), 10)).toThrow(RangeError);
    expect(() => allocate([one], terms(), -1)).toThrow(RangeError);
  });

  it('explains each share in both languages', () => {
    const [full] = allocate(candidates([10]), terms(), yuan(10)).shares;
    expect(full?.explanation).toEqual({
      zh: '资金充足，按上限 10.00 元全额安排',
      en: 'Paid in full: the ceiling of 10.00 yuan',
    });
    const [cut] = allocate(candidates([10, 30]), terms(), yuan(10)).shares;
    expect(cut?.explanation.en).toContain(
      'ceiling 10.00 × available 10.00 ÷ all ceilings 40.00, rounded to 2.00',
    );
  });
});

const anyTerms: fc.Arbitrary<AllocationTerms> = fc.record({
  mode: fc.constantFrom('pro-rata', 'ranked'),
  residue: fc.constantFrom('keep', 'largest-remainder'),
  unit: fc.constantFrom('fen', 'yuan', 'hundred-yuan', 'ten-thousand-yuan'),
  minimumPayableFen: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000_000 })),
});

function anyCandidates(ceiling: fc.Arbitrary<number>, maxLength: number) {
  return fc.uniqueArray(
    fc.record({
      applicationId: fc.string({
        unit: fc.constantFrom('A', 'B', 'C', '1', '2'),
        minLength: 1,
        maxLength: 4,
      }),
      ceilingFen: ceiling,
      submittedAt: fc.constantFrom(
        '2026-03-01T00:00:00Z',
        '2026-03-01T00:00:00.001Z',
        '2026-04-01T08:00:00Z',
      ),
      score: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    }),
    { selector: (candidate) => candidate.applicationId, maxLength },
  );
}

const money = fc.oneof(
  fc.integer({ min: 0, max: 300_000_000 }),
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 300 }).map((hundreds) => hundreds * 1_000_000),
);
const cases = fc.tuple(anyCandidates(money, 12), anyTerms, money);

describe('for any candidates, terms and money', () => {
  it('adds up to the fen, stays within ceilings and units, and pays nobody below the minimum', () => {
    fc.assert(
      fc.property(cases, ([list, rule, pool]) => {
        const { shares, residueFen } = allocate(list, rule, pool);
        const paid = shares.reduce((sum, share) => sum + BigInt(share.shareFen), 0n);
        expect(paid + BigInt(residueFen)).toBe(BigInt(pool));
        for (const { shareFen, ceilingFen } of shares) {
          expect(shareFen).toBeLessThanOrEqual(ceilingFen);
          expect(shareFen % unitFen[rule.unit]).toBe(0);
          if (shareFen > 0) expect(shareFen).toBeGreaterThanOrEqual(rule.minimumPayableFen);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(
        cases.chain(([list, rule, pool]) =>
          fc.tuple(
            fc.constant({ list, rule, pool }),
            fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
          ),
        ),
        ([{ list, rule, pool }, shuffled]) => {
          expect(allocate(shuffled, rule, pool)).toEqual(allocate(list, rule, pool));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('pays everybody in full who may be paid when the pool suffices', () => {
    fc.assert(
      fc.property(anyCandidates(fc.integer({ min: 0, max: 300_000_000 }), 12), anyTerms, (list, rule) => {
        const pool = list.reduce((sum, one) => sum + one.ceilingFen, 0);
        for (const { shareFen, ceilingFen } of allocate(list, rule, pool).shares) {
          expect(shareFen).toBe(ceilingFen < rule.minimumPayableFen ? 0 : ceilingFen);
        }
      }),
    );
  });

  it('gives more to nobody for a smaller ceiling within a class', () => {
    fc.assert(
      fc.property(cases, ([list, rule, pool]) => {
        const { shares } = allocate(list, { ...rule, mode: 'pro-rata' }, pool);
        const sorted = [...shares].sort((a, b) => a.ceilingFen - b.ceilingFen || a.shareFen - b.shareFen);
        for (const [index, share] of sorted.entries()) {
          expect(share.shareFen).toBeGreaterThanOrEqual(sorted[index - 1]?.shareFen ?? 0);
        }
      }),
    );
  });

  it('equals a count by hand', () => {
    const small = fc.integer({ min: 0, max: 40 });
    const rules = fc.record({
      mode: fc.constantFrom('pro-rata' as const, 'ranked' as const),
      residue: fc.constantFrom('keep' as const, 'largest-remainder' as const),
      unit: fc.constant('fen' as const),
      minimumPayableFen: fc.integer({ min: 0, max: 25 }),
    });
    fc.assert(
      fc.property(anyCandidates(small, 6), rules, fc.integer({ min: 0, max: 120 }), (list, rule, pool) => {
        const { shares, residueFen } = allocate(list, rule, pool);
        const counted = countByHand(list, rule, pool);
        expect(Object.fromEntries(shares.map((one) => [one.applicationId, one.shareFen]))).toEqual(
          Object.fromEntries(counted),
        );
        expect(residueFen).toBe(pool - [...counted.values()].reduce((sum, share) => sum + share, 0));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The rule read aloud, one fen at a time; slow, and written without the code that it judges. */
function countByHand(list: AllocationCandidate[], rule: AllocationTerms, pool: number): Map<string, number> {
  const result = new Map(list.map((one) => [one.applicationId, 0]));
  const ranked = [...list].sort((a, b) => {
    const score = (b.score ?? -1) - (a.score ?? -1);
    const time = new Date(a.submittedAt).getTime() - new Date(b.submittedAt).getTime();
    return score || time || (a.applicationId < b.applicationId ? -1 : 1);
  });
  const classes = rule.mode === 'ranked' ? ranked.map((one) => [one]) : [list];
  let left = pool;
  for (const members of classes) {
    let staying = members;
    let shares = new Map<string, number>();
    for (;;) {
      shares = shareByHand(staying, rule.residue, left);
      if ([...shares.values()].every((share) => share >= rule.minimumPayableFen)) break;
      const leaver = staying.reduce((a, b) => {
        if (a.ceilingFen !== b.ceilingFen) return a.ceilingFen < b.ceilingFen ? a : b;
        return a.applicationId > b.applicationId ? a : b;
      });
      staying = staying.filter((one) => one !== leaver);
    }
    for (const [id, share] of shares) {
      result.set(id, share);
      left -= share;
    }
    if (staying.some((one) => shares.get(one.applicationId) !== one.ceilingFen)) break;
  }
  return result;
}

function shareByHand(members: AllocationCandidate[], residue: string, left: number): Map<string, number> {
  const total = members.reduce((sum, one) => sum + one.ceilingFen, 0);
  if (total <= left) return new Map(members.map((one) => [one.applicationId, one.ceilingFen]));
  const shares = new Map<string, number>();
  for (const { applicationId, ceilingFen } of members) {
    let share = 0;
    while ((share + 1) * total <= ceilingFen * left) share += 1;
    shares.set(applicationId, share);
  }
  if (residue === 'keep') return shares;
  const floors = new Map(shares);
  const waiting = [...members];
  let rest = left - [...shares.values()].reduce((a, b) => a + b, 0);
  const lack = (one: AllocationCandidate) =>
    one.ceilingFen * left - (floors.get(one.applicationId) ?? 0) * total;
  while (rest > 0 && waiting.length > 0) {
    const best = waiting.reduce((a, b) => {
      if (lack(a) !== lack(b)) return lack(a) > lack(b) ? a : b;
      return a.applicationId < b.applicationId ? a : b;
    });
    waiting.splice(waiting.indexOf(best), 1);
    const raised = (shares.get(best.applicationId) ?? 0) + 1;
    if (raised > best.ceilingFen) continue;
    shares.set(best.applicationId, raised);
    rest -= 1;
  }
  return shares;
}
