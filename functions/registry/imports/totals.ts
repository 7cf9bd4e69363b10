import * as z from 'zod';
import { yuanOf } from '../../shared/yuan.ts';
import type { RowFault } from './file-fault.ts';

/** How much a total gathers: its own company or page, a group with a name, the table, all tables. */
const ranks = [1, 2, 3, 4] as const;
type Rank = (typeof ranks)[number];

const words = '小计|合计|总计|共计|累计|总额|subtotal|total|grandtotal';
const label = new RegExp(`^(.{0,20}?)(${words})(?:金额|数)?(?:[(:].*|\\d+[家个项户笔].*)?$`, 'iu');
const ofAll = /^(?:全市|全部|全省|全区|总|所有|各区)$/u;

/**
 * Whether a cell says that its row is a total, and of how much.
 * @param mayBeNamed whether words before it, as in 天河区小计, leave it one.
 */
export function totalIn(cell: string, mayBeNamed: boolean): Rank | undefined {
  const plain = cell.normalize('NFKC').replace(/[\s\p{Cf}]/gu, '');
  const [found, before = '', word = ''] = label.exec(plain) ?? [];
  if (found === undefined || (before !== '' && !mayBeNamed)) return undefined;
  if (ofAll.test(before)) return 4;
  if (before !== '') return 2;
  if (/^(?:小计|subtotal)$/iu.test(word)) return 1;
  return /^(?:总计|grandtotal)$/iu.test(word) ? 4 : 3;
}

const SumSchema = z.object({
  rows: z.int(),
  /** Rows whose amount could not be read. */
  unread: z.int(),
  /** In fen, by columns. */
  sums: z.array(z.int()),
});
type Sum = z.output<typeof SumSchema>;
const AheadSchema = z.object({
  ...SumSchema.shape,
  row: z.int(),
  rank: z.literal(ranks),
  stated: z.array(z.int().nullable()),
});

/** Sums of the rows so far: what stands in a table is compared where its totals come, in whatever call that is. */
export const TotalsSchema = z.object({
  /** Since the last total of a rank or more, by ranks from 1. */
  since: z.array(SumSchema).length(ranks.length),
  /** Totals that stand before what they gather. */
  ahead: z.array(AheadSchema),
  /** Ranks whose totals stand so. */
  aheadRanks: z.array(z.literal(ranks)),
});
export type Totals = z.output<typeof TotalsSchema>;

const nothing: Sum = { rows: 0, unread: 0, sums: [] };
export const noTotals: Totals = { since: ranks.map(() => nothing), ahead: [], aheadRanks: [] };

/** The sums with a row. @param amounts in fen by columns; undefined for what is no amount. */
export function withRow(totals: Totals, amounts: readonly (number | undefined)[]): Totals {
  const add = <S extends Sum>(sum: S): S => {
    const sums = amounts.map((amount, column) => (sum.sums[column] ?? 0) + (amount ?? 0));
    const isUnread = amounts[0] === undefined || !sums.every(Number.isSafeInteger);
    return {
      ...sum,
      rows: sum.rows + 1,
      unread: sum.unread + Number(isUnread),
      sums: isUnread ? sum.sums : sums,
    };
  };
  return { ...totals, since: totals.since.map(add), ahead: totals.ahead.map(add) };
}

/** The columns that totals stand in, the amount's first. */
type Columns = readonly string[];

/**
 * The sums behind a total, and what is wrong with it. A total gathers the rows since the last one of its rank or more; one
 * that comes before any row gathers those behind it, as do all of its rank then.
 * @param stated in fen by columns; null where nothing can be read.
 */
export function withTotal(
  totals: Totals,
  { row, rank, stated }: { row: number; rank: Rank; stated: readonly (number | null)[] },
  columns: Columns,
): { readonly totals: Totals; readonly faults: readonly RowFault[] } {
  const closed = totals.ahead.filter((one) => one.rank <= rank);
  const faults = closed.flatMap((one) => comparedWith(one.row, one.stated, one, columns));
  const ahead = totals.ahead.filter((one) => one.rank > rank);
  const since = totals.since.map((sum, index) => (index < rank ? nothing : sum));
  const gathered = totals.since.slice(rank - 1).find(({ rows }) => rows > 0);
  if (!gathered || totals.aheadRanks.includes(rank)) {
    const begun = { ...nothing, row, rank, stated: [...stated] };
    const aheadRanks = [...new Set([...totals.aheadRanks, rank])];
    return { totals: { since, ahead: [...ahead, begun], aheadRanks }, faults };
  }
  return {
    totals: { ...totals, since, ahead },
    faults: [...faults, ...comparedWith(row, stated, gathered, columns)],
  };
}

/** What is wrong with totals that wait for what they gather, at the end of a table. */
export function atTheEnd(totals: Totals, columns: Columns): RowFault[] {
  return totals.ahead.flatMap((one) => comparedWith(one.row, one.stated, one, columns));
}

function comparedWith(
  row: number,
  stated: readonly (number | null)[],
  { rows, unread, sums }: Sum,
  columns: Columns,
): RowFault[] {
  const warning = (rule: string, zh: string, en: string): RowFault[] => [
    { row, column: columns[0] ?? '', rule, severity: 'warning', messages: { zh, en } },
  ];
  if (stated.every((amount) => amount === null)) {
    return warning(
      'total-unread',
      '合计行没有可读取的金额（如公式未保存结果），未与逐行相加之和核对',
      'the total has no amount that can be read, e.g. a formula without its result: it was not compared with the sum',
    );
  }
  if (unread > 0) {
    return warning(
      'total-open',
      `合计未核对：所合计的 ${rows} 行中有 ${unread} 行的金额无法读取`,
      `the total was not compared: of its ${rows} rows, ${unread} have no amount that can be read`,
    );
  }
  return stated.flatMap((amount, index) => {
    const sum = sums[index] ?? 0;
    if (amount === null || amount === sum) return [];
    const [said, is, difference] = [amount, sum, amount - sum].map(yuanOf);
    return [
      {
        row,
        column: columns[index] ?? '',
        rule: 'total',
        severity: 'error' as const,
        messages: {
          zh: `合计与逐行相加之和不符：表中为 ${said} 元，${rows} 行相加为 ${is} 元，相差 ${difference} 元`,
          en: `the total is not the sum of its rows: ${said} yuan are stated, ${rows} rows add up to ${is} yuan, a difference of ${difference} yuan`,
        },
      },
    ];
  });
}
