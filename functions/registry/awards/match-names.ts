import type { Award } from '../../filing/applications/award.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import { areOfTwoEnterprises, plainName } from './enterprise-name.ts';
import type { SeenEnterprise } from './enterprise-rules.ts';
import type { SeenEnterprises } from './enterprise-store.ts';
import { inParallel } from './side-by-side.ts';

/** An enterprise that a name may be of. */
export interface NameCandidate {
  readonly uscc: Award['uscc'];
  /** As an award that stands has it. */
  readonly name: string;
  /** same: the name is the same in all but its writing; alike: but for the form of organisation, or a region. */
  readonly likeness: 'same' | 'alike';
}

/** What the registry tells of a name: whose it is where that is certain, or else whose it may be. */
export interface NameMatch {
  readonly certain?: NameCandidate;
  readonly candidates: readonly NameCandidate[];
}

interface MatchParts {
  readonly registry: { awardsOf(uscc: Award['uscc']): Promise<readonly Award[]> };
  readonly enterprises: Pick<SeenEnterprises, 'named'>;
}

/**
 * Finds the enterprises of names among those that the registry holds awards of. A match is certain where one code alone
 * has the name, width, brackets, case and traditional characters aside, and no other name that could be of somebody else; a name
 * that two codes have, a former name, and one that is only alike are left for a person.
 * @param names as they stand in a file.
 * @returns by these names.
 */
export async function matchNames(
  parts: MatchParts,
  names: readonly string[],
): Promise<ReadonlyMap<string, NameMatch>> {
  const different = [...new Set(names)];
  const matches = await inParallel(different, async (name) => [name, await matchOf(parts, name)] as const);
  return new Map(matches);
}

async function matchOf({ registry, enterprises }: MatchParts, name: string): Promise<NameMatch> {
  const { same, alike } = await enterprises.named(name);
  const held = await standing(registry, name, same);
  const [one] = held;
  if (one && held.length === 1 && !one.hasOtherName)
    return { certain: one.candidate, candidates: [one.candidate] };
  const likes = await standing(registry, name, await alike());
  const candidates = new Map([...likes, ...held].map(({ candidate }) => [candidate.uscc, candidate]));
  return { candidates: [...candidates.values()].sort((a, b) => (a.uscc < b.uscc ? -1 : 1)) };
}

/** Those of some enterprises whose awards still stand: an import that was taken back has brought nothing to go by. */
async function standing(registry: MatchParts['registry'], name: string, seen: readonly SeenEnterprise[]) {
  const codes = new Map(seen.map((one) => [one.uscc, one]));
  const found = await inParallel([...codes.values()], async ({ uscc, name: written }) => {
    const code = OrganisationCodeSchema.safeParse(uscc).data;
    if (code === undefined) return [];
    const awards = await registry.awardsOf(code);
    const holder = awards.find((award) => plainName(award.name) === plainName(written));
    if (!holder) return [];
    const likeness = plainName(holder.name) === plainName(name) ? ('same' as const) : ('alike' as const);
    const hasOtherName = awards.some((award) => areOfTwoEnterprises(award.name, name));
    return [{ candidate: { uscc: code, name: holder.name, likeness }, hasOtherName }];
  });
  return found.flat();
}
