import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type GuideChange, guideChanges } from '../../../../functions/policy/guides/guide-changes.ts';
import { effectOf } from '../../../../functions/policy/guides/guide-effects.ts';
import { type Guide, type GuideItem, GuideSchema } from '../../../../functions/policy/guides/guide-schema.ts';
import { placeInWords } from '../../../../functions/policy/guides/guide-words.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { compiled } from '../../../support/rooms.ts';

const [published] = compiled.guides as [Guide];
const itemOf = (id: string) => published.items.find((item) => item.id === id) as GuideItem;

const dcmm = itemOf('dcmm');
const sampled = itemOf('four-modernisations-platform');
/** With awards of the province that bar it, and two steps. */
const platform: GuideItem = {
  ...sampled,
  deduplication: { levels: ['municipal', 'provincial'], mode: 'bar', similarNames: true },
  signOff: {
    ...sampled.signOff,
    steps: [
      { kind: 'recommend', by: 'district' },
      { kind: 'approve', by: 'lead' },
    ],
  },
};

const sample: Guide = {
  ...published,
  items: published.items.map((item) => (item.id === platform.id ? platform : item)),
};

/** The sample with another item in the place of one. */
const changed = (id: string, changes: Partial<GuideItem>): Guide => ({
  ...sample,
  items: sample.items.map((item) => (item.id === id ? { ...item, ...changes } : item)),
});
const between = (id: string, changes: Partial<GuideItem>) => guideChanges(sample, changed(id, changes));
const brief = (changes: readonly GuideChange[]) => changes.map(({ path, effect }) => [path, effect]);

