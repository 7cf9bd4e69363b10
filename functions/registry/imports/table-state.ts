import * as z from 'zod';
import { noTotals, TotalsSchema } from './totals.ts';

/** What a table has told so far: kept between the calls of an import. */
export const TableStateSchema = z.object({
  /** Power of ten of a yuan, as a cell outside the table states it. */
  unit: z.int().optional(),
  constants: z.partialRecord(z.enum(['year', 'projectName']), z.string()),
  /** Cells that hold for the rows below, by columns. */
  down: z.record(z.string(), z.string()),
  /** Folded rows of headings: repeated on every page of a table. */
  headingRows: z.array(z.string()),
  /** Whether the last headings could not be read. */
  isLost: z.boolean().optional(),
  totals: TotalsSchema,
});
export type TableState = z.output<typeof TableStateSchema>;

export const emptyTable: TableState = { constants: {}, down: {}, headingRows: [], totals: noTotals };
