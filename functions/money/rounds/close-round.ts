import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import { requireNotInvolved } from '../pools/duty-rules.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { Round } from './round.ts';
import { closed } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Closes a round to new candidates and starts its state machine, which freezes the list and plans.
 * @throws DomainError not-found; not-in-this-state when it was closed before; conflict-of-interest; same-person for a
 * candidate that the caller, or whoever opened the round, has decided on.
 */
export async function closeRound(
  parts: {
    readonly pools: PoolStore;
    readonly rounds: RoundStore;
    readonly people: PeopleStore;
    readonly outbox: Outbox;
    readonly clock: Clock;
  },
  actor: Actor,
  roundId: RoundId,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const { to, note } = closed(round, { by: actor.id, at: parts.clock().toISOString() });
    const candidates = await parts.pools.candidates(round.poolId);
    requireNotInvolved(round.openedBy, candidates);
    const impartial = await requireImpartial(parts.people, actor, candidates);
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(round, to, note),
      parts.outbox.message({ type: 'start-round', roundId }),
    ]);
    return to;
  });
}
