import type { ClaimHolder } from '../../filing/applications/claim-store.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import { type ExactSearch, exactSearch } from './exact-rules.ts';
import { type Matter, placesOfMatter } from './matter.ts';

/**
 * Looks for what stands against an application: the same matter (S1) or the same evidence (S2) of the same enterprise,
 * in a granted award at a level that counts, or claimed by another application.
 */
export async function findDuplicates(
  registry: AwardRegistry,
  matter: Matter,
  applicant: ClaimHolder,
  levels: GuideItem['deduplication']['levels'],
): Promise<ExactSearch> {
  const looked = await Promise.all(
    placesOfMatter(matter).map(async (place) => ({ place, entry: await registry.look(place.partition) })),
  );
  return exactSearch(looked, applicant, levels);
}
