import { describe, expect, it } from 'vitest';
import { seed as beginning } from '../support/seed.ts';
import { playSchedule } from './schedule.ts';

/** Schedules in one test, and in one file. */
const [ofTest, ofFile] = [2_000, 10_000];

/**
 * Tests that the books are right after each schedule of one half of the 20,000. Two files, so that two workers can play
 * at once.
 * @param half 0 or 1
 */
export function describeSchedules(half: 0 | 1): void {
  const first = beginning + half * ofFile;
  const tests = Array.from({ length: ofFile / ofTest }, (_, index) => first + index * ofTest);
  describe('20,000 schedules of rounds, withdrawals, entries, objections, orders and payments against each other', () => {
    it.each(tests)(
      'leave the books right from seed %i on',
      async (from) => {
        for (let seed = from; seed < from + ofTest; seed += 1) {
          try {
            await playSchedule(seed);
          } catch (error) {
            expect.fail(`npm run simulate -- ${seed} --trace\n${error}`);
          }
        }
      },
      120_000,
    );
  });
}
