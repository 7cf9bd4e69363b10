import { expect, it } from 'vitest';
import { describeSchedules } from './play-schedules.ts';
import { playSchedule } from './schedule.ts';

describeSchedules(0);

it('schedules come out the same again', async () => {
  const traceOf = async (seed: number) => {
    const lines: string[] = [];
    await playSchedule(seed, { trace: (line) => lines.push(line) });
    return lines;
  };
  for (let seed = 0; seed < 12; seed += 1) expect(await traceOf(seed)).toEqual(await traceOf(seed));
});
