import type { Guide } from './guide-schema.ts';
import { compareVersions } from './policy-book.ts';

/** What a guide's version and year are told by. */
type Numbered = Pick<Guide, 'version' | 'year'>;

/**
 * Versions of what a guide is compared with, lowest first: those of its own year, which it stands beside, or else those of
 * the latest year before it, which it follows.
 */
export function standingVersions(guide: Numbered, published: readonly Numbered[]): string[] {
  const years = published.map(({ year }) => year).filter((year) => year <= guide.year);
  const latest = Math.max(...years);
  return published
    .filter(({ year }) => year === latest)
    .map(({ version }) => version)
    .sort(compareVersions);
}

/**
 * What stands as one guide: every item and pool of the latest version that has it, as `PolicyBook` finds them. Beside
 * versions of its own year a guide touches nothing but what it names, so that the rest of them is left out.
 * @param versions those of `standingVersions`, whole.
 * @returns undefined when there are none.
 */
export function standingGuide(guide: Guide, versions: readonly Guide[]): Guide | undefined {
  const newest = versions.at(-1);
  if (!newest) return undefined;
  const touches = ({ id }: { readonly id: string }, named: readonly { readonly id: string }[]) =>
    newest.year !== guide.year || named.some((one) => one.id === id);
  return {
    ...newest,
    pools: latestOf(versions.map(({ pools }) => pools)).filter((pool) => touches(pool, guide.pools)),
    items: latestOf(versions.map(({ items }) => items)).filter((item) => touches(item, guide.items)),
  };
}

function latestOf<T extends { readonly id: string }>(lists: readonly (readonly T[])[]): T[] {
  return [...new Map(lists.flat().map((one) => [one.id, one])).values()];
}
