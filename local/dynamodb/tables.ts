import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { type DynamoDbApi, DynamoDbError } from './api.ts';
import {
  describeIndex,
  describeKeys,
  type TableDescription,
  type TableProperties,
  tableDescriptionSchema,
} from './table-properties.ts';

const timeToLiveSchema = z.object({
  TimeToLiveDescription: z.object({
    TimeToLiveStatus: z.string(),
    AttributeName: z.string().optional(),
  }),
});

/**
 * Makes the database have the table as the template says: creates it, or keeps the one that is there and changes what
 * can be changed without touching an item (new and dropped indexes, time to live).
 * Throws when only a new table would fit.
 */
export async function ensureTable(
  api: DynamoDbApi,
  name: string,
  wanted: TableProperties,
): Promise<TableDescription> {
  const existing = await describeTable(api, name);
  if (existing === undefined) await createTable(api, name, wanted);
  else await adaptTable(api, name, existing, wanted);
  await setTimeToLive(api, name, wanted.TimeToLiveSpecification);
  return waitUntilActive(api, name);
}

async function describeTable(api: DynamoDbApi, name: string): Promise<TableDescription | undefined> {
  try {
    return (await api('DescribeTable', { TableName: name }, tableDescriptionSchema)).Table;
  } catch (fault) {
    if (fault instanceof DynamoDbError && fault.name === 'ResourceNotFoundException') return undefined;
    throw fault;
  }
}

async function waitUntilActive(api: DynamoDbApi, name: string): Promise<TableDescription> {
  for (;;) {
    const table = await describeTable(api, name);
    if (table === undefined) throw new Error(`table ${name} disappeared`);
    const statuses = [table.TableStatus, ...table.GlobalSecondaryIndexes.map((index) => index.IndexStatus)];
    if (statuses.every((status) => status === undefined || status === 'ACTIVE')) return table;
    await delay(20);
  }
}

async function createTable(api: DynamoDbApi, name: string, wanted: TableProperties): Promise<void> {
  // Both images, whatever the stream shows of them: only so can a write be known that changes nothing.
  const stream = wanted.StreamSpecification && { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  const input = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: wanted.KeySchema,
    AttributeDefinitions: wanted.AttributeDefinitions,
    ...(wanted.GlobalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: wanted.GlobalSecondaryIndexes,
    }),
    ...(wanted.LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: wanted.LocalSecondaryIndexes }),
    ...(stream && { StreamSpecification: stream }),
  };
  await api('CreateTable', input, z.unknown());
}

async function adaptTable(
  api: DynamoDbApi,
  name: string,
  existing: TableDescription,
  wanted: TableProperties,
): Promise<void> {
  const demandSame = (what: string, before: string, after: string) => {
    if (before !== after) throw needsReset(name, `its ${what} was "${before}" and is now "${after}"`);
  };
  const before = existing.AttributeDefinitions;
  const after = wanted.AttributeDefinitions;
  demandSame('key', describeKeys(existing.KeySchema, before), describeKeys(wanted.KeySchema, after));
  demandSame(
    'stream',
    existing.StreamSpecification?.StreamEnabled ? 'on' : 'off',
    wanted.StreamSpecification ? 'on' : 'off',
  );
  const locals = (table: Pick<TableProperties, 'LocalSecondaryIndexes'>, types: typeof before) =>
    table.LocalSecondaryIndexes.map((index) => `${index.IndexName}: ${describeIndex(index, types)}`).sort();
  demandSame('list of local indexes', locals(existing, before).join('; '), locals(wanted, after).join('; '));

  for (const index of wanted.GlobalSecondaryIndexes) {
    const old = existing.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === index.IndexName);
    if (old !== undefined) {
      demandSame(`index ${index.IndexName}`, describeIndex(old, before), describeIndex(index, after));
      continue;
    }
    await updateIndex(api, name, {
      AttributeDefinitions: after,
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
  }
  for (const { IndexName } of existing.GlobalSecondaryIndexes) {
    if (wanted.GlobalSecondaryIndexes.some((index) => index.IndexName === IndexName)) continue;
    await updateIndex(api, name, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  }
}

async function updateIndex(api: DynamoDbApi, name: string, change: Record<string, unknown>): Promise<void> {
  try {
    await api('UpdateTable', { TableName: name, ...change }, z.unknown());
  } catch (fault) {
    throw needsReset(name, fault instanceof Error ? fault.message : String(fault));
  }
  await waitUntilActive(api, name);
}

function needsReset(name: string, why: string): Error {
  return new Error(
    `The data dir holds table ${name} of another shape: ${why}. ` +
      'Start with --reset to begin with empty data, or use another data dir.',
  );
}

async function setTimeToLive(
  api: DynamoDbApi,
  name: string,
  wanted: TableProperties['TimeToLiveSpecification'],
): Promise<void> {
  const { TimeToLiveDescription: now } = await api(
    'DescribeTimeToLive',
    { TableName: name },
    timeToLiveSchema,
  );
  const before = now.TimeToLiveStatus.startsWith('ENABL') ? now.AttributeName : undefined;
  const after = wanted?.Enabled ? wanted.AttributeName : undefined;
  if (before === after) return;
  const set = (attribute: string, enabled: boolean) =>
    api(
      'UpdateTimeToLive',
      { TableName: name, TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } },
      z.unknown(),
    );
  if (before !== undefined) await set(before, false);
  if (after !== undefined) await set(after, true);
}
