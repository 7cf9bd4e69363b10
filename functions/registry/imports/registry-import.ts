import * as z from 'zod';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';
import { type ImportId, ImportIdSchema } from '../../shared/vocabulary.ts';

import { MappingSchema } from './mapping.ts';
import { PreviewRowSchema } from './preview.ts';
import { TableStateSchema } from './table-state.ts';

export const csvType = 'text/csv';
export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Largest files: a million rows of CSV take about 250 MB; workbooks are packed. */
export const largestFile: Readonly<Record<typeof csvType | typeof xlsxType, number>> = {
  [csvType]: 536_870_912,
  [xlsxType]: 134_217_728,
};

/** Faults that a report keeps; the counts tell of the others. A wrong column repeats itself. */
export const reportedFaults = 10_000;

/** Rows that taking an import back has left, which the answer names. */
export const namedKept = 100;

/** That an import is to be taken back: somebody proposes it, somebody else confirms it. */
export const UndoSchema = z.object({
  status: z.enum(['proposed', 'refused', 'running', 'done']),
  reason: z.string(),
  proposedBy: z.string(),
  proposedAt: InstantSchema,
  decidedBy: z.string().optional(),
  decidedAt: InstantSchema.optional(),
  /** Why it was refused. */
  refusal: z.string().optional(),
  /** How far it has come: the next part begins at this row or behind it. */
  nextRow: z.int(),
  removed: z.int(),
  restored: z.int(),
  kept: z.int(),
  /** The first of those that were kept. */
  keptRows: z.array(
    z.object({ row: z.int(), awardId: z.string(), cause: z.enum(['relied-on', 'changed-since']) }),
  ),
});

/** An import of a file of awards. */
export const RegistryImportSchema = z.object({
  importId: ImportIdSchema,
  scheme: z.string(),
  fileName: z.string(),
  contentType: z.enum([csvType, xlsxType]),
  bytes: z.int(),
  sha256: z.string(),
  confirmUscc: z.boolean(),
  /** Whether it tells what it would do, and does nothing. */
  dryRun: z.boolean().optional(),
  /** Of a workbook, instead of the mapping's. */
  sheet: z.string().optional(),
  /** As it stood when the import was asked for; without one, the file is in the system's own form. */
  mapping: MappingSchema.optional(),
  requestedAt: InstantSchema,
  requestedBy: z.string(),
  status: z.enum(['awaiting-upload', 'running', 'done', 'failed']),
  /** Counts up with every write, so that of two runs only one goes on. */
  version: z.int(),
  /** The run that reads the file. */
  run: z.string().optional(),
  startedAt: InstantSchema.optional(),
  updatedAt: InstantSchema.optional(),
  finishedAt: InstantSchema.optional(),
  headings: z.array(z.string()).optional(),
  headerRow: z.int().optional(),
  /** What was told around and above the row that reading goes on behind. */
  around: TableStateSchema.optional(),
  /** Where the reading goes on. */
  place: z.object({ row: z.int(), offset: z.int() }),
  rows: z.int(),
  /** Rows that are no awards: totals, notes, headings again. */
  others: z.int().optional(),
  /** Of a dry run, what becomes of the first rows. */
  preview: z.array(PreviewRowSchema).optional(),
  /** Rows whose enterprise is left for a person. */
  open: z.int().optional(),
  imported: z.int(),
  unchanged: z.int(),
  /** Rows that were left out. */
  faulty: z.int(),
  faults: z.int(),
  /** Faults that the report holds. */
  reported: z.int(),
  /** Time that was spent reading and writing, in milliseconds. */
  workedMs: z.int(),
  /** What is asked or done to take it back. */
  undo: UndoSchema.optional(),
  /** Crashes in a row at one place. */
  crashes: z.int(),
});
export type RegistryImport = z.output<typeof RegistryImportSchema>;

/** An import before anything of it was read. */
export function newImport(
  asked: Pick<
    RegistryImport,
    | 'importId'
    | 'scheme'
    | 'fileName'
    | 'contentType'
    | 'bytes'
    | 'sha256'
    | 'confirmUscc'
    | 'sheet'
    | 'dryRun'
    | 'mapping'
    | 'requestedAt'
    | 'requestedBy'
  >,
): RegistryImport {
  return {
    ...asked,
    status: 'awaiting-upload',
    version: 1,
    place: { row: 0, offset: 0 },
    rows: 0,
    imported: 0,
    unchanged: 0,
    faulty: 0,
    faults: 0,
    reported: 0,
    workedMs: 0,
    crashes: 0,
  };
}

/** Key of the file in the documents bucket. */
export function importKey(importId: ImportId): string {
  return `imports/${importId}`;
}

/** The import whose file an object is, or undefined for keys that the system does not make. */
export function parseImportKey(key: string): string | undefined {
  const [, importId] = /^imports\/([0-9A-Z]{26})$/.exec(key) ?? [];
  return UlidSchema.safeParse(importId).data;
}
