import type { Award } from '../../filing/applications/award.ts';
import type { AwardRegistry } from './award-registry.ts';

/** What a search of the whole registry has found. */
export interface RegistrySearch {
  /** Most alike first. */
  readonly awards: readonly Award[];
  /** Items read, those that were asked for and are not there included. */
  readonly itemsRead: number;
}

/**
 * Searches all schemes for awards whose project is named like this. What it reads does not depend on the size of the
 * registry. Of a name that several hundred awards share, some are found here and all by their enterprises.
 */
export async function searchRegistry(
  registry: AwardRegistry,
  name: string,
  { limit }: { readonly limit: number },
): Promise<RegistrySearch> {
  return registry.search(name, limit);
}
