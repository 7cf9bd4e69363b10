import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Fen } from '../../shared/money.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { releaseReservation } from './release-reservation.ts';
import { hasCommitted, type Round, type RoundIn } from './round.ts';
import type { RoundStore } from './round-store.ts';

interface FinishParts {
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly clock: Clock;
}

/**
 * Ends the committing of a round whose batches are all done, and publishes it: money of dropped lines goes back to the
 * pool. Lines without a share keep their candidates, which wait for the next round.
 * @throws DomainError not-in-this-state without a reservation; Error while a line is still to be committed.
 */
export async function finishRound(parts: FinishParts, roundId: string): Promise<{ committedFen: Fen }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'committed') return publish(parts, round);
    if (hasCommitted(round)) return { committedFen: round.reservation.committedFen };
    if (round.status !== 'approved' || !round.reservation) throw new DomainError('not-in-this-state');
    const lines = await parts.rounds.lines(roundId);
    if (lines.some((line) => line.status === 'planned')) throw new Error('a line is not committed yet');
    const at = parts.clock().toISOString();
    const pool = await parts.pools.require(round.poolId);
    const { reservation, movements } = releaseReservation(roundId, round.reservation, 'round finished', at);
    const committed: RoundIn<'committed'> = {
      ...round,
      status: 'committed',
      version: round.version + 1,
      reservation,
    };
    await parts.rounds.write([
      ...parts.pools.movement(pool, movements),
      ...parts.rounds.transition(round, committed, { at, actor: systemActor, event: 'committed' }),
    ]);
    return publish(parts, committed);
  });
}

/** The notice opens with the committed plan; each application's own begins when its state machine goes on. */
async function publish(
  parts: Pick<FinishParts, 'rounds' | 'clock'>,
  round: RoundIn<'committed'>,
): Promise<{ committedFen: Fen }> {
  const at = parts.clock().toISOString();
  const noticed: Round = { ...round, status: 'noticed', version: round.version + 1, noticedAt: at };
  await parts.rounds.write(
    parts.rounds.transition(round, noticed, { at, actor: systemActor, event: 'noticed' }),
  );
  return { committedFen: round.reservation.committedFen };
}
