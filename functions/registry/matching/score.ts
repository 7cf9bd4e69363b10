import type { Bilingual } from '../../shared/text.ts';
import { type Alignment, align, type Difference, type Span } from './align.ts';
import { type CorruptionKind, corrupting, editing } from './corruption.ts';
import type { FoldedName } from './fold.ts';
import { connectives, type Vocabulary, type WordCut } from './vocabulary.ts';

/** What was found where two names were laid side by side. */
export type FeatureKind =
  | 'same'
  | 'moved'
  | 'left-out'
  | 'missing'
  | CorruptionKind
  | 'replaced'
  | 'number'
  | 'region'
  | 'unlike';

export interface Feature {
  readonly kind: FeatureKind;
  /** The pieces, as folded; an empty one is missing. */
  readonly left: string;
  readonly right: string;
  /** What it adds to the logarithm of the odds of a duplicate: never above zero. */
  readonly weight: number;
  /** For whoever decides. */
  readonly text: Bilingual;
}

export interface Similarity {
  /** Of the two names meaning one matter of one enterprise, 0 to 1. */
  readonly probability: number;
  readonly features: readonly Feature[];
  /** Elementary comparisons that it took: bounded by the product of the lengths. */
  readonly steps: number;
}

/*
 * Each difference is weighed by how it may have come about. Of two names of one matter, one is the other miswritten,
 * shortened or reworded: the channel. Of two matters, a word stands where another word stood: the vocabulary of the
 * registry says how probable that word is there. The ratio of the two is the evidence, as a logarithm.
 * The figures below are orders of magnitude from that reasoning, not fitted to any answers.
 */

/** Names without a difference are nearly always of one matter. */
const alike = 3.5;
/** Matters differ by words of two characters or more. */
const logReplacedWord = Math.log(0.7);
const logReplacedCharacter = Math.log(0.03);
/** Evidence of one difference is never beyond this; */
const strongest = 8;
/** and as most pairs of one enterprise are two matters, it has to be so strong to leave no doubt. */
const convincing = 3;

const missingWord = -3.4;
const missingPiece = -0.4;
const missingAtEdge = -0.15;
const missingMost = -5;
const missingNumber = -2.5;
const otherNumber = -5;
const otherRegion = -1;
const lightest = -0.02;
/** The channel's own probability counts for so much, so that of two duplicates the closer one comes first. */
const closeness = 0.02;
/** Names that share less of the shorter one's content have little in common. */
const sharedEnough = 0.6;
const unlikeness = -8;
/** A difference is not drawn out over longer pieces. */
const longestPiece = 24;

/** A name made ready for comparisons. */
export interface PreparedName {
  readonly name: FoldedName;
  readonly wordFrom: Uint16Array;
  readonly wordTo: Uint16Array;
  readonly content: number;
}

/** Cuts a folded name into the registry's words. */
export function prepare(name: FoldedName, vocabulary: Vocabulary): PreparedName {
  const { text, kinds } = name;
  const wordFrom = new Uint16Array(text.length);
  const wordTo = new Uint16Array(text.length);
  let content = 0;
  const set = (from: number, to: number): void => {
    wordFrom.fill(from, from, to);
    wordTo.fill(to, from, to);
  };
  for (let from = 0; from < text.length; ) {
    const written = isWritten(kinds, from);
    let to = from + 1;
    while (to < text.length && (written ? isWritten(kinds, to) : kinds[to] === kinds[from])) to += 1;
    if (written) {
      const { ends } = vocabulary.cut(text, from, to);
      for (let at = 0; at < ends.length; at += 1) {
        const end = ends[at] ?? 0;
        if (end > 0) set(from + at, from + end);
        if (kinds[from + at] === 'c') content += 1;
      }
    } else {
      for (let at = from; at < to; at += 1) set(at, at + 1);
    }
    from = to;
  }
  return { name, wordFrom, wordTo, content };
}

/** Content or filler: what words are made of. */
function isWritten(kinds: string, at: number): boolean {
  return kinds[at] === 'c' || kinds[at] === 'f';
}

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
  const pair = turned ? new Pair(right, left, rarity) : new Pair(left, right, rarity);
  const features = pair.features();
  const logOdds = features.reduce((sum, { weight }) => sum + weight, alike);
  return {
    probability: 1 / (1 + Math.exp(-logOdds)),
    features: turned ? features.map(turn) : features,
    steps: pair.alignment.steps,
  };
}

/** Before it is put in words a feature knows only its pieces. */
type Finding = Omit<Feature, 'text'>;

