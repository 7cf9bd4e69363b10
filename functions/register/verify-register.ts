import { entryHash, entryKey } from './entry.ts';
import type { HashedEntry } from './register-file.ts';
import { rootsOf } from './root.ts';

/** The register of a year as somebody holds it. */
export interface HeldRegister {
  readonly year: number;
  readonly openingRoot: string;
  readonly entries: readonly HashedEntry[];
}

/** Where a register differs from what its roots fix. */
export interface RegisterFault {
  readonly day: string;
  /** Day, application, event and number; absent where only the day is known. */
  readonly entry?: string;
  readonly fault: string;
}

/** What one recomputes of a register: a root for every day of the year. */
export interface Recomputed {
  readonly faults: readonly RegisterFault[];
  readonly roots: ReadonlyMap<string, string>;
  /** The last day that has an entry. */
  readonly lastDay: string | undefined;
}

/**
 * Recomputes the hash of every entry and the root of every day from the entries alone. What the file says of hashes is
 * compared, and not relied on.
 */
export function recompute({ year, openingRoot, entries }: HeldRegister): Recomputed {
  const faults: RegisterFault[] = [];
  const byDay = new Map<string, string[]>();
  let before = '';
  for (const { hash, ...entry } of entries) {
    const { sk } = entryKey(entry);
    const at = { day: entry.day, entry: sk };
    const computed = entryHash(entry);
    if (!entry.day.startsWith(`${year}-`)) faults.push({ ...at, fault: `is not of ${year}` });
    if (sk <= before) faults.push({ ...at, fault: sk === before ? 'stands there twice' : 'is out of order' });
    if (computed !== hash) faults.push({ ...at, fault: 'does not have the hash that stands beside it' });
    before = sk;
    const hashes = byDay.get(entry.day) ?? [];
    byDay.set(entry.day, hashes);
    hashes.push(computed);
  }
  const roots = rootsOf(openingRoot, { from: `${year}-01-01`, to: `${year}-12-31`, entries: byDay });
  return {
    faults,
    roots: new Map(roots.map(({ day, root }) => [day, root])),
    lastDay: entries.at(-1)?.day,
  };
}

/** Compares with one root that somebody noted down, of whatever day it is. It has to cover every entry. */
export function compareWithRoot({ roots, lastDay = '' }: Recomputed, known: string): RegisterFault[] {
  const day = [...roots].find(([, root]) => root === known)?.[0];
  if (day === undefined) {
    return [{ day: lastDay, fault: `no day has the root ${known}: the entries up to it are not the same` }];
  }
  if (day >= lastDay) return [];
  return [{ day: lastDay, fault: `stands after ${day}, which the root is of: take a later root` }];
}

/** A day's root as it was published. */
export interface PublishedRoot {
  readonly day: string;
  readonly root: string;
  readonly provisional: boolean;
}

/** Compares with published roots: the first day that differs. */
export function compareWithPublished(
  { roots, lastDay = '' }: Recomputed,
  published: readonly PublishedRoot[],
): RegisterFault[] {
  for (const { day, root, provisional } of published) {
    if (roots.get(day) === root) continue;
    const hint = provisional ? '; the day is still open: an entry may have come since the download' : '';
    return [{ day, fault: `its root is ${roots.get(day)}, and ${root} was published${hint}` }];
  }
  const last = published.at(-1)?.day ?? '';
  return last >= lastDay ? [] : [{ day: lastDay, fault: 'no root of it was published' }];
}

/** The first entry of a day that is not the same in two registers. */
export function firstDifference(
  held: readonly HashedEntry[],
  original: readonly HashedEntry[],
  day: string,
): RegisterFault | undefined {
  const [own, other] = [held, original].map((entries) => entries.filter((entry) => entry.day === day));
  for (let place = 0; place < Math.max(own?.length ?? 0, other?.length ?? 0); place += 1) {
    const [mine, published] = [own?.[place], other?.[place]];
    if (mine && published && rowOf(mine) === rowOf(published)) continue;
    const missing = published && (!mine || entryKey(published).sk < entryKey(mine).sk);
    const added = mine && (!published || entryKey(mine).sk < entryKey(published).sk);
    const entry = missing ? published : (mine ?? published);
    if (!entry) return undefined;
    const fault = missing ? 'is missing' : added ? 'was never published' : 'was published with other content';
    return { day, entry: entryKey(entry).sk, fault };
  }
  return undefined;
}

function rowOf({ hash: _, ...entry }: HashedEntry): string {
  return entryHash(entry);
}
