import type { Clock } from '../shared/clock.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { RegisterStore } from './register-store.ts';
import { dayAfter, genesisRoot, type RegisterRoot, rootsOf } from './root.ts';

/** How long after midnight a day is left open: longer than any function that could write in it goes on. */
const marginMs = 15 * 60_000;

interface CloseParts {
  readonly store: RegisterStore;
  readonly clock: Clock;
}

/**
 * Closes every day that is over and not closed: first nothing is let in any more, then each day's root is made from
 * what stands there, and published. Run again, late, twice at once or after it broke off, it ends in the same roots.
 * @throws Error when a root that another run published differs.
 */
export async function closeRegisterDay({ store, clock }: CloseParts): Promise<{ closed: number }> {
  const now = clock();
  const last = dayBefore(shanghaiDate(new Date(now.getTime() - marginMs)));
  await store.fence(last);
  const roots = await openRoots(store, last);
  for (const root of roots) await store.publish({ ...root, closedAt: now.toISOString() });
  return { closed: roots.length };
}

/**
 * Roots of the days of a year, in their order: published ones, and behind them those of the days that are still open,
 * today's too, as they would be if they were closed now.
 */
export async function yearRoots({ store, clock }: CloseParts, year: number): Promise<RegisterRoot[]> {
  const today = shanghaiDate(clock());
  // In this order: a day that is closed while we look is in both, and never in neither.
  const open = await openRoots(store, today);
  const closed = await store.roots(year);
  const known = new Set(closed.map(({ day }) => day));
  const ofYear = open.filter(({ day }) => day.startsWith(`${year}-`) && !known.has(day));
  return [...closed, ...ofYear];
}

/** Roots of the days after the last closed one through a day. */
async function openRoots(store: RegisterStore, to: string): Promise<RegisterRoot[]> {
  const before = await store.lastRoot(to);
  const from = before ? dayAfter(before.day) : await store.firstDay(to);
  if (from === undefined || from > to) return [];
  return rootsOf(before?.root ?? genesisRoot, { from, to, entries: await store.hashes(from, to) });
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
