import * as z from 'zod';
import { FenSchema, fen } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { ImportIdSchema } from '../../shared/vocabulary.ts';
import { AuthenticitySchema } from './bank-signature.ts';
import { type ResultsFile, RowChangeSchema, RowFaultSchema } from './results-file.ts';

export const ResultsViewSchema = z
  .object({
    importId: ImportIdSchema,
    status: z.enum(['proposed', 'refused', 'confirmed', 'booked']),
    contentHash: z
      .string()
      .meta({ description: 'Of the bytes and what they change: what a confirmation names' }),
    authenticity: AuthenticitySchema.meta({ description: 'How it is known that they are the bank’s' }),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why they were refused' }),
    rows: z.int(),
    paidOutFen: FenSchema.meta({ description: 'What is booked as paid by these answers' }),
    heldRows: z
      .int()
      .meta({ description: 'Rows that contradict the bank’s earlier answers: awards are held' }),
    changes: z
      .array(RowChangeSchema.omit({ predecessors: true, revision: true }))
      .meta({ description: 'Which payment changes to what, row by row, compared with what stood then' }),
    imported: z.int().optional().meta({ description: 'Rows that were booked' }),
    unchanged: z.int().optional().meta({ description: 'Rows that were booked before' }),
    faults: z.array(RowFaultSchema),
    faultsLeftOut: z.int().optional().meta({ description: 'How many faults there are beside `faults`' }),
  })
  .meta({ id: 'PaymentResults' });

export const ResultsSummarySchema = ResultsViewSchema.omit({
  changes: true,
  faults: true,
  faultsLeftOut: true,
}).extend({ faultCount: z.int() });

/** The bank's answers as officials see them: what they change until they are booked, then what became of them. */
export function resultsView(file: ResultsFile) {
  const { importId, status, contentHash, authenticity, proposedBy, createdAt, rows, changes } = file;
  const { faults, faultsLeftOut, ...report } = 'report' in file ? file.report : file;
  const moved = changes.reduce((sum, { movesFen }) => sum + movesFen, 0);
  return {
    ...{ importId, status, contentHash, authenticity, proposedBy, proposedAt: createdAt, rows },
    ...('decision' in file && { decidedBy: file.decision.by, decidedAt: file.decision.at }),
    ...(file.status === 'refused' && { reason: file.decision.reason }),
    ...('imported' in report && { imported: report.imported, unchanged: report.unchanged }),
    paidOutFen: fen(moved),
    heldRows: changes.filter(({ kind }) => kind === 'held').length,
    changes: [...changes],
    faults: [...faults],
    ...(faultsLeftOut !== undefined && { faultsLeftOut }),
  };
}

/** The same in a listing, which does not go through the rows. */
export function resultsSummary(file: ResultsFile) {
  const { changes: _, faults, faultsLeftOut = 0, ...summary } = resultsView(file);
  return { ...summary, faultCount: faults.length + faultsLeftOut };
}
