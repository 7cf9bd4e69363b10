import { describe, expect, it } from 'vitest';
import {
  answeredBefore,
  type DeduplicationContext,
  decidedByExactRules,
  decidedBySuspicions,
  undecided,
} from '../../../../functions/duplicates/screening/deduplication-decision.ts';
import { exactSearch } from '../../../../functions/duplicates/screening/exact-rules.ts';
import type { Judged } from '../../../../functions/duplicates/screening/verdict-rules.ts';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import type { Award } from '../../../../functions/filing/applications/award.ts';
import type { Suspicion } from '../../../../functions/filing/applications/suspicion.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { contentHash } from '../../../../functions/shared/hash.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { award } from '../../../builders/award.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { openedItem } from '../../../builders/opened-item.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { compiled, policy, today } from '../../../support/rooms.ts';

const application = signedOffApplication(dcmmContent({ requestedFen: fen(40_000_000) }), {
  signedOffFen: fen(45_000_000),
});
const matter = { matterKey: 'thing:1', earlierKeys: [], usccs: [publishedUscc], evidence: [], numbers: [] };
const places = [{ rule: 's1', subject: 'thing:1', partition: 'MATTER#thing:1' }] as const;
const bars: GuideItem['deduplication'] = { levels: ['municipal'], mode: 'bar', similarNames: true };
const topsUp: GuideItem['deduplication'] = { ...bars, mode: 'top-up' };
const unpaid = { kind: 'none' } as const;

/** Where an item stands with an award of another scheme, or another application's claim, for the same matter. */
function contextOf(
  item: Partial<GuideItem>,
  stands: { readonly award?: Award; readonly claim?: string } = {},
): DeduplicationContext {
  const entry = {
    awards: stands.award ? [stands.award] : [],
    claim: stands.claim === undefined ? undefined : { applicationId: stands.claim, organisation: 'rival' },
  };
  const exact = exactSearch(
    places.map((place) => ({ place, entry })),
    application,
    ['municipal'],
  );
  return {
    ...{ application, matter, exact, now: today },
    opened: openedItem(item),
    registry: { number: 7 },
    thresholds: compiled.matching.names,
    calendar: policy.calendar,
  };
}

function judged(overrides: Partial<Judged> = {}): Judged {
  const search = { suspicions: [], listed: [], compared: new Map() };
  return { search, open: [], decided: [], duplicates: [], takenOff: {}, ...overrides };
}

const paid = (amount: number) => ({ award: award({ amountFen: fen(amount) }) });
const suspicion = { id: 'p', rule: 's3', counterpart: { kind: 'award' }, why: [] } as unknown as Suspicion;
const reason = { code: 's3-adjudicated', citation: '三(二)', message: { zh: '同一事项', en: 'one matter' } };

describe('the exact rules', () => {
  it.each<[string, Partial<GuideItem>, Parameters<typeof contextOf>[1], string | undefined]>([
    ['nothing stands against it', { deduplication: bars }, {}, undefined],
    ['an award stands against it', { deduplication: bars }, paid(100), 'duplicate'],
    ['an award can be topped up', { deduplication: topsUp }, paid(100), undefined],
    ['a claim, which nothing tops up', { deduplication: topsUp }, { claim: 'other' }, 'duplicate'],
    ['an award where nothing is paid', { deduplication: topsUp, amount: unpaid }, paid(100), 'duplicate'],
    ['nothing where nothing is paid', { deduplication: bars, amount: unpaid }, {}, undefined],
  ])('%s', (_case, item, stands, outcome) => {
    expect(decidedByExactRules(contextOf(item, stands))?.outcome).toBe(outcome);
  });
});

