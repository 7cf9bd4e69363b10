import * as z from 'zod';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import { PublicAwardSchema } from './public-award.ts';

/** An award as the public index holds it, with the status of its application. */
const AwardEntrySchema = PublicAwardSchema.omit({ title: true, clause: true }).extend({
  status: PublicAwardSchema.shape.status.exclude(['notice-ended']),
});
export type AwardEntry = z.output<typeof AwardEntrySchema>;

const { application } = applications.entities;

/** Reads published awards from their index, which holds nothing that is not public. */
export class AwardStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /**
   * Awards of a year of notice, newest first.
   * @throws DomainError invalid-request when the cursor is not of this year's listing.
   */
  async list(
    year: number,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ items: AwardEntry[]; nextCursor: string | undefined }> {
    const awards = application.listed('awards', { year: String(year) });
    const scope = scopeOf(awards);
    const { items, lastKey } = await this.#table.page(awards, {
      newestFirst: true,
      limit: page.limit,
      start: decodeCursor(page.cursor, scope),
    });
    return {
      items: z.array(AwardEntrySchema).parse(items),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }
}
