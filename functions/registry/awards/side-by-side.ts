import type { Key } from '../../shared/keys.ts';
import type { Item, Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';

/** DynamoDB's limit of one batch. */
const readBatch = 100;
/** Requests under way at once: enough to hide their latency, and few enough for a table that has just been made. */
const parallelRequests = 8;
const attempts = 8;

/** Runs a job for each item, a few at a time; results keep the order of the items. */
export async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const wave of chunks(items, parallelRequests)) results.push(...(await Promise.all(wave.map(run))));
  return results;
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/**
 * Items by their partitions; each key has a partition of its own.
 * @throws TransientError when the table stays busy.
 */
export async function itemsByPartition(
  table: Table<'registry'>,
  keys: readonly Key<'registry'>[],
  options: { readonly consistent: boolean },
): Promise<Map<string, Item>> {
  const distinct = [...new Map(keys.map((key) => [key.pk, key])).values()];
  const found = await inParallel(chunks(distinct, readBatch), (batch) =>
    getMany(table, batch, { ...options, attempts, pausing: true }),
  );
  return new Map(found.flat().map((item) => [String(item['pk']), item]));
}
