import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AllocationCandidate,
  type AllocationTerms,
  allocate,
} from '../../../../functions/money/allocation/allocate.ts';
import { sharesByQuota } from '../../../../functions/money/allocation/quota-method.ts';

const terms = (overrides: Partial<AllocationTerms> = {}): AllocationTerms => ({
  ...{ mode: 'pro-rata', residue: 'quota-monotone', unit: 'fen', minimumPayableFen: 0 },
  ...overrides,
});

const candidates = (ceilings: readonly number[], scores: readonly number[] = []): AllocationCandidate[] =>
  ceilings.map((ceilingFen, index) => ({
    applicationId: String(index).padStart(4, '0'),
    ceilingFen,
    submittedAt: '2026-03-01T00:00:00Z',
    score: scores[index],
  }));

const sharesOf = (ceilings: readonly number[], rule: AllocationTerms, pool: number, scores?: number[]) =>
  allocate(candidates(ceilings, scores), rule, pool).shares.map(({ shareFen }) => shareFen);

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** The method as its authors state it, from the first unit on: the results at every size from 0 to all claims. */
function everySize(claims: readonly number[]): number[][] {
  const total = sum(claims);
  const given = claims.map(() => 0);
  const sizes = [[...given]];
  for (let size = 1; size <= total; size += 1) {
    let best = -1;
    for (const [index, claim] of claims.entries()) {
      const share = given[index] ?? 0;
      if (share * total >= claim * size) continue;
      const beats = claim * ((given[best] ?? 0) + 1) > (claims[best] ?? 0) * (share + 1);
      if (best < 0 || beats) best = index;
    }
    given[best] = (given[best] ?? 0) + 1;
    sizes.push([...given]);
  }
  return sizes;
}

const smallClaims = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3 }), fc.constant(40)),
  { minLength: 1, maxLength: 9 },
);

