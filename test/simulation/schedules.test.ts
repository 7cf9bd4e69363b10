import { describe, expect, it } from 'vitest';
import { playSchedule } from './schedule.ts';

/** Schedules in one test, of 20,000 in all. */
const share = 2_000;

describe('20,000 schedules of rounds, withdrawals, entries, objections, orders and payments against each other', () => {
  it.each(Array.from({ length: 10 }, (_, index) => index * share))(
    'leave the books right from seed %i on',
    async (first) => {
      for (let seed = first; seed < first + share; seed += 1) {
        try {
          await playSchedule(seed);
        } catch (error) {
          expect.fail(`npm run simulate -- ${seed} --trace\n${error}`);
        }
      }
    },
    120_000,
  );

  it('come out the same again', async () => {
    const traceOf = async (seed: number) => {
      const lines: string[] = [];
      await playSchedule(seed, { trace: (line) => lines.push(line) });
      return lines;
    };
    for (let seed = 0; seed < 12; seed += 1) expect(await traceOf(seed)).toEqual(await traceOf(seed));
  });
});
