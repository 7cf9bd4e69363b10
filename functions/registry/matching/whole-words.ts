import type { Alignment, Difference, Span } from './align.ts';
import { isEmpty, isLight, type PreparedName, wordsAround } from './prepared-name.ts';

/** A difference is not drawn out over longer pieces. */
const longestPiece = 24;

/** Two names laid side by side. */
export interface NamePair {
  readonly left: PreparedName;
  readonly right: PreparedName;
  readonly alignment: Alignment;
}

/** Differences drawn out to whole words on both sides, and made one where they meet. */
export function wholeDifferences(pair: NamePair): Difference[] {
  const drawn = pair.alignment.differences.map((difference) => drawOut(difference, pair));
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

function drawOut(difference: Difference, pair: NamePair): Difference {
  let { left, right } = difference;
  if (isLight(left, pair.left) && isLight(right, pair.right) && (isEmpty(left) || isEmpty(right))) {
    // A filler inside a word is a part of it.
    if (!splitsWord(left, pair.left) && !splitsWord(right, pair.right)) return difference;
  }
  for (;;) {
    const before = left.to - left.from + right.to - right.from;
    const wantedLeft = wordsAround(left, pair.left);
    [left, right] = follow(left, right, wantedLeft, pair.alignment.leftToRight);
    const wantedRight = wordsAround(right, pair.right);
    [right, left] = follow(right, left, wantedRight, pair.alignment.rightToLeft);
    const after = left.to - left.from + right.to - right.from;
    if (after === before || after > longestPiece) return { left, right };
  }
}

function splitsWord(span: Span, prepared: PreparedName): boolean {
  const wanted = wordsAround(span, prepared);
  return wanted.from < span.from || wanted.to > span.to;
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

function overlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

function union(a: Span, b: Span): Span {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
