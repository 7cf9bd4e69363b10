import { describe, expect, it } from 'vitest';
import { exactSearch } from '../../../../functions/duplicates/screening/exact-rules.ts';
import {
  barringPairs,
  held,
  type LateContext,
  type Passed,
  passed,
  unsettledPairs,
} from '../../../../functions/duplicates/screening/late-decision.ts';
import type { Verdict } from '../../../../functions/duplicates/screening/verdict.ts';
import type { Judged } from '../../../../functions/duplicates/screening/verdict-rules.ts';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import type { Suspicion } from '../../../../functions/filing/applications/suspicion.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { award } from '../../../builders/award.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { openedItem } from '../../../builders/opened-item.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { compiled, policy, today } from '../../../support/rooms.ts';

const pooled: Passed = {
  ...signedOffApplication(),
  status: 'pooled',
  matterKey: 'thing:1',
  claims: [],
  pool: 'pool',
  ceiling: { fen: fen(10_000_000), limits: [], decisive: 'requested', unitFen: 100 },
};
const matter = { matterKey: 'thing:1', earlierKeys: [], usccs: [publishedUscc], evidence: [], numbers: [] };
const suspicion = (id: string) =>
  ({ id, rule: 's3', counterpart: { kind: 'award' }, why: [] }) as unknown as Suspicion;

/** An award of 50,000 yuan came for the same matter. */
function contextOf(
  application: Passed,
  mode: 'bar' | 'top-up' = 'bar',
  found: Partial<Judged> = {},
): LateContext {
  const place = { rule: 's1', subject: 'thing:1', partition: 'MATTER#thing:1' } as const;
  const entry = { awards: [award({ amountFen: fen(5_000_000) })], claim: undefined };
  const search = { suspicions: [], listed: [], compared: new Map() };
  return {
    ...{ application, matter, now: today, registry: { number: 7 }, calendar: policy.calendar },
    exact: exactSearch([{ place, entry }], application, ['municipal']),
    judged: { search, open: [], decided: [], duplicates: [], takenOff: {}, ...found },
    opened: openedItem({ deduplication: { levels: ['municipal'], mode, similarNames: true } }),
    thresholds: compiled.matching.names,
  };
}

/** The award of the context as a pair, and how it may have been decided. */
const [pair] = barringPairs(contextOf(pooled));
const verdictOn = (verdict: Verdict['verdict'], changes: Partial<Verdict> = {}) => {
  const decided: Verdict = {
    ...{ id: pair?.id ?? '', verdict, rule: 's1', by: 'adjudicator', at: '2026-11-23T02:00:00.000Z' },
    ...{ reason: { zh: '理由', en: 'why' }, applicationId: 'another', ...changes },
  };
  return new Map([[decided.id, decided]]);
};
const already = (paid: number): Passed => ({ ...pooled, takenOff: { [pair?.id ?? '']: fen(paid) } });
const none = new Map<string, Verdict>();
const departure = { reason: { zh: '理由', en: 'why' }, by: 'first' };

