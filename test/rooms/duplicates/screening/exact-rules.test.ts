import { describe, expect, it } from 'vitest';
import { awardsOf, exactSearch } from '../../../../functions/duplicates/screening/exact-rules.ts';
import type { RegistryEntry } from '../../../../functions/registry/awards/award-record.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { award } from '../../../builders/award.ts';

const applicant = { applicationId: 'own', organisation: 'firm' };
const place = { rule: 's1', subject: 'dcmm:3', partition: 'MATTER#dcmm:3' } as const;

function search(entry: Partial<RegistryEntry>) {
  return exactSearch([{ place, entry: { awards: [], claim: undefined, ...entry } }], applicant, [
    'municipal',
    'provincial',
  ]);
}

describe('an award in the place of a matter', () => {
  it.each([
    ['granted at a level that counts', {}, 'found'],
    ['granted at the other level that counts', { level: 'provincial' }, 'found'],
    ['of a level that does not count', { level: 'district' }, 'other-level'],
    ['revoked', { status: 'revoked' }, 'revoked'],
    ['revoked, of a level that does not count', { status: 'revoked', level: 'national' }, 'revoked'],
  ] as const)('that is %s is %s', (_case, overrides, expected) => {
    const { findings, setAside, compared } = search({ awards: [award(overrides)] });
    expect([...findings.map(() => 'found'), ...setAside.map(({ cause }) => cause)]).toEqual([expected]);
    expect([...compared]).toEqual([
      ['s1', 1],
      ['s2', 0],
    ]);
  });
});

describe('a claim in the place of a matter', () => {
  it('that the applicant holds itself is none against it', () => {
    const { findings, compared } = search({ claim: applicant });
    expect(findings).toEqual([]);
    expect(compared.get('s1')).toBe(0);
  });

  it.each([
    ['another application of its own', 'firm', 'is held by another application other'],
    ["another organisation's application", 'rival', 'is held by another application'],
  ])('of %s stands against it, named only where it is its own', (_case, organisation, expected) => {
    const { findings, compared } = search({ claim: { applicationId: 'other', organisation } });
    expect(findings.map(({ kind, reason }) => [kind, reason.message.en])).toEqual([
      ['claim', `Rule S1 (same unit, same matter): dcmm:3 ${expected}`],
    ]);
    expect(compared.get('s1')).toBe(1);
  });
});

describe('what the awards among the findings paid', () => {
  const finding = (awardId: string, amountFen: number) =>
    search({ awards: [award({ awardId, amountFen: fen(amountFen) })] }).findings;

  it('counts each award once, and no claim', () => {
    const claim = search({ claim: { applicationId: 'other', organisation: 'firm' } }).findings;
    const findings = [...finding('A-1', 300), ...finding('A-2', 50), ...finding('A-1', 300), ...claim];
    expect(awardsOf(findings).map(({ awardId }) => awardId)).toEqual(['A-1', 'A-2']);
  });
});
