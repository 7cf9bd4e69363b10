import { describe, expect, it } from 'vitest';
import { computeCeiling } from '../../../../functions/filing/eligibility/ceiling.ts';
import { evaluate } from '../../../../functions/filing/eligibility/evaluate.ts';
import { checkFacts } from '../../../../functions/policy/guides/check-facts.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { declared } from '../../../builders/content.ts';
import {
  boundaryContents,
  failingContents,
  itemsWithContent,
  million,
  qualifyingContent,
} from '../../../builders/qualifying-contents.ts';
import { compiled, policy, today } from '../../../support/rooms.ts';

const guide = compiled.guides.find(({ version }) => version === '2026.1');
const items = guide?.items ?? [];

type Result = ReturnType<typeof evaluate>;
const outcomes = (result: Result) =>
  Object.fromEntries(result.conditions.map(({ id, outcome }) => [id, outcome]));
const notMet = (result: Result) =>
  result.conditions.filter(({ outcome }) => outcome !== 'met').map(({ id, outcome }) => [id, outcome]);

it('the sample guide opens items, and there is a content for each that has conditions of its own', () => {
  expect(items.length).toBeGreaterThanOrEqual(2);
  expect(items.map(({ id }) => id).filter((id) => !itemsWithContent.includes(id))).toEqual([]);
});

describe.each(items.map((item) => [item.id, item] as const))('%s', (id, item) => {
  it('takes a content that qualifies, and every one at a boundary', async () => {
    const opened = await policy.requireItem('2026.1', id);
    for (const content of [qualifyingContent(id), ...boundaryContents(id)]) {
      expect(checkFacts(item, '2026.1', content.facts, true)).toEqual([]);
      const result = evaluate(opened, content, today);
      expect([content.facts, notMet(result)]).toEqual([content.facts, []]);
      expect(result.outcome).toBe('met');
    }
  });

  it.each(item.conditions.map((condition) => [condition.id, condition] as const))(
    'finds what fails %s, that condition alone, and says why',
    async (conditionId, condition) => {
      const opened = await policy.requireItem('2026.1', id);
      const contents = failingContents(id, conditionId);
      expect(contents, 'facts that fail it, in test/builders/qualifying-contents.ts').not.toEqual([]);
      const expected = condition.unmetNeedsReview ? 'needs-review' : 'unmet';
      for (const content of contents) {
        expect(checkFacts(item, '2026.1', content.facts, true)).toEqual([]);
        const result = evaluate(opened, content, today);
        expect([content, notMet(result)]).toEqual([content, [[conditionId, expected]]]);
        expect(result.outcome).toBe(expected);
        expect(result.conditions.find((one) => one.id === conditionId)).toMatchObject({
          citation: condition.citation,
          sentence: condition.unmet,
        });
      }
    },
  );

  it('leaves to review what rests on a fact that is missing, and nothing else', async () => {
    const opened = await policy.requireItem('2026.1', id);
    const content = qualifyingContent(id);
    for (const { id: gap } of item.facts) {
      const { [gap]: _, ...facts } = content.facts;
      const result = outcomes(evaluate(opened, { ...content, facts }, today));
      for (const { id: conditionId, expression } of item.conditions) {
        const rests = new RegExp(`\\bfacts\\.${gap}\\b`).test(expression);
        expect([gap, conditionId, result[conditionId]]).toEqual([
          gap,
          conditionId,
          rests ? 'needs-review' : 'met',
        ]);
      }
      expect(checkFacts(item, '2026.1', facts, true).map(({ path }) => path)).toEqual([`facts.${gap}`]);
    }
  });

  it('reports every statement that a condition rests on', async () => {
    const content = qualifyingContent(id);
    const { conditions } = evaluate(await policy.requireItem('2026.1', id), content, today);
    item.conditions.forEach(({ expression }, index) => {
      const named = [...expression.matchAll(/\b(?:facts|enterprise)\.\w+/g)].map(([name]) => name);
      expect(Object.keys(conditions[index]?.inputs ?? {})).toEqual(expect.arrayContaining(named));
    });
  });
});

describe('what is paid at most, in yuan', () => {
  // A ceiling of the notice or the guide that is one fen higher than here makes one of these fail.
  const most: readonly [string, guide: number, notice?: number][] = [
    ['core-tech-a', 5_000_000],
    ['core-tech-b', 10_000_000],
    ['open-source', 10_000_000, 10_000_000],
    ['new-company', 3_000_000, 3_000_000],
    ['growth-milestone', 3_000_000, 3_000_000],
    ['growth-scale', 20_000_000, 20_000_000],
    ['dcmm', 500_000, 500_000],
    ['four-modernisations-platform', 2_000_000],
    ['first-release', 3_000_000, 3_000_000],
    ['software-park-a', 10_000_000],
    ['platform-cross', 5_000_000, 5_000_000],
    ['platform-specialised', 3_000_000, 3_000_000],
  ];

  it.each(most)('for %s is %d by the guide', async (id, byGuide, byNotice) => {
    const ceiling = computeCeiling(await policy.requireItem('2026.1', id), qualifyingContent(id));
    const limit = (name: string) => ceiling.limits.find(({ source }) => source === name)?.fen;
    expect([ceiling.fen, limit('guide'), limit('notice')]).toEqual([
      byGuide * 100,
      byGuide * 100,
      byNotice && byNotice * 100,
    ]);
  });

  it('is told here for every item that pays', () => {
    const paying = items.filter(({ amount }) => amount.kind !== 'none').map(({ id }) => id);
    expect(paying).toEqual(most.map(([id]) => id));
  });

  it.each([
    [million(20), 6_000_000],
    [fen(333_333_333), 999_999],
    [fen(3_333_333_333), 9_999_999],
    [fen(3_333_333_334), 10_000_000],
  ])('for open source is 30%% of %d fen that were verified: %d yuan', async (verifiedInputFen, yuan) => {
    const opened = await policy.requireItem('2026.1', 'open-source');
    const ceiling = computeCeiling(opened, qualifyingContent('open-source'), { verifiedInputFen });
    expect(ceiling.fen).toBe(yuan * 100);
    const shares = ceiling.limits.filter(({ source }) => source.endsWith('-ratio')).map((limit) => limit.fen);
    expect(shares).toEqual([1, 1].map(() => Math.floor((verifiedInputFen / 10) * 3)));
  });

  it.each([
    ['revenue-200m', 200, 1_000_000],
    ['revenue-1b', 1_000, 2_000_000],
    ['revenue-2b', 2_000, 3_000_000],
  ])(
    'for the tier %s is what its clause gives, from the fen at which it is reached',
    async (tier, at, yuan) => {
      const opened = await policy.requireItem('2026.1', 'growth-milestone');
      const pays = (revenueFen: number) => {
        const facts = {
          ...declared,
          tier,
          revenueFen,
          statisticsRevenueFen: revenueFen,
          highestEarlierRevenueFen: 0,
        };
        const content = qualifyingContent('growth-milestone', { facts });
        return [evaluate(opened, content, today).outcome, computeCeiling(opened, content).fen];
      };
      expect(pays(million(at))).toEqual(['met', yuan * 100]);
      expect(pays(million(at) + 1)).toEqual(['met', yuan * 100]);
      expect(pays(million(at) - 1)).toEqual(['unmet', yuan * 100 - 100_000_000]);
    },
  );
});
