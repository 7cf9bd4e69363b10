import type { FoldedName } from './fold.ts';
import { prepare } from './prepared-name.ts';
import { comparePrepared, type Similarity } from './score.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Screened<Candidate> extends Similarity {
  readonly candidate: Candidate;
}

/** Names that share less of the shorter one's characters cannot come above any useful floor. */
const sharedAtLeast = 0.4;

/**
 * Compares a name with those of an enterprise's block.
 * @param floor probability below which a candidate is not listed.
 * @returns the rest, the most probable duplicate first.
 */
export function screen<Candidate extends { readonly name: FoldedName }>(
  name: FoldedName,
  candidates: readonly Candidate[],
  rarity: Vocabulary,
  floor: number,
): Screened<Candidate>[] {
  const prepared = prepare(name, rarity);
  const characters = countsOf(name.core);
  return candidates
    .filter((candidate) => shares(characters, name.core.length, candidate.name.core))
    .map((candidate) => ({
      candidate,
      ...comparePrepared(prepared, prepare(candidate.name, rarity), rarity),
    }))
    .filter(({ probability }) => probability >= floor)
    .sort((a, b) => b.probability - a.probability);
}

function countsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  return counts;
}

function shares(characters: ReadonlyMap<string, number>, length: number, other: string): boolean {
  const seen = new Map<string, number>();
  let shared = 0;
  for (let at = 0; at < other.length; at += 1) {
    const unit = other.charAt(at);
    const before = seen.get(unit) ?? 0;
    if (before < (characters.get(unit) ?? 0)) {
      shared += 1;
      seen.set(unit, before + 1);
    }
  }
  return shared >= sharedAtLeast * Math.min(length, other.length);
}
