import * as z from 'zod';
import { type DynamoDbApi, DynamoDbError } from './api.ts';
import type { EngineFile } from './engine-file.ts';

const itemSchema = z.record(z.string(), z.record(z.string(), z.json()));

/** DynamoDB leaves items alone whose time is so long past that it is probably no time. */
const fiveYearsInSeconds = 5 * 365 * 24 * 60 * 60;

export interface ExpiringTable {
  readonly name: string;
  readonly keys: readonly string[];
  /** That holds an item's time, in seconds since 1970. */
  readonly attribute: string;
}

/**
 * Deletes the items of a table whose time has come, as DynamoDB does by itself: the engine stores the setting and
 * deletes nothing. The stream's records name DynamoDB as who did it.
 * @param nowInSeconds seconds since 1970
 */
export async function deleteExpired(
  api: DynamoDbApi,
  file: EngineFile,
  table: ExpiringTable,
  nowInSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const oldest = nowInSeconds - fiveYearsInSeconds;
    const items = file.expiredItems(table.name, table.attribute, oldest, nowInSeconds);
    if (items.length === 0) return;
    for (const item of items) {
      const found = itemSchema.parse(JSON.parse(item));
      const key = Object.fromEntries(table.keys.map((name) => [name, found[name] ?? null]));
      await file.deleteAsExpired(table.name, key, () =>
        deleteUnlessChanged(api, table, key, found[table.attribute], signal),
      );
    }
  }
}

async function deleteUnlessChanged(
  api: DynamoDbApi,
  table: ExpiringTable,
  key: object,
  time: unknown,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api(
      'DeleteItem',
      {
        TableName: table.name,
        Key: key,
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': table.attribute },
        ExpressionAttributeValues: { ':seen': time },
      },
      z.unknown(),
      signal,
    );
  } catch (fault) {
    if (fault instanceof DynamoDbError && fault.name === 'ConditionalCheckFailedException') return;
    throw fault;
  }
}