describe('suspicions', () => {
  it.each<[string, Partial<GuideItem>, Parameters<typeof contextOf>[1], Partial<Judged>, string]>([
    ['there are none', { deduplication: bars }, {}, {}, 'pooled'],
    ['one is open', { deduplication: bars }, {}, { open: [suspicion] }, 'suspected'],
    ['one is a duplicate', { deduplication: bars }, {}, { duplicates: [reason] }, 'duplicate'],
    [
      'one is open beside a duplicate: it is asked first',
      { deduplication: bars },
      {},
      { open: [suspicion], duplicates: [reason] },
      'suspected',
    ],
    ['there are none where nothing is paid', { deduplication: bars, amount: unpaid }, {}, {}, 'recognised'],
    ['one is open where nothing is paid', { amount: unpaid }, {}, { open: [suspicion] }, 'suspected'],
    [
      'one is a duplicate where nothing is paid',
      { amount: unpaid },
      {},
      { duplicates: [reason] },
      'duplicate',
    ],
    [
      'a verdict leaves something to pay',
      { deduplication: topsUp },
      {},
      { takenOff: { p: fen(1) } },
      'pooled',
    ],
    [
      'a verdict leaves nothing to pay',
      { deduplication: topsUp },
      {},
      { takenOff: { p: fen(40_000_000) } },
      'duplicate',
    ],
    ['an award leaves something to pay', { deduplication: topsUp }, paid(39_000_000), {}, 'pooled'],
    ['an award leaves nothing to pay', { deduplication: topsUp }, paid(40_000_000), {}, 'duplicate'],
    [
      'an award and a verdict leave nothing to pay together',
      { deduplication: topsUp },
      paid(39_000_000),
      { takenOff: { p: fen(1_000_000) } },
      'duplicate',
    ],
  ])('%s', (_case, item, stands, found, outcome) => {
    const decision = decidedBySuspicions(contextOf(item, stands), judged(found));
    expect(decision.outcome).toBe(outcome);
    expect(decision.to.version).toBe(application.version + 1);
    expect(decision.note.basisHash).toBe(contentHash(decision.check));
    expect(decision.takes === undefined).toBe(outcome !== 'pooled' && outcome !== 'recognised');
    expect(decision.enters === undefined).toBe(outcome !== 'pooled');
    expect(decision.opens === undefined).toBe(outcome !== 'suspected');
  });

  it('what was paid comes off the ceiling that it enters the pool with', () => {
    const { to, enters } = decidedBySuspicions(
      contextOf({ deduplication: topsUp }, paid(3_000_000)),
      judged({ takenOff: { p: fen(2_000_000) } }),
    );
    expect(to).toMatchObject({ status: 'pooled', alreadyPaidFen: 5_000_000, claims: ['MATTER#thing:1'] });
    expect(enters).toMatchObject({ poolId: 'pool', ceilingFen: 35_000_000, deciders: expect.any(Array) });
  });

  it('a share of the verified input is not guessed where nobody verified it', () => {
    const amount = { kind: 'ratio', fen: fen(100), claimed: 'amount', verified: 'amount', percent: 30 };
    const context = contextOf({ amount: amount as GuideItem['amount'] });
    expect(() => decidedBySuspicions(context, judged())).toThrow('none was verified');
  });
});

describe('a check that is asked for again', () => {
  const at = (status: Application['status']) => ({ ...application, status }) as unknown as Application;

  it.each<[Application['status'], string]>([
    ['adjudication', 'suspected'],
    ['duplicate', 'duplicate'],
    ['recognised', 'recognised'],
    ['withdrawn', 'withdrawn'],
    ['pooled', 'pooled'],
    ['allocated', 'pooled'],
    ['noticed', 'pooled'],
    ['ordered', 'pooled'],
    ['closed', 'pooled'],
    ['cancelled', 'pooled'],
  ])('of an application that is %s answers %s', (status, outcome) => {
    expect(undecided(at(status), 1)).toBeUndefined();
    expect(answeredBefore(at(status))).toBe(outcome);
  });

  it.each<Application['status']>(['draft', 'submitted', 'sign-off', 'returned', 'lapsed', 'refused'])(
    'has come too early when it is %s',
    (status) => {
      expect(() => answeredBefore(at(status))).toThrow('is not deduplicated');
    },
  );

  it('is of no other submission', () => {
    expect(undecided(application, 1)).toBe(application);
    expect(() => undecided(application, 2)).toThrow("submission 2 is not the application's");
  });
});
