import { align } from './align.ts';
import { type Feature, type Finding, inWords, turn } from './feature.ts';
import type { FoldedName } from './fold.ts';
import { isWritten, type PreparedName, prepare, wordsAround } from './prepared-name.ts';
import type { Vocabulary } from './vocabulary.ts';
import { lightest, weighDifference } from './weigh-difference.ts';
import { type NamePair, wholeDifferences } from './whole-words.ts';

export interface Similarity {
  /** Of the two names meaning one matter of one enterprise, 0 to 1. */
  readonly probability: number;
  readonly features: readonly Feature[];
  /** Elementary comparisons that it took: bounded by the product of the lengths. */
  readonly steps: number;
}

/** Names without a difference are nearly always of one matter. */
const alike = 3.5;
/** Names that share less of the shorter one's content have little in common. */
const sharedEnough = 0.6;
const unlikeness = -8;

/**
 * How probably two folded names mean one matter, and why. The order of the two does not matter.
 * @param rarity what the registry teaches of words; an empty vocabulary is allowed.
 */
export function score(left: FoldedName, right: FoldedName, rarity: Vocabulary): Similarity {
  return comparePrepared(prepare(left, rarity), prepare(right, rarity), rarity);
}

/** As `score`, for names that are compared more than once. */
export function comparePrepared(left: PreparedName, right: PreparedName, rarity: Vocabulary): Similarity {
  const turned = left.name.text > right.name.text;
  const pair = turned ? sideBySide(right, left) : sideBySide(left, right);
  const features = featuresOf(pair, rarity);
  const logOdds = features.reduce((sum, { weight }) => sum + weight, alike);
  return {
    probability: 1 / (1 + Math.exp(-logOdds)),
    features: turned ? features.map(turn) : features,
    steps: pair.alignment.steps,
  };
}

function sideBySide(left: PreparedName, right: PreparedName): NamePair {
  const alignment = align(left.name.text, right.name.text, {
    left: (span) => wordsAround(span, left),
    right: (span) => wordsAround(span, right),
  });
  return { left, right, alignment };
}

/** What tells two names apart, what weighs most first. */
function featuresOf(pair: NamePair, rarity: Vocabulary): Feature[] {
  const { left, right, alignment } = pair;
  const found: Finding[] = wholeDifferences(pair).map((difference) =>
    weighDifference(difference, pair, rarity),
  );
  if (alignment.moved) found.push({ kind: 'moved', left: '', right: '', weight: lightest });
  const isSame = left.name.text === right.name.text;
  if (isSame) found.push({ kind: 'same', left: '', right: '', weight: 0 });
  const share = sharedContent(pair);
  if (share < sharedEnough && !isSame) {
    found.push({ kind: 'unlike', left: '', right: '', weight: unlikeness * (1 - share / sharedEnough) });
  }
  return found.sort((a, b) => a.weight - b.weight).map(inWords);
}

/** Share of the shorter name's content that the other one has, 0 to 1. */
function sharedContent({ left, right, alignment: { leftToRight } }: NamePair): number {
  let shared = 0;
  for (let at = 0; at < leftToRight.length; at += 1) {
    if ((leftToRight[at] ?? -1) >= 0 && isWritten(left.name.kinds, at)) shared += 1;
  }
  return Math.min(1, shared / Math.max(1, Math.min(left.content, right.content)));
}
