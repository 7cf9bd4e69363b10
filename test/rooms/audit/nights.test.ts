import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredLedgers } from '../../../functions/audit/stored-ledgers.ts';
import { StoredRows } from '../../../functions/audit/stored-rows.ts';
import { StoredTable } from '../../../functions/audit/stored-table.ts';
import { verifyAudit } from '../../../functions/audit/verify-audit.ts';
import { DynamoGuideSource } from '../../../functions/policy/guides/guide-store.ts';
import { RegisterStore } from '../../../functions/register/register-store.ts';
import { genesisHash, linked, partsOf, stateHash } from '../../../functions/shared/history.ts';
import { Table } from '../../../functions/shared/table.ts';
import { type BudgetRoom, openBudget } from '../../builders/budget.ts';
import { storedHistoriesOn } from '../../builders/stored-history.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { guidePartsOn, publishGuide } from '../../support/guides.ts';
import { headsInMemory } from '../../support/kept-heads.ts';
import { compiled } from '../../support/rooms.ts';
import { noticedRound, openTreasury } from '../../support/settle.ts';

type Stored = Record<string, AttributeValue>;

let database: TestDynamoDb;
let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
let room: BudgetRoom;
let first: Awaited<ReturnType<typeof activity>>;
beforeAll(async () => {
  database = await startTestDynamoDb();
  client = new DynamoDBClient(database.clientConfig);
  documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  room = openBudget(database);
  first = await activity('pool-1');
});
afterAll(async () => {
  client?.destroy();
  await database?.stop();
});
beforeEach(() => {
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

/** Nights one after another, with what each finds. */
function nights() {
  const heads = headsInMemory();
  let now = new Date('2026-11-23T19:10:00.000Z');
  const { tableNames } = database;
  const tables = {
    applications: new StoredTable<'applications'>(client, tableNames.applications),
    budget: new StoredTable<'budget'>(client, tableNames.budget),
    people: new StoredTable<'people'>(client, tableNames.people),
    registry: new StoredTable<'registry'>(client, tableNames.registry),
    reads: new StoredTable<'reads'>(client, tableNames.reads),
  };
  const night = async (hasTime: () => boolean = () => true) => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await verifyAudit({
      ...heads.parts,
      histories: storedHistoriesOn(client, database),
      ledgers: new StoredLedgers(tables),
      rows: new StoredRows(tables),
      guides: new DynamoGuideSource(new Table<'policy'>(documents, tableNames.policy), () => now),
      register: new RegisterStore(new Table<'budget'>(documents, tableNames.budget)),
      clock: () => now,
      hasTime,
    });
    const lines = warned.mock.calls.map(([line]) => Object(line) as Record<string, string>);
    warned.mockRestore();
    return (
      lines
        .filter(({ message }) => message === 'audit.broken')
        // The applications of these tests begin in the midst of their histories.
        .filter(({ kind }) => kind !== 'application')
        .map(({ kind, id, row, fault }) => `${kind} ${id} ${row}: ${fault}`)
    );
  };
  return {
    ...heads,
    night,
    /** Lets time pass. */
    later: (hours: number) => {
      now = new Date(now.getTime() + hours * 3_600_000);
    },
  };
}

/** Something of every kind that has a history, a ledger or witnesses. */
async function activity(poolId: string) {
  const treasury = openTreasury({ ...room, ...room.parts });
  const made = await noticedRound(room, treasury, poolId, [10_000]);
  const { orderId } = await treasury.draft(made.roundId);
  return { ...made, poolId, orderId };
}

/** Time for so many pages. */
function pagesOf(count: number): () => boolean {
  let left = count;
  return () => {
    left -= 1;
    return left >= 0;
  };
}

async function itemsOf(TableName: string): Promise<Stored[]> {
  const found: Stored[] = [];
  let ExclusiveStartKey: Stored | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName, ConsistentRead: true, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

/** Has a table be what it was. */
async function restore(TableName: string, items: readonly Stored[]): Promise<void> {
  for (const { pk, sk } of await itemsOf(TableName)) {
    await client.send(new DeleteItemCommand({ TableName, Key: { pk, sk } as Stored }));
  }
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
}

describe('a night', () => {
  it('finds tables that were restored to what they were, whole as that is', async () => {
    const { night, later } = nights();
    const before = await itemsOf(database.tableNames.budget);
    expect(await night()).toEqual([]);
    later(24);
    const { roundId, orderId, poolId } = await activity('pool-2');
    // What the system itself does meanwhile is no break.
    expect(await night()).toEqual([]);
    later(24);
    const after = await itemsOf(database.tableNames.budget);
    await restore(database.tableNames.budget, before);
    const found = await night();
    expect(found).toEqual(
      expect.arrayContaining([
        `round ${roundId} STATE: it is gone`,
        `order ${orderId} STATE: it is gone`,
        expect.stringMatching(`^(pool ${poolId} (ENTRIES: no row has the hash|STATE: it is gone))`),
        expect.stringMatching(`^line ROUND#${roundId} LINE#.*: it is gone, and its witness with it`),
      ]),
    );
    await restore(database.tableNames.budget, after);
  });

  it('finds a chain that was cut off or written anew with hashes that fit, and its ledger alike', async () => {
    const { night, later } = nights();
    const { orderId } = first;
    const TableName = database.tableNames.budget;
    expect(await night()).toEqual([]);
    later(24);
    const all = await itemsOf(TableName);
    const { Items: own = [] } = await documents.send(
      new QueryCommand({
        ...{ TableName, ConsistentRead: true, KeyConditionExpression: 'pk = :pk' },
        ExpressionAttributeValues: { ':pk': `ORDER#${orderId}` },
      }),
    );
    const rows = own
      .filter(({ sk }) => String(sk).startsWith('HISTORY#'))
      .sort((x, y) => (x['sk'] < y['sk'] ? -1 : 1));
    const head = own.find(({ sk }) => sk === 'STATE');
    // The order, told differently from the beginning on: every hash is made anew.
    const { historyHash: _, ...state } = head?.['state'] ?? {};
    const forged = { ...head, state: { ...state, draftedBy: 'somebody-else' } };
    const put = (Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName, Item }));
    let previous = genesisHash(orderId);
    for (const { row, ...key } of rows) {
      const { hash: __, previous: ___, ...content } = row;
      const led = { stateHash: stateHash(forged), parts: partsOf(forged) };
      const link = linked({ ...content, at: '2026-11-23T00:00:00.000Z', ...led }, previous);
      previous = link.hash;
      await put({ ...key, row: link });
    }
    await put({ ...forged, state: { ...forged.state, historyHash: previous } });
    const rewritten = `order ${orderId} HISTORY: no row has the hash that was kept of the night before`;
    expect(await night()).toEqual([rewritten]);
    await restore(TableName, all);
  });

  it('compares run by run, with the last night that came to its end and what came after it', async () => {
    const { night, later } = nights();
    const { orderId } = first;
    expect(await night()).toEqual([]);
    later(24);
    // One page of a night, and no more.
    await night(pagesOf(1));
    later(24);
    const all = await itemsOf(database.tableNames.budget);
    const without = all.filter(({ pk }) => pk?.S !== `ORDER#${orderId}`);
    await restore(database.tableNames.budget, without);
    const found: string[] = [];
    for (let leg = 0; leg < 12; leg += 1) {
      found.push(...(await night(pagesOf(2))));
      later(0.25);
    }
    expect(found).toContain(`order ${orderId} STATE: it is gone`);
    expect(found.filter((line) => line.includes(`order ${orderId} STATE`))).toHaveLength(1);
    expect(found.filter((line) => !line.includes(orderId))).toEqual([]);
    await restore(database.tableNames.budget, all);
  });

  it('finds heads that were not signed by the key, and a list that is another', async () => {
    const { night, later, kept } = nights();
    expect(await night()).toEqual([]);
    later(24);
    const [list = ''] = [...kept.keys()].filter((name) => name.endsWith('.txt'));
    const [statement = ''] = [...kept.keys()].filter((name) => name.endsWith('.json'));
    const [text = '', signed = ''] = [kept.get(list), kept.get(statement)];
    kept.set(list, '');
    expect(await night()).toContainEqual(`heads 2026-11-24 ${statement}: its list of heads is another`);
    later(24);
    kept.set(list, text);
    kept.set(statement, signed.replace(/"breaks":\d+/, '"breaks":99'));
    for (const name of [...kept.keys()].filter((one) => one.includes('heads/2026-11-25'))) kept.delete(name);
    later(-24);
    expect(await night()).toContainEqual(`heads 2026-11-24 ${statement}: it is not signed by the key`);
  });

  it('finds publications of guides that are gone', async () => {
    const { night, later } = nights();
    const guides = guidePartsOn(
      new Table<'policy'>(documents, database.tableNames.policy),
      () => new Date('2026-11-20T00:00:00Z'),
    );
    const [sample] = compiled.guides;
    if (!sample) throw new Error('there is no sample guide');
    const guide = { ...sample, items: sample.items.slice(0, 1) };
    await publishGuide(guides, guide);
    const before = await itemsOf(database.tableNames.policy);
    await publishGuide(guides, { ...guide, version: '2026.2' });
    await night();
    later(24);
    await restore(database.tableNames.policy, before);
    expect(await night()).toContainEqual('guide all guide: the publication that was the newest is gone');
  });
});
