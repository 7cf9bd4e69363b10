import { describe, expect, it } from 'vitest';
import { fold } from '../../../../functions/registry/matching/fold.ts';
import { compared } from '../../../../functions/registry/matching/name-judge.ts';
import { score } from '../../../../functions/registry/matching/score.ts';
import { Vocabulary } from '../../../../functions/registry/matching/vocabulary.ts';

describe('a name that is longer than any project has', () => {
  it('is compared by its two ends, in steps that are bounded whatever it is made of', () => {
    const stepsOf = (left: string, right: string) =>
      score(fold(compared(left)), fold(compared(right)), new Vocabulary()).steps;
    for (const [left, right] of [
      ['甲乙', '乙甲'],
      ['甲', '甲'],
      ['智能平台系统', '平台智能系统'],
      ['𠮷野', '野𠮷'],
    ] as const) {
      const most = 40 * 200 * 200;
      expect(stepsOf(left.repeat(250), right.repeat(250))).toBeLessThan(most);
      expect(stepsOf(left.repeat(2_500), right.repeat(2_500))).toBeLessThan(most);
    }
  });

  it('keeps what it begins and ends with; a shorter one is whole', () => {
    expect(compared('甲'.repeat(200))).toHaveLength(200);
    const long = `${'甲'.repeat(100)}${'乙'.repeat(300)}${'丙'.repeat(100)}`;
    expect(compared(long)).toBe(`${'甲'.repeat(100)}${'丙'.repeat(100)}`);
  });
});
