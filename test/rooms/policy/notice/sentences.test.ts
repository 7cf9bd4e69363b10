import { describe, expect, it } from 'vitest';
import { itemIdOf } from '../../../../functions/policy/notice/item-id.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const { notice } = compilePolicy();

/** What a sentence of the notice does with whom it speaks of. */
type Verb = 'pays up to' | 'supports' | 'enters' | 'encourages' | 'leaves to the districts';

/** The sentences of section two, clause by clause, in our own words, with the items of the catalogue that carry each. */
const sentences: readonly (readonly [clause: string, says: string, verb: Verb, ids: readonly string[]])[] = [
  ['二(一)1', 'research on problems that industry sets', 'supports', ['core-tech-challenge']],
  ['二(一)1', 'consortia led by chain leaders', 'supports', ['core-tech-consortium']],
  ['二(一)1', 'results of national R&D programmes brought to Guangzhou', 'supports', ['core-tech-a']],
  ['二(一)1', 'matching for laboratories, platforms and projects of the state', 'supports', ['core-tech-b']],
  ['二(一)2', 'innovation centres and technology centres', 'enters', ['innovation-carrier']],
  ['二(一)2', 'applying as specialised and new', 'enters', ['innovation-carrier']],
  ['二(一)2', 'building and using the national identifier node', 'encourages', ['identifier-node']],
  ['二(一)2', 'software purchases brought into technical renovation', 'encourages', ['software-purchase']],
  ['二(一)3', 'basic and forward-looking projects, good communities', 'pays up to', ['open-source']],
  ['二(一)3', 'platforms, communities, hosting and test platforms', 'pays up to', ['open-source']],
  ['二(二)4', 'firms new to software, spun off or not', 'pays up to', ['new-company']],
  ['二(二)5', 'revenue reaches a tier for the first time', 'pays up to', ['growth-milestone']],
  ['二(二)5', 'growth beyond five billion', 'pays up to', ['growth-scale']],
  ['二(二)6', 'CSMM and DCMM assessments', 'encourages', ['maturity-assessment']],
  ['二(二)6', 'DCMM passed at level 3 or above', 'pays up to', ['dcmm']],
  ['二(三)7', 'platforms selected, renewed and grown', 'supports', ['four-modernisations-platform']],
  ['二(三)7', 'projects that platforms build jointly', 'supports', ['four-modernisations-joint']],
  ['二(三)8', 'first releases entered into a pool', 'enters', ['first-release-entry']],
  ['二(三)8', 'first releases rewarded', 'pays up to', ['first-release']],
  ['二(三)8', 'users led to them', 'encourages', ['first-release-users']],
  ['二(三)8', 'insurance for them', 'encourages', ['finance-products', 'first-release-finance']],
  ['二(三)8', 'financing for software', 'encourages', ['finance-products', 'first-release-finance']],
  ['二(三)8', 'the municipal catalogue of innovation products', 'enters', ['innovation-catalogue']],
  ['二(三)9', 'standards', 'enters', ['xinchuang-a']],
  ['二(三)9', 'test and adaptation centres', 'enters', ['xinchuang-a']],
  ['二(三)9', 'adoption by key industries', 'enters', ['xinchuang-a']],
  ['二(三)9', 'scenarios opened by state-owned firms', 'encourages', ['xinchuang-b']],
  ['二(三)9', 'state-owned firms that take the xinchuang route', 'encourages', ['xinchuang-soe-route']],
  ['二(四)10', 'municipal parks entered into a pool', 'enters', ['software-park-entry']],
  ['二(四)10', 'national software parks', 'supports', ['software-park-a']],
  ['二(四)10', 'rent of tenants', 'leaves to the districts', ['software-park-b']],
  ['二(四)11', 'public AI computing centres', 'supports', ['computing-centre']],
  ['二(四)11', 'green and dense data centres', 'enters', ['green-data-centre']],
  ['二(四)11', 'national cross-industry platforms', 'pays up to', ['platform-cross']],
  ['二(四)11', 'national characteristic or professional platforms', 'pays up to', ['platform-specialised']],
  ['二(四)12', 'talent plan, leaders and young reserves', 'encourages', ['talent-programme']],
  ['二(四)12', 'open challenges that bring talent from abroad', 'encourages', ['talent-challenge']],
  ['二(四)12', 'software colleges, talent and training bases', 'enters', ['talent-college']],
  ['二(四)12', 'a platform of demand for talent, published in time', 'encourages', ['talent-demand']],
  ['二(四)12', 'six districts named, and others', 'leaves to the districts', ['talent-district']],
  ['二(四)13', 'global and national contests, conferences, forums, exhibitions', 'encourages', ['events']],
  ['二(四)13', 'contests of design, internet innovation, xinchuang, open source', 'encourages', ['contests']],
];

const kindsOf: Readonly<Record<Verb, readonly string[]>> = {
  'pays up to': ['paid'],
  supports: ['by-guide', 'matching'],
  enters: ['recognition'],
  encourages: ['referral', 'recognition'],
  'leaves to the districts': ['outside'],
};

const carried = notice.items.flatMap(({ id, clause, parts }) =>
  parts.map((part) => ({ id: itemIdOf(id, part.id), clause, kind: part.kind })),
);

describe('the notice, sentence by sentence', () => {
  it.each(sentences)('%s: %s (%s) is carried by items of its clause', (clause, _, verb, ids) => {
    const found = carried.filter(({ id }) => ids.includes(id));
    expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
    for (const { clause: of, kind } of found) {
      expect(of).toBe(clause);
      expect(kindsOf[verb]).toContain(kind);
    }
  });

  it('has no item that no sentence speaks of, and no measure without a sentence', () => {
    const spoken = new Set(sentences.flatMap(([, , , ids]) => ids));
    expect(carried.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([]);
    const clauses = new Set(sentences.map(([clause]) => clause));
    expect(notice.measures.map(({ clause }) => clause)).toEqual([...clauses]);
  });
});
