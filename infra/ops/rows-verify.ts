import { type RowBreak, rowName } from '../../functions/audit/find-row-breaks.ts';
import { faultSince, placeIn } from '../../functions/audit/since-heads.ts';
import { StoredRowsSchema, type WitnessedTable, witnessedTables } from '../../functions/audit/stored-view.ts';
import { verifyRows } from '../../functions/audit/verify-rows.ts';
import { readFromApi, type Target } from './api-call.ts';
import type { KeptHeads } from './kept-heads.ts';

/** What an audit of rows found. */
interface VerifiedRows {
  /** Rows that have a witness. */
  readonly witnessed: number;
  readonly breaks: readonly RowBreak[];
}

/**
 * Compares every row that has a witness with it. With the heads of an earlier day, a row may not be older than it was
 * then, nor another that was written as often.
 * @param report is told of each table.
 * @throws OpsError when the API refuses or does not answer.
 */
export async function verifyStoredRows(
  target: Target,
  heads: KeptHeads,
  report: (line: string) => void,
): Promise<VerifiedRows> {
  const found = new Map<string, string>();
  const breaks = new Map<string, RowBreak>();
  for (const table of witnessedTables) {
    const done = new Set<string>();
    for await (const items of pages(target, table, {})) {
      const checked = await verifyRows(table, items, (partition) => whole(target, table, partition), done);
      for (const [name, head] of checked.heads) found.set(name, head);
      for (const one of checked.breaks) breaks.set(rowName(table, { pk: one.id, sk: one.row }), one);
    }
    if (found.size > 0) report(`${table}: ${found.size} rows with witnesses, ${breaks.size} breaks`);
  }
  for (const [name, kept] of heads) {
    const fault = name.startsWith('row ') ? faultSince(kept, found.get(name)) : undefined;
    if (fault !== undefined && !breaks.has(name)) breaks.set(name, { kind: 'row', ...placeIn(name), fault });
  }
  return { witnessed: found.size, breaks: [...breaks.values()] };
}

async function whole(target: Target, table: WitnessedTable, partition: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const page of pages(target, table, { partition, limit: '100' })) items.push(...page);
  return items;
}

async function* pages(
  target: Target,
  table: WitnessedTable,
  asked: Readonly<Record<string, string>>,
): AsyncGenerator<unknown[]> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ ...asked, ...(cursor !== undefined && { cursor }) });
    const page = StoredRowsSchema.parse(await readFromApi(target, `/v1/audit/rows/${table}?${query}`));
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
