import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldByAward } from '../../../functions/audit/held-money.ts';
import { LedgerCheck, readHead } from '../../../functions/audit/ledger-check.ts';
import { StoredLedgers } from '../../../functions/audit/stored-ledgers.ts';
import { StoredTable } from '../../../functions/audit/stored-table.ts';
import { StoredLedgerSchema } from '../../../functions/audit/stored-view.ts';
import { createPool } from '../../../functions/money/pools/create-pool.ts';
import { ledgerGenesis } from '../../../functions/money/pools/ledger-calculation.ts';
import {
  type LedgerEntry,
  LedgerEntrySchema,
  type Movement,
  type Pool,
} from '../../../functions/money/pools/pool.ts';
import { linked } from '../../../functions/shared/history.ts';
import { fen } from '../../../functions/shared/money.ts';
import { budget } from '../../../functions/shared/tables.ts';
import { verifyLedgers } from '../../../infra/ops/ledger-verify.ts';
import { type BudgetRoom, openBudget, operator } from '../../builders/budget.ts';
import type { Json } from '../../builders/stored-history.ts';
import { variants } from '../../builders/tampering.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';

const { ledgerEntry } = budget.entities;

let database: TestDynamoDb;
let room: BudgetRoom;
let ledgers: StoredLedgers;
let server: Server;
let url: string;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
  const client = new DynamoDBClient(database.clientConfig);
  ledgers = new StoredLedgers({
    applications: new StoredTable(client, database.tableNames.applications),
    budget: new StoredTable(client, database.tableNames.budget),
  });
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
    const cursor = searchParams.get('cursor') ?? undefined;
    const [, , , listing, poolId] = pathname.split('/');
    const answer = async () => {
      if (poolId !== undefined) return ledgers.ledger(poolId, { limit: 3, cursor });
      if (listing === 'rounds') return ledgers.rounds(cursor);
      return listing === 'awards' ? ledgers.awards(cursor) : ledgers.pools(cursor);
    };
    response.end(JSON.stringify(await answer()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
  await database?.stop();
});

const verify = (only?: string) => verifyLedgers({ url, token: 'a-token' }, only, () => undefined);

/** A pool that a round has been played on, with an award that was withdrawn afterwards. */
async function playedPool(poolId: string): Promise<void> {
  await room.fund(poolId, 100_000);
  const [first = ''] = await room.enter(poolId, [10_000, 20_000, 30_000]);
  await room.play(await room.close(poolId));
  await room.withdraw(first);
}

interface StoredLedger {
  readonly items: Json[];
  readonly head: Json;
}

async function stored(poolId: string): Promise<StoredLedger> {
  const answer = StoredLedgerSchema.parse(await ledgers.ledger(poolId, { limit: 100 }));
  return JSON.parse(JSON.stringify(answer));
}

function breakOf(poolId: string, { items, head }: StoredLedger) {
  const check = new LedgerCheck(poolId, readHead(poolId, head));
  for (const item of items) check.take(item);
  check.end(readHead(poolId, head));
  return check.found;
}

const isVersion = (item: Json, version: number): boolean => JSON.stringify(item).includes(`"${version}"`);

/** Replaces a pool's ledger by what somebody would make of it who knows how entries are linked. */
async function rewrite(poolId: string, change: (entries: LedgerEntry[]) => LedgerEntry[]): Promise<void> {
  const { budget } = room.tableNames;
  const { Items = [] } = await room.client.send(
    new QueryCommand({
      TableName: budget,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entry)',
      ExpressionAttributeValues: { ':pk': `POOL#${poolId}`, ':entry': 'ENTRY#' },
    }),
  );
  const pool: Pool = await room.parts.pools.require(poolId);
  let previous = ledgerGenesis(pool);
  const entries = change(Items.map((item) => LedgerEntrySchema.parse(item))).map((entry) => {
    const { hash: _, ...row } = entry;
    const next = linked(row, previous);
    previous = next.hash;
    return { ...ledgerEntry.key(entry), ...next };
  });
  for (const Item of entries) await room.client.send(new PutCommand({ TableName: budget, Item }));
  await setPool(poolId, 'ledgerHash', previous);
}

