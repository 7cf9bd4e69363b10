import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import type { Movement } from '../../../../functions/money/pools/pool.ts';
import { PoolStore } from '../../../../functions/money/pools/pool-store.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { poolWith } from '../../../builders/pool.ts';

it('asks for another look when the money to give back is not there any more', () => {
  const pool = poolWith({ appropriatedFen: 500 });
  // A round that was read before another run of the same task had ended it still holds what the pool has back already.
  const release: Movement = {
    kind: 'release',
    of: 'reservation',
    amountFen: fen(100),
    actor: { id: 'system', role: 'system' },
    at: '2026-11-23T03:00:00.000Z',
    cause: 'round finished',
    key: 'a-test',
  };
  const store = new PoolStore(new Table({} as DynamoDBDocumentClient, 'Budget'));
  expect(() => store.movement(pool, [release])).toThrow(new DomainError('concurrent-change'));
});
