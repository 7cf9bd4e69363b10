import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Round } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Closes a round to new candidates and starts its state machine, which freezes the list and plans.
 * @throws DomainError not-found, not-in-this-state when it was closed before.
 */
export async function closeRound(
  parts: { readonly rounds: RoundStore; readonly outbox: Outbox; readonly clock: Clock },
  actor: Actor,
  roundId: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status !== 'open') throw new DomainError('not-in-this-state');
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