describe('an award that bars by law and comes late', () => {
  it.each<[string, LateContext, ReadonlyMap<string, Verdict>, number]>([
    ['is a person’s to decide', contextOf(pooled), none, 1],
    ['is so where none was taken off', contextOf(pooled, 'top-up'), none, 1],
    ['is so where less was taken off', contextOf(already(4_999_999), 'top-up'), none, 1],
    ['is done with where it was taken off', contextOf(already(5_000_000), 'top-up'), none, 0],
    ['is done with where it is another matter', contextOf(pooled), verdictOn('not-duplicate'), 0],
    ['is so where it was found a duplicate before', contextOf(pooled), verdictOn('duplicate'), 1],
    ['is so where the guide now bars', contextOf(pooled), verdictOn('top-up', { paidFen: fen(1) }), 1],
    [
      'is so where the record says more than was taken off by a verdict',
      contextOf(already(4_000_000), 'top-up'),
      verdictOn('top-up', { paidFen: fen(4_000_000) }),
      1,
    ],
    [
      'is done with where two people departed from the record',
      contextOf(already(4_000_000), 'top-up'),
      verdictOn('top-up', { paidFen: fen(4_000_000), departure }),
      0,
    ],
  ])('%s', (_case, context, verdicts, pairs) => {
    expect(unsettledPairs(context, verdicts)).toHaveLength(pairs);
  });

  it('beside one that was taken off is alone to be decided', () => {
    const other = { ...suspicion('q'), counterpart: { kind: 'award', amountFen: 300 } } as Suspicion;
    const verdict = [...verdictOn('top-up', { id: 'q', paidFen: fen(300) }).values()][0] as Verdict;
    const decided = [{ suspicion: other, verdict, isEnding: false, paidFen: fen(300) }];
    const context = contextOf({ ...pooled, takenOff: { q: fen(300) } }, 'top-up', { decided });
    expect(unsettledPairs(context, none)).toEqual([pair]);
    const more = contextOf({ ...pooled, takenOff: { q: fen(299) } }, 'top-up', { decided });
    expect(unsettledPairs(more, none)).toEqual([pair, other]);
  });
});

describe('a late check', () => {
  it('opens a case with a task, which holds the order', () => {
    const context = contextOf(pooled, 'bar', { open: [suspicion('p')] });
    const decision = held(context, [suspicion('law')]);
    expect(decision?.suspicions.map(({ id }) => id)).toEqual(['law', 'p']);
    expect(decision?.to).toMatchObject({
      status: 'pooled',
      version: pooled.version + 1,
      hold: { taskId: decision?.opens?.taskId, suspicions: decision?.suspicions },
    });
    expect(decision?.check.outcome).toBe('held');
  });

  it('adds what is new to the case that is open, and opens no other', () => {
    const hold = { taskId: 'task', suspicions: [suspicion('p')], at: '2026-11-20T02:00:00.000Z' };
    const context = contextOf({ ...pooled, hold }, 'bar', { open: [suspicion('p'), suspicion('q')] });
    const decision = held(context, []);
    expect(decision?.opens).toBeUndefined();
    expect(decision?.to.hold).toEqual({ ...hold, suspicions: [suspicion('p'), suspicion('q')] });
    expect(decision?.suspicions).toEqual([suspicion('q')]);
  });

  it('takes an amount that a record has changed into the open case, where a proposal is void by it', () => {
    const known = { ...suspicion('p'), counterpart: { kind: 'award', amountFen: 100 } } as Suspicion;
    const changed = { ...known, counterpart: { kind: 'award', amountFen: 200 } } as Suspicion;
    const at = '2026-11-20T02:00:00.000Z';
    const proposal = { by: 'first', at, verdicts: [], reason: { zh: '理由', en: 'why' }, hash: 'h' };
    const hold = { taskId: 'task', suspicions: [known], at, proposal };
    const decision = held(contextOf({ ...pooled, hold }, 'bar', { open: [changed] }), []);
    expect(decision).toMatchObject({ suspicions: [], opens: undefined });
    expect(decision?.to.hold).toEqual({ taskId: 'task', suspicions: [changed], at });
  });

  it('changes nothing when there is nothing that the open case does not have', () => {
    const hold = { taskId: 'task', suspicions: [suspicion('p')], at: '2026-11-20T02:00:00.000Z' };
    expect(held(contextOf({ ...pooled, hold }, 'bar', { open: [suspicion('p')] }), [])).toBeUndefined();
    expect(held(contextOf(pooled), [])).toBeUndefined();
  });

  it.each<[Application['status'], boolean]>([
    ['pooled', true],
    ['allocated', true],
    ['noticed', true],
    ['ordered', false],
    ['closed', false],
    ['duplicate', false],
    ['withdrawn', false],
    ['adjudication', false],
    ['submitted', false],
  ])('concerns an application that is %s: %s', (status, concerned) => {
    expect(passed({ ...pooled, status } as unknown as Application) !== undefined).toBe(concerned);
  });
});
