import type { FoldedName } from './fold.ts';

/** What a registry's names teach of how probable a piece of a name is; small enough to be stored as one item. */
export interface LearntVocabulary {
  /** Names that were read. */
  readonly names: number;
  /** Words, with the number of enterprises in whose names each stands as a word. */
  readonly words: Readonly<Record<string, number>>;
  readonly enterprises: number;
  /** Share of enterprises one of whose names holds a word that no other enterprise uses, 0 to 1. */
  readonly novelty: number;
}

/** Of Chinese as a whole: a piece that says nothing is drawn from about this many characters. */
export const logCharacter = -Math.log(3000);
/** However many names were read, one in so many holds a new word. */
const leastNovelty = 1e-4;
/** Words of one character are rare. */
const logSingle = Math.log(0.03);
const longestWord = 8;
/** Words of fewer enterprises are as good as unseen. */
const leastEnterprises = 3;
/** A piece that its neighbour follows more often than this is a part of a longer word. */
const boundShare = 0.9;
/** How much more often than by chance two words must meet to be one word. */
const leastLift = 1.4;
/** And that beyond what chance alone scatters, in standard deviations. */
const leastDeviations = 3;
const leastShareOfRarer = 0.1;
const leastShareOfHalf = 0.3;
/** What so many enterprises write is a word, though both its halves are frequent: letters of names meet by chance. */
const commonShare = 0.003;
const leastCommon = 12;
const recounts = 3;
/** So many of the most frequent words are kept: an item of DynamoDB holds them, and less. */
const mostWords = 8000;
/** The only words of one character: others are halves of words, and letters of enterprises' names. */
export const connectives: ReadonlySet<string> = new Set('与及和暨并或的之等');

/** A name cut into words: `ends[i]` is where the word that begins at i ends, 0 where none begins. */
export interface WordCut {
  /** Logarithm of the probability of meeting these words in a name. */
  readonly logProbability: number;
  readonly ends: Uint16Array;
  /** Characters that belong to no known word: 1, others 0. */
  readonly unknown: Uint8Array;
}

interface Tables {
  readonly known: Float64Array;
  readonly single: Float64Array;
  readonly longer: Float64Array;
  readonly wordFrom: Uint16Array;
}

let spare: Tables | undefined;

/** Tables that begin impossible; the same ones again and again, for each screening cuts dozens of names. */
function tables(size: number): Tables {
  if (!spare || spare.known.length < size) {
    const room = Math.max(size, 512);
    spare = {
      known: new Float64Array(room),
      single: new Float64Array(room),
      longer: new Float64Array(room),
      wordFrom: new Uint16Array(room),
    };
  }
  for (const table of [spare.known, spare.single, spare.longer])
    table.fill(Number.NEGATIVE_INFINITY, 0, size);
  return spare;
}

/** Probabilities of pieces of names. An empty one knows no word, and calls no piece improbable. */
export class Vocabulary {
  readonly #logOf = new Map<string, number>();
  /** Beginnings of words: where a piece is none, no longer piece is a word. */
  readonly #beginnings = new Set<string>();
  readonly logNovelty: number;

  constructor(learnt: LearntVocabulary = { names: 0, enterprises: 0, words: {}, novelty: 1 }) {
    for (const [word, count] of Object.entries(learnt.words)) {
      this.#logOf.set(word, Math.log(count / learnt.enterprises));
      for (let size = 1; size < word.length; size += 1) this.#beginnings.add(word.slice(0, size));
    }
    this.logNovelty = Math.log(Math.min(1, Math.max(leastNovelty, learnt.novelty)));
  }

  /** Logarithm of the share of enterprises that use a word. */
  logOf(word: string): number {
    return this.#logOf.get(word) ?? Number.NEGATIVE_INFINITY;
  }

