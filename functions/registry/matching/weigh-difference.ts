import type { Difference, Span } from './align.ts';
import { corrupting, editing } from './corruption.ts';
import type { Finding } from './feature.ts';
import { filler } from './fold.ts';
import { isEmpty, isLight, isWritten, type PreparedName, textOf, trim } from './prepared-name.ts';
import { connectives, type Vocabulary, type WordCut } from './vocabulary.ts';
import type { NamePair } from './whole-words.ts';

/*
 * Each difference is weighed by how it may have come about. Of two names of one matter, one is the other miswritten,
 * shortened or reworded: the channel. Of two matters, a word stands where another word stood: the vocabulary of the
 * registry says how probable that word is there. The ratio of the two is the evidence, as a logarithm.
 * The figures below are orders of magnitude from that reasoning, not fitted to any answers.
 */

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
/** What says next to nothing. */
export const lightest = -0.02;
/** The channel's own probability counts for so much, so that of two duplicates the closer one comes first. */
const closeness = 0.02;

/** What a difference of two names says for or against their meaning one matter. */
export function weighDifference(difference: Difference, pair: NamePair, rarity: Vocabulary): Finding {
  const left = trim(difference.left, pair.left);
  const right = trim(difference.right, pair.right);
  const texts = { left: textOf(difference.left, pair.left), right: textOf(difference.right, pair.right) };
  if (isEmpty(left) && isEmpty(right)) {
    const regions =
      [texts.left, texts.right].every((text) => text !== '') &&
      hasRegion(difference.left, pair.left) &&
      hasRegion(difference.right, pair.right);
    return regions
      ? { kind: 'region', ...texts, weight: otherRegion }
      : { kind: 'left-out', ...texts, weight: lightest };
  }
  const a = textOf(left, pair.left);
  const b = textOf(right, pair.right);
  if (bareOf(a) === bareOf(b)) return { kind: 'filled', left: a, right: b, weight: lightest };
  const numbers = [numbersOf(a), numbersOf(b)] as const;
  if (numbers[0] !== numbers[1] && (a === '' || b === '')) {
    return { kind: 'number', left: a, right: b, weight: missingNumber };
  }
  if (numbers[0] !== numbers[1] && numbers.every((number) => number !== '')) {
    return { kind: 'number', left: a, right: b, weight: otherNumber };
  }
  if (a === '' || b === '') {
    const weight = isEmpty(left) ? missing(right, pair.right, rarity) : missing(left, pair.left, rarity);
    return { kind: 'missing', left: a, right: b, weight };
  }
  return exchanged(a, b, logReplacedOf(difference, pair), rarity);
}

/** A piece without its fillers, and without the words that make a filler longer: 建设项目, 应用平台, 软件系统. */
function bareOf(piece: string): string {
  return piece.replace(filler, '').replace(/建设|应用|软件/gu, '');
}

function hasRegion({ from, to }: Span, { name }: PreparedName): boolean {
  return name.kinds.slice(from, to).includes('r');
}

/** A piece that only one of the two names has. */
function missing(span: Span, prepared: PreparedName, rarity: Vocabulary): number {
  const { text, kinds } = prepared.name;
  const { ends, unknown } = rarity.cut(text, span.from, span.to);
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
    const light = connectives.has(word) || isLight({ from: span.from + at, to: span.from + end }, prepared);
    run = unknown[at] === 1 ? run + 1 : 0;
    if (light) weight += lightest;
    else if (unknown[at] === 0) weight += missingWord;
    else if (atEdge) weight += missingAtEdge;
    // A second unknown character beside the first makes them a word: they are no slip.
    else if (run <= 2) weight += run === 1 ? missingPiece : missingWord - missingPiece;
  }
  return Math.max(missingMost, weight);
}

/**
 * One piece stands where the other name has another.
 * @param logReplaced how probably unknown pieces stand for one another as words.
 */
function exchanged(a: string, b: string, logReplaced: number, rarity: Vocabulary): Finding {
  const [cutA, cutB] = [rarity.cut(a), rarity.cut(b)];
  const [toB, toA] = [corrupting(a, b), corrupting(b, a)];
  // Either the one was written and is the other corrupted, or the other way round.
  const [way, same] =
    cutA.logProbability + toB.log >= cutB.logProbability + toA.log
      ? [toB, cutA.logProbability + toB.log]
      : [toA, cutB.logProbability + toA.log];
  // Or each was meant: as a whole, or one word of each beside others that are corrupted.
  const [readA, readB] = [readPiece(a, cutA, rarity), readPiece(b, cutB, rarity)];
  const areKnown = !cutA.unknown.includes(1) && !cutB.unknown.includes(1);
  let other = cutA.logProbability + cutB.logProbability + (areKnown ? logReplacedWord : logReplaced);
  const meant = (log: number, from: ReadPiece, to: ReadPiece): void => {
    other = log + oneWordReplaced(from, to, other - log);
  };
  meant(cutA.logProbability + logReplacedWord, readA, readB);
  meant(cutB.logProbability + logReplacedWord, readB, readA);
  const evidence = Math.max(-strongest, same - other) - convincing;
  return {
    kind: evidence < -convincing - 1 ? 'replaced' : way.kind,
    left: a,
    right: b,
    weight: -Math.log1p(Math.exp(-evidence)) + closeness * way.log,
  };
}

/** Known words replace one another as wholes; of unknown pieces a single character is hardly one. */
function logReplacedOf({ left, right }: Difference, { alignment }: NamePair): number {
  const oneCharacter =
    unmatched(left, alignment.leftToRight) <= 1 && unmatched(right, alignment.rightToLeft) <= 1;
  return oneCharacter ? logReplacedCharacter : logReplacedWord;
}

function unmatched(span: Span, matches: Int16Array): number {
  let count = 0;
  for (let at = span.from; at < span.to; at += 1) if (matches[at] === -1) count += 1;
  return count;
}

interface KnownWord extends Span {
  readonly text: string;
  readonly log: number;
}

/** A piece, with the words in it that are known. */
interface ReadPiece {
  readonly text: string;
  readonly words: readonly KnownWord[];
}

function readPiece(text: string, { ends, unknown }: WordCut, rarity: Vocabulary): ReadPiece {
  const words: KnownWord[] = [];
  for (let from = 0; from < ends.length; from += 1) {
    const to = ends[from] ?? 0;
    if (to === 0 || unknown[from] === 1) continue;
    const word = text.slice(from, to);
    if (!connectives.has(word)) words.push({ text: word, from, to, log: rarity.logOf(word) });
  }
  return { text, words };
}

/**
 * Of the pieces one word was replaced by another word, and the rest is corrupted.
 * @param known what is known to be as probable: nothing less is looked for.
 */
function oneWordReplaced(from: ReadPiece, to: ReadPiece, known: number): number {
  let best = known;
  if (from.words.length + to.words.length <= 2) return best;
  for (const other of to.words) {
    for (const word of from.words) {
      if (word.text === other.text || other.log <= best) continue;
      const before = editing(from.text.slice(0, word.from), to.text.slice(0, other.from));
      if (before + other.log <= best) continue;
      const after = editing(from.text.slice(word.to), to.text.slice(other.to));
      best = Math.max(best, before + other.log + after);
    }
  }
  return best;
}

function numbersOf(text: string): string {
  return (text.match(/\d+(?:\.\d+)?/gu) ?? []).sort().join(' ');
}
