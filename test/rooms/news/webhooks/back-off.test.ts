import { describe, expect, it } from 'vitest';
import { attemptLimit, pauseAfter } from '../../../../functions/news/webhooks/back-off.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const middle = () => 0.5;

/** Pauses between all attempts. */
function schedule(random: () => number): number[] {
  return Array.from({ length: attemptLimit - 1 }, (_, index) => pauseAfter(index + 1, random) ?? Number.NaN);
}

describe('the pauses between attempts', () => {
  it('grow threefold up to six hours', () => {
    expect(schedule(middle).map((pause) => pause / minuteMs)).toEqual([1, 3, 9, 27, 81, 243, 360, 360, 360]);
  });

  it('are a day in all', () => {
    const total = schedule(middle).reduce((sum, pause) => sum + pause, 0);
    expect(total / hourMs).toBeCloseTo(24, 0);
  });

  it('are jittered by a tenth at most', () => {
    const [shortest, plain, longest] = [
      schedule(() => 0),
      schedule(middle),
      schedule(() => 1 - Number.EPSILON),
    ];
    plain.forEach((pause, index) => {
      expect(shortest[index]).toBe(Math.round(pause * 0.9));
      expect(longest[index]).toBe(Math.round(pause * 1.1));
    });
  });

  it('end with the last attempt', () => {
    expect(pauseAfter(attemptLimit - 1, middle)).toBeDefined();
    expect(pauseAfter(attemptLimit, middle)).toBeUndefined();
    expect(pauseAfter(attemptLimit + 1, middle)).toBeUndefined();
  });

  it.each([
    ['longer, when a receiver asks for it', 1, 10 * minuteMs, 10 * minuteMs],
    ['no shorter', 5, 1000, 81 * minuteMs],
    ['no longer than six hours', 1, 100 * hourMs, 6 * hourMs],
  ])('are %s', (_, attempts, askedFor, expected) => {
    expect(pauseAfter(attempts, middle, askedFor)).toBe(expected);
  });
});
