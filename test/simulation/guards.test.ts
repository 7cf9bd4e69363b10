import { describe, expect, it } from 'vitest';
import { guardKey, guardRules, provenElsewhere } from './guards.ts';
import { playSchedule, seedsOf, type ThemeName, themes } from './schedule.ts';

/** Schedules within which the absence of a condition has to show; and those in which what is left has to hold. */
const [enough, holding] = [600, 60];

/** The first seed of a theme at which something does not hold without the given conditions. */
async function firstFault(
  theme: ThemeName,
  absent: readonly string[],
  count: number,
  collidingIds?: number,
): Promise<number | undefined> {
  const left = new Set(absent);
  for (const seed of seedsOf(theme, count)) {
    try {
      await playSchedule(seed, { ignores: (guard) => left.has(guardKey(guard)), collidingIds });
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe('each condition of the money’s path', { timeout: 120_000 }, () => {
  it('has a rule that says what it is for', async () => {
    const met = new Set<string>();
    const ignores = (guard: Parameters<typeof guardKey>[0]) => {
      met.add(guardKey(guard));
      return false;
    };
    for (const theme of Object.keys(themes) as ThemeName[]) {
      for (const seed of seedsOf(theme, 100)) await playSchedule(seed, { ignores });
    }
    const known = new Set([...guardRules.map(({ guard }) => guard), ...Object.keys(provenElsewhere)]);
    expect([...met].filter((guard) => !known.has(guard))).toEqual([]);
    expect([...known].filter((guard) => !met.has(guard))).toEqual([]);
  });

  it.each(guardRules.filter(({ behind }) => !behind))(
    'is missed: $guard',
    async ({ guard, theme, collidingIds }) => {
      if (collidingIds) expect(await firstFault(theme, [], holding, collidingIds)).toBeUndefined();
      expect(await firstFault(theme, [guard], enough, collidingIds)).toBeTypeOf('number');
    },
  );

  it.each(guardRules.filter(({ behind }) => behind))(
    'is missed once those are gone that hold the same: $guard',
    async ({ guard, theme, behind = [], collidingIds, holdsAlone }) => {
      if (holdsAlone) expect(await firstFault(theme, behind, holding, collidingIds)).toBeUndefined();
      expect(await firstFault(theme, [guard, ...behind], enough, collidingIds)).toBeTypeOf('number');
    },
  );
});
