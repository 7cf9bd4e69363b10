import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { StoredHistories } from '../../functions/audit/stored-histories.ts';
import { StoredTable } from '../../functions/audit/stored-table.ts';
import { StoredHistorySchema } from '../../functions/audit/stored-view.ts';
import { genesisHash, linked } from '../../functions/shared/history.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { applicationKey, historyKey } from '../support/tables.ts';

/** A value as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What an audit reads of an application. */
export interface StoredHistory {
  readonly items: Json[];
  readonly head: Json;
}

/** An application's history as it is in the test database, and as it comes over the wire. */
export async function storedHistory(database: TestDynamoDb, applicationId: string): Promise<StoredHistory> {
  const client = new DynamoDBClient(database.clientConfig);
  try {
    const histories = new StoredHistories(new StoredTable(client, database.tableNames.applications));
    const answer = StoredHistorySchema.parse(await histories.history(applicationId, { limit: 100 }));
    return JSON.parse(JSON.stringify(answer));
  } finally {
    client.destroy();
  }
}

/** A whole history of so many edits of a draft, as an audit reads it. */
export function draftHistory(applicationId: string, versions: number): StoredHistory {
  const items: Json[] = [];
  let previous = genesisHash(applicationId);
  for (let version = 1; version <= versions; version += 1) {
    const { hash, ...content } = linked(
      {
        version,
        at: '2026-11-23T02:00:00.000Z',
        actor: { id: 'preparer', role: 'preparer' },
        event: version === 1 ? 'created' : 'edited',
        to: 'draft',
        guide: '2026.1',
      },
      previous,
    );
    const item = { pk: applicationKey(applicationId).pk, sk: historyKey(version), row: { ...content, hash } };
    items.push(mapMembers(item));
    previous = hash;
  }
  return { items, head: mapMembers({ version: versions, status: 'draft', historyHash: previous }) };
}

/** DynamoDB JSON of the values that rows hold. */
function attribute(value: Json): Json {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return { M: mapMembers(value as { readonly [name: string]: Json }) };
}

function mapMembers(value: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, attribute(member)]));
}
