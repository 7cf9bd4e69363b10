import type { Matching } from '../../policy/guides/schema.ts';
import type { Bilingual } from '../../shared/text.ts';
import { fold } from './fold.ts';
import { type PreparedName, prepare } from './prepared-name.ts';
import { comparePrepared } from './score.ts';
import { Vocabulary } from './vocabulary.ts';

/** Tells whether two project names may mean one project. */
export class NameJudge {
  /** From which probability on a pair is listed, and from which on an adjudicator sees it. */
  readonly thresholds: Matching['names'];
  readonly #rarity: Vocabulary;
  #last: { readonly name: string; readonly prepared: PreparedName } | undefined;

  /** @param rarity what the registry's names teach; without it the judgement is coarser. */
  constructor(thresholds: Matching['names'], rarity: Vocabulary = new Vocabulary()) {
    this.thresholds = thresholds;
    this.#rarity = rarity;
  }

  /** @returns how probable it is, 0 to 1, and why; undefined when the names are plainly of two projects. */
  compare(name: string, other: string): Judgement | undefined {
    // One name is compared with many.
    if (this.#last?.name !== name) this.#last = { name, prepared: this.#prepared(name) };
    const { prepared } = this.#last;
    const { probability, features } = comparePrepared(prepared, this.#prepared(other), this.#rarity);
    const { listedFrom, suspectedFrom } = this.thresholds;
    if (probability < listedFrom) return undefined;
    return { probability, why: features.map(({ text }) => text), isSuspected: probability >= suspectedFrom };
  }

  #prepared(name: string): PreparedName {
    return prepare(fold(compared(name)), this.#rarity);
  }
}

/** Characters of a name at either end that are compared; names of projects have 200 at most. */
const comparedAtEnds = 100;

/** What of a name is compared: of a longer one than any project has, its two ends, since work grows with the square. */
export function compared(name: string): string {
  if (name.length <= 2 * comparedAtEnds) return name;
  return (name.slice(0, comparedAtEnds) + name.slice(-comparedAtEnds)).toWellFormed();
}

export interface Judgement {
  readonly probability: number;
  readonly why: readonly Bilingual[];
  /** Whether an adjudicator has to see the pair. */
  readonly isSuspected: boolean;
}
