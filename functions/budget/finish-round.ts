import { systemActor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Fen } from '../shared/money.ts';
import { settleContention } from './contention.ts';
import type { PoolStore } from './pool-store.ts';
import { releaseReservation } from './release-reservation.ts';
import type { Round } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Ends a round whose batches are all committed: money of dropped lines goes back to the pool. Lines without a share
 * keep their candidates, which wait for the next round.
 * @throws DomainError not-in-this-state without a reservation; Error while a line is still to be committed.
 */
export async function finishRound(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: string,
): Promise<{ committedFen: Fen }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'committed') return { committedFen: round.reservation.committedFen };
    if (round.status !== 'approved' || !round.reservation) throw new DomainError('not-in-this-state');
    const lines = await parts.rounds.lines(roundId);
    if (lines.some((line) => line.status === 'planned')) throw new Error('a line is not committed yet');
    const at = parts.clock().toISOString();
    const pool = await parts.pools.require(round.poolId);
    const { reservation, movements } = releaseReservation(roundId, round.reservation, 'round finished', at);
    const committed: Round = { ...round, status: 'committed', version: round.version + 1, reservation };
    await parts.rounds.write([
      ...parts.pools.movement(pool, movements),
      ...parts.rounds.transition(round, committed, { at, actor: systemActor, event: 'committed' }),
    ]);
    return { committedFen: reservation.committedFen };
  });
}
