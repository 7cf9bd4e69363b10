import type { Clock } from '../../shared/clock.ts';
import type { Fen } from '../../shared/money.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { hasCommitted, type RoundIn } from './round.ts';
import { committed, noticed } from './round-lifecycle.ts';
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
export async function finishRound(parts: FinishParts, roundId: RoundId): Promise<{ committedFen: Fen }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'committed') return publish(parts, round);
    if (hasCommitted(round)) return { committedFen: round.reservation.committedFen };
    const lines = await parts.rounds.lines(roundId);
    const { to, note, movements } = committed(round, lines, parts.clock().toISOString());
    const pool = await parts.pools.require(round.poolId);
    await parts.rounds.write([
      ...parts.pools.movement(pool, movements),
      ...parts.rounds.transition(round, to, note),
    ]);
    return publish(parts, parts.rounds.linked(round, to, note));
  });
}

/** The notice opens with the committed plan; each application's own begins when its state machine goes on. */
async function publish(
  parts: Pick<FinishParts, 'rounds' | 'clock'>,
  round: RoundIn<'committed'>,
): Promise<{ committedFen: Fen }> {
  const { to, note } = noticed(round, parts.clock().toISOString());
  await parts.rounds.write(parts.rounds.transition(round, to, note));
  return { committedFen: round.reservation.committedFen };
}
