import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { limitLabels } from '../../../../functions/filing/applications/labels.ts';
import {
  computeCeiling,
  highestAmount,
  type KnownFigures,
} from '../../../../functions/filing/eligibility/ceiling.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../../../functions/policy/guides/policy-book.ts';
import type { NoticePart } from '../../../../functions/policy/notice/notice-schema.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { openedItem } from '../../../builders/opened-item.ts';

const yuan = (amount: number) => fen(amount * 100);
const million = (amount: number) => yuan(amount * 1_000_000);

const opened = (ceiling: NoticePart['ceiling'], amount: GuideItem['amount']) =>
  openedItem({ amount }, ceiling);

const fixed = opened({ kind: 'fixed', fen: million(3) }, { kind: 'fixed', fen: million(2) });
const ratio = opened(
  { kind: 'ratio', percent: 30, fen: million(10) },
  { kind: 'ratio', percent: 25, claimed: 'totalInputFen', fen: million(8) },
);
const noticeTiers = {
  kind: 'tiers',
  tiers: [
    { id: 'low', reachedAtFen: million(200), fen: million(1) },
    { id: 'middle', reachedAtFen: million(1_000), fen: million(2) },
    { id: 'high', reachedAtFen: million(2_000), fen: million(3) },
  ],
} satisfies NoticePart['ceiling'];
type Skipped = 'highest' | 'difference' | 'sum';
const tiers = (skipped: Skipped, amounts: readonly number[] = [1, 2, 3]) =>
  opened(noticeTiers, {
    kind: 'tiers',
    revenue: 'revenueFen',
    earlier: 'earlierFen',
    skipped,
    tiers: noticeTiers.tiers.map(({ id }, index) => ({ id, fen: million(amounts[index] ?? 0) })),
  });
const addedUp = opened(undefined, { kind: 'sum', fen: million(5), parts: [] });
const atSignOff = opened(undefined, { kind: 'at-sign-off', fen: million(5) });

const content = (facts: Content['facts'], requestedFen = million(90)) => dcmmContent({ facts, requestedFen });
const ceilingOf = (item: OpenedItem, facts: Content['facts'], known: KnownFigures = {}) =>
  computeCeiling(item, content(facts), known);

describe('the ceiling', () => {
  it('names every limit with its clause, and the one that was decisive, and is cut to the unit', () => {
    expect(computeCeiling(fixed, content({}, million(6)), { signedOffFen: fen(12_345_678) })).toEqual({
      fen: 12_345_600,
      limits: [
        { source: 'notice', fen: 300_000_000, citation: '二(二)6' },
        { source: 'guide', fen: 200_000_000, citation: '申报指南 2026.test' },
        { source: 'requested', fen: 600_000_000 },
        { source: 'signed-off', fen: 12_345_678 },
      ],
      decisive: 'signed-off',
      unitFen: 100,
    });
  });

  it.each([
    ['one unit below the guide', 199_999_900, 199_999_900, 'requested'],
    ['one fen below the guide', 199_999_999, 199_999_900, 'requested'],
    ['the guide', 200_000_000, 200_000_000, 'guide'],
    ['one fen above the guide', 200_000_001, 200_000_000, 'guide'],
    ['one fen', 1, 0, 'requested'],
  ])('of a request of %s: %d fen gives %d', (_, requested, paid, decisive) => {
    expect(computeCeiling(fixed, content({}, fen(requested)))).toMatchObject({ fen: paid, decisive });
  });

  it.each([
    ['below', million(3) - 1, 'guide', million(3) - 1],
    ['at', million(3), 'notice', million(3)],
    ['above', million(3) + 1, 'notice', million(3)],
  ])('keeps to the notice when a guide is one fen %s it', (_, amount, decisive, smallest) => {
    const item = opened({ kind: 'fixed', fen: million(3) }, { kind: 'fixed', fen: fen(amount) });
    const ceiling = ceilingOf(item, {});
    expect(ceiling).toMatchObject({ decisive, fen: smallest - (smallest % 100) });
  });

  it('takes what is signed off, up to the guide, where a guide fixes no amount', () => {
    expect(ceilingOf(atSignOff, {}, { signedOffFen: million(4) })).toMatchObject({
      fen: million(4),
      decisive: 'signed-off',
    });
    expect(ceilingOf(atSignOff, {}, { signedOffFen: fen(million(5) + 1) })).toMatchObject({
      fen: million(5),
      decisive: 'guide',
    });
  });

  it('of an item without money is nothing', () => {
    expect(ceilingOf(opened(undefined, { kind: 'none' }), {}, { signedOffFen: million(1) })).toMatchObject({
      fen: 0,
      decisive: 'guide',
    });
  });

  it.each([
    [0, 200_000_000, 'guide'],
    [1, 199_999_900, 'after-other-schemes'],
    [199_999_999, 0, 'after-other-schemes'],
    [200_000_001, 0, 'after-other-schemes'],
  ])('less %d fen that other schemes paid is %d', (paid, left, decisive) => {
    const ceiling = ceilingOf(fixed, {}, { alreadyPaidFen: fen(paid) });
    expect(ceiling).toMatchObject({ fen: left, decisive });
  });
});

