import * as z from 'zod';
import { AwardSchema } from '../../filing/applications/award.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import type { Read } from './award-table.ts';
import type { StoredRow } from './open-row-store.ts';
import { placeInSheets, type SheetRow } from './sheet-row.ts';

/** Rows of a file whose outcome a dry run shows. */
export const previewedRows = 20;
const shownText = 200;

export const PreviewRowSchema = z
  .object({
    row: z.int(),
    sheet: z.string().optional(),
    text: z.string().meta({ description: 'What stands in the row, its cells with strokes between' }),
    becomes: z.enum(['award', 'open', 'left-out', 'total', 'note', 'headings']).meta({
      description: 'open: an award whose enterprise a person has to find out; left-out: its faults say why',
    }),
    award: AwardSchema.omit({ scheme: true, uscc: true, awardId: true })
      .extend({ uscc: OrganisationCodeSchema.optional() })
      .optional(),
  })
  .meta({ id: 'ImportPreviewRow' });
export type PreviewRow = z.output<typeof PreviewRowSchema>;

/** What becomes of rows, in words of a dry run. @param awards those that are taken, @param open those left for a person. */
export function previewOf(
  rows: readonly { readonly row: SheetRow; readonly read: Read }[],
  awards: readonly ImportedAward[],
  open: readonly StoredRow[],
): PreviewRow[] {
  const taken = new Map(awards.map(({ row, award }) => [row, award]));
  const left = new Map(open.map(({ row, award, sheet }) => [row, { award, sheet }]));
  return rows.map(({ row: { row, cells }, read }) => {
    const award = taken.get(row) ?? left.get(row)?.award;
    const becomes =
      read.as !== 'award' ? read.as : taken.has(row) ? 'award' : left.has(row) ? 'open' : 'left-out';
    const text = cells.join(' | ').slice(0, shownText);
    if (!award) return { row: placeInSheets(row).row, text, becomes };
    const { scheme: _, awardId: __, ...shown } = award;
    return { row: placeInSheets(row).row, text, becomes, award: shown };
  });
}
