import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Audited, type AuditedKind, auditedKinds } from '../../functions/audit/find-break.ts';
import { StoredHistories } from '../../functions/audit/stored-histories.ts';
import { StoredTable } from '../../functions/audit/stored-table.ts';
import { StoredHistorySchema } from '../../functions/audit/stored-view.ts';
import { genesisHash, ledTo, linked } from '../../functions/shared/history.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';

/** A value as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What an audit reads of an application. */
export interface StoredHistory {
  readonly items: Json[];
  readonly head: Json;
}

/** What auditors read histories through. */
export function storedHistoriesOn(client: DynamoDBClient, { tableNames }: TestDynamoDb): StoredHistories {
  return new StoredHistories({
    applications: new StoredTable(client, tableNames.applications),
    budget: new StoredTable(client, tableNames.budget),
    people: new StoredTable(client, tableNames.people),
  });
}

/** A history as it is in the test database, and as it comes over the wire. */
export async function storedHistory(
  database: TestDynamoDb,
  id: string,
  kind: AuditedKind = 'application',
): Promise<StoredHistory> {
  const client = new DynamoDBClient(database.clientConfig);
  try {
    const histories = storedHistoriesOn(client, database);
    const answer = StoredHistorySchema.parse(await histories.history({ kind, id }, { limit: 100 }));
    return JSON.parse(JSON.stringify(answer));
  } finally {
    client.destroy();
  }
}

/** A whole history of so many edits of a draft, as an audit reads it. */
export function draftHistory(
  id: string,
  versions: number,
  { key, rowAt }: Audited = auditedKinds.application(id),
): StoredHistory {
  const { pk, sk } = key;
  const items: Json[] = [];
  let previous = genesisHash(id);
  let before: { readonly [name: string]: Json } | undefined;
  for (let version = 1; version <= versions; version += 1) {
    const state = { version, status: 'draft' };
    const { hash, ...content } = linked(
      {
        version,
        at: '2026-11-23T02:00:00.000Z',
        actor: { id: 'preparer', role: 'preparer' },
        event: version === 1 ? 'created' : 'edited',
        to: 'draft',
        guide: '2026.1',
        ...ledTo(before, { state }),
      },
      previous,
    );
    const item = { pk, sk: rowAt(version), row: { ...content, hash } };
    items.push(mapMembers(item));
    previous = hash;
    before = { state };
  }
  const state = { version: versions, status: 'draft', historyHash: previous };
  return { items, head: mapMembers({ pk, sk, state }) };
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

export function mapMembers(value: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, attribute(member)]));
}