it('every limit has words for its applicant', () => {
  const known = { signedOffFen: million(1), alreadyPaidFen: yuan(1) };
  const limits = [fixed, ratio, tiers('highest'), addedUp, atSignOff].flatMap(
    (item) => ceilingOf(item, {}, known).limits,
  );
  const sources = new Set(limits.map(({ source }) => source));
  expect([...sources].sort()).toEqual(Object.keys(limitLabels).sort());
});

describe('a share of the input', () => {
  it.each([
    ['below the cap', 3_199_999_996, 799_999_900, 'guide-ratio'],
    ['one fen of share below the cap', 3_199_999_999, 799_999_900, 'guide-ratio'],
    ['at the cap', 3_200_000_000, 800_000_000, 'guide'],
    ['above the cap', 3_200_000_004, 800_000_000, 'guide'],
    ['of nothing', 0, 0, 'notice-ratio'],
    ['of 400 fen', 400, 100, 'guide-ratio'],
    ['of 399 fen', 399, 0, 'guide-ratio'],
  ])('%s: %d fen verified give %d', (_, input, paid, decisive) => {
    const ceiling = ceilingOf(ratio, { totalInputFen: 0 }, { verifiedInputFen: fen(input) });
    expect(ceiling).toMatchObject({ fen: paid, decisive });
  });

  it('counts on what was verified, not on what was claimed', () => {
    const claimed = ceilingOf(ratio, { totalInputFen: million(30) });
    const verified = ceilingOf(ratio, { totalInputFen: million(30) }, { verifiedInputFen: million(4) });
    expect([claimed.fen, verified.fen]).toEqual([million(7.5), million(1)]);
  });

  it('is held by the share of the notice too', () => {
    const generous = opened(
      { kind: 'ratio', percent: 30, fen: million(10) },
      { kind: 'ratio', percent: 31, claimed: 'totalInputFen', fen: million(10) },
    );
    expect(ceilingOf(generous, { totalInputFen: million(10) })).toMatchObject({
      fen: million(3),
      decisive: 'notice-ratio',
    });
  });

  it('is exact where the product passes 2^53', () => {
    const { limits } = ceilingOf(ratio, { totalInputFen: Number.MAX_SAFE_INTEGER });
    expect(limits.find(({ source }) => source === 'guide-ratio')?.fen).toBe(2_251_799_813_685_247);
  });

  it.each([[undefined], [-1], [0.5], ['3000'], [true], [['1']]])('of %j is nothing', (claimed) => {
    const facts = claimed === undefined ? {} : { totalInputFen: claimed };
    expect(ceilingOf(ratio, facts).fen).toBe(0);
  });
});

describe('tiers', () => {
  it.each([
    ['highest', 0, 2_500, 3_000_000],
    ['sum', 0, 2_500, 6_000_000],
    ['difference', 0, 2_500, 3_000_000],
    ['difference', 500, 2_500, 2_000_000],
    ['highest', 500, 2_500, 3_000_000],
    ['sum', 500, 2_500, 5_000_000],
    ['difference', 200, 2_500, 2_000_000],
    ['difference', 1_000, 2_500, 1_000_000],
    ['difference', 1_500, 2_500, 1_000_000],
    ['highest', 0, 500, 1_000_000],
    ['highest', 2_000, 2_500, 0],
    ['sum', 2_000, 2_500, 0],
    ['difference', 2_000, 2_500, 0],
    ['highest', 2_500, 1_500, 0],
  ] as const)(
    'skipped by %s: earlier %d, now %d million yuan give %d yuan',
    (skipped, earlier, now, pays) => {
      const facts = { revenueFen: million(now), earlierFen: million(earlier) };
      expect(ceilingOf(tiers(skipped), facts).fen).toBe(yuan(pays));
    },
  );

  it.each(
    [200, 1_000, 2_000].flatMap((at, index) => [
      [at, 'one fen below', million(at) - 1, million(index)],
      [at, 'at', million(at), million(index + 1)],
      [at, 'one fen above', million(at) + 1, million(index + 1)],
    ]),
  )('of %d million yuan, %s it', (_at, _where, revenueFen, pays) => {
    expect(ceilingOf(tiers('highest'), { revenueFen, earlierFen: 0 }).fen).toBe(pays);
  });

  it.each([
    ['one fen below', million(1_000) - 1, million(2)],
    ['at', million(1_000), 0],
    ['one fen above', million(1_000) + 1, 0],
  ])('are paid the first time only: an earlier year %s the tier', (_, earlierFen, pays) => {
    expect(ceilingOf(tiers('highest'), { revenueFen: million(1_500), earlierFen }).fen).toBe(pays);
  });

  it('pay nothing where the earlier years are not stated', () => {
    expect(ceilingOf(tiers('highest'), { revenueFen: million(2_500) }).fen).toBe(0);
    expect(ceilingOf(tiers('sum'), { revenueFen: million(2_500), earlierFen: -1 }).fen).toBe(0);
  });

  it('of a guide that pays less than the notice count by the guide, its differences too', () => {
    const facts = { revenueFen: million(2_500), earlierFen: million(500) };
    expect(ceilingOf(tiers('difference', [0, 2, 3]), facts)).toMatchObject({ fen: million(3) });
    expect(ceilingOf(tiers('sum', [1, 1, 2]), facts)).toMatchObject({ fen: million(3), decisive: 'guide' });
  });
});

