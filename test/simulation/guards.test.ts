import { describe, expect, it } from 'vitest';
import { guardKey, guardRules, provenElsewhere } from './guards.ts';
import type { Guard } from './memory-store.ts';
import { playSchedule, seedsOf, type ThemeName, themes } from './schedule.ts';

/** Schedules within which the absence of a condition has to show; and those in which what is left has to hold. */
const [enough, holding] = [600, 60];

/** What a schedule comes to with every condition in place. */
interface Sound {
  readonly holds: boolean;
  /** Conditions that were looked at, and those among them that refused something. */
  readonly met: Set<string>;
  readonly refused: Set<string>;
}

const sound = new Map<string, Promise<Sound>>();

function playSound(seed: number, collidingIds?: number): Promise<Sound> {
  const key = `${seed} ${collidingIds}`;
  const known = sound.get(key) ?? playOnce(seed, collidingIds);
  sound.set(key, known);
  return known;
}

async function playOnce(seed: number, collidingIds: number | undefined): Promise<Sound> {
  const [met, refused] = [new Set<string>(), new Set<string>()];
  const ignores = (guard: Guard) => {
    met.add(guardKey(guard));
    if (!guard.holds) refused.add(guardKey(guard));
    return false;
  };
  const holds = await playSchedule(seed, { ignores, collidingIds }).then(
    () => true,
    () => false,
  );
  return { holds, met, refused };
}

/** The first seed of a theme at which something does not hold without the given conditions. */
async function firstFault(
  theme: ThemeName,
  absent: readonly string[],
  count: number,
  collidingIds?: number,
): Promise<number | undefined> {
  const left = new Set(absent);
  const ignores = (guard: Guard) => !guard.holds && left.has(guardKey(guard));
  for (const seed of seedsOf(theme, count)) {
    const { holds, refused } = await playSound(seed, collidingIds);
    // Where none of them refuses anything, the schedule without them is the same one.
    if (holds && !absent.some((guard) => refused.has(guard))) continue;
    try {
      await playSchedule(seed, { ignores, collidingIds });
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe('each condition of the money’s path', { timeout: 120_000 }, () => {
  it('has a rule that says what it is for', async () => {
    const met = new Set<string>();
    for (const theme of Object.keys(themes) as ThemeName[]) {
      for (const seed of seedsOf(theme, 100)) {
        const played = await playSound(seed);
        expect(played.holds).toBe(true);
        for (const guard of played.met) met.add(guard);
      }
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
