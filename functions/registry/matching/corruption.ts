import { filler } from './fold.ts';
import { connectives, logCharacter } from './vocabulary.ts';

/** How a piece may have become another piece. */
export type CorruptionKind = 'miswritten' | 'abbreviated' | 'filled' | 'reworded';

export interface Corruption {
  readonly kind: CorruptionKind;
  /** Logarithm of the probability that whoever means the one writes the other, in the most probable way. */
  readonly log: number;
}

/*
 * Orders of magnitude by reasoning, not fitted to answers: a character in a hundred is mistyped, by any of the language's;
 * a word in a hundred is reworded by any other; of an abbreviated word each character stays or goes.
 */
const logSubstitution = Math.log(0.01) + logCharacter;
const logInsertion = Math.log(0.005) + logCharacter;
const logDeletion = Math.log(0.005);
const logSynonym = Math.log(0.01);
const logAbbreviation = Math.log(0.03);
const logKept = -Math.log(2);
/** Words such as 与 and 及 come and go. */
const logLight = Math.log(0.3);
/** A filler inside a word is left out more readily than put in. */
const logFillerDropped = Math.log(0.3);
const logFillerAdded = Math.log(0.05);
/** Within a longer piece, words of these lengths are reworded one by one. */
const shortestWord = 2;
const longestWord = 6;

/** The most probable way in which one piece became the other. */
export function corrupting(from: string, to: string): Corruption {
  const typed = editing(from, to);
  const ways: Corruption[] = [
    { kind: sharesHalf(from, to) ? 'miswritten' : 'reworded', log: typed },
    { kind: 'abbreviated', log: abbreviating(from, to) },
    { kind: 'filled', log: filling(from, to) },
    { kind: 'reworded', log: logSynonym + to.length * logCharacter },
  ];
  return ways.reduce((best, way) => (way.log > best.log ? way : best));
}

/** Mistyping characters and rewording words, wherever each is the more probable. */
export function editing(whole: string, wanted: string): number {
  const [from, to] = withoutCommonEnds(whole, wanted);
  const width = to.length + 1;
  const table = new Float64Array((from.length + 1) * width);
  const lightTo = Array.from({ length: to.length }, (_, at) => connectives.has(to.charAt(at)));
  const inserted = lightTo.map((light) => (light ? logLight : logInsertion));
  for (let i = 0; i <= from.length; i += 1) {
    const unit = from.charCodeAt(i - 1);
    const light = i > 0 && connectives.has(from.charAt(i - 1));
    const removed = light ? logLight : logDeletion;
    for (let j = i === 0 ? 1 : 0; j <= to.length; j += 1) {
      let best = Number.NEGATIVE_INFINITY;
      if (i > 0) best = (table[(i - 1) * width + j] ?? 0) + removed;
      if (j > 0) best = Math.max(best, (table[i * width + j - 1] ?? 0) + (inserted[j - 1] ?? logInsertion));
      if (i > 0 && j > 0) {
        const changed = light && lightTo[j - 1] === true ? logLight : logSubstitution;
        const kept = unit === to.charCodeAt(j - 1) ? 0 : changed;
        best = Math.max(best, (table[(i - 1) * width + j - 1] ?? 0) + kept);
      }
      for (let back = shortestWord; back <= longestWord && back <= j; back += 1) {
        const reworded = logSynonym + back * logCharacter;
        // However much is gone for it, a rewording that is less probable than what is known need not be looked at.
        if (reworded <= best) break;
        for (let gone = shortestWord; gone <= longestWord && gone <= i; gone += 1) {
          best = Math.max(best, (table[(i - gone) * width + j - back] ?? 0) + reworded);
        }
      }
      table[i * width + j] = best;
    }
  }
  return table[from.length * width + to.length] ?? 0;
}

function withoutCommonEnds(a: string, b: string): [string, string] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** Of a word some characters are left, in their order, the first or the last of them among them. */
function abbreviating(from: string, to: string): number {
  if (to.length < 2 || to.length >= from.length) return Number.NEGATIVE_INFINITY;
  if (from[0] !== to[0] && from.at(-1) !== to.at(-1)) return Number.NEGATIVE_INFINITY;
  let at = 0;
  for (const character of from) if (character === to[at]) at += 1;
  return at === to.length ? logAbbreviation + from.length * logKept : Number.NEGATIVE_INFINITY;
}

/** The pieces are the same but for one filler. */
function filling(from: string, to: string): number {
  if (from.length > to.length) return differByFiller(from, to) ? logFillerDropped : Number.NEGATIVE_INFINITY;
  return differByFiller(to, from) ? logFillerAdded : Number.NEGATIVE_INFINITY;
}

function differByFiller(longer: string, shorter: string): boolean {
  for (const { index, 0: word } of longer.matchAll(filler)) {
    if (longer.slice(0, index) + longer.slice(index + word.length) === shorter) return true;
  }
  return false;
}

/** Half of the shorter one's characters are in the other. */
function sharesHalf(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  return [...shorter].filter((character) => longer.includes(character)).length * 2 >= shorter.length;
}