describe('changes of a guide', () => {
  it('are none between a guide and itself', () => {
    expect(guideChanges(sample, structuredClone(sample))).toEqual([]);
  });

  it('say where, what was, what is, and a sentence in both languages', () => {
    expect(between('dcmm', { amount: { kind: 'fixed', fen: fen(60_000_000) } })).toEqual([
      {
        path: 'items.dcmm.amount.fen',
        old: '50000000',
        new: '60000000',
        effect: 'weaker',
        sentence: {
          zh: '事项“dcmm”，支持金额，金额上限：由500,000 元改为600,000 元',
          en: 'item "dcmm", amount, cap: 500,000 yuan becomes 600,000 yuan',
        },
      },
    ]);
  });

  const [condition] = dcmm.conditions;
  if (!condition) throw new Error('the sample has no condition');
  const others = dcmm.conditions.slice(1);
  const working = (days: number) => ({ days, unit: 'working' as const });
  const calendar = (days: number) => ({ days, unit: 'calendar' as const });

  it.each<[string, string, Partial<GuideItem>, [string, string][]]>([
    ['a condition that is gone', 'dcmm', { conditions: others }, [[`conditions.${condition.id}`, 'weaker']]],
    [
      'a condition that asks nothing any more',
      'dcmm',
      { conditions: [{ ...condition, expression: '(true)' }, ...others] },
      [[`conditions.${condition.id}.expression`, 'weaker']],
    ],
    [
      'a condition with a way round it',
      'dcmm',
      { conditions: [{ ...condition, expression: `${condition.expression} || true` }, ...others] },
      [[`conditions.${condition.id}.expression`, 'weaker']],
    ],
    [
      'a condition of which a part asks nothing any more',
      'dcmm',
      { conditions: [{ ...condition, expression: 'true && facts.level <= 5' }, ...others] },
      [[`conditions.${condition.id}.expression`, 'weaker']],
    ],
    [
      'a condition that compares with true',
      'dcmm',
      { conditions: [{ ...condition, expression: 'facts.signed == true || facts.level > 1' }, ...others] },
      [[`conditions.${condition.id}.expression`, 'unclear']],
    ],
    [
      'a condition that asks something else',
      'dcmm',
      { conditions: [{ ...condition, expression: 'facts.level > 1' }, ...others] },
      [[`conditions.${condition.id}.expression`, 'unclear']],
    ],
    [
      'a condition that is left to people',
      'dcmm',
      { conditions: [{ ...condition, unmetNeedsReview: !condition.unmetNeedsReview }, ...others] },
      [[`conditions.${condition.id}.unmetNeedsReview`, 'weaker']],
    ],
    [
      'a new condition that asks nothing',
      'dcmm',
      { conditions: [...dcmm.conditions, { ...condition, id: 'another', expression: '1 == 1' }] },
      [['conditions.another', 'weaker']],
    ],
    [
      'a level fewer, a top-up in place of a bar, and names that are not compared',
      platform.id,
      { deduplication: { levels: ['municipal'], mode: 'top-up', similarNames: false } },
      [
        ['deduplication.levels.provincial', 'weaker'],
        ['deduplication.mode', 'weaker'],
        ['deduplication.similarNames', 'weaker'],
      ],
    ],
    [
      'a step fewer',
      platform.id,
      { signOff: { ...platform.signOff, steps: platform.signOff.steps.slice(1) } },
      [['signOff.steps.recommend district', 'weaker']],
    ],
    ['a shorter notice', 'dcmm', { notice: working(1) }, [['notice', 'weaker']]],
    ['a notice of seconds', 'dcmm', { notice: { seconds: 1 } }, [['notice', 'weaker']]],
    ['a longer notice', 'dcmm', { notice: working(30) }, [['notice', 'not-weaker']]],
    ['no experts', platform.id, { experts: undefined }, [['experts', 'weaker']]],
    [
      'fewer scores, names shown',
      platform.id,
      { ...(platform.experts && { experts: { ...platform.experts, required: 1, blind: false } }) },
      [
        ['experts.required', 'weaker'],
        ...(platform.experts?.blind ? [['experts.blind', 'weaker'] as [string, string]] : []),
      ],
    ],
    [
      'an undertaking that is not asked for',
      'dcmm',
      { materials: dcmm.materials.filter(({ id }) => id !== dcmm.materials[0]?.id) },
      [[`materials.${dcmm.materials[0]?.id}`, 'weaker']],
    ],
    [
      'a window that is open longer',
      'dcmm',
      { window: { ...dcmm.window, closesAt: '2028-08-02T00:00:00.000Z' } },
      [['window.closesAt', 'weaker']],
    ],
    [
      'duties that are not asked for',
      'dcmm',
      { duties: { submitterDiffersFromPreparer: false } },
      [
        [
          dcmm.duties ? 'duties.submitterDiffersFromPreparer' : 'duties',
          dcmm.duties ? 'weaker' : 'not-weaker',
        ],
      ],
    ],
    [
      'less time for a correction',
      'dcmm',
      { correction: { ...dcmm.correction, due: calendar(1) } },
      [['correction.due', 'weaker']],
    ],
    ['money of another kind', 'dcmm', { amount: { kind: 'none' } }, [['amount', 'unclear']]],
  ])('see %s', (_, id, changes, expected) => {
    expect(brief(between(id, changes))).toEqual(
      expected.map(([path, effect]) => [`items.${id}.${path}`, effect]),
    );
  });

  it('name an item that is new and what of it asks nothing', () => {
    const hollow = { ...dcmm, conditions: dcmm.conditions.map((one) => ({ ...one, expression: 'true' })) };
    const before = { ...sample, items: sample.items.filter(({ id }) => id !== 'dcmm') };
    const changes = guideChanges(before, { ...sample, items: [...before.items, hollow] });
    expect(brief(changes)).toEqual([
      ['items.dcmm', 'unclear'],
      ...dcmm.conditions.map(({ id }) => [`items.dcmm.conditions.${id}.expression`, 'weaker']),
    ]);
  });

  it('of the first guide are all of it', () => {
    const paths = guideChanges(undefined, sample).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(sample.items.map(({ id }) => `items.${id}`)));
  });

  it('see another order of steps', () => {
    const steps = [...platform.signOff.steps].reverse();
    expect(brief(between(platform.id, { signOff: { ...platform.signOff, steps } }))).toEqual([
      [`items.${platform.id}.signOff.steps`, 'unclear'],
    ]);
  });

  it('have words for every field that a guide may have', () => {
    const fields = new Set<string>();
    const gather = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, part] of Object.entries(value)) {
        if (name === 'properties') for (const field of Object.keys(part as object)) fields.add(field);
        gather(part);
      }
    };
    gather(z.toJSONSchema(GuideSchema, { io: 'output', unrepresentable: 'any' }));
    gather(sample);
    const collect = (value: unknown): void => {
      if (Array.isArray(value)) for (const part of value) collect(part);
      else if (typeof value === 'object' && value !== null)
        for (const [name, part] of Object.entries(value)) {
          fields.add(name);
          collect(part);
        }
    };
    collect(sample);
    // Durations are told as one value.
    for (const field of fields) {
      if (!['days', 'seconds'].includes(field)) expect(() => placeInWords([field]), field).not.toThrow();
    }
  });

  it('count what no rule knows as unclear', () => {
    expect(effectOf('items.*.somethingNew', 1, 2)).toBe('unclear');
    expect(effectOf('items.*.title.zh', '甲', '乙')).toBe('not-weaker');
  });
});
