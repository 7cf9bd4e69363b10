import type { ClaimHolder } from '../../filing/applications/claim-store.ts';
import type { Content } from '../../filing/applications/content.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import { doubtOf } from './doubt.ts';
import { type ExactSearch, exactSearch } from './exact-rules.ts';
import { type Matter, placesOfMatter } from './matter.ts';

/**
 * Looks for what stands against an application: the same matter (S1) or the same evidence (S2) of the same enterprise,
 * in a granted award at a level that counts, or claimed by another application.
 */
export async function findDuplicates(
  registry: AwardRegistry,
  matter: Matter,
  applicant: ClaimHolder & { readonly content: Pick<Content, 'enterprise'> },
  levels: GuideItem['deduplication']['levels'],
): Promise<ExactSearch> {
  const looked = await Promise.all(
    placesOfMatter(matter).map(async (place) => ({ place, entry: await registry.look(place.partition) })),
  );
  const { enterprise } = applicant.content;
  const areThere = looked.some(({ entry }) => entry.awards.some(({ uscc }) => uscc === enterprise.uscc));
  const own = areThere ? await registry.awardsOf(enterprise.uscc) : [];
  return exactSearch(looked, applicant, levels, (award) => doubtOf(award, enterprise, own));
}
