import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appropriate } from '../../functions/budget/appropriate.ts';
import { createPool } from '../../functions/budget/create-pool.ts';
import { listPools } from '../../functions/budget/list-pools.ts';
import { openRound } from '../../functions/budget/open-round.ts';
import { ledgerFaults } from '../../functions/budget/pool.ts';
import { fen } from '../../functions/shared/money.ts';
import { type BudgetRoom, openBudget, operator } from '../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';

let database: TestDynamoDb;
let room: BudgetRoom;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

const request = (poolId: string, idempotencyKey: string, amount: number) => ({
  poolId,
  idempotencyKey,
  amountFen: fen(amount),
  cause: 'annual budget',
});

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
      detail: { en: expect.stringContaining('pool-1, pool-2') },
    });
  });

  it('pages through pools in the order of their creation', async () => {
    for (const id of ['pool-2', 'pool-3']) await createPool(room.parts, operator, id);
    const first = await listPools(room.parts, { limit: 2 });
    const second = await listPools(room.parts, { limit: 2, cursor: first.nextCursor });
    expect([first.pools.length, second.pools.length]).toEqual([2, 1]);
    expect(new Set([...first.pools, ...second.pools].map((pool) => pool.poolId)).size).toBe(3);
    await expect(listPools(room.parts, { limit: 2, cursor: 'else' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('appropriations', () => {
  it('enters money with its cause, time and person', async () => {
    await createPool(room.parts, operator, 'pool-4');
    const after = await appropriate(room.parts, operator, request('pool-4', 'key-00001', 500));
    expect(after).toMatchObject({ appropriatedFen: 500, version: 2 });
    expect(await room.parts.pools.entries('pool-4')).toMatchObject([
      {
        version: 2,
        movement: {
          kind: 'appropriation',
          amountFen: 500,
          cause: 'annual budget',
          actor: { id: 'operator-1', role: 'operator' },
          at: '2026-11-23T02:00:00.000Z',
        },
      },
    ]);
  });

  it('answers the same again under the same key, also after other changes', async () => {
    await createPool(room.parts, operator, 'pool-5');
    const first = await appropriate(room.parts, operator, request('pool-5', 'key-00001', 500));
    await appropriate(room.parts, operator, request('pool-5', 'key-00002', 70));
    expect(await appropriate(room.parts, operator, request('pool-5', 'key-00001', 500))).toEqual(first);
    expect(await room.balances('pool-5')).toEqual([570, 0, 0]);
  });

  it('refuses a key that was used for another request or by another person', async () => {
    await createPool(room.parts, operator, 'pool-6');
    await appropriate(room.parts, operator, request('pool-6', 'key-00001', 500));
    const reused = { code: 'idempotency-key-reused' };
    await expect(
      appropriate(room.parts, operator, request('pool-6', 'key-00001', 501)),
    ).rejects.toMatchObject(reused);
    await expect(
      appropriate(room.parts, { ...operator, id: 'operator-2' }, request('pool-6', 'key-00001', 500)),
    ).rejects.toMatchObject(reused);
  });

  it('enters a request that arrives eight times at once only once', async () => {
    await createPool(room.parts, operator, 'pool-7');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => appropriate(room.parts, operator, request('pool-7', 'key-00001', 500))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await room.balances('pool-7')).toEqual([500, 0, 0]);
  });

  it('enters different requests at the same time all', async () => {
    await createPool(room.parts, operator, 'pool-8');
    await Promise.all(
      [1, 20, 300, 4000].map((amount) =>
        appropriate(room.parts, operator, request('pool-8', `key-${amount}-000`, amount)),
      ),
    );
    expect(await room.balances('pool-8')).toEqual([4321, 0, 0]);
    const pool = await room.parts.pools.require('pool-8');
    expect(ledgerFaults(pool, await room.parts.pools.entries('pool-8'))).toEqual([]);
  });

  it('refuses nothing, too much, and a pool that is not there', async () => {
    await createPool(room.parts, operator, 'pool-9');
    await expect(appropriate(room.parts, operator, request('pool-9', 'key-00001', 0))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'amountFen' }],
    });
    await appropriate(room.parts, operator, request('pool-9', 'key-00002', Number.MAX_SAFE_INTEGER));
    await expect(appropriate(room.parts, operator, request('pool-9', 'key-00003', 1))).rejects.toMatchObject({
      code: 'amount-too-high',
    });
    await expect(
      appropriate(room.parts, operator, request('pool-9999', 'key-00001', 1)),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
  });

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
