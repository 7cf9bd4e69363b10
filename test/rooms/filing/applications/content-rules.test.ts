import { describe, expect, it } from 'vitest';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { checkContent, type StatedContent } from '../../../../functions/filing/applications/content-rules.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { answerOf } from '../../../support/answer-of.ts';
import { policy, today } from '../../../support/rooms.ts';

const opened = await policy.requireItem('2026.1', 'dcmm');
const doubtful = '91440101731566630B';
const other = '914403001922038216';

const stated = (enterprise: Partial<Content['enterprise']>, rest: Partial<Content> = {}) =>
  dcmmContent({ ...rest, enterprise: { ...dcmmContent().enterprise, ...enterprise } });
const check = (content: Content, overrides: Partial<StatedContent> = {}) =>
  answerOf(() =>
    checkContent({
      ...{ content, organisation: publishedUscc, notice: policy.notice, opened, usccConfirmed: false },
      now: today,
      ...overrides,
    }),
  );

describe('content', () => {
  it.each<[string, Content, Partial<StatedContent>, unknown]>([
    ['of the own organisation is taken', dcmmContent(), {}, undefined],
    [
      'of an enterprise that was registered today is taken',
      stated({ registeredOn: '2026-11-23' }),
      {},
      undefined,
    ],
    [
      'of an enterprise that is still to be registered is not',
      stated({ registeredOn: '2099-01-01' }),
      {},
      ['invalid-request', 'enterprise.registeredOn in-future'],
    ],
    [
      'of another one is not',
      stated({ uscc: other }),
      {},
      ['invalid-request', 'enterprise.uscc own-organisation'],
    ],
    [
      'with a doubtful code asks for a confirmation, before anything is said of whose it is',
      stated({ uscc: doubtful }),
      {},
      ['uscc-check-digit', 'enterprise.uscc check-character'],
    ],
    [
      'with a doubtful code is taken confirmed',
      stated({ uscc: doubtful }),
      { organisation: doubtful, usccConfirmed: true },
      undefined,
    ],
    [
      'asks once for all doubtful codes',
      stated({ uscc: doubtful, predecessors: [other, '914403001922038217'] }),
      { organisation: doubtful },
      ['uscc-check-digit', 'enterprise.uscc check-character', 'enterprise.predecessors.1 check-character'],
    ],
    [
      'continues others, each once',
      stated({ predecessors: [publishedUscc, other, other] }),
      {},
      ['invalid-request', 'enterprise.predecessors.0 own-predecessor', 'enterprise.predecessors.2 repeated'],
    ],
    [
      'has a direction that there is, an amount and known facts; all faults at once',
      stated({}, { direction: 'nowhere', requestedFen: fen(0), facts: { colour: 'red' } }),
      {},
      ['invalid-request', 'requestedFen missing', 'direction known-direction', 'facts.colour unknown-fact'],
    ],
  ])('%s', (_, content, overrides, expected) => {
    expect(check(content, overrides)).toEqual(expected);
  });

  it('leaves the district to the condition of the guide that asks for it, and to no other', () => {
    const foreign = stated({ district: '440300' });
    const others = opened.item.conditions.filter(({ id }) => id !== 'in-guangzhou');
    const unasked = { ...opened, item: { ...opened.item, conditions: others } };
    expect(check(foreign)).toBeUndefined();
    expect(check(foreign, { opened: unasked })).toEqual([
      'invalid-request',
      'enterprise.district known-district',
    ]);
  });

  it('asks for nothing where the item pays nothing', async () => {
    const free = { ...opened, item: { ...opened.item, amount: { kind: 'none' as const } } };
    expect(check(dcmmContent({ requestedFen: fen(0) }), { opened: free })).toBeUndefined();
  });
});
