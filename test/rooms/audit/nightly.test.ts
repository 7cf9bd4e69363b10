import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SignedHeadsSchema, statementHash } from '../../../functions/audit/heads.ts';
import { keepHeads } from '../../../functions/audit/keep-heads.ts';
import { StoredLedgers } from '../../../functions/audit/stored-ledgers.ts';
import { StoredRows } from '../../../functions/audit/stored-rows.ts';
import { StoredTable } from '../../../functions/audit/stored-table.ts';
import { timestampAuthority, timestampQuery } from '../../../functions/audit/timestamp-authority.ts';
import { legsPerNight, verifyAudit } from '../../../functions/audit/verify-audit.ts';
import { verifyStored } from '../../../functions/audit/verify-stored.ts';
import { DynamoGuideSource } from '../../../functions/policy/guides/guide-store.ts';
import { verifyGuides } from '../../../functions/policy/guides/verify-guides.ts';
import { RegisterStore } from '../../../functions/register/register-store.ts';
import { Table } from '../../../functions/shared/table.ts';
import { keptHeads } from '../../../infra/ops/kept-heads.ts';
import { openBudget } from '../../builders/budget.ts';
import { storedHistoriesOn } from '../../builders/stored-history.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { guidePartsOn, publishGuide } from '../../support/guides.ts';
import { headsInMemory } from '../../support/kept-heads.ts';
import { compiled, today } from '../../support/rooms.ts';
import { noticedRound, openTreasury } from '../../support/settle.ts';

let database: TestDynamoDb;
let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
beforeAll(async () => {
  database = await startTestDynamoDb();
  client = new DynamoDBClient(database.clientConfig);
  documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
});
afterAll(() => database?.stop());

const stored = () => {
  const tables = {
    applications: new StoredTable<'applications'>(client, database.tableNames.applications),
    budget: new StoredTable<'budget'>(client, database.tableNames.budget),
    people: new StoredTable<'people'>(client, database.tableNames.people),
    registry: new StoredTable<'registry'>(client, database.tableNames.registry),
    reads: new StoredTable<'reads'>(client, database.tableNames.reads),
  };
  return {
    histories: storedHistoriesOn(client, database),
    ledgers: new StoredLedgers(tables),
    rows: new StoredRows(tables),
  };
};

const verifyAll = (hasTime = () => true) => verifyStored({ ...stored(), hasTime });

