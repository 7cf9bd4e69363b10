import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Fen } from '../shared/money.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { IdempotencyRecords } from './idempotency.ts';
import { afterMovements, type Movement, type Pool, PoolSchema } from './pool.ts';
import { type PoolStore, poolKey } from './pool-store.ts';

/**
 * Enters money that was appropriated to a pool; the same key enters it once.
 * @throws DomainError not-found, idempotency-key-reused, concurrent-change, amount-too-high when the balance would pass
 * 2^53 − 1 fen, invalid-request for nothing.
 */
export async function appropriate(
  parts: { readonly pools: PoolStore; readonly records: IdempotencyRecords; readonly clock: Clock },
  actor: Actor,
  request: {
    readonly poolId: string;
    readonly idempotencyKey: string;
    readonly amountFen: Fen;
    readonly cause: string;
  },
): Promise<Pool> {
  const { poolId, idempotencyKey, amountFen, cause } = request;
  if (amountFen === 0) throw nothingAppropriated();
  const keyed = {
    key: { pk: poolKey(poolId).pk, sk: `KEY#${idempotencyKey}` },
    content: { amountFen, cause, by: actor.id },
  };
  return decideAgainOnConflict(async () => {
    const pool = await parts.pools.require(poolId);
    const given = await parts.records.answer(keyed, PoolSchema);
    if (given) return given;
    const movement: Movement = {
      kind: 'appropriation',
      amountFen,
      cause,
      actor: { id: actor.id, role: 'operator' },
      at: parts.clock().toISOString(),
    };
    const after = afterMovements(pool, [movement]);
    await parts.pools.write([...parts.pools.movement(pool, [movement]), parts.records.record(keyed, after)]);
    return after;
  });
}

function nothingAppropriated(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'amountFen',
        rule: 'positive',
        message: { zh: '下达金额须大于零', en: 'an appropriation is more than nothing' },
      },
    ],
  });
}
