import { describe, expect, it } from 'vitest';
import { exactSearch } from '../../../../functions/duplicates/screening/exact-rules.ts';
import {
  barringPairs,
  held,
  type LateContext,
  type Passed,
  passed,
} from '../../../../functions/duplicates/screening/late-decision.ts';
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
const matter = { matterKey: 'thing:1', earlierKeys: [], usccs: [publishedUscc], evidence: [] };
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
    judged: { search, open: [], decided: [], duplicates: [], paidFen: undefined, ...found },
    opened: openedItem({ deduplication: { levels: ['municipal'], mode, similarNames: true } }),
    thresholds: compiled.matching.names,
  };
}

const already = (paid: number): Passed => ({ ...pooled, alreadyPaidFen: fen(paid) });

describe('an award that bars by law and comes late', () => {
  it.each<[string, LateContext, number]>([
    ['is a person’s to decide', contextOf(pooled), 1],
    ['is so where none was taken off', contextOf(pooled, 'top-up'), 1],
    ['is so where less was taken off', contextOf(already(4_999_999), 'top-up'), 1],
    ['is done with where it was taken off', contextOf(already(5_000_000), 'top-up'), 0],
    ['is so where a verdict tops up more', contextOf(already(5_000_000), 'top-up', { paidFen: fen(1) }), 1],
  ])('%s', (_case, context, pairs) => {
    expect(barringPairs(context)).toHaveLength(pairs);
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
