import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { requireApprovedLines, reserve } from './reservation-calculation.ts';
import { type Batch, batchesOf, hasCommitted } from './round.ts';
import type { RoundStore } from './round-store.ts';

export type ReservationOutcome =
  | { readonly outcome: 'insufficient'; readonly batches: readonly [] }
  | { readonly outcome: 'reserved'; readonly batches: readonly Batch[] };

/**
 * Reserves the whole of an approved plan in its pool, or nothing. When another round took the money since the plan was
 * made, the round goes back to its frozen list: a new plan needs a new approval.
 * @throws DomainError not-in-this-state without an approved plan; Error when the lines are not those approved.
 */
export async function reserveFunds(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: RoundId,
): Promise<ReservationOutcome> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'frozen' && round.plansMade > 0) return { outcome: 'insufficient', batches: [] };
    if (round.status !== 'approved' && !hasCommitted(round)) throw new DomainError('not-in-this-state');
    const lines = await parts.rounds.lines(roundId);
    const reserved = { outcome: 'reserved', batches: batchesOf(roundId, lines) } as const;
    if (round.status !== 'approved' || round.reservation) return reserved;
    requireApprovedLines(round, lines);
    const pool = await parts.pools.require(round.poolId);
    const { outcome, to, note, movements } = reserve(round, lines, pool, parts.clock().toISOString());
    await parts.rounds.write([
      ...parts.pools.movement(pool, movements),
      ...parts.rounds.transition(round, to, note),
    ]);
    return outcome === 'reserved' ? reserved : { outcome, batches: [] };
  });
}
