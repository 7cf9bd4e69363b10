import { createHash } from 'node:crypto';
import { byteOrderMark, csvLine } from '../../shared/csv.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import { yuanOf } from '../../shared/yuan.ts';

/** First cell of the line that ends a file. */
export const controlMark = 'TOTAL';

/** What a control line says of the lines before it. */
export interface ControlTotal {
  readonly count: number;
  readonly totalFen: Fen;
  /** SHA-256 of the lines between header and control line, as `csvLine` writes them. */
  readonly sha256: string;
}

/** The total of lines of a file, each with its amount. */
export function controlTotal(
  rows: readonly { readonly cells: readonly string[]; readonly amountFen: number }[],
): ControlTotal {
  const hash = createHash('sha256');
  for (const { cells } of rows) hash.update(csvLine(cells));
  return {
    count: rows.length,
    totalFen: sumFen(rows.map(({ amountFen }) => amountFen)),
    sha256: hash.digest('hex'),
  };
}

/** A whole file (docs/payments.md): mark, header, lines, control line. */
export function csvFile(
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly amountFen: number }[],
): string {
  const { count, totalFen, sha256 } = controlTotal(rows);
  const lines = [header, ...rows.map(({ cells }) => cells)].map(csvLine);
  return `${byteOrderMark}${lines.join('')}${csvLine([controlMark, String(count), yuanOf(totalFen), sha256])}`;
}

/** Reads an amount in yuan with up to two decimals, exactly; undefined when it is none. */
export function fenOf(yuan: string): Fen | undefined {
  const [, whole, decimals = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(yuan) ?? [];
  return whole === undefined ? undefined : fen(Number(whole) * 100 + Number(decimals.padEnd(2, '0')));
}
