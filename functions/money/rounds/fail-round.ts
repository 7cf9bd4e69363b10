import type { Clock } from '../../shared/clock.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { Round } from './round.ts';
import { failed } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Ends a round that its state machine could not bring to an end: what it still holds of its pool goes back, awards that
 * are committed stay. A round that has ended stays as it is.
 */
export async function failRound(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  failure: { readonly roundId: RoundId; readonly error: string; readonly cause: string },
): Promise<{ status: Round['status'] }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(failure.roundId);
    const step = failed(round, { ...failure, at: parts.clock().toISOString() });
    if (!step) return { status: round.status };
    const pool = await parts.pools.require(round.poolId);
    await parts.rounds.write([
      ...parts.pools.movement(pool, step.movements),
      ...parts.rounds.transition(round, step.to, step.note),
    ]);
    return { status: 'failed' };
  });
}
