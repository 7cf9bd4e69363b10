import * as z from 'zod';
import { byteOrderMark, csvLine } from '../../shared/csv.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { PoolIdSchema } from '../../shared/vocabulary.ts';
import { yuanOf } from '../../shared/yuan.ts';

/** What a pool had in its year and what became of it; the two totals are equal as long as the ledger is right. */
export const YearReportSchema = z
  .object({
    poolId: PoolIdSchema,
    fiscalYear: z.int(),
    version: z.int().meta({ description: 'Of the pool that the report is about' }),
    closedAt: InstantSchema.optional(),
    appropriatedFen: FenSchema,
    increasedFen: FenSchema,
    decreasedFen: FenSchema,
    carriedInFen: FenSchema,
    totalFen: z.int().meta({ description: 'appropriated + increased − decreased + carried in' }),
    paidOutFen: FenSchema,
    returnedFen: FenSchema.meta({ description: 'Payments that came back to the payer' }),
    recoveredFen: FenSchema.meta({ description: 'Clawed back' }),
    committedUnpaidFen: z.int(),
    reservedFen: z.int(),
    carriedOutFen: FenSchema,
    lapsedFen: FenSchema,
    availableFen: z.int().meta({ description: 'As the pool says of itself' }),
    usedFen: z.int().meta({
      description:
        'paid out − returned − recovered + committed, unpaid + reserved + carried out + lapsed + available',
    }),
    balanced: z
      .boolean()
      .meta({ description: 'Whether the totals are equal, and the balances those stored' }),
  })
  .meta({ id: 'YearReport' });
export type YearReport = z.input<typeof YearReportSchema>;

/** The report's lines in their order: how they count, and their names. */
const lines = [
  ['plus', 'appropriatedFen', '预算下达', 'Appropriated'],
  ['plus', 'increasedFen', '调增', 'Increased'],
  ['minus', 'decreasedFen', '调减', 'Decreased'],
  ['plus', 'carriedInFen', '上年结转', 'Carried in'],
  ['total', 'totalFen', '合计', 'Total'],
  ['plus', 'paidOutFen', '已拨付', 'Paid out'],
  ['minus', 'returnedFen', '退回', 'Returned'],
  ['minus', 'recoveredFen', '追回', 'Recovered'],
  ['plus', 'committedUnpaidFen', '已安排未拨付', 'Committed and unpaid'],
  ['plus', 'reservedFen', '预留', 'Reserved'],
  ['plus', 'carriedOutFen', '结转下年', 'Carried out'],
  ['plus', 'lapsedFen', '注销', 'Lapsed'],
  ['plus', 'availableFen', '结余', 'Available'],
  ['total', 'usedFen', '合计', 'Total'],
] as const satisfies readonly (readonly [string, keyof YearReport, string, string])[];

/** The report as CSV: how a line counts, its names, yuan. */
export function yearReportFile(report: YearReport): string {
  const rows = lines.map(([sign, name, zh, en]) => [
    sign,
    name.replace(/Fen$/, ''),
    zh,
    en,
    yuanOf(report[name]),
  ]);
  const head = ['counts', 'line', '项目', 'item', 'yuan'];
  const end = ['', 'balanced', '平衡', 'Balanced', String(report.balanced)];
  return byteOrderMark + [head, ...rows, end].map(csvLine).join('');
}
