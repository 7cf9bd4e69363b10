import * as z from 'zod';
import { type DynamoDbApi, DynamoDbError } from './api.ts';

const itemSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
const scanSchema = z.object({
  Items: z.array(itemSchema).default([]),
  LastEvaluatedKey: itemSchema.optional(),
});

/** DynamoDB leaves items alone whose time is so long past that it is probably no time. */
const fiveYearsInSeconds = 5 * 365 * 24 * 60 * 60;

/**
 * Deletes the items of a table whose time has come, as DynamoDB does by itself: the emulator stores the setting and
 * deletes nothing. The stream's records lack the `userIdentity` by which DynamoDB marks such deletions.
 * @param nowInSeconds seconds since 1970
 */
export async function deleteExpired(
  api: DynamoDbApi,
  table: { readonly name: string; readonly keys: readonly string[]; readonly attribute: string },
  nowInSeconds: number,
  signal?: AbortSignal,
): Promise<void> {
  let startKey: z.infer<typeof itemSchema> | undefined;
  do {
    const page = await api(
      'Scan',
      {
        TableName: table.name,
        FilterExpression: '#ttl < :now AND #ttl > :oldest',
        ExpressionAttributeNames: { '#ttl': table.attribute },
        ExpressionAttributeValues: {
          ':now': { N: String(nowInSeconds) },
          ':oldest': { N: String(nowInSeconds - fiveYearsInSeconds) },
        },
        ...(startKey && { ExclusiveStartKey: startKey }),
      },
      scanSchema,
      signal,
    );
    for (const item of page.Items) await deleteUnlessChanged(api, table, item, signal);
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

async function deleteUnlessChanged(
  api: DynamoDbApi,
  table: { readonly name: string; readonly keys: readonly string[]; readonly attribute: string },
  item: z.infer<typeof itemSchema>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await api(
      'DeleteItem',
      {
        TableName: table.name,
        Key: Object.fromEntries(table.keys.map((key) => [key, item[key]])),
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': table.attribute },
        ExpressionAttributeValues: { ':seen': item[table.attribute] },
      },
      z.unknown(),
      signal,
    );
  } catch (fault) {
    if (fault instanceof DynamoDbError && fault.name === 'ConditionalCheckFailedException') return;
    throw fault;
  }
}
