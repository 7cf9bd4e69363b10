import type * as z from 'zod';
import { AwardSchema } from '../../filing/applications/award.ts';
import type { CursorScope } from '../../shared/cursor.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import { type OpenRow, OpenRowSchema } from './open-row.ts';

const { import: imports, importAwards, importRow } = registry.entities;

/** An open row as it is kept: with the number that its scheme gives its award, if any. */
const StoredRowSchema = OpenRowSchema.extend({ award: AwardSchema.omit({ uscc: true }) });
export type StoredRow = z.output<typeof StoredRowSchema>;

/** Parts of decided rows stand behind all parts of a file; no file has so many rows. */
const behindAllRows = 2 ** 32;
const pageRows = 50;

/** Which part of an import a decided row is. */
export const partOfRow = (row: number) => behindAllRows + row;

/** Rows of imports whose enterprises are left for a person, in the registry's table. */
export class OpenRowStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /** Keeps rows of a part; one that was kept before stays as it is. */
  async keep(importId: ImportId, rows: readonly StoredRow[]): Promise<void> {
    for (const row of rows) {
      const key = importRow.key({ importId, row: row.row });
      await this.#table.tryWrite(this.#table.putNew(key, { state: row }));
    }
  }

  /** Numbers of the rows of a part that were left open before. @param behind, to rows, the first exclusive. */
  async openIn(importId: ImportId, behind: number, to: number): Promise<ReadonlySet<number>> {
    const range = importRow.of(
      { importId },
      { from: importRow.sk({ row: behind + 1 }), to: importRow.sk({ row: to }) },
    );
    const items = await this.#table.all(range);
    return new Set(items.map((item) => StoredRowSchema.parse(item['state']).row));
  }

  /** @throws DomainError not-found */
  async require(importId: ImportId, row: number): Promise<StoredRow> {
    const item = await this.#table.get(importRow.key({ importId, row }));
    if (!item) throw new DomainError('not-found');
    return StoredRowSchema.parse(item['state']);
  }

  /** A page of rows, by their numbers. @throws DomainError invalid-request for a foreign cursor. */
  async page(importId: ImportId, cursor: string | undefined) {
    const scope: CursorScope = { partition: { pk: importRow.pk({ importId }) }, place: ['sk'] };
    const { items, lastKey } = await this.#table.page(importRow.of({ importId }), {
      limit: pageRows,
      start: decodeCursor(cursor, scope),
    });
    return {
      items: items.map((item) => shownRow(StoredRowSchema.parse(item['state']))),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /**
   * Settles an open row. With its award it becomes a part of its import, on condition that nobody takes that back.
   * @throws DomainError concurrent-change when somebody was faster; not-in-this-state while the import is taken back.
   */
  async settle(importId: ImportId, to: StoredRow, awardId: string | undefined): Promise<void> {
    const put = this.#table.put(
      importRow.key({ importId, row: to.row }),
      { state: to },
      {
        when: '#state.#status = :open',
        names: { '#state': 'state', '#status': 'status' },
        values: { ':open': 'open' },
      },
    );
    const standing = this.#table.check(imports.key({ importId }), {
      when: 'attribute_not_exists(#import.#undo) OR #import.#undo.#status = :refused',
      names: { '#import': 'import', '#undo': 'undo', '#status': 'status' },
      values: { ':refused': 'refused' },
      otherwise: () => new DomainError('not-in-this-state'),
    });
    const key = importAwards.key({ importId, behindRow: partOfRow(to.row) });
    await this.#table.transact([
      put,
      standing,
      ...(awardId === undefined ? [] : [this.#table.put(key, { awardIds: [awardId] })]),
    ]);
  }

  /** Writes down what became of a taken row; again, it is the same. */
  async became(importId: ImportId, to: StoredRow): Promise<void> {
    const key = importRow.key({ importId, row: to.row });
    const names = { '#state': 'state', '#status': 'status' };
    const guard = { when: '#state.#status = :taken', names, values: { ':taken': 'taken' } };
    await this.#table.write(this.#table.put(key, { state: to }, guard));
  }
}

/** What people see of a row. */
export function shownRow({ award: { awardId: _, ...award }, ...row }: StoredRow): OpenRow {
  return { ...row, award };
}
