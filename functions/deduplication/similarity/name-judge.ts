import type { Matching } from '../../policy/schema.ts';
import type { Bilingual } from '../../shared/text.ts';
import { fold } from './fold.ts';
import { comparePrepared, type PreparedName, prepare } from './score.ts';
import { Vocabulary } from './vocabulary.ts';

/** Tells whether two project names may mean one project. */
export class NameJudge {
  readonly #thresholds: Matching['names'];
  readonly #rarity: Vocabulary;
  #last: { readonly name: string; readonly prepared: PreparedName } | undefined;

  /** @param rarity what the registry's names teach; without it the judgement is coarser. */
  constructor(thresholds: Matching['names'], rarity: Vocabulary = new Vocabulary()) {
    this.#thresholds = thresholds;
    this.#rarity = rarity;
  }

  /** @returns how probable it is, 0 to 1, and why; undefined when an adjudicator need not see them. */
  compare(name: string, other: string): Judgement | undefined {
    const judgement = this.list(name, other);
    return judgement && judgement.probability >= this.#thresholds.suspectedFrom ? judgement : undefined;
  }

  /** As `compare`, for a list of what was looked at: undefined only when the names are plainly of two projects. */
  list(name: string, other: string): Judgement | undefined {
    // One name is compared with many.
    if (this.#last?.name !== name) this.#last = { name, prepared: prepare(fold(name), this.#rarity) };
    const { prepared } = this.#last;
    const { probability, features } = comparePrepared(
      prepared,
      prepare(fold(other), this.#rarity),
      this.#rarity,
    );
    if (probability < this.#thresholds.listedFrom) return undefined;
    return { probability, why: features.map(({ text }) => text) };
  }
}

export interface Judgement {
  readonly probability: number;
  readonly why: readonly Bilingual[];
}
