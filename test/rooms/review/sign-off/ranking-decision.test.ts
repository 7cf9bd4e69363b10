import { describe, expect, it } from 'vitest';
import type { SignOff } from '../../../../functions/filing/applications/sign-off-record.ts';
import type { Rankable } from '../../../../functions/review/sign-off/ranking.ts';
import { type RankingContext, ranked } from '../../../../functions/review/sign-off/ranking-decision.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { answerOf } from '../../../support/answer-of.ts';

const department = 'district-440106';
const predecessor = '914403001922038216';
const at = '2026-11-24T02:00:00.000Z';
const basis = { submission: 1, version: 2, hash: '', factsHash: '', documentsHash: '' };

function part(decision?: 'recommended' | 'refused', by = department): SignOff {
  const open = { taskId: '', step: 1, kind: 'recommend' as const, department: by };
  if (!decision) return open;
  const taken = { by: 'reviewer', at, basis };
  return {
    ...open,
    decision:
      decision === 'refused' ? { outcome: decision, reasons: [], ...taken } : { outcome: decision, ...taken },
  };
}

const rankable = (applicationId: string, signOff: SignOff, item = 'dcmm'): Rankable => ({
  applicationId,
  organisation: publishedUscc,
  content: { item, enterprise: { predecessors: [predecessor] } },
  signOffs: { [`1.${signOff.department}`]: signOff },
});
const context: RankingContext = {
  department,
  item: 'dcmm',
  current: { version: 3, order: ['a'] },
  named: [rankable('a', part('recommended')), rankable('b', part())],
  interests: { organisations: {} },
};
const order = (ids: string[], change: Partial<RankingContext> = {}, ifMatch = '"3"') =>
  answerOf(() => ranked({ ...context, ...change }, { ifMatch, order: ids }));
const foreign = (...places: number[]) => [
  'invalid-request',
  ...places.map((place) => `order.${place} recommended-or-open`),
];

describe('a ranking', () => {
  it('takes the place of the one that it is based on', () => {
    expect(order(['b', 'a'])).toEqual({ version: 4, order: ['b', 'a'] });
    expect(order([])).toEqual({ version: 4, order: [] });
  });

  it.each<[string, Partial<RankingContext>, string, unknown]>([
    ['based on another version', {}, '"2"', ['version-mismatch']],
    ['of what is not there', { named: [] }, '"3"', foreign(0, 1)],
    [
      'of what the district refused',
      { named: [rankable('a', part('refused')), ...context.named.slice(1)] },
      '"3"',
      foreign(0),
    ],
    [
      'of what another district recommends',
      { named: [rankable('a', part('recommended', 'district-440103')), ...context.named.slice(1)] },
      '"3"',
      foreign(0),
    ],
    [
      'of another item',
      { named: [...context.named.slice(0, 1), rankable('b', part(), 'open-source')] },
      '"3"',
      foreign(1),
    ],
    [
      'with an interest in an applicant',
      { interests: { organisations: { [publishedUscc]: {} } } },
      '"3"',
      ['conflict-of-interest'],
    ],
    [
      'with an interest in one that an applicant continues',
      { interests: { organisations: { [predecessor]: {} } } },
      '"3"',
      ['conflict-of-interest'],
    ],
    [
      'with an interest elsewhere',
      { interests: { organisations: { '9144030071526726XG': {} } } },
      '"3"',
      { version: 4, order: ['a', 'b'] },
    ],
  ])('%s', (_, change, ifMatch, expected) => {
    expect(order(['a', 'b'], change, ifMatch)).toEqual(expected);
  });
});
