import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../functions/filing/eligibility/evaluate.ts';
import { checkFacts } from '../../../../functions/policy/guides/check-facts.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent, declared, growthContent } from '../../../builders/content.ts';
import { policy, today } from '../../../support/rooms.ts';

const dcmm = await policy.requireItem('2026.1', 'dcmm');
const growth = await policy.requireItem('2026.1', 'growth-milestone');
const outcomes = (result: ReturnType<typeof evaluate>) =>
  Object.fromEntries(result.conditions.map((condition) => [condition.id, condition.outcome]));

describe('eligibility', () => {
  it('reports every condition with its clause, inputs and a sentence in both languages', () => {
    const result = evaluate(dcmm, dcmmContent(), today);
    expect(result.outcome).toBe('met');
    expect(result.conditions.find((condition) => condition.id === 'level-3')).toEqual({
      id: 'level-3',
      citation: '二(二)6',
      outcome: 'met',
      inputs: { 'facts.level': 3 },
      sentence: { zh: 'DCMM 评估达到三级以上', en: 'The DCMM level is 3 or above' },
    });
  });

  it('goes on after the first condition that fails', () => {
    const facts = { ...declared, level: 1, certificateNumber: 'A', certificateValidTo: '2020-01-01' };
    const enterprise = { ...dcmmContent().enterprise, district: '440300' };
    const result = evaluate(dcmm, dcmmContent({ facts, enterprise }), today);
    expect(result.outcome).toBe('unmet');
    expect(outcomes(result)).toEqual({
      ...outcomes(evaluate(dcmm, dcmmContent(), today)),
      'in-guangzhou': 'unmet',
      'level-3': 'unmet',
      'certificate-valid': 'unmet',
    });
  });

  it('never takes a condition as met that it cannot evaluate', () => {
    const facts = { ...growthContent().facts, tier: 'revenue-9b' };
    const result = evaluate(growth, growthContent({ facts }), today);
    expect(outcomes(result)).toMatchObject({ 'tier-reached': 'needs-review', 'first-time': 'needs-review' });
    expect(result.outcome).toBe('needs-review');
  });

  it.each([
    ['revenue-200m', 20_000_000_000, 19_999_999_999, 'met', 'met'],
    ['revenue-200m', 19_999_999_999, 0, 'unmet', 'met'],
    ['revenue-1b', 100_000_000_000, 100_000_000_000, 'met', 'unmet'],
    ['revenue-2b', 200_000_000_000, 199_999_999_999, 'met', 'met'],
  ])(
    'compares revenue with tier %s to the fen (%d, earlier %d)',
    (tier, revenueFen, earlier, reached, first) => {
      const facts = {
        ...declared,
        tier,
        revenueFen,
        highestEarlierRevenueFen: earlier,
        statisticsRevenueFen: revenueFen,
      };
      expect(outcomes(evaluate(growth, growthContent({ facts }), today))).toMatchObject({
        'tier-reached': reached,
        'first-time': first,
      });
    },
  );

  it('gives the same hash for the same inputs only', () => {
    const hash = (content: ReturnType<typeof dcmmContent>) => evaluate(dcmm, content, today).inputHash;
    expect(hash(dcmmContent())).toBe(hash(dcmmContent()));
    expect(hash(dcmmContent({ requestedFen: fen(1) }))).not.toBe(hash(dcmmContent()));
  });

  it('counts days in China: an evening in London is the next day in Guangzhou', () => {
    const facts = { ...dcmmContent().facts, certificateValidTo: '2026-11-23' };
    const at = (instant: string) => outcomes(evaluate(dcmm, dcmmContent({ facts }), new Date(instant)));
    expect(at('2026-11-23T15:59:59Z')['certificate-valid']).toBe('met');
    expect(at('2026-11-23T16:00:00Z')['certificate-valid']).toBe('unmet');
  });
});

describe('stated facts', () => {
  it('may have gaps in a draft, and none in a submission', () => {
    expect(checkFacts(dcmm.item, '2026.1', {}, false)).toEqual([]);
    expect(checkFacts(dcmm.item, '2026.1', declared, true).map((fault) => fault.path)).toEqual([
      'facts.level',
      'facts.certificateNumber',
      'facts.certificateValidTo',
    ]);
  });

  it('of the wrong type or unknown are faults with the place in the guide', () => {
    const faults = checkFacts(growth.item, '2026.1', { tier: 'big', revenueFen: -1, other: 'x' }, false);
    expect(faults.map((fault) => [fault.path, fault.rule])).toEqual([
      ['facts.other', 'unknown-fact'],
      ['facts.tier', 'fact-enum'],
      ['facts.revenueFen', 'fact-money'],
    ]);
    expect(faults.every((fault) => fault.citation === '申报指南 2026.1 growth-milestone')).toBe(true);
  });
});
