import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { requireImpartial } from '../pools/duties.ts';
import { frozenCandidates } from './plan-calculation.ts';
import type { Round } from './round.ts';
import { abandoned, replanned } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

interface ReplanParts {
  readonly rounds: RoundStore;
  readonly people: PeopleStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Asks for another plan of a round that waits for its approval, or whose plan was refused. The frozen list stays; what
 * has left the pool since, by a withdrawal for instance, is excluded from the next plan, and only so.
 * @throws DomainError not-found; not-in-this-state without a plan to replace; same-person, conflict-of-interest.
 */
export async function replanRound(
  parts: ReplanParts,
  actor: Actor,
  roundId: RoundId,
  reason: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note, replaced } = replanned(round, reason, by);
    const candidates = frozenCandidates(round.poolId, replaced.list, await parts.rounds.lines(roundId));
    const impartial = await requireImpartial(parts.people, actor, candidates);
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(round, to, note),
      resume(parts, roundId, replaced.plan.number, 'replan'),
    ]);
    return to;
  });
}

/**
 * Gives a round up before any money is reserved for it: its candidates wait for the next one.
 * @throws DomainError not-found; not-in-this-state once its plan is approved, or while it is being planned.
 */
export async function abandonRound(
  parts: ReplanParts,
  actor: Actor,
  roundId: RoundId,
  reason: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note, planNumber } = abandoned(round, reason, by);
    await parts.rounds.write([
      ...parts.rounds.transition(round, to, note),
      ...(planNumber === undefined ? [] : [resume(parts, roundId, planNumber, 'abandoned')]),
    ]);
    return to;
  });
}

function resume(
  { outbox }: ReplanParts,
  roundId: RoundId,
  planNumber: number,
  outcome: 'abandoned' | 'replan',
) {
  return outbox.message({
    type: 'resume',
    waitId: waitIds.planApproval(roundId, planNumber),
    output: { outcome },
  });
}
