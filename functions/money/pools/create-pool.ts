import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen } from '../../shared/money.ts';
import { quoted } from '../../shared/text.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { ledgerGenesis } from './ledger-calculation.ts';
import type { Pool } from './pool.ts';
import type { PoolStore } from './pool-store.ts';

/**
 * Opens a pool as the guide defines it, without money.
 * @throws DomainError not-found when no guide defines it, already-exists when it was opened before.
 */
export async function createPool(
  parts: { readonly pools: PoolStore; readonly policy: PolicyBook; readonly clock: Clock },
  actor: Actor,
  poolId: PoolId,
): Promise<Pool> {
  const definition = await parts.policy.pool(poolId);
  if (!definition) {
    const known = quoted((await parts.policy.pools()).map((pool) => pool.id));
    throw new DomainError('not-found', {
      detail: {
        zh: `申报指南未定义资金池“${poolId}”，已定义：${known.zh}`,
        en: `no guide defines the pool ${poolId}; the guides define: ${known.en}`,
      },
    });
  }
  const { fund, fiscalYear, topic, direction, title } = definition;
  const defined = {
    ...{ poolId, fund, fiscalYear, topic, title },
    ...(direction !== undefined && { direction }),
    createdAt: parts.clock().toISOString(),
    createdBy: { id: actor.id, role: 'operator' } as const,
  };
  const pool: Pool = {
    ...defined,
    ...{ appropriatedFen: fen(0), reservedFen: fen(0), committedFen: fen(0), paidFen: fen(0) },
    version: 1,
    ledgerHash: ledgerGenesis(defined),
  };
  await parts.pools.write([parts.pools.creation(pool)]);
  return pool;
}
