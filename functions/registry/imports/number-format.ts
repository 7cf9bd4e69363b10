import { isAscii } from '../../shared/decode-text.ts';

/** How a cell's number format shows numbers, as far as it matters to a table of awards. */
export type NumberFormat =
  | 'plain'
  | 'date'
  | { readonly zeros: readonly FormatPiece[] }
  /** A unit of ten thousand yuan and more that stands behind the number. */
  | { readonly unit: string };
/** Digits that are filled with zeros, or a text between them. */
type FormatPiece = { readonly digits: number } | { readonly text: string };

/** Number formats that are dates without being written out (ECMA-376 part 1, 18.8.30, those of East Asia included). */
const dateFormats = new Set([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36],
  ...[50, 51, 52, 53, 54, 57, 58],
]);

/** The format of an id that is not written out in the workbook. */
export function builtInFormat(id: number): NumberFormat {
  return dateFormats.has(id) ? 'date' : 'plain';
}

/** The format of a code, e.g. `yyyy-mm` or `00000`: its first section, which is for what is not negative. */
export function formatOf(code: string): NumberFormat {
  const section = /^(?:"[^"]*"|\\.|[^;])*/.exec(code)?.[0] ?? '';
  if (/[yd]/i.test(section.replace(/"[^"]*"|\[[^\]]*\]|[\\_*]./g, ''))) return 'date';
  // A comma before it would divide the number.
  const [, unit] = /[0#?]"?([百千]?万元?|亿元?|[千仟]元)"?$/u.exec(section.replace(/[_*].|\\ /gu, '')) ?? [];
  if (unit !== undefined) return { unit };
  const pieces = section.replace(/\[[^\]]*\]/g, '').match(/"[^"]*"|[\\!_*].|0+|./gu) ?? [];
  const zeros: FormatPiece[] = [];
  for (const piece of pieces) {
    if (/^0/.test(piece)) zeros.push({ digits: piece.length });
    else if (piece.startsWith('"')) zeros.push({ text: piece.slice(1, -1) });
    else if (/^[\\!]./u.test(piece)) zeros.push({ text: piece.slice(1) });
    else if (/^[_*]/.test(piece)) continue;
    else if (/^[-/()+: $^&'~{}<>=]$$/u.test(piece) || !isAscii(piece)) zeros.push({ text: piece });
    // Behind a zero it is a digit that there is; before one it fills nothing.
    else if (piece === '#' && zeros.some((one) => 'digits' in one)) zeros.push({ digits: 1 });
    else if (/^[#?]$/.test(piece) && zeros.length === 0) continue;
    // Digits that may be left out, decimals and the like: the number itself says more.
    else return 'plain';
  }
  const isPlain =
    zeros.every((piece) => 'digits' in piece && piece.digits === 1) ||
    !zeros.some((piece) => 'digits' in piece);
  return isPlain ? 'plain' : { zeros };
}

/** A whole number as a format of zeros shows it, e.g. `00123` or `2024-0007`; undefined where it shows another thing. */
export function withZeros(value: number, pieces: readonly FormatPiece[]): string | undefined {
  if (!Number.isSafeInteger(value) || value < 0) return undefined;
  let digits = String(value);
  let shown = '';
  const places = pieces.filter((piece) => 'digits' in piece);
  let left = places.length;
  for (const piece of [...pieces].reverse()) {
    if ('text' in piece) {
      shown = piece.text + shown;
      continue;
    }
    left -= 1;
    const padded = digits.padStart(piece.digits, '0');
    // The first place takes all digits that are left.
    const taken = left === 0 ? padded : padded.slice(-piece.digits);
    digits = padded.slice(0, padded.length - taken.length);
    shown = taken + shown;
  }
  return shown;
}
