import { describe, expect, it } from 'vitest';
import { checkFacts } from '../../functions/policy/guides/check-facts.ts';
import { FactsSchema } from '../../functions/shared/schemas.ts';
import { appropriations, cases } from '../../local/demo/cases.ts';
import { compilePolicy } from '../../policy/compile.ts';

const guide = compilePolicy().guides.find(({ version }) => version === '2026.1');
if (!guide) throw new Error('there is no sample guide');

/** Playing the demo finds these as well, after some minutes. */
describe('the companies of the demo', () => {
  it('apply for every item of the sample guide', () => {
    const played = new Set(cases.map(({ item }) => item));
    expect([...played].sort()).toEqual(guide.items.map(({ id }) => id).sort());
  });

  it('find money in each of its pools', () => {
    expect(appropriations.map(({ poolId }) => poolId).sort()).toEqual(guide.pools.map(({ id }) => id).sort());
  });

  it.each(cases)('state every fact of $item: company $company', ({ item, facts }) => {
    const asked = guide.items.find(({ id }) => id === item);
    expect(asked && checkFacts(asked, guide.version, FactsSchema.parse(facts), true)).toEqual([]);
  });
});
