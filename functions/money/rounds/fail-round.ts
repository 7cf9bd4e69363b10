import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { releaseReservation } from './release-reservation.ts';
import { hasCommitted, type Round, type RoundIn } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Ends a round that its state machine could not bring to an end: what it still holds of its pool goes back, awards that
 * are committed stay. A round that has ended stays as it is.
 */
export async function failRound(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  failed: { readonly roundId: string; readonly error: string; readonly cause: string },
): Promise<{ status: Round['status'] }> {
  const { roundId, error } = failed;
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'failed' || round.status === 'abandoned' || hasCommitted(round)) {
      return { status: round.status };
    }
    const at = parts.clock().toISOString();
    const held = 'reservation' in round ? round.reservation : undefined;
    const release = held && releaseReservation(roundId, held, 'round failed', at);
    const pool = await parts.pools.require(round.poolId);
    const ended: RoundIn<'failed'> = {
      ...round,
      status: 'failed',
      version: round.version + 1,
      failedFrom: round.status,
      failure: { error, cause: failed.cause.slice(0, 1000), at },
      ...(release && { reservation: release.reservation }),
    };
    await parts.rounds.write([
      ...parts.pools.movement(pool, release?.movements ?? []),
      ...parts.rounds.transition(round, ended, { at, actor: systemActor, event: 'failed' }),
    ]);
    return { status: 'failed' };
  });
}
