/**
 * Lines of CSV (RFC 4180) for spreadsheets and banks: what a spreadsheet would take for a formula is kept from being
 * one by an apostrophe before it; so is what begins with an apostrophe of its own, so that it can be taken off again.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/**
 * What a spreadsheet may take for a formula, in any width and behind blanks that it leaves out or nobody sees; and what
 * begins with the apostrophe that keeps it from being one.
 */
const formula = /^(?:[\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r'])/u;
const guarded = new RegExp(`^'(?=${formula.source.slice(1)})`, 'u');

/** Stands before a file: Excel takes one without it for one in the system's own encoding. */
export const byteOrderMark = '\uFEFF';

/** A cell as it was before it was kept from being a formula. */
export function unguarded(cell: string): string {
  return cell.replace(guarded, '');
}

function cellOf(text: string): string {
  const plain = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