async function setPool(poolId: string, name: string, value: unknown): Promise<void> {
  await room.client.send(
    new UpdateCommand({
      TableName: room.tableNames.budget,
      Key: { pk: `POOL#${poolId}`, sk: 'STATE' },
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

describe('a ledger', () => {
  it('is whole as the use cases write it', async () => {
    await playedPool('pool-1');
    await createPool(room.parts, operator, 'pool-2');
    const { items } = await stored('pool-1');
    expect(items.length).toBeGreaterThan(5);
    expect(breakOf('pool-1', await stored('pool-1'))).toBeUndefined();
    expect(breakOf('pool-2', await stored('pool-2'))).toBeUndefined();
  });

  it('breaks where a single character, name or attribute of an entry is another', async () => {
    const { items, head } = await stored('pool-1');
    let tried = 0;
    for (const [index, item] of items.entries()) {
      for (const variant of variants(item)) {
        tried += 1;
        const found = breakOf('pool-1', { items: items.with(index, variant), head });
        if (!found) expect.fail(`${JSON.stringify(variant)} is taken for whole`);
      }
    }
    expect(tried).toBeGreaterThan(2000);
  });

  it('breaks where a single character, name or attribute of the pool is another', async () => {
    for (const poolId of ['pool-1', 'pool-2']) {
      const { items, head } = await stored(poolId);
      for (const variant of variants(head)) {
        if (!breakOf(poolId, { items, head: variant }))
          expect.fail(`${JSON.stringify(variant)} is taken for whole`);
      }
    }
  });

  it('names the version at which an entry is missing, stands twice, or in the place of another', async () => {
    const { items, head } = await stored('pool-1');
    const [first, second, third, ...rest] = items as [Json, Json, Json, ...Json[]];
    expect(breakOf('pool-1', { items: [second, third, ...rest], head })?.version).toBe(2);
    expect(breakOf('pool-1', { items: [first, third, ...rest], head })?.version).toBe(3);
    expect(breakOf('pool-1', { items: [first, second, second, third, ...rest], head })?.version).toBe(4);
    expect(breakOf('pool-1', { items: [first, third, second, ...rest], head })?.version).toBe(3);
    expect(breakOf('pool-1', { items: items.slice(0, -1), head })?.fault).toMatch(
      /is missing; the pool is at/,
    );
    expect(breakOf('pool-1', { items: [], head })).toMatchObject({ version: 2 });
    const { head: empty } = await stored('pool-2');
    expect(isVersion(empty, 1)).toBe(true);
    expect(breakOf('pool-2', { items: [first], head: empty })).toBeDefined();
  });
});

describe('the verification of ledgers', () => {
  it('compares every pool with its entries, its rounds and its awards', async () => {
    const { breaks, ...counts } = await verify();
    expect(breaks).toEqual([]);
    expect(counts).toEqual({
      pools: 2,
      entries: (await stored('pool-1')).items.length,
      rounds: 1,
      awards: 2,
    });
    expect(await verify('pool-1')).toMatchObject({ pools: 1, breaks: [] });
  });

  it('finds what somebody rewrote who knows how entries are linked', async () => {
    await playedPool('pool-3');
    await rewrite('pool-3', (entries) =>
      entries.map((entry) => ({ ...entry, movement: { ...entry.movement, cause: 'another' } })),
    );
    // Nothing but the hashes was against it: whoever keeps them outside sees it.
    expect((await verify('pool-3')).breaks).toEqual([]);
    await rewrite('pool-3', (entries) =>
      entries.map((entry) =>
        entry.version === 2 ? { ...entry, movement: { ...entry.movement, amountFen: fen(200_000) } } : entry,
      ),
    );
    expect((await verify('pool-3')).breaks).toMatchObject([
      { poolId: 'pool-3', version: 2, fault: expect.stringContaining('add up to 200000') },
    ]);
  });

  it('finds money that one person entered alone', async () => {
    await room.fund('pool-4', 500);
    await rewrite('pool-4', (entries) =>
      entries.map((entry) => ({
        ...entry,
        movement: { ...entry.movement, confirmedBy: { id: 'operator-1', role: 'budget-approver' } },
      })),
    );
    expect((await verify('pool-4')).breaks).toMatchObject([{ version: 2, fault: /one person/ }]);
  });

  it('finds awards and rounds that hold something else than the pool says', async () => {
    await room.fund('pool-5', 100_000);
    const [id = ''] = await room.enter('pool-5', [10_000]);
    const roundId = await room.close('pool-5');
    await room.play(roundId);
    expect((await verify('pool-5')).breaks).toEqual([]);
    const { applications, budget } = room.tableNames;
    const set = async (TableName: string, Key: { pk: string; sk: string }, path: string, value: number) => {
      const { Item } = await room.client.send(new GetCommand({ TableName, Key }));
      await room.client.send(
        new UpdateCommand({
          ...{ TableName, Key },
          UpdateExpression: `SET ${path} = :value`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
      return () => room.client.send(new PutCommand({ TableName, Item }));
    };
    const application = { pk: `APPLICATION#${id}`, sk: 'STATE' };
    const undoAward = await set(applications, application, '#state.award.fen', 9_999);
    expect((await verify('pool-5')).breaks).toMatchObject([
      { poolId: 'pool-5', fault: 'committedFen is 10000, rounds and awards come to 9999' },
    ]);
    await undoAward();
    const round = { pk: `ROUND#${roundId}`, sk: 'STATE' };
    const undoRound = await set(budget, round, '#state.reservation.releasedFen', 1);
    expect((await verify('pool-5')).breaks).toHaveLength(1);
    await undoRound();
    expect((await verify('pool-5')).breaks).toEqual([]);
  });

  it('counts of an order what was not recovered', () => {
    const state = (status: string) => ({
      ...{ status: { S: status }, pool: { S: 'pool-1' }, award: { M: { fen: { N: '100' } } } },
      ...{ order: { M: { fen: { N: '90' } } }, paidFen: { N: '60' }, recoveredFen: { N: '15' } },
    });
    const held = { poolId: 'pool-1', reservedFen: 0 };
    expect(heldByAward(state('noticed'))).toEqual({ ...held, committedFen: 100, paidFen: 0 });
    expect(heldByAward(state('closed'))).toEqual({ ...held, committedFen: 75, paidFen: 45 });
    expect(heldByAward({ status: { S: 'noticed' } })).toBeUndefined();
  });

  it('finds money that left a pool and came into none', async () => {
    const carried = (direction: 'in' | 'out', otherPoolId: string): Movement => ({
      ...{ kind: 'carry-over', direction, otherPoolId, amountFen: fen(30) },
      actor: { id: 'operator-1', role: 'operator' },
      confirmedBy: { id: 'approver-1', role: 'budget-approver' },
      ...{ at: '2026-12-31T02:00:00.000Z', cause: 'a test', key: 'a-test' },
      entryId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    });
    await room.fund('pool-6', 100);
    const { pools } = room.parts;
    await pools.write(pools.movement(await pools.require('pool-6'), [carried('out', 'pool-2')]));
    const { breaks } = await verify();
    expect(breaks.map(({ poolId }) => poolId)).toContain('pool-2');
    await pools.write(pools.movement(await pools.require('pool-2'), [carried('in', 'pool-6')]));
    expect((await verify()).breaks.map(({ poolId }) => poolId)).not.toContain('pool-2');
  });

  it('takes no step of a pool at work for a break', async () => {
    await room.fund('pool-7', 1_000_000);
    const ids = await room.enter(
      'pool-7',
      Array.from({ length: 40 }, () => 10_000),
    );
    const round = await room.close('pool-7');
    const [found] = await Promise.all([verify('pool-7'), room.play(round)]);
    expect(found.breaks.filter(({ version }) => version > 0)).toEqual([]);
    expect(await room.faults('pool-7', ids)).toEqual([]);
    expect((await verify('pool-7')).breaks).toEqual([]);
  });
});

describe('ops ledger verify', () => {
  const program = fileURLToPath(new URL('../../../infra/ops.ts', import.meta.url));

  async function ops(...args: readonly string[]) {
    const env = { ...process.env, API_URL: url, TOKEN: 'a-token' };
    const child = spawn(process.execPath, [program, 'ledger', 'verify', '--env', 'staging', ...args], {
      env,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, out, err };
  }

  it('says how far it is, and ends with 0 when nothing is wrong', async () => {
    await room.fund('pool-8', 500);
    const { code, out, err } = await ops('--pool', 'pool-8');
    expect([code, err]).toEqual([0, 'pool-8: 1 entries\n']);
    expect(out).toMatch(/^1 pools, 1 entries, \d+ rounds, \d+ awards: no break\n$/);
  });

  it('shows the first break of each pool with its version, and ends with 1', async () => {
    await room.fund('pool-9', 500);
    await setPool('pool-9', 'appropriatedFen', 501);
    const { code, out } = await ops('--pool', 'pool-9');
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toMatch(/^pool-9 version 2: the pool says 501/);
    const json = await ops('--pool', 'pool-9', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ pools: 1, breaks: [{ poolId: 'pool-9', version: 2 }] });
  });
});
