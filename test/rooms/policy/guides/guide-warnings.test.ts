import { describe, expect, it } from 'vitest';
import type { Guide, GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { guideWarnings } from '../../../../functions/policy/guides/guide-warnings.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const [sample] = compilePolicy().guides;
if (!sample) throw new Error('there is no sample guide');

/** The sample with one item changed. */
const changed = (id: string, change: (item: GuideItem) => Partial<GuideItem>): Guide => ({
  ...sample,
  items: sample.items.map((item) => (item.id === id ? { ...item, ...change(item) } : item)),
});
const without =
  (...left: string[]) =>
  ({ conditions }: GuideItem) => ({ conditions: conditions.filter(({ id }) => !left.includes(id)) });
const pathsAndWords = (guide: Guide) =>
  guideWarnings(guide).map(({ path, sentence }) => `${path}: ${sentence.en}`);

describe('a guide is warned of', () => {
  it('nothing, where it is as the sample', () => {
    expect(guideWarnings(sample)).toEqual([]);
  });

  it('an item with money that any firm can have, and of what others like it ask', () => {
    expect(pathsAndWords(changed('dcmm', without('software-industry')))).toEqual([
      'items.dcmm.conditions: no condition asks for the scope of the notice (三(一)): a firm outside software meets all of them',
      expect.stringMatching(
        /^items\.dcmm\.conditions: most items like it \(\d+ of \d+\) have the condition "software-industry"/,
      ),
    ]);
  });

  it('an item with money that the credit check passes over, though the fact is stated', () => {
    const words = pathsAndWords(changed('growth-milestone', without('no-dishonesty')));
    expect(words[0]).toBe(
      'items.growth-milestone.conditions: no condition asks for serious dishonesty ("onDishonestyList"): the credit check at the end of a notice passes over it',
    );
  });

  it('what is forgotten, and not of what is left out with a reason', () => {
    const forgotten = changed('xinchuang-b', without('undertaking-given'));
    expect(pathsAndWords(forgotten)).toHaveLength(1);
    const reason = { zh: '另有承诺', en: 'Undertaken elsewhere' };
    const leftOut = changed('xinchuang-b', (item) => ({
      ...without('undertaking-given')(item),
      without: [{ id: 'undertaking-given', reason }],
    }));
    expect(pathsAndWords(leftOut)).toEqual([]);
  });

  it.each(['true', '1 == 1', 'facts.level >= 3 || true'])(
    'a condition that asks nothing: %s',
    (expression) => {
      const guide = changed('dcmm', ({ conditions }) => ({
        conditions: conditions.map((one) => (one.id === 'level-3' ? { ...one, expression } : one)),
      }));
      expect(guideWarnings(guide)).toMatchObject([
        { path: 'items.dcmm.conditions.level-3', sentence: { zh: expect.stringContaining('恒成立') } },
      ]);
    },
  );
});