describe('the quota method', () => {
  it('gives at every size what the steps from the first unit on give', () => {
    fc.assert(
      fc.property(smallClaims, (claims) => {
        for (const [size, expected] of everySize(claims).entries()) {
          expect([...sharesByQuota(Float64Array.from(claims), size)]).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [[5, 5, 5], 7, [3, 2, 2]],
    [[0, 1, 0, 1], 1, [0, 1, 0, 0]],
    [[7, 3], 10, [7, 3]],
    [[7, 3], 50, [7, 3]],
    [[7, 3], 0, [0, 0]],
    [[0, 0], 5, [0, 0]],
    [[], 5, []],
  ])('shares equal claims, none and more than enough: %j at %i', (claims, size, expected) => {
    expect([...sharesByQuota(Float64Array.from(claims), size)]).toEqual(expected);
  });

  it('stays in quota, hands out everything and never takes a unit back, for claims of any size', () => {
    const unequal = fc.array(fc.integer({ min: 1_000, max: 2_000_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(unequal, fc.double({ min: 0, max: 1, noNaN: true }), (claims, part) => {
        const total = sum(claims);
        const from = Math.floor(part * total);
        let before = claims.map(() => 0);
        for (let size = from; size <= Math.min(total, from + 5); size += 1) {
          const shares = [...sharesByQuota(Float64Array.from(claims), size)];
          expect(sum(shares)).toBe(size);
          for (const [index, share] of shares.entries()) {
            const quota = BigInt(claims[index] ?? 0) * BigInt(size);
            const floor = Number(quota / BigInt(total));
            expect([floor, floor + (quota % BigInt(total) > 0n ? 1 : 0)]).toContain(share);
            expect(share).toBeGreaterThanOrEqual(before[index] ?? 0);
          }
          before = shares;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('counts exactly where the claims together pass 2^53', () => {
    const claims = [5, 4, 4, 3, 3, 2, 1].map((part) => part * 2 ** 50 + (part % 3));
    const total = claims.reduce((all, claim) => all + BigInt(claim), 0n);
    const size = Number.MAX_SAFE_INTEGER - 12_345;
    const shares = [...sharesByQuota(Float64Array.from(claims), size)];
    expect(shares.reduce((all, share) => all + BigInt(share), 0n)).toBe(BigInt(size));
    for (const [index, share] of shares.entries()) {
      const floor = Number((BigInt(claims[index] ?? 0) * BigInt(size)) / total);
      expect([floor, floor + 1]).toContain(share);
    }
  });

  it('skips the steps that cannot tell, even for one very small claim', () => {
    const claims = Float64Array.of(3e9, 2e9, 2e9, 1);
    expect(sum(sharesByQuota(claims, 5_123_456_789))).toBe(5_123_456_789);
  });

  it('refuses claims so unequal that it would not come to an end', () => {
    expect(() => sharesByQuota(Float64Array.of(3e15, 2e15, 1, 1, 1), 4e15)).toThrow(RangeError);
  });
});

describe('more money', () => {
  it('takes a fen from somebody by largest remainders: the Alabama paradox', () => {
    const rule = terms({ residue: 'largest-remainder' });
    expect(sharesOf([6, 6, 2], rule, 10)).toEqual([4, 4, 2]);
    expect(sharesOf([6, 6, 2], rule, 11)).toEqual([5, 5, 1]);
    expect(sharesOf([6, 6, 2], terms(), 10)[2]).toBeLessThanOrEqual(sharesOf([6, 6, 2], terms(), 11)[2] ?? 0);
  });

  it.each(['keep', 'largest-remainder'] as const)(
    'takes money back with a minimum when somebody comes in again: %s',
    (residue) => {
      const rule = terms({ residue, minimumPayableFen: 20_000 });
      const before = sharesOf([500_000, 400_000, 60_000], rule, 319_900);
      const after = sharesOf([500_000, 400_000, 60_000], rule, 320_000);
      expect(before[2]).toBe(0);
      expect(after[2]).toBe(20_000);
      expect(after[0]).toBeLessThan(before[0] ?? 0);
    },
  );

  it('is kept by the quota method until the next in line can have the minimum and nobody loses', () => {
    const rule = terms({ minimumPayableFen: 20_000 });
    const ceilings = [500_000, 400_000, 60_000];
    // At a third of the ceilings the third comes in; those before him wait there, and 20,001 fen at most stay.
    expect(sharesOf(ceilings, rule, 319_999)).toEqual([166_666, 133_333, 0]);
    expect(sharesOf(ceilings, rule, 320_000)).toEqual([166_667, 133_333, 20_000]);
  });

  it.each([
    { mode: 'pro-rata', residue: 'quota-monotone', minimum: true },
    { mode: 'ranked', residue: 'quota-monotone', minimum: true },
    { mode: 'ranked', residue: 'keep', minimum: true },
    { mode: 'ranked', residue: 'largest-remainder', minimum: true },
    { mode: 'pro-rata', residue: 'keep', minimum: false },
  ] as const)(
    'never takes a fen: $mode, $residue, with a minimum: $minimum',
    ({ mode, residue, minimum }) => {
      const limit = minimum ? fc.integer({ min: 0, max: 30 }) : fc.constant(0);
      const scores = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 9, maxLength: 9 });
      fc.assert(
        fc.property(smallClaims, limit, scores, (claims, minimumPayableFen, rank) => {
          let before = claims.map(() => 0);
          for (let pool = 0; pool <= sum(claims) + 1; pool += 1) {
            const rule = terms({ mode, residue, minimumPayableFen });
            const shares = sharesOf(claims, rule, pool, rank);
            expect(shares.every((share, index) => share >= (before[index] ?? 0))).toBe(true);
            before = shares;
          }
        }),
        { numRuns: 80 },
      );
    },
  );
});

describe('the quota method in a round', () => {
  const rules = fc.record({
    mode: fc.constantFrom('pro-rata' as const, 'ranked' as const),
    residue: fc.constant('quota-monotone' as const),
    unit: fc.constant('fen' as const),
    minimumPayableFen: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 })),
  });
  const pools = fc.integer({ min: 0, max: 250 });

  it('pays nobody above the ceiling or below the minimum, and keeps no more than the rule says', () => {
    fc.assert(
      fc.property(smallClaims, rules, pools, (claims, rule, pool) => {
        const { shares, residueFen } = allocate(candidates(claims), rule, pool);
        const paid = shares.filter(({ shareFen }) => shareFen > 0);
        expect(sum(shares.map(({ shareFen }) => shareFen)) + residueFen).toBe(pool);
        for (const { shareFen, ceilingFen } of paid) {
          expect(shareFen).toBeLessThanOrEqual(ceilingFen);
          expect(shareFen).toBeGreaterThanOrEqual(rule.minimumPayableFen);
        }
        const payable = sum(claims.filter((claim) => claim >= rule.minimumPayableFen));
        const kept = Math.min(pool, payable) - (pool - residueFen);
        if (rule.minimumPayableFen === 0 || pool >= payable) expect(kept).toBe(0);
        else expect(kept).toBeLessThan(rule.minimumPayableFen + paid.length + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('equals a count by hand', () => {
    const byHand = (claims: readonly number[], minimum: number, pool: number): number[] => {
      const line = claims.map((claim, index) => ({ claim, index })).filter(({ claim }) => claim >= minimum);
      line.sort((a, b) => b.claim - a.claim || a.index - b.index);
      let come = 0;
      for (const [place, { claim }] of line.entries()) {
        const together = sum(line.slice(0, place + 1).map((one) => one.claim));
        if (pool * claim >= minimum * together) come = place + 1;
      }
      const inside = new Set(line.slice(0, come).map(({ index }) => index));
      const next = minimum > 0 ? line[come]?.claim : undefined;
      const staying = claims.map((claim, index) => (inside.has(index) ? claim : 0));
      const shares = pool >= sum(staying) ? staying : (everySize(staying)[pool] ?? []);
      return shares.map((share, index) =>
        next === undefined ? share : Math.min(share, Math.floor((minimum * (staying[index] ?? 0)) / next)),
      );
    };
    fc.assert(
      fc.property(smallClaims, rules, pools, (claims, rule, pool) => {
        const counted = byHand(claims, rule.minimumPayableFen, pool);
        expect(sharesOf(claims, { ...rule, mode: 'pro-rata' }, pool)).toEqual(counted);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(smallClaims, rules, pools, fc.infiniteStream(fc.nat()), (claims, rule, pool, keys) => {
        const list = candidates(claims);
        const shuffled = list.map((one) => ({ one, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const again = allocate(
          shuffled.map(({ one }) => one),
          rule,
          pool,
        );
        expect(again).toEqual(allocate(list, rule, pool));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['keep', 'largest-remainder', 'quota-monotone'] as const)(
    'gives a hundred times as much when everything is a hundred times as much: %s',
    (residue) => {
      fc.assert(
        fc.property(smallClaims, rules, pools, (claims, { mode, minimumPayableFen }, pool) => {
          const one = sharesOf(claims, terms({ mode, residue, minimumPayableFen }), pool);
          const hundred = terms({ mode, residue, unit: 'yuan', minimumPayableFen: minimumPayableFen * 100 });
          const larger = sharesOf(
            claims.map((claim) => claim * 100),
            hundred,
            pool * 100,
          );
          expect(larger).toEqual(one.map((share) => share * 100));
        }),
        { numRuns: 200 },
      );
    },
  );

  it('says who waits for whom, in both languages', () => {
    const rule = terms({ minimumPayableFen: 20_000 });
    const { shares } = allocate(candidates([500_000, 400_000, 60_000]), rule, 319_999);
    expect(shares[0]?.explanation.en).toContain('1666.66 yuan; more is kept');
    expect(shares[0]?.explanation.zh).toContain('最低拨付额 200.00 元');
    expect(shares[2]?.explanation.en).toContain('below the minimum payable of 200.00');
  });

  it.each([Number.NaN, -1, 0.5, 2 ** 53])('refuses %d as an amount', (amount) => {
    const list = candidates([10, 20]);
    expect(() =>
      allocate(
        [...list, { ...candidates([1])[0], applicationId: 'x', submittedAt: '', ceilingFen: amount }],
        terms(),
        5,
      ),
    ).toThrow(RangeError);
    expect(() => allocate(list, terms(), amount)).toThrow(RangeError);
    expect(() => allocate(list, terms({ minimumPayableFen: amount }), 5)).toThrow(RangeError);
  });

  it('refuses an application that stands twice, wherever it stands', () => {
    const [a, b] = candidates([10, 20]);
    if (a && b) expect(() => allocate([a, b, a], terms(), 5)).toThrow(RangeError);
  });
});
