import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { requireImpartial, requireNotInvolved } from '../pools/duties.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { Round } from './round.ts';
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
  roundId: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status !== 'open') throw new DomainError('not-in-this-state');
    const candidates = await parts.pools.candidates(round.poolId);
    requireNotInvolved(round.openedBy, candidates);
    const impartial = await requireImpartial(parts.people, actor, candidates);
    const at = parts.clock().toISOString();
    const frozen: Round = {
      ...round,
      status: 'frozen',
      version: round.version + 1,
      closedBy: actor.id,
      closedAt: at,
      plansMade: 0,
    };
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(round, frozen, {
        at,
        actor: { id: actor.id, role: 'operator' },
        event: 'closed',
      }),
      parts.outbox.message({ type: 'start-round', roundId }),
    ]);
    return frozen;
  });
}
