import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ImportIdSchema } from '../../shared/vocabulary.ts';
import { PreviewRowSchema, previewedRows } from './preview.ts';
import type { RegistryImport } from './registry-import.ts';
import { reportedFaults, UndoSchema } from './registry-import.ts';

export const ImportFaultSchema = z
  .object({
    row: z.int().meta({ description: 'Line or row of the file or of its sheet, the first being 1' }),
    sheet: z.string().optional().meta({ description: 'Where a list is in several sheets' }),
    column: z.string(),
    rule: z.string(),
    severity: z.enum(['error', 'warning']).meta({ description: 'A row with an error is left out' }),
    messages: BilingualSchema,
  })
  .meta({ id: 'ImportFault' });

export const ImportReportSchema = z
  .object({
    importId: ImportIdSchema,
    scheme: z.string(),
    rows: z.int(),
    imported: z.int(),
    unchanged: z.int(),
    open: z.int().optional().meta({ description: 'Rows whose enterprise a person has to find out' }),
    faults: z.array(ImportFaultSchema),
    preview: z.array(PreviewRowSchema).optional().meta({ description: 'Of a dry run' }),
    faultsLeftOut: z
      .int()
      .optional()
      .meta({ description: 'How many faults there are beside `faults`, which the report has' }),
  })
  .meta({ id: 'ImportReport' });

export const ImportViewSchema = z
  .object({
    importId: ImportIdSchema,
    scheme: z.string(),
    fileName: z.string(),
    sheet: z.string().optional().meta({ description: 'Of a workbook, where one was asked for' }),
    dryRun: z.boolean().optional().meta({ description: 'Tells what it would do, and changes nothing' }),
    bytes: z.int(),
    sha256: z.string(),
    status: z.enum(['awaiting-upload', 'running', 'done', 'failed']),
    requestedAt: InstantSchema,
    requestedBy: z.string(),
    startedAt: InstantSchema.optional(),
    finishedAt: InstantSchema.optional(),
    rows: z.int().meta({ description: 'Rows of awards that were read' }),
    others: z
      .int()
      .optional()
      .meta({ description: 'Rows that are no awards: totals, notes, headings that are repeated' }),
    open: z.int().optional().meta({
      description: 'Rows that name an enterprise which a person has to find out, see its rows',
    }),
    imported: z.int().meta({ description: 'New or changed awards' }),
    unchanged: z.int(),
    faulty: z.int().meta({ description: 'Rows that were left out' }),
    faults: z
      .int()
      .meta({ description: `Errors and warnings; the report holds the first ${reportedFaults}` }),
    undo: UndoSchema.omit({ nextRow: true }).optional().meta({
      description:
        'Whether it is to be taken back: awards that it brought are removed, those that it changed restored',
    }),
    preview: z
      .array(PreviewRowSchema)
      .optional()
      .meta({ description: `Of a dry run: what becomes of the first ${previewedRows} rows` }),
    progress: z.number().meta({ description: 'Share of the file that was read, from 0 to 1' }),
    rowsPerSecond: z.number().optional(),
    remainingSeconds: z.int().optional(),
  })
  .meta({ id: 'RegistryImport' });

/** What operators see of an import: how far it is, how fast, and how long it will take. */
export function importView(shown: RegistryImport): z.input<typeof ImportViewSchema> {
  const { place, bytes, rows, workedMs, status } = shown;
  // Of an empty file there is no share.
  const read = bytes > 0 ? Math.min(1, place.offset / bytes) : 0;
  const progress = status === 'done' ? 1 : read;
  const isMeasured = workedMs > 0 && rows > 0;
  return {
    ...shown,
    progress: Math.round(progress * 10_000) / 10_000,
    ...(isMeasured && { rowsPerSecond: Math.round((rows / workedMs) * 10_000) / 10 }),
    ...(isMeasured &&
      status === 'running' &&
      progress > 0 && {
        remainingSeconds: Math.min(
          Number.MAX_SAFE_INTEGER,
          Math.ceil((workedMs * (1 - progress)) / progress / 1000),
        ),
      }),
  };
}
