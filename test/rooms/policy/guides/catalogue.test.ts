import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Guide } from '../../../../functions/policy/guides/guide-schema.ts';
import type { Notice } from '../../../../functions/policy/notice/notice-schema.ts';
import { compilePolicy, readGuideText, readNoticeText } from '../../../../policy/compile.ts';

const { notice, guides } = compilePolicy();

/** The notice's table of measures: clause, item, part, kind, leads, supporting departments, ceiling in yuan. */
const catalogue = [
  '二(一)1 | core-tech challenge | by-guide | gz-sti, gz-miit | | ',
  '二(一)1 | core-tech consortium | by-guide | gz-sti, gz-miit | | ',
  '二(一)1 | core-tech a | by-guide | gz-sti, gz-miit | | ',
  '二(一)1 | core-tech b | matching | gz-sti, gz-miit | | ',
  '二(一)2 | innovation-carrier all | recognition | gz-miit | districts | ',
  '二(一)2 | identifier-node all | referral | gz-miit | districts | ',
  '二(一)2 | software-purchase all | referral | gz-miit | districts | ',
  '二(一)3 | open-source all | paid | gz-miit | districts | 30% up to 10000000',
  '二(二)4 | new-company all | paid | gz-miit | districts | 3000000',
  '二(二)5 | growth-milestone all | paid | gz-miit | districts | 1000000 from 200000000, 2000000 from 1000000000, 3000000 from 2000000000',
  '二(二)5 | growth-scale all | paid | gz-miit | districts | 20000000',
  '二(二)6 | dcmm all | paid | gz-miit | districts | 500000',
  '二(二)6 | maturity-assessment all | referral | gz-miit | districts | ',
  '二(三)7 | four-modernisations-platform all | by-guide | gz-miit | districts | ',
  '二(三)7 | four-modernisations-joint all | by-guide | gz-miit | districts | ',
  '二(三)8 | first-release-entry all | recognition | gz-miit | | ',
  '二(三)8 | first-release all | paid | gz-miit | | 3000000',
  '二(三)8 | first-release-users all | referral | gz-miit | | ',
  '二(三)8 | finance-products all | recognition | gz-finance-regulator | | ',
  '二(三)8 | first-release-finance all | referral | gz-finance-regulator | | ',
  '二(三)8 | innovation-catalogue all | recognition | gz-sti | | ',
  '二(三)9 | xinchuang a | recognition | gz-miit | | ',
  '二(三)9 | xinchuang b | referral | gz-sasac | | ',
  '二(三)9 | xinchuang soe-route | referral | gz-sasac | | ',
  '二(四)10 | software-park entry | recognition | gz-miit | | ',
  '二(四)10 | software-park a | by-guide | gz-miit | | ',
  '二(四)10 | software-park b | outside | districts | | ',
  '二(四)11 | computing-centre all | by-guide | gz-miit | | ',
  '二(四)11 | green-data-centre all | recognition | gz-miit | | ',
  '二(四)11 | platform-cross all | paid | gz-miit | | 5000000',
  '二(四)11 | platform-specialised all | paid | gz-miit | | 3000000',
  '二(四)12 | talent programme | referral | gz-organisation, gz-hrss | districts | ',
  '二(四)12 | talent challenge | referral | gz-sti, gz-organisation | districts | ',
  '二(四)12 | talent college | recognition | gz-education, gz-hrss | districts | ',
  '二(四)12 | talent demand | referral | gz-hrss | districts | ',
  '二(四)12 | talent district | outside | districts | | ',
  '二(四)13 | events all | referral | gz-miit, districts | | ',
  '二(四)13 | contests all | referral | gz-miit, districts | | ',
];

/** What the sample guide gives: item, pool, amount in yuan. */
const sample = [
  'core-tech-a | software-projects-2026 | at sign-off up to 5000000',
  'core-tech-b | software-projects-2026 | at sign-off up to 10000000',
  'innovation-carrier | – | –',
  'open-source | software-2026 | 30% up to 10000000',
  'new-company | software-2026 | 3000000',
  'growth-milestone | software-2026 | revenue-200m 1000000, revenue-1b 2000000, revenue-2b 3000000',
  'growth-scale | software-2026 | 20000000',
  'dcmm | software-2026 | 500000',
  'four-modernisations-platform | software-platforms-2026 | at sign-off up to 2000000',
  'first-release | software-2026 | 3000000',
  'first-release-finance | – | –',
  'innovation-catalogue | – | –',
  'xinchuang-a | – | –',
  'xinchuang-b | – | –',
  'software-park-a | software-projects-2026 | at sign-off up to 10000000',
  'platform-cross | software-2026 | 5000000',
  'platform-specialised | software-2026 | 3000000',
];

