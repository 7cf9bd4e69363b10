/**
 * Lines of CSV (RFC 4180) for spreadsheets and banks: what a spreadsheet would take for a formula is kept from being
 * one by an apostrophe before it; so is what begins with an apostrophe of its own, so that it can be taken off again.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Stands before a file: Excel takes one without it for one in the system's own encoding. */
export const byteOrderMark = '\uFEFF';

/** A cell as it was before it was kept from being a formula. */
export function unguarded(cell: string): string {
  return /^'[=+\-@\t\r']/.test(cell) ? cell.slice(1) : cell;
}

function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
