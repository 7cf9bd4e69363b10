/** A stretch of a text, `to` not included; an empty one is a place between two characters. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where two texts differ: what stands there in either. */
export interface Difference {
  readonly left: Span;
  readonly right: Span;
}

export interface Alignment {
  /** For each unit of the left text the unit of the right one that it stands for, or -1. */
  readonly leftToRight: Int16Array;
  readonly rightToLeft: Int16Array;
  readonly differences: readonly Difference[];
  /** Pieces stand in another order. */
  readonly moved: boolean;
  /** Comparisons of two characters that it took. */
  readonly steps: number;
}

/** How spans of either text are drawn out to whole words. */
export interface WordBorders {
  left(span: Span): Span;
  right(span: Span): Span;
}

/** A piece of this length may stand anywhere in the other text; shorter ones only where their neighbours stand. */
const leastTile = 2;
/** Pieces up to this length are common by chance, */
const shortTile = 3;
/** unless no more than this stands between them and their neighbours. */
const nearby = 6;

/**
 * Aligns two texts piece by piece, the longest common piece first wherever it stands, so that a change of order is no
 * difference. What is left over is paired by its neighbours.
 * @param words draws a span out to whole words: a piece that stands apart from its neighbours is common by chance when
 * it is no more than a part of a word.
 */
export function align(
  left: string,
  right: string,
  words: WordBorders = { left: (span) => span, right: (span) => span },
): Alignment {
  const leftToRight = new Int16Array(left.length).fill(-1);
  const rightToLeft = new Int16Array(right.length).fill(-1);
  const map: Mapping = { left, right, leftToRight, rightToLeft };
  const steps = tile(map, words);
  loosen(map, words);
  const differences = pairGaps(map).flatMap((gap) => splitAtSingles(map, gap));
  let moved = false;
  let last = -1;
  for (const at of leftToRight) {
    if (at < 0) continue;
    if (at < last) moved = true;
    last = at;
  }
  return { leftToRight, rightToLeft, differences, moved, steps };
}

interface Mapping {
  readonly left: string;
  readonly right: string;
  readonly leftToRight: Int16Array;
  readonly rightToLeft: Int16Array;
}

/** A common piece: where it begins in either text. */
interface Tile {
  readonly i: number;
  readonly j: number;
}

/**
 * Greedy string tiling: the longest common piece first, of equally long ones the one that stands alike. A piece of which
 * a part is taken by then is cut, and waits among the shorter ones.
 */
function tile({ left, right, leftToRight, rightToLeft }: Mapping, words: WordBorders): number {
  const { bySize, steps: looked } = commonPieces(left, right);
  let steps = looked;
  const wait = (i: number, j: number, size: number): void => {
    if (size >= leastTile) bySize[size]?.push({ i, j });
  };
  for (let size = bySize.length - 1; size >= leastTile; size -= 1) {
    const pieces = bySize[size] ?? [];
    pieces.sort((a, b) => Math.abs(a.i - a.j) - Math.abs(b.i - b.j));
    for (const { i, j } of pieces) {
      steps += size;
      let start = 0;
      for (let k = 0; k < size; k += 1) {
        if (leftToRight[i + k] === -1 && rightToLeft[j + k] === -1) continue;
        wait(i + start, j + start, k - start);
        start = k + 1;
      }
      if (start > 0) {
        wait(i + start, j + start, size - start);
        continue;
      }
      const { from, to } = wholeWords(i, j, size, words);
      for (let k = from; k < to; k += 1) {
        leftToRight[i + k] = j + k;
        rightToLeft[j + k] = i + k;
      }
      wait(i, j, from);
      wait(i + to, j + to, size - to);
    }
  }
  return steps;
}

/** All common pieces that cannot be drawn out, by their size. */
function commonPieces(left: string, right: string): { bySize: Tile[][]; steps: number } {
  const places = new Map<number, number[]>();
  for (let j = 0; j < right.length; j += 1) {
    const unit = right.charCodeAt(j);
    const known = places.get(unit);
    if (known) known.push(j);
    else places.set(unit, [j]);
  }
  const bySize: Tile[][] = Array.from({ length: Math.min(left.length, right.length) + 1 }, () => []);
  let steps = 0;
  for (let i = 0; i < left.length; i += 1) {
    for (const j of places.get(left.charCodeAt(i)) ?? []) {
      steps += 1;
      // What could begin earlier was found there.
      if (i > 0 && j > 0 && left.charCodeAt(i - 1) === right.charCodeAt(j - 1)) continue;
      let size = 1;
      while (
        i + size < left.length &&
        j + size < right.length &&
        left.charCodeAt(i + size) === right.charCodeAt(j + size)
      ) {
        size += 1;
      }
      steps += size;
      if (size >= leastTile) bySize[size]?.push({ i, j });
    }
  }
  return { bySize, steps };
}

/**
 * Leaves the beginning or the end of a word at the ends of a common piece to later rounds: it may belong to what stands
 * elsewhere, and if not, it is found again.
 */
