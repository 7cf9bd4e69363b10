import { type CursorScope, decodeCursor, encodeCursor, scopeOf } from '../shared/cursor.ts';
import { type Range, witnessPrefix } from '../shared/keys.ts';
import type { TableName } from '../shared/tables.ts';
import { witnessedKind } from './find-row-breaks.ts';
import type { StoredItem, StoredTable } from './stored-table.ts';
import type { WitnessedTable } from './stored-view.ts';

interface Page {
  readonly items: StoredItem[];
  readonly nextCursor: string | undefined;
}

/** Reads rows that have witnesses, and the witnesses, for auditors as they are stored. */
export class StoredRows {
  readonly #tables: { readonly [N in WitnessedTable]: StoredTable<N> };

  constructor(tables: { readonly [N in WitnessedTable]: StoredTable<N> }) {
    this.#tables = tables;
  }

  /** Those of one page of a table, which is scanned: a partition can begin on one page and end on another. */
  async page(table: WitnessedTable, cursor: string | undefined): Promise<Page> {
    const scope: CursorScope = { partition: {}, place: ['pk', 'sk'], narrowing: { rows: table } };
    const { items, lastKey } = await this.#tables[table].scan({ start: decodeCursor(cursor, scope) });
    return { items: watched(table, items), nextCursor: encodeCursor(lastKey, scope) };
  }

  /** Those of a page of a partition. */
  async partition(
    table: WitnessedTable,
    pk: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page> {
    const range: Range = { partition: ['pk', pk], sort: 'sk' };
    const scope = scopeOf(range, { rows: table });
    const start = decodeCursor(cursor, scope);
    const { items, lastKey } = await this.#tables[table].page(range as Range<never>, { limit, start });
    return { items: watched(table, items), nextCursor: encodeCursor(lastKey, scope) };
  }
}

function watched(table: TableName, items: readonly StoredItem[]): StoredItem[] {
  return items.filter(({ pk, sk }) => {
    const key = { pk: pk?.S ?? '', sk: sk?.S ?? '' };
    return key.sk.startsWith(witnessPrefix) || witnessedKind(table, key) !== undefined;
  });
}