describe('the highest amount of a guide', () => {
  it.each([
    ['a fixed one', fixed, million(2)],
    ['a ratio', ratio, million(8)],
    ['the highest tier', tiers('highest'), million(3)],
    ['the highest tier less what was paid', tiers('difference'), million(3)],
    ['the sum of the tiers', tiers('sum'), million(6)],
    ['one fixed at sign-off', atSignOff, million(5)],
    ['none', opened(undefined, { kind: 'none' }), 0],
  ])('is that of %s', (_, item, amount) => {
    expect(highestAmount(item)).toBe(amount);
  });
});

describe('whatever the figures', () => {
  const amounts = fc.integer({ min: 0, max: 1_000_000_000_000 }).map(fen);
  const items = fc.constantFrom(fixed, ratio, tiers('highest'), tiers('sum'), tiers('difference'), atSignOff);
  const maybe = fc.option(amounts, { nil: undefined });
  const cases = fc.record({
    item: items,
    requested: amounts,
    revenue: amounts,
    earlier: amounts,
    claimed: amounts,
    known: fc.record({ signedOffFen: maybe, verifiedInputFen: maybe, alreadyPaidFen: maybe }),
  });
  type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
  const compute = ({ item, requested, revenue, earlier, claimed, known }: Case) =>
    computeCeiling(
      item,
      content({ revenueFen: revenue, earlierFen: earlier, totalInputFen: claimed }, requested),
      known,
    );

  it('it is above no limit, and within one unit of the smallest', () => {
    fc.assert(
      fc.property(cases, (figures) => {
        const { fen: amount, limits, unitFen, decisive } = compute(figures);
        const smallest = Math.min(...limits.map((limit) => limit.fen));
        expect(amount).toBeLessThanOrEqual(smallest);
        expect(amount).toBe(smallest - (smallest % unitFen));
        expect(limits.find(({ source }) => source === decisive)?.fen).toBe(smallest);
        expect(amount).toBeLessThanOrEqual(highestAmount(figures.item));
      }),
    );
  });

  it.each(['requested', 'revenue', 'claimed'] as const)('more %s never gives less', (figure) => {
    fc.assert(
      fc.property(cases, amounts, (figures, more) => {
        const raised = { ...figures, [figure]: fen(figures[figure] + more) };
        expect(compute(raised).fen).toBeGreaterThanOrEqual(compute(figures).fen);
      }),
    );
  });

  it.each(['signedOffFen', 'verifiedInputFen'] as const)('more %s never gives less', (figure) => {
    fc.assert(
      fc.property(cases, amounts, amounts, (figures, some, more) => {
        const give = (amount: number) =>
          compute({ ...figures, known: { ...figures.known, [figure]: fen(amount) } }).fen;
        expect(give(some + more)).toBeGreaterThanOrEqual(give(some));
      }),
    );
  });

  it('more that other schemes paid, or higher earlier years, never give more', () => {
    fc.assert(
      fc.property(cases, amounts, amounts, (figures, some, more) => {
        const paid = (amount: number) =>
          compute({ ...figures, known: { ...figures.known, alreadyPaidFen: fen(amount) } }).fen;
        expect(paid(some + more)).toBeLessThanOrEqual(paid(some));
        const earlier = (amount: number) => compute({ ...figures, earlier: fen(amount) }).fen;
        expect(earlier(some + more)).toBeLessThanOrEqual(earlier(some));
      }),
    );
  });
});