class Pair {
  readonly #left: PreparedName;
  readonly #right: PreparedName;
  readonly #rarity: Vocabulary;
  readonly alignment: Alignment;

  constructor(left: PreparedName, right: PreparedName, rarity: Vocabulary) {
    this.#left = left;
    this.#right = right;
    this.#rarity = rarity;
    this.alignment = align(left.name.text, right.name.text, {
      left: (span) => wordsAround(span, left),
      right: (span) => wordsAround(span, right),
    });
  }

  features(): Feature[] {
    const { differences, moved, leftToRight } = this.alignment;
    const found: Finding[] = this.#whole(differences).map((difference) => this.#weigh(difference));
    if (moved) found.push({ kind: 'moved', left: '', right: '', weight: lightest });
    if (this.#left.name.text === this.#right.name.text) {
      found.push({ kind: 'same', left: '', right: '', weight: 0 });
    }
    let shared = 0;
    for (let at = 0; at < leftToRight.length; at += 1) {
      if ((leftToRight[at] ?? -1) >= 0 && isWritten(this.#left.name.kinds, at)) shared += 1;
    }
    const shorter = Math.max(1, Math.min(this.#left.content, this.#right.content));
    const share = Math.min(1, shared / shorter);
    if (share < sharedEnough && this.#left.name.text !== this.#right.name.text) {
      found.push({ kind: 'unlike', left: '', right: '', weight: unlikeness * (1 - share / sharedEnough) });
    }
    return found
      .sort((a, b) => a.weight - b.weight)
      .map((finding) => ({ ...finding, text: describe(finding) }));
  }

  /** Differences drawn out to whole words on both sides, and made one where they meet. */
  #whole(differences: readonly Difference[]): Difference[] {
    const drawn = differences.map((difference) => this.#drawOut(difference));
    const whole: Difference[] = [];
    for (const difference of drawn.sort((a, b) => a.left.from - b.left.from || a.left.to - b.left.to)) {
      const last = whole.at(-1);
      if (last && (overlap(last.left, difference.left) || overlap(last.right, difference.right))) {
        whole[whole.length - 1] = {
          left: union(last.left, difference.left),
          right: union(last.right, difference.right),
        };
      } else whole.push(difference);
    }
    return whole;
  }

  #drawOut(difference: Difference): Difference {
    let { left, right } = difference;
    if (
      this.#isLight(left, this.#left) &&
      this.#isLight(right, this.#right) &&
      (isEmpty(left) || isEmpty(right))
    ) {
      // A filler inside a word is a part of it.
      if (!this.#splitsWord(left, this.#left) && !this.#splitsWord(right, this.#right)) return difference;
    }
    for (;;) {
      const before = left.to - left.from + right.to - right.from;
      const wantedLeft = wordsAround(left, this.#left);
      [left, right] = follow(left, right, wantedLeft, this.alignment.leftToRight);
      const wantedRight = wordsAround(right, this.#right);
      [right, left] = follow(right, left, wantedRight, this.alignment.rightToLeft);
      const after = left.to - left.from + right.to - right.from;
      if (after === before || after > longestPiece) return { left, right };
    }
  }

  /** Nothing of it is content. */
  #isLight(span: Span, { name }: PreparedName): boolean {
    return !name.kinds.slice(span.from, span.to).includes('c');
  }

  #splitsWord(span: Span, prepared: PreparedName): boolean {
    const wanted = wordsAround(span, prepared);
    return wanted.from < span.from || wanted.to > span.to;
  }

  #weigh(difference: Difference): Finding {
    const left = trim(difference.left, this.#left);
    const right = trim(difference.right, this.#right);
    const texts = { left: piece(difference.left, this.#left), right: piece(difference.right, this.#right) };
    if (isEmpty(left) && isEmpty(right)) {
      const regions = [texts.left, texts.right].every((text) => text !== '') && this.#areRegions(difference);
      return regions
        ? { kind: 'region', ...texts, weight: otherRegion }
        : { kind: 'left-out', ...texts, weight: lightest };
    }
    const a = piece(left, this.#left);
    const b = piece(right, this.#right);
    const numbers = [numbersOf(a), numbersOf(b)] as const;
    if (numbers[0] !== numbers[1] && (a === '' || b === '')) {
      return { kind: 'number', left: a, right: b, weight: missingNumber };
    }
    if (numbers[0] !== numbers[1] && numbers.every((number) => number !== '')) {
      return { kind: 'number', left: a, right: b, weight: otherNumber };
    }
    if (a === '' || b === '') {
      return {
        kind: 'missing',
        left: a,
        right: b,
        weight: this.#missing(isEmpty(left) ? right : left, isEmpty(left) ? this.#right : this.#left),
      };
    }
    return this.#exchanged(a, b, difference);
  }

  #areRegions({ left, right }: Difference): boolean {
    return (
      this.#left.name.kinds.slice(left.from, left.to).includes('r') &&
      this.#right.name.kinds.slice(right.from, right.to).includes('r')
    );
  }

  /** A piece that only one of the two names has. */
  #missing(span: Span, prepared: PreparedName): number {
    const { text, kinds } = prepared.name;
    const { ends, unknown } = this.#rarity.cut(text, span.from, span.to);
    let weight = 0;
    let run = 0;
    const atEdge =
      span.from === 0 ||
      span.to === text.length ||
      !isWritten(kinds, span.from - 1) ||
      !isWritten(kinds, span.to);
    for (let at = 0; at < ends.length; at += 1) {
      const end = ends[at] ?? 0;
      if (end === 0) continue;
      const word = text.slice(span.from + at, span.from + end);
      const light =
        connectives.has(word) || this.#isLight({ from: span.from + at, to: span.from + end }, prepared);
      run = unknown[at] === 1 ? run + 1 : 0;
      if (light) weight += lightest;
      else if (unknown[at] === 0) weight += missingWord;
      else if (atEdge) weight += missingAtEdge;
      // A second unknown character beside the first makes them a word: they are no slip.
      else if (run <= 2) weight += run === 1 ? missingPiece : missingWord - missingPiece;
    }
    return Math.max(missingMost, weight);
  }

  /** One piece stands where the other name has another. */
  #exchanged(a: string, b: string, { left, right }: Difference): Finding {
    const [cutA, cutB] = [this.#rarity.cut(a), this.#rarity.cut(b)];
    const [toB, toA] = [corrupting(a, b), corrupting(b, a)];
    // Either the one was written and is the other corrupted, or the other way round.
    const [way, same] =
      cutA.logProbability + toB.log >= cutB.logProbability + toA.log
        ? [toB, cutA.logProbability + toB.log]
        : [toA, cutB.logProbability + toA.log];
    // Or each was meant: as a whole, or one word of each beside others that are corrupted.
    const [wordsA, wordsB] = [this.#knownWords(a, cutA), this.#knownWords(b, cutB)];
    let other = cutA.logProbability + cutB.logProbability + this.#logReplaced(left, right, cutA, cutB);
    const meant = (log: number, from: string, to: string, words: KnownWord[], others: KnownWord[]): void => {
      other = log + oneWordReplaced(from, to, words, others, other - log);
    };
    meant(cutA.logProbability + logReplacedWord, a, b, wordsA, wordsB);
    meant(cutB.logProbability + logReplacedWord, b, a, wordsB, wordsA);
    const evidence = Math.max(-strongest, same - other) - convincing;
    return {
      kind: evidence < -convincing - 1 ? 'replaced' : way.kind,
      left: a,
      right: b,
      weight: -Math.log1p(Math.exp(-evidence)) + closeness * way.log,
    };
  }

  /** Known words replace one another as wholes; of unknown pieces a single character is hardly one. */
  #logReplaced(left: Span, right: Span, cutA: WordCut, cutB: WordCut): number {
    if (!cutA.unknown.includes(1) && !cutB.unknown.includes(1)) return logReplacedWord;
    const oneCharacter =
      this.#unmatched(left, this.alignment.leftToRight) <= 1 &&
      this.#unmatched(right, this.alignment.rightToLeft) <= 1;
    return oneCharacter ? logReplacedCharacter : logReplacedWord;
  }

  #unmatched(span: Span, matches: Int16Array): number {
    let count = 0;
    for (let at = span.from; at < span.to; at += 1) if (matches[at] === -1) count += 1;
    return count;
  }

  #knownWords(text: string, { ends, unknown }: WordCut): KnownWord[] {
    const words: KnownWord[] = [];
    for (let from = 0; from < ends.length; from += 1) {
      const to = ends[from] ?? 0;
      if (to === 0 || unknown[from] === 1) continue;
      const word = text.slice(from, to);
      if (!connectives.has(word)) words.push({ text: word, from, to, log: this.#rarity.logOf(word) });
    }
    return words;
  }
}

interface KnownWord extends Span {
  readonly text: string;
  readonly log: number;
}

/**
 * Of the pieces one word was replaced by another word, and the rest is corrupted.
 * @param known what is known to be as probable: nothing less is looked for.
 */
function oneWordReplaced(
  from: string,
  to: string,
  words: readonly KnownWord[],
  others: readonly KnownWord[],
  known: number,
): number {
  let best = known;
  if (words.length + others.length <= 2) return best;
  for (const other of others) {
    for (const word of words) {
      if (word.text === other.text || other.log <= best) continue;
      const before = editing(from.slice(0, word.from), to.slice(0, other.from));
      if (before + other.log <= best) continue;
      const after = editing(from.slice(word.to), to.slice(other.to));
      best = Math.max(best, before + other.log + after);
    }
  }
  return best;
}

function wordsAround(span: Span, { wordFrom, wordTo }: PreparedName): Span {
  if (isEmpty(span)) {
    const inside = (wordFrom[span.from] ?? span.from) < span.from;
    return inside ? { from: wordFrom[span.from] ?? span.from, to: wordTo[span.from] ?? span.to } : span;
  }
  return { from: wordFrom[span.from] ?? span.from, to: wordTo[span.to - 1] ?? span.to };
}

/** Draws a span out to what is wanted, as far as the other side's span can be drawn out with it. */
function follow(span: Span, other: Span, wanted: Span, matches: Int16Array): [Span, Span] {
  let { from, to } = span;
  let { from: otherFrom, to: otherTo } = other;
  while (from > wanted.from) {
    const match = matches[from - 1] ?? -1;
    if (match !== -1 && match !== otherFrom - 1) break;
    if (match !== -1) otherFrom -= 1;
    from -= 1;
  }
  while (to < wanted.to) {
    const match = matches[to] ?? -1;
    if (match !== -1 && match !== otherTo) break;
    if (match !== -1) otherTo += 1;
    to += 1;
  }
  return [
    { from, to },
    { from: otherFrom, to: otherTo },
  ];
}

function isEmpty({ from, to }: Span): boolean {
  return from >= to;
}

function overlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

function union(a: Span, b: Span): Span {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** Without what may differ at its ends; fillers stay where there is content beside them. */
function trim(span: Span, { name }: PreparedName): Span {
  let { from, to } = span;
  if (!name.kinds.slice(from, to).includes('c')) {
    const written = /f/u.test(name.kinds.slice(from, to));
    return written ? span : { from, to: from };
  }
  while (from < to && !isWritten(name.kinds, from)) from += 1;
  while (to > from && !isWritten(name.kinds, to - 1)) to -= 1;
  return { from, to };
}

function piece({ from, to }: Span, { name: { text } }: PreparedName): string {
  return text.slice(from, to).toWellFormed();
}

function numbersOf(text: string): string {
  return (text.match(/\d+(?:\.\d+)?/gu) ?? []).sort().join(' ');
}

function turn(feature: Feature): Feature {
  const turned = { ...feature, left: feature.right, right: feature.left };
  return { ...turned, text: describe(turned) };
}

function describe({ kind, left, right }: Pick<Feature, 'kind' | 'left' | 'right'>): Bilingual {
  const present = left || right;
  switch (kind) {
    case 'same':
      return { zh: '折叠后名称相同', en: 'the names are the same once folded' };
    case 'moved':
      return { zh: '各部分顺序不同', en: 'the parts stand in another order' };
    case 'left-out':
      return {
        zh: `“${left}”与“${right}”仅为年度、期次、地区、单位或通用词之别`,
        en: `"${left}" and "${right}" are only years, phases, regions, organisations or fillers`,
      };
    case 'missing':
      return { zh: `仅一方有“${present}”`, en: `only one has "${present}"` };
    case 'miswritten':
      return { zh: `“${left}”与“${right}”疑为笔误`, en: `"${left}" and "${right}" look like a slip` };
    case 'abbreviated':
      return {
        zh: `“${left}”与“${right}”疑为简称`,
        en: `"${left}" and "${right}" look like an abbreviation`,
      };
    case 'filled':
      return {
        zh: `“${left}”与“${right}”相差通用词`,
        en: `"${left}" and "${right}" differ by a word that says nothing`,
      };
    case 'reworded':
      return { zh: `“${left}”与“${right}”疑为同义`, en: `"${left}" and "${right}" may mean the same` };
    case 'replaced':
      return { zh: `“${left}”换成了“${right}”`, en: `"${right}" stands in place of "${left}"` };
    case 'number':
      return { zh: `数字不同：“${left}”与“${right}”`, en: `the numbers differ: "${left}" and "${right}"` };
    case 'region':
      return { zh: `地区不同：“${left}”与“${right}”`, en: `the regions differ: "${left}" and "${right}"` };
    case 'unlike':
      return { zh: '两个名称共同之处很少', en: 'the names have little in common' };
  }
}
