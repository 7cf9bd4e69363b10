import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../../../functions/money/pools/create-pool.ts';
import { openRound } from '../../../../functions/money/rounds/open-round.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { type BudgetRoom, openBudget, operator } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

let database: TestDynamoDb;
let room: BudgetRoom;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

describe('pools', () => {
  it('opens a pool as the guide defines it, once', async () => {
    const pool = await createPool(room.parts, operator, 'pool-1');
    expect(pool).toMatchObject({ fiscalYear: 2026, appropriatedFen: 0, version: 1 });
    expect(await room.parts.pools.require('pool-1')).toEqual(pool);
    await expect(createPool(room.parts, operator, 'pool-1')).rejects.toMatchObject({
      code: 'already-exists',
    });
  });

  it('says which pools there are when asked for another', async () => {
    await expect(createPool(room.parts, operator, 'pool-9999')).rejects.toMatchObject({
      code: 'not-found',
      detail: { en: expect.stringContaining('"pool-1", "pool-2"') },
    });
  });

  it('pages through pools in the order of their creation', async () => {
    for (const id of ['pool-2', 'pool-3']) await createPool(room.parts, operator, id);
    const first = await room.parts.pools.page({ limit: 2 });
    const second = await room.parts.pools.page({ limit: 2, cursor: first.nextCursor });
    expect([first.pools.length, second.pools.length]).toEqual([2, 1]);
    expect(new Set([...first.pools, ...second.pools].map((pool) => pool.poolId)).size).toBe(3);
    await expect(room.parts.pools.page({ limit: 2, cursor: 'else' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('movements', () => {
  it('refuses a movement of a pool that changed since it was read', async () => {
    await room.fund('pool-10', 100);
    const stale = await room.parts.pools.require('pool-10');
    await room.appropriate('pool-10', 5);
    const movement = {
      kind: 'reservation',
      amountFen: fen(100),
      actor: { id: 'system', role: 'system' },
      at: '2026-11-23T02:00:00.000Z',
      cause: 'a test',
      key: 'a-test',
    } as const;
    await expect(room.parts.pools.write(room.parts.pools.movement(stale, [movement]))).rejects.toMatchObject({
      code: 'concurrent-change',
    });
    expect(await room.balances('pool-10')).toEqual([105, 0, 0]);
  });
});

describe('opening rounds', () => {
  it('opens one round under one key, and fixes the rule of the guide in it', async () => {
    await room.fund('pool-11', 100);
    const open = () => openRound(room.parts, operator, { poolId: 'pool-11', idempotencyKey: 'round-key-1' });
    const rounds = await Promise.all([open(), open(), open()]);
    expect(new Set(rounds.map((round) => round.roundId)).size).toBe(1);
    expect(rounds[0]).toMatchObject({
      status: 'open',
      openedBy: 'operator-1',
      terms: { mode: 'pro-rata', residue: 'keep', unit: 'yuan', minimumPayableFen: 0 },
    });
  });

  it('refuses the key for another pool, and a pool that was not opened', async () => {
    await room.fund('pool-12', 100);
    await openRound(room.parts, operator, { poolId: 'pool-12', idempotencyKey: 'round-key-2' });
    await room.fund('pool-13', 100);
    await expect(
      openRound(room.parts, operator, { poolId: 'pool-13', idempotencyKey: 'round-key-2' }),
    ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await expect(
      openRound(room.parts, operator, { poolId: 'pool-14', idempotencyKey: 'round-key-3' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});
