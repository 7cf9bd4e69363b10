import type { Span } from './align.ts';
import type { FoldedName } from './fold.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A name made ready for comparisons: for each character the word that it stands in. */
export interface PreparedName {
  readonly name: FoldedName;
  readonly wordFrom: Uint16Array;
  readonly wordTo: Uint16Array;
  /** Characters of content. */
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
export function isWritten(kinds: string, at: number): boolean {
  return kinds[at] === 'c' || kinds[at] === 'f';
}

/** Nothing of a piece is content. */
export function isLight(span: Span, { name }: PreparedName): boolean {
  return !name.kinds.slice(span.from, span.to).includes('c');
}

export function isEmpty({ from, to }: Span): boolean {
  return from >= to;
}

/** A piece with the rest of the words that it cuts into; an empty one with the word that it stands in. */
export function wordsAround(span: Span, { wordFrom, wordTo }: PreparedName): Span {
  if (isEmpty(span)) {
    const inside = (wordFrom[span.from] ?? span.from) < span.from;
    return inside ? { from: wordFrom[span.from] ?? span.from, to: wordTo[span.from] ?? span.to } : span;
  }
  return { from: wordFrom[span.from] ?? span.from, to: wordTo[span.to - 1] ?? span.to };
}

/** A piece without what may differ at its ends; fillers stay where there is content beside them. */
export function trim(span: Span, { name }: PreparedName): Span {
  let { from, to } = span;
  if (!name.kinds.slice(from, to).includes('c')) {
    const written = /f/u.test(name.kinds.slice(from, to));
    return written ? span : { from, to: from };
  }
  while (from < to && !isWritten(name.kinds, from)) from += 1;
  while (to > from && !isWritten(name.kinds, to - 1)) to -= 1;
  return { from, to };
}

/** The text of a piece. */
export function textOf({ from, to }: Span, { name: { text } }: PreparedName): string {
  return text.slice(from, to).toWellFormed();
}