  /** The most probable way to cut a piece into known words and unknown characters. */
  cut(text: string, from = 0, to = text.length): WordCut {
    const length = to - from;
    // What ends at a place: a known word, an unknown word of one character, or a longer unknown one.
    const { known, single, longer, wordFrom } = tables(length + 1);
    known[0] = 0;
    for (let at = 0; at < length; at += 1) {
      const byKnown = known[at] ?? 0;
      const bySingle = single[at] ?? 0;
      const byLonger = longer[at] ?? 0;
      single[at + 1] = byKnown + this.logNovelty + logSingle + logCharacter;
      longer[at + 1] = Math.max(bySingle - logSingle, byLonger) + logCharacter;
      const best = Math.max(byKnown, bySingle, byLonger);
      for (let size = 1; at + size <= length; size += 1) {
        const piece = text.slice(from + at, from + at + size);
        const log = this.#logOf.get(piece);
        if (log !== undefined && best + log > (known[at + size] ?? 0)) {
          known[at + size] = best + log;
          wordFrom[at + size] = at;
        }
        if (!this.#beginnings.has(piece)) break;
      }
    }
    const ends = new Uint16Array(length);
    const unknowns = new Uint8Array(length);
    const isKnown = (at: number): boolean => (known[at] ?? 0) >= Math.max(single[at] ?? 0, longer[at] ?? 0);
    let inRun = !isKnown(length);
    for (let at = length; at > 0; ) {
      if (inRun) {
        ends[at - 1] = at;
        unknowns[at - 1] = 1;
        // An unknown word of one character begins after a known one.
        inRun = (longer[at] ?? 0) > (single[at] ?? 0);
        at -= 1;
      } else {
        const start = wordFrom[at] ?? 0;
        ends[start] = at;
        at = start;
        inRun = !isKnown(at);
      }
    }
    const logProbability = Math.max(known[length] ?? 0, single[length] ?? 0, longer[length] ?? 0);
    return { logProbability, ends, unknown: unknowns };
  }
}

/**
 * Learns the words of a registry from names alone: pieces that several enterprises use, that end freely on both sides,
 * and whose parts meet more often than by chance; counted where they stand as words and not inside longer ones.
 * @param names of the registry, or a fair sample of some ten thousand of them, in any order.
 */
export function learnVocabulary(
  names: Iterable<{ readonly enterprise: string; readonly name: FoldedName }>,
): LearntVocabulary {
  const byEnterprise = new Map<string, Set<string>>();
  let count = 0;
  for (const { enterprise, name } of names) {
    count += 1;
    const pieces = byEnterprise.get(enterprise) ?? new Set();
    for (const piece of content(name)) pieces.add(piece);
    byEnterprise.set(enterprise, pieces);
  }
  const corpus = [...byEnterprise.values()].map((pieces) => [...pieces]);
  const counts = countPieces(corpus);
  let words = freeWords(counts, corpus.length);
  for (let round = 0; round < recounts; round += 1) words = recount(corpus, words, counts);
  return {
    names: count,
    enterprises: corpus.length,
    words: Object.fromEntries([...words].sort(([, a], [, b]) => b - a).slice(0, mostWords)),
    novelty: Math.min(1, Math.max(noveltyOf(corpus, words), rareness(words) / Math.max(1, corpus.length))),
  };
}

/** What is written between regions, organisation forms, years and phases. */
function content({ text, kinds }: FoldedName): string[] {
  const pieces: string[] = [];
  for (const part of kinds.matchAll(/[cf]+/g))
    pieces.push(text.slice(part.index, part.index + part[0].length));
  return pieces;
}

/** In how many enterprises each piece occurs; a longer one is counted only when both its shorter ones are frequent. */
function countPieces(corpus: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let size = 1; size <= longestWord + 1; size += 1) {
    const level = new Map<string, { count: number; last: number }>();
    corpus.forEach((pieces, enterprise) => {
      for (const piece of pieces) {
        for (let from = 0; from + size <= piece.length; from += 1) {
          if (size > 1 && !counts.has(piece.slice(from, from + size - 1))) continue;
          if (size > 1 && !counts.has(piece.slice(from + 1, from + size))) continue;
          const gram = piece.slice(from, from + size);
          const seen = level.get(gram);
          if (!seen) level.set(gram, { count: 1, last: enterprise });
          else if (seen.last !== enterprise) {
            seen.count += 1;
            seen.last = enterprise;
          }
        }
      }
    });
    for (const [gram, { count }] of level) if (count >= leastEnterprises) counts.set(gram, count);
  }
  return counts;
}