function wholeWords(i: number, j: number, size: number, words: WordBorders): Span {
  let from = 0;
  let to = size;
  const splits = (at: number): boolean =>
    words.left({ from: i + at, to: i + at }).from < i + at ||
    words.right({ from: j + at, to: j + at }).from < j + at;
  while (from < size && splits(from)) from += 1;
  while (to > from && splits(to)) to -= 1;
  return to - from >= leastTile ? { from, to } : { from: 0, to: size };
}

/** Takes back short pieces that stand far from where their neighbours stand, and are no words. */
function loosen({ leftToRight, rightToLeft }: Mapping, words: WordBorders): void {
  const tiles: { left: Span; right: Span }[] = [];
  for (let from = 0; from < leftToRight.length; ) {
    const start = leftToRight[from] ?? -1;
    let to = from + 1;
    if (start >= 0) {
      while (to < leftToRight.length && leftToRight[to] === start + to - from) to += 1;
      tiles.push({ left: { from, to }, right: { from: start, to: start + to - from } });
    }
    from = to;
  }
  const near = (a: Span | undefined, b: Span | undefined): boolean =>
    a !== undefined && b !== undefined && b.from >= a.to && b.from - a.to <= nearby;
  tiles.forEach(({ left, right }, index) => {
    if (left.to - left.from > shortTile) return;
    if (near(tiles[index - 1]?.right, right) || near(right, tiles[index + 1]?.right)) return;
    if (isMatched(words.left(left), leftToRight) && isMatched(words.right(right), rightToLeft)) return;
    leftToRight.fill(-1, left.from, left.to);
    rightToLeft.fill(-1, right.from, right.to);
  });
}

/** Half of a character is common to thousands. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function isMatched({ from, to }: Span, matches: Int16Array): boolean {
  return !matches.subarray(from, to).includes(-1);
}

function gapsOf(matches: Int16Array): Span[] {
  const gaps: Span[] = [];
  for (let at = 0; at < matches.length; at += 1) {
    if (matches[at] !== -1) continue;
    const from = at;
    while (at < matches.length && matches[at] === -1) at += 1;
    gaps.push({ from, to: at });
  }
  return gaps;
}

/** Pairs what is left over in one text with what is left over beside the same neighbours in the other. */
function pairGaps({ left, right, leftToRight, rightToLeft }: Mapping): Difference[] {
  const leftGaps = gapsOf(leftToRight);
  const rightGaps = gapsOf(rightToLeft);
  const byStart = new Map(rightGaps.map((gap) => [gap.from, gap]));
  const byEnd = new Map(rightGaps.map((gap) => [gap.to, gap]));
  const taken = new Set<Span>();
  const pairs: Difference[] = [];
  const alone: Span[] = [];
  for (const gap of leftGaps) {
    const start = gap.from === 0 ? 0 : (leftToRight[gap.from - 1] ?? 0) + 1;
    const end = gap.to === left.length ? right.length : (leftToRight[gap.to] ?? 0);
    const partner = [byStart.get(start), byEnd.get(end)].find((other) => other && !taken.has(other));
    if (partner) {
      taken.add(partner);
      pairs.push({ left: gap, right: partner });
    } else alone.push(gap);
  }
  const rest = rightGaps.filter((gap) => !taken.has(gap));
  for (const gap of alone) pairs.push({ left: gap, right: placeOf(gap, leftToRight) });
  for (const gap of rest) pairs.push({ left: placeOf(gap, rightToLeft), right: gap });
  return pairs;
}

/** The place in the other text at which a gap would stand. */
function placeOf(gap: Span, matches: Int16Array): Span {
  const at = gap.from > 0 ? (matches[gap.from - 1] ?? -1) + 1 : Math.max(0, matches[gap.to] ?? 0);
  return { from: at, to: at };
}

/** Within a pair of gaps, single characters in the same order stand for one another. */
function splitAtSingles(map: Mapping, gap: Difference): Difference[] {
  const { left, right } = gap;
  const rows = left.to - left.from;
  const columns = right.to - right.from;
  if (rows === 0 || columns === 0) return [gap];
  const width = columns + 1;
  const common = new Uint16Array((rows + 1) * width);
  const same = (i: number, j: number): boolean => {
    const unit = map.left.charCodeAt(left.from + i);
    return unit === map.right.charCodeAt(right.from + j) && !isSurrogate(unit);
  };
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      const skip = Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
      common[i * width + j] = same(i, j) ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : skip;
    }
  }
  const parts: Difference[] = [];
  let open = { i: 0, j: 0 };
  const close = (i: number, j: number): void => {
    if (i > open.i || j > open.j) {
      parts.push({
        left: { from: left.from + open.i, to: left.from + i },
        right: { from: right.from + open.j, to: right.from + j },
      });
    }
    open = { i: i + 1, j: j + 1 };
  };
  let i = 0;
  let j = 0;
  while (i < rows && j < columns) {
    if (same(i, j)) {
      map.leftToRight[left.from + i] = right.from + j;
      map.rightToLeft[right.from + j] = left.from + i;
      close(i, j);
      i += 1;
      j += 1;
    } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  close(rows, columns);
  return parts;
}
