import * as z from 'zod';
import { byteOrderMark, csvLine } from '../shared/csv.ts';
import { entryHash, type RegisterEntry, RegisterEntrySchema } from './entry.ts';

/** Columns of the register as CSV. Amounts are in fen. */
export const registerColumns = [
  'day',
  'applicationId',
  'event',
  'number',
  'at',
  'organisationName',
  'item',
  'clause',
  'direction',
  'district',
  'districtName',
  'roundId',
  'orderId',
  'amountFen',
  'orderedFen',
  'paidFen',
  'recoveredFen',
  'hash',
  'openingRoot',
] as const;

/** An entry as files hold it. */
export const HashedEntrySchema = RegisterEntrySchema.extend({
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of a zero byte and the entry as canonical JSON' }),
});
export type HashedEntry = z.output<typeof HashedEntrySchema>;

/** The register of a year, or a part of it, as JSON. */
export const RegisterFileSchema = z.strictObject({
  year: z.int(),
  /** What the first of January follows. */
  openingRoot: z.string().regex(/^[0-9a-f]{64}$/),
  entries: z.array(HashedEntrySchema),
  /** Cursor of the next part; absent in the last one. */
  next: z.string().optional(),
});

/** An entry with its hash. */
export function hashed(entry: RegisterEntry): HashedEntry {
  return { ...entry, hash: entryHash(entry) };
}

/** What stands before the entries of a CSV file. */
export const csvHead = byteOrderMark + csvLine(registerColumns);

/** An entry as a line of CSV. */
export function csvEntry({ standing, ...entry }: HashedEntry, openingRoot: string): string {
  const row: Readonly<Record<(typeof registerColumns)[number], string | number>> = {
    ...entry,
    ...standing,
    openingRoot,
  };
  return csvLine(registerColumns.map((column) => String(row[column])));
}
