import { contentHash } from '../shared/hash.ts';
import type { TableName } from '../shared/tables.ts';
import { type CheckedRows, findRowBreaks, type RowBreak } from './find-row-breaks.ts';

/** Reads a whole partition, as DynamoDB JSON. */
export type ReadPartition = (pk: string) => Promise<readonly unknown[]>;

/**
 * Verifies the rows of one page of a table against their witnesses. A page is no snapshot, and partitions go over its
 * ends: one that is not whole on the page is read by itself, until the same is there twice.
 * @param done partitions that were read by themselves before; those of this page are added.
 */
export async function verifyRows(
  table: TableName,
  items: readonly unknown[],
  read: ReadPartition,
  done: Set<string>,
): Promise<CheckedRows> {
  const partitions = Map.groupBy(items, (item) => String(Object(Object(item).pk).S));
  const breaks: RowBreak[] = [];
  const heads = new Map<string, string>();
  for (const [pk, found] of partitions) {
    if (done.has(pk)) continue;
    let checked = findRowBreaks(table, found);
    if (checked.breaks.length > 0) {
      done.add(pk);
      checked = await settled(table, () => read(pk));
    }
    breaks.push(...checked.breaks);
    for (const [name, head] of checked.heads) heads.set(name, head);
  }
  return { breaks, heads };
}

/** What is found of a partition when it is there again. */
async function settled(table: TableName, read: () => Promise<readonly unknown[]>): Promise<CheckedRows> {
  let before: string | undefined;
  for (;;) {
    const checked = findRowBreaks(table, await read());
    const now = contentHash([checked.breaks, [...checked.heads]]);
    if (checked.breaks.length === 0 || now === before) return checked;
    before = now;
  }
}