function catalogueOf({ items }: Notice): string[] {
  return items.flatMap(({ id, clause, parts }) =>
    parts.map((part) => {
      const of = [part.lead.join(', '), part.support.join(', '), ceilingOf(part.ceiling)];
      return `${clause} | ${id} ${part.id} | ${part.kind} | ${of.join(' | ')}`.replace(/ {2,}/g, ' ');
    }),
  );
}

function ceilingOf(ceiling: Notice['items'][number]['parts'][number]['ceiling']): string {
  if (!ceiling) return '';
  if (ceiling.kind === 'fixed') return String(ceiling.fen / 100);
  if (ceiling.kind === 'ratio') return `${ceiling.percent}% up to ${ceiling.fen / 100}`;
  return ceiling.tiers.map((tier) => `${tier.fen / 100} from ${tier.reachedAtFen / 100}`).join(', ');
}

function sampleOf({ items }: Guide): string[] {
  return items.map(({ id, pool, amount }) => `${id} | ${pool ?? '–'} | ${amountOf(amount)}`);
}

function amountOf(amount: Guide['items'][number]['amount']): string {
  switch (amount.kind) {
    case 'none':
      return '–';
    case 'fixed':
      return String(amount.fen / 100);
    case 'sum':
      return `${amount.parts.length} parts up to ${amount.fen / 100}`;
    case 'at-sign-off':
      return `at sign-off up to ${amount.fen / 100}`;
    case 'ratio':
      return `${amount.percent}% up to ${amount.fen / 100}`;
    case 'tiers':
      return amount.tiers.map((tier) => `${tier.id} ${tier.fen / 100}`).join(', ');
  }
}

/** The text with each number behind one of the names one higher, one at a time. */
function raised(text: string, names: string): { line: string; text: string }[] {
  return [...text.matchAll(new RegExp(`\\b(${names}): (\\d+)`, 'g'))].map((match) => {
    const [whole, name, number] = match;
    const higher = `${name}: ${Number(number) + 1}`;
    return {
      line: `${whole} (line ${text.slice(0, match.index).split('\n').length})`,
      text: text.slice(0, match.index) + higher + text.slice(match.index + whole.length),
    };
  });
}

const textOf = (file: string) => readFileSync(new URL(`../../../../policy/${file}`, import.meta.url), 'utf8');

describe('the catalogue', () => {
  it('has every item with its clause, kind, leads and ceiling', () => {
    expect(catalogueOf(notice)).toEqual(catalogue.map((line) => line.replace(/ {2,}/g, ' ')));
  });

  it('has the thirteen measures and the five directions in order', () => {
    expect(notice.measures.map((measure) => measure.clause)).toEqual([
      ...['二(一)1', '二(一)2', '二(一)3', '二(二)4', '二(二)5', '二(二)6', '二(三)7', '二(三)8', '二(三)9'],
      ...['二(四)10', '二(四)11', '二(四)12', '二(四)13'],
    ]);
    const directions = notice.directions.map(({ clause, id, lead, support }) => [clause, id, lead, support]);
    expect(directions).toEqual([
      ['一(一)', 'foundation', ['gz-cac', 'gz-sti', 'gz-miit'], []],
      ['一(二)', 'platform', ['gz-miit', 'gz-gsdata'], ['districts']],
      ['一(三)', 'application', ['gz-miit', 'gz-culture-tourism'], ['districts']],
      ['一(四)', 'infrastructure', ['gz-miit', 'gz-ndrc', 'gz-sti'], []],
      ['一(五)', 'ecosystem', ['gz-miit', 'gz-gsdata'], []],
    ]);
  });

  it('names the notice, its two dates, its life, and what it replaced', () => {
    expect(notice).toMatchObject({
      documentNumber: '穗府办规〔2023〕12号',
      dated: '2023-08-28',
      printed: '2023-09-06',
      inForce: { from: '2023-08-28', to: '2028-08-27' },
      replaces: '穗府办规〔2020〕2号',
    });
    expect(Object.keys(notice.districts)).toHaveLength(11);
  });

  it('fails this test when any ceiling rises by one yuan, percent or threshold', () => {
    const mutants = raised(textOf('notice.yaml'), 'yuan|percent|reachedAtYuan');
    expect(mutants).toHaveLength(14);
    const survivors = mutants.filter(({ text }) => {
      const { data } = readNoticeText(text, 'notice.yaml');
      return data && JSON.stringify(catalogueOf(data)) === JSON.stringify(catalogueOf(notice));
    });
    expect(survivors.map(({ line }) => line)).toEqual([]);
  });
});

