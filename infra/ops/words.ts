import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import type { Fen } from '../../functions/shared/money.ts';
import { shortYuan } from '../../functions/shared/yuan.ts';

/** An amount as people write it: `1,500,000 yuan`, with fen only where there are some. */
export function yuan(amount: Fen): string {
  return `${shortYuan(amount)} yuan`;
}

/** What a guide gives for an item, in one line. */
export function amountInWords(amount: GuideItem['amount']): string {
  switch (amount.kind) {
    case 'none':
      return 'no money';
    case 'fixed':
      return yuan(amount.fen);
    case 'at-sign-off':
      return `up to ${yuan(amount.fen)}, fixed at sign-off`;
    case 'sum':
      return `${amount.parts.map(({ title }) => title.en).join('; ')}; together up to ${yuan(amount.fen)}`;
    case 'ratio':
      return `${amount.percent}% of ${amount.claimed}, up to ${yuan(amount.fen)}`;
    case 'tiers':
      return amount.tiers.map(({ id, fen }) => `${id} ${yuan(fen)}`).join('; ');
  }
}

/** An instant in the time of Shanghai, as guides are written: `2026-03-01 00:00:00`. */
export function shanghaiTime(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** Lines of a table whose columns are as wide as their widest cell; Chinese characters count twice. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (text: string) =>
    [...text].reduce((sum, character) => sum + (/[⺀-￦]/u.test(character) ? 2 : 1), 0);
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}