function freeWords(counts: ReadonlyMap<string, number>, enterprises: number): Map<string, number> {
  const bound = new Set<string>();
  for (const [gram, count] of counts) {
    for (const part of [gram.slice(1), gram.slice(0, -1)]) {
      if (count > boundShare * (counts.get(part) ?? Number.POSITIVE_INFINITY)) bound.add(part);
    }
  }
  const words = new Map<string, number>();
  const shortFirst = [...counts].sort(([a], [b]) => a.length - b.length);
  for (const [gram, count] of shortFirst) {
    if (gram.length > longestWord || bound.has(gram)) continue;
    if (gram.length === 1 && !connectives.has(gram)) continue;
    let whole = true;
    const common = count >= Math.max(leastCommon, commonShare * enterprises);
    for (let at = 1; at < gram.length && whole; at += 1) {
      const left = counts.get(gram.slice(0, at)) ?? 0;
      const right = counts.get(gram.slice(at)) ?? 0;
      const byChance = (left * right) / enterprises;
      const lifted = count >= leastLift * byChance + leastDeviations * Math.sqrt(byChance);
      const share = count / Math.min(left, right);
      const leftIsWord = words.has(gram.slice(0, at));
      const rightIsWord = words.has(gram.slice(at));
      // Two words are one when they attract each other; half of a word cannot do without the other half.
      if (leftIsWord && rightIsWord) whole = lifted && share >= leastShareOfRarer;
      else whole = lifted || share >= leastShareOfHalf || (!leftIsWord && !rightIsWord && common);
    }
    if (whole) words.set(gram, count);
  }
  return words;
}

/** Counts words where the most probable cut of a name has them, and drops those that hardly stand alone. */
function recount(
  corpus: readonly (readonly string[])[],
  words: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
): Map<string, number> {
  const vocabulary = new Vocabulary({
    names: 0,
    enterprises: corpus.length,
    words: Object.fromEntries(words),
    novelty: leastNovelty,
  });
  const found = new Map<string, number>();
  for (const pieces of corpus) {
    const here = new Set<string>();
    for (const piece of pieces) {
      const { ends, unknown } = vocabulary.cut(piece);
      for (let at = 0; at < piece.length; at += 1) {
        const end = ends[at] ?? 0;
        if (end > 0 && unknown[at] === 0) here.add(piece.slice(at, end));
      }
    }
    for (const word of here) found.set(word, (found.get(word) ?? 0) + 1);
  }
  for (const [word, count] of found) {
    if (count < leastEnterprises || count < 0.02 * (counts.get(word) ?? 0)) found.delete(word);
  }
  return found;
}

/** How many words too rare to be learnt there are likely to be, judged by those that are just frequent enough. */
function rareness(words: ReadonlyMap<string, number>): number {
  let mass = 0;
  for (const count of words.values()) if (count <= leastEnterprises + 1) mass += count;
  // Words of one and two enterprises fill names to about the same extent as those of three and four; of these about
  // half are chance meetings of other words, and an enterprise has about two names.
  return mass / 4;
}

/** How often a name holds an unknown piece between two words: at its beginning stands who it belongs to. */
function noveltyOf(corpus: readonly (readonly string[])[], words: ReadonlyMap<string, number>): number {
  const vocabulary = new Vocabulary({
    names: 0,
    enterprises: corpus.length,
    words: Object.fromEntries(words),
    novelty: leastNovelty,
  });
  let pieces = 0;
  let novel = 0;
  for (const names of corpus) {
    for (const name of names) {
      const { ends, unknown } = vocabulary.cut(name);
      pieces += 1;
      const first = unknown.indexOf(0);
      if (first < 0 || ends.length < 4) continue;
      const rest = unknown.subarray(first);
      let run = 0;
      for (const flag of rest) {
        run = flag === 1 ? run + 1 : 0;
        if (run >= 2) {
          novel += 1;
          break;
        }
      }
    }
  }
  return (novel + 1) / (pieces + 1);
}
