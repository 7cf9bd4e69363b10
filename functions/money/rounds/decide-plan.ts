import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { requireImpartial } from '../pools/duties.ts';
import { frozenCandidates } from './plan-calculation.ts';
import type { Round } from './round.ts';
import { type PlanDecision, planDecided } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Takes the second person's decision on a plan; an approved one resumes the round. The hash says which plan was looked at. Whoever
 * was involved in a candidate, or has an interest in its organisation, does not decide. Both are looked up in the
 * frozen lines themselves, under the hash that the round keeps of them: a copy of all persons beside them was rejected,
 * since that of a large round is beyond the size of an item.
 * @throws DomainError not-found; not-in-this-state when there is no plan to decide, or somebody decided at the same
 * time; same-person for whoever opened, closed or replanned the round or was involved in a candidate; conflict-of-interest;
 * version-mismatch for another plan. Error when the frozen list was altered.
 */
export async function decidePlan(
  parts: {
    readonly rounds: RoundStore;
    readonly people: PeopleStore;
    readonly outbox: Outbox;
    readonly clock: Clock;
  },
  actor: Actor,
  roundId: RoundId,
  decision: PlanDecision,
): Promise<Round> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note } = planDecided(round, decision, by);
    const candidates = frozenCandidates(to.poolId, to.list, await parts.rounds.lines(roundId));
    const impartial = await requireImpartial(parts.people, actor, candidates);
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(round, to, note),
      // A refused plan keeps the state machine waiting, for another plan or for the end of the round.
      ...(to.status === 'approved'
        ? [
            parts.outbox.message({
              type: 'resume',
              waitId: waitIds.planApproval(roundId, to.plan.number),
              output: { outcome: 'approved' },
            }),
          ]
        : []),
    ]);
    return to;
  });
}