describe('the sample guide', () => {
  const [guide] = guides;
  if (!guide) throw new Error('there is no sample guide');

  it('opens what the notice pays, with pool and amount', () => {
    expect(sampleOf(guide)).toEqual(sample);
    const opened = guide.items.map((item) => `${item.item} ${item.part}`);
    const closed = notice.items.flatMap((item) =>
      item.parts.filter((part) => !opened.includes(`${item.id} ${part.id}`)).map((part) => part.kind),
    );
    expect(closed.filter((kind) => kind === 'paid' || kind === 'matching')).toEqual([]);
    expect(guide.illustrative).toBe(true);
  });

  it('asks of every item whether it is software, undertaken and honest: 三(一), and the credit check before payment', () => {
    for (const { id, facts, conditions } of guide.items) {
      expect([id, facts.some((fact) => fact.id === guide.creditFact)]).toEqual([id, true]);
      expect([id, conditions.map((condition) => condition.id)]).toEqual([
        id,
        expect.arrayContaining(['software-industry', 'undertaking-given', 'no-dishonesty']),
      ]);
    }
  });

  it('fails these tests when any amount or share rises by one', () => {
    const mutants = raised(textOf('guides/2026.yaml'), 'yuan|percent');
    expect(mutants).toHaveLength(15);
    const survivors = mutants.filter(({ text }) => {
      const { data } = readGuideText(text, '2026.yaml', notice);
      return data && JSON.stringify(sampleOf(data)) === JSON.stringify(sample);
    });
    expect(survivors.map(({ line }) => line)).toEqual([]);
  });

  it('bars by municipal awards, and tops up first releases', () => {
    const modes = guide.items.map((item) => [item.id, item.deduplication.mode, item.deduplication.levels]);
    expect(modes.filter(([, mode]) => mode === 'top-up')).toEqual([
      ['first-release', 'top-up', ['municipal']],
    ]);
    expect(guide.items.every((item) => item.deduplication.levels.join() === 'municipal')).toBe(true);
  });

  it('gives five or seven days of notice, and two rounds of correction', () => {
    for (const { notice, correction, signOff } of guide.items) {
      expect([5, 7]).toContain('days' in notice && notice.unit === 'calendar' ? notice.days : undefined);
      expect(correction).toEqual({
        rounds: 2,
        due: { days: 5, unit: 'working' },
        warnBefore: { days: 2, unit: 'working' },
      });
      expect(signOff.due).toEqual({ days: 30, unit: 'calendar' });
      expect(signOff.remindBefore).toEqual({ days: 3, unit: 'calendar' });
    }
  });

  it('has the district recommend core technology, and the lead alone approve everything else', () => {
    const recommended = guide.items.filter(({ signOff }) => signOff.steps[0]?.kind === 'recommend');
    expect(recommended.map(({ id }) => id)).toEqual(['core-tech-a', 'core-tech-b']);
    for (const { id, signOff, duties } of guide.items) {
      const steps = signOff.steps.map(({ kind, by }) => `${kind} by ${by}`);
      const chain = id.startsWith('core-tech')
        ? ['recommend by district', 'approve by lead']
        : ['approve by lead'];
      expect(steps, id).toEqual(chain);
      expect(duties?.submitterDiffersFromPreparer, id).toBe(id.startsWith('core-tech') || undefined);
    }
  });

  it('has experts score the enabling platforms blind, whose pool pays by score', () => {
    const scored = guide.items.filter(({ experts }) => experts);
    const ranked = guide.pools.filter(({ allocation }) => allocation.mode === 'ranked');
    expect(scored.map(({ id, pool }) => [id, pool])).toEqual([
      ['four-modernisations-platform', 'software-platforms-2026'],
    ]);
    expect(ranked.map(({ id }) => id)).toEqual(['software-platforms-2026']);
    expect(scored[0]?.experts).toMatchObject({ required: 2, blind: true });
  });

  it('takes the same matter by what domain law makes it: the enterprise, the tier, the certificate', () => {
    expect(Object.fromEntries(guide.items.map((item) => [item.id, item.matter.facts]))).toMatchObject({
      'open-source': ['repository'],
      'new-company': [],
      'growth-milestone': ['tier'],
      'growth-scale': ['revenueYear'],
      dcmm: ['level'],
      'first-release': ['copyrightNumber'],
      'platform-cross': ['platformName'],
      'platform-specialised': ['platformName', 'recognitionTier'],
    });
  });
});