describe('the nightly audit', () => {
  it('finds whatever was altered in rounds, orders and pools, and says what it had no time for', async () => {
    const room = openBudget(database);
    const treasury = openTreasury({ ...room, ...room.parts });
    const { roundId, ids } = await noticedRound(room, treasury, 'pool-1', [10_000, 20_000]);
    const { orderId } = await treasury.draft(roundId);
    // The applications of these tests begin in the midst of their histories.
    const ofMoney = ({ breaks }: Awaited<ReturnType<typeof verifyAll>>) =>
      breaks.filter(({ kind }) => kind !== 'application');
    const whole = await verifyAll();
    expect([ofMoney(whole), whole.next]).toEqual([[], undefined]);
    const [rows, chains] = [true, false].map((is) =>
      whole.heads.filter((line) => line.startsWith('row ') === is),
    );
    expect(chains).toHaveLength(ids.length + 3);
    // Lines of the round and of the order, candidates that were taken, and an appropriation.
    expect(rows).toHaveLength(3 * ids.length + 1);
    expect(whole.heads.every((line) => /^\S+ \S+ (\d+\.gone|(\d+\.)?[0-9a-f]{64})$/.test(line))).toBe(true);
    expect((await verifyAll(() => false)).next).toEqual({ stage: 'histories of applications' });

    const { tableNames } = database;
    const alter = (TableName: string, pk: string, path: string, value: unknown) =>
      documents.send(
        new UpdateCommand({
          ...{ TableName, Key: { pk, sk: 'STATE' }, UpdateExpression: `SET ${path} = :value` },
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
    await alter(tableNames.budget, `ORDER#${orderId}`, '#state.draftedBy', 'somebody');
    await alter(tableNames.budget, `ROUND#${roundId}`, '#state.terms.minimumPayableFen', 1);
    const TableName = tableNames.budget;
    const Key = { pk: 'POOL#pool-1', sk: 'STATE' };
    await documents.send(
      new UpdateCommand({ TableName, Key, UpdateExpression: 'SET paidFen = committedFen' }),
    );
    await documents.send(
      new UpdateCommand({
        ...{ TableName, Key: { pk: `ORDER#${orderId}`, sk: `LINE#${ids[0]}` } },
        UpdateExpression: 'SET #line.fen = :more',
        ...{ ExpressionAttributeNames: { '#line': 'line' }, ExpressionAttributeValues: { ':more': 1 } },
      }),
    );
    await documents.send(
      new DeleteCommand({ TableName, Key: { pk: `ROUND#${roundId}`, sk: `LINE#${ids[0]}` } }),
    );
    expect(ofMoney(await verifyAll()).map(({ kind, fault }) => [kind, fault])).toEqual(
      expect.arrayContaining([
        ['orderLine', 'it was altered: line.fen'],
        ['line', 'it is missing'],
        ['order', 'it was altered: state.draftedBy'],
        ['round', 'it was altered: state.terms'],
        ['pool', expect.stringContaining('the pool says')],
      ]),
    );
  });
});

describe('a night that takes longer than a function may', () => {
  it('goes on where it stopped, run by run, until nothing is left, and says what it has not come to', async () => {
    const { kept, parts: signed } = headsInMemory();
    let now = new Date('2026-11-23T19:10:00.000Z');
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    let pages = 0;
    const parts = {
      ...stored(),
      guides: new DynamoGuideSource(new Table<'policy'>(documents, database.tableNames.policy), () => now),
      register: new RegisterStore(new Table<'budget'>(documents, database.tableNames.budget)),
      ...signed,
      clock: () => now,
      // Two pages, then the time is over.
      hasTime: () => {
        pages += 1;
        return pages % 3 !== 0;
      },
    };
    const run = async (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
      pages = 0;
      return verifyAudit(parts);
    };
    const stages = [(await run(0)).unverified?.stage];
    while (stages.at(-1) !== undefined) stages.push((await run(15)).unverified?.stage);
    expect(stages).toEqual(['histories of access', 'applications', 'registry', 'reads', undefined]);
    const statements = [...kept]
      .filter(([name]) => name.endsWith('.json'))
      .map(([, text]) => SignedHeadsSchema.parse(JSON.parse(text)).statement);
    expect(statements.map(({ leg }) => leg)).toEqual([1, 2, 3, 4, 5]);
    expect(statements.map(({ previous }) => previous)).toEqual([
      null,
      ...statements.slice(0, -1).map(statementHash),
    ]);
    // Together the runs have found what one with time enough finds.
    const heads = [...kept].flatMap(([name, text]) =>
      name.endsWith('.txt') ? (text.match(/.+/g) ?? []) : [],
    );
    expect([...new Set(heads)].sort()).toEqual([...(await verifyAll()).heads]);

    // The rest of the night changes nothing; whoever wants it again says so.
    expect(await run(15)).toMatchObject({ unverified: null });
    expect(kept.size).toBe(10);
    now = new Date(now.getTime() + 60_000);
    await verifyAudit({ ...parts, hasTime: () => true }, true);
    expect(kept.size).toBe(12);

    // A night that does not come to its end is told of, by its last run or by the next night.
    const unfinished = () =>
      warned.mock.calls.flat().filter((line) => JSON.stringify(line).includes('audit.unfinished'));
    now = new Date('2026-11-24T19:10:00.000Z');
    await verifyAudit({ ...parts, hasTime: () => false });
    expect(unfinished()).toEqual([]);
    now = new Date('2026-11-25T19:10:00.000Z');
    for (let leg = 1; leg <= legsPerNight; leg += 1) {
      await verifyAudit({ ...parts, hasTime: () => false });
      now = new Date(now.getTime() + 15 * 60_000);
      expect(unfinished()).toHaveLength(leg < legsPerNight ? 1 : 2);
    }
    warned.mockRestore();
  });
});

describe('the guides', () => {
  it('of which any attribute was altered, one by one, are found', async () => {
    const table = new Table<'policy'>(documents, database.tableNames.policy);
    const parts = guidePartsOn(table, () => today);
    const [sample] = compiled.guides;
    if (!sample) throw new Error('there is no sample guide');
    const guide = { ...sample, items: sample.items.slice(0, 1) };
    await publishGuide(parts, guide);
    await publishGuide(parts, { ...guide, version: '2026.2' });
    expect(await verifyGuides(parts.guides)).toEqual([]);

    const TableName = database.tableNames.policy;
    const { Items = [] } = await documents.send(new ScanCommand({ TableName }));
    const rows = Items.filter(({ pk }) => /^GUIDES?(#|$)/.test(String(pk)));
    let tried = 0;
    for (const { pk, sk, ...attributes } of rows) {
      for (const [name, value] of Object.entries(attributes)) {
        const set = (to: unknown) =>
          documents.send(
            new UpdateCommand({
              ...{ TableName, Key: { pk, sk }, UpdateExpression: 'SET #name = :to' },
              ExpressionAttributeNames: { '#name': name },
              ExpressionAttributeValues: { ':to': to },
            }),
          );
        await set(alteredValue(value));
        tried += 1;
        const found = await verifyGuides(parts.guides).catch((error: Error) => [error]);
        if (found.length === 0) expect.fail(`${pk} ${sk} ${name} is taken for whole`);
        await set(value);
      }
    }
    expect(tried).toBeGreaterThan(30);
    expect(await verifyGuides(parts.guides)).toEqual([]);
  }, 60_000);
});

/** Another value of the same form. */
function alteredValue(value: unknown): unknown {
  if (typeof value === 'string') {
    return /^\d{4}-/.test(value) ? '2020-01-01T00:00:00.000Z' : `${value.slice(0, -1)}x`;
  }
  if (Array.isArray(value)) return value.slice(1);
  if (typeof value !== 'object' || value === null) return 'x';
  const { id, title, ...others } = value as Record<string, unknown>;
  return { ...others, id, title, more: true };
}

describe('heads that are kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heads-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const found = { heads: ['application a 1', 'pool p 3', 'round r 2'], breaks: [], next: undefined };

  it('are verified by signature and list, and neither can be another', async () => {
    const { kept, publicKey, parts: ours } = headsInMemory();
    const parts = {
      ...ours,
      timestamps: { stamp: async () => new Uint8Array([1]) },
      clock: () => today,
    };
    await keepHeads(parts, found, { register: null, guides: 'g' }, undefined);
    const name = `heads/2026-11-23/${today.toISOString()}`;
    expect([...kept.keys()]).toEqual([`${name}.txt`, `${name}.json`, `${name}.tsr`]);

    const [list, signed, key] = ['a.txt', 'a.json', 'key.pem'].map((file) => join(folder, file)) as [
      string,
      string,
      string,
    ];
    const text = kept.get(`${name}.txt`) ?? '';
    const statement = kept.get(`${name}.json`) ?? '';
    writeFileSync(list, text);
    writeFileSync(signed, statement);
    writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));
    expect(keptHeads(signed, key).heads).toEqual(
      new Map([
        ['application a', '1'],
        ['round r', '2'],
      ]),
    );

    writeFileSync(list, text.replace('a 1', 'a 2'));
    expect(() => keptHeads(signed, key)).toThrow('the list of heads is another');
    writeFileSync(list, text);
    for (const [from, to] of [
      ['2026-11-23"', '2026-11-24"'],
      ['"guides":"g"', '"guides":"h"'],
      ['"breaks":0', '"breaks":1'],
      ['"register":null', '"register":{"day":"2026-11-22","root":"r"}'],
    ] as const) {
      writeFileSync(signed, statement.replace(from, to));
      expect(() => keptHeads(signed, key), to).toThrow('the signature is not one');
    }
  });

  it('are stamped by an authority that is asked as RFC 3161 says', async () => {
    const query = timestampQuery(Buffer.alloc(32, 0xab), Buffer.from('0102030405060708', 'hex'));
    // As `openssl ts -query -in QUERY -text` reads it: version 1, sha256, the digest, a nonce, certificate required.
    expect(Buffer.from(query).toString('hex')).toBe(
      `3044${'020101'}${'3031300d060960864801650304020105000420'}${'ab'.repeat(32)}${'0209008102030405060708'}${'0101ff'}`,
    );
    const asked: unknown[] = [];
    const reply = (type: string) => async (url: string | URL | Request, init?: RequestInit) => {
      asked.push([url, new Headers(init?.headers).get('content-type')]);
      return new Response(new Uint8Array([7]), { headers: { 'content-type': type } });
    };
    const url = 'https://tsa.example/';
    const granted = timestampAuthority(url, reply('application/timestamp-reply'));
    expect(await granted.stamp(Buffer.from('a'))).toEqual(new Uint8Array([7]));
    expect(asked).toEqual([[url, 'application/timestamp-query']]);
    await expect(timestampAuthority(url, reply('text/html')).stamp(Buffer.from('a'))).rejects.toThrow(
      'text/html',
    );
  });
});
