import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from './errors.ts';
import type { Key } from './keys.ts';
import { type Item, keyOf, type ReadOptions, reading, Table } from './table.ts';
import type { TableName } from './tables.ts';
import { GuardedWrite } from './transaction.ts';

/*
 * Requests of many items. They stand apart from the other things that a table does, so that the bundles of the many
 * functions that need none of them hold none.
 */

/** How often a batch is sent again of which the table left parts undone, and whether it is given time in between. */
interface BatchOptions {
  /** Requests at most for up to 100 reads or 25 writes. */
  readonly attempts: number;
  readonly pausing?: boolean;
}

const readBatch = 100;
const writeBatch = 25;

/**
 * The items of many keys, in no order; those that are not there are left out. A hundred are one request.
 * @throws TransientError when the table stays busy.
 */
export async function getMany<N extends TableName>(
  table: Table<N>,
  keys: readonly Key<N>[],
  options: ReadOptions & BatchOptions,
): Promise<Item[]> {
  const { client, name } = Table.opened(table);
  const items: Item[] = [];
  await inBatches<Item>(keys.map(keyOf), readBatch, options, async (batch) => {
    const request = { Keys: batch, ...reading(options, true) };
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [name]: request } }),
    );
    items.push(...(Responses?.[name] ?? []));
    return UnprocessedKeys?.[name]?.Keys ?? [];
  });
  return items;
}

/**
 * Puts and removes without guards, in no order and not as one. Twenty-five are one request.
 * @throws TransientError when the table stays busy; what was written by then stays written.
 */
export async function writeMany<N extends TableName>(
  table: Table<N>,
  writes: readonly GuardedWrite[],
  options: BatchOptions,
): Promise<void> {
  const { client, name } = Table.opened(table);
  const requests = writes.map((write) => {
    const [{ Put, Delete } = {}, witness] = GuardedWrite.itemsOf(write);
    if (witness) throw new Error('a row with a witness is written by a transaction');
    if (Put && !Put.ConditionExpression) return { PutRequest: { Item: Put.Item } };
    if (Delete && !Delete.ConditionExpression) return { DeleteRequest: { Key: Delete.Key } };
    throw new Error('a batch puts and removes, without conditions');
  });
  await inBatches<object>(requests, writeBatch, options, async (batch) => {
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [name]: batch } }),
    );
    return UnprocessedItems?.[name] ?? [];
  });
}

/** Sends items in batches, and each batch again with what was left undone of it. */
async function inBatches<T>(
  items: readonly T[],
  size: number,
  { attempts, pausing = false }: BatchOptions,
  send: (batch: T[]) => Promise<T[]>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    let left = items.slice(from, from + size);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > attempts) throw new TransientError('the table left parts of a batch undone');
      if (pausing && attempt > 1) await pause(Math.random() * 25 * 2 ** attempt);
      left = await send(left);
    }
  }
}
