import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { requireImpartial } from '../pools/duties.ts';
import { frozenCandidates } from './plan-hash.ts';
import type { Round, RoundIn } from './round.ts';
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
  roundId: string,
  reason: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status !== 'planned' && round.status !== 'refused') throw new DomainError('not-in-this-state');
    const candidates = frozenCandidates(round.poolId, round.list, await parts.rounds.lines(roundId));
    const impartial = await requireImpartial(parts.people, actor, candidates);
    const at = parts.clock().toISOString();
    const { plan, replannings = [] } = round;
    const again: RoundIn<'frozen'> = {
      ...withoutPlan(round),
      version: round.version + 1,
      plansMade: plan.number,
      replannings: [...replannings, { by: actor.id, at, reason }],
    };
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(round, again, { at, actor: operator(actor), event: 'replanned' }),
      resume(parts, roundId, plan.number, 'replan'),
    ]);
    return again;
  });
}

/**
 * Gives a round up before any money is reserved for it: its candidates wait for the next one.
 * @throws DomainError not-found; not-in-this-state once its plan is approved, or while it is being planned.
 */
export async function abandonRound(
  parts: ReplanParts,
  actor: Actor,
  roundId: string,
  reason: string,
): Promise<Round> {
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const { status } = round;
    if (status !== 'open' && status !== 'planned' && status !== 'refused') {
      throw new DomainError('not-in-this-state');
    }
    const at = parts.clock().toISOString();
    const abandoned: RoundIn<'abandoned'> = {
      ...round,
      status: 'abandoned',
      version: round.version + 1,
      abandonment: { by: actor.id, at, reason },
    };
    await parts.rounds.write([
      ...parts.rounds.transition(round, abandoned, { at, actor: operator(actor), event: 'abandoned' }),
      ...(status === 'open' ? [] : [resume(parts, roundId, round.plan.number, 'abandoned')]),
    ]);
    return abandoned;
  });
}

function withoutPlan(round: RoundIn<'planned' | 'refused'>): Omit<RoundIn<'frozen'>, 'plansMade'> {
  const { status: _, plan: __, ...frozen } = round;
  if (!('decision' in frozen)) return { ...frozen, status: 'frozen' };
  const { decision: ___, ...closed } = frozen;
  return { ...closed, status: 'frozen' };
}

function operator({ id }: Actor) {
  return { id, role: 'operator' };
}

function resume({ outbox }: ReplanParts, roundId: string, planNumber: number, outcome: string) {
  return outbox.message({
    type: 'resume',
    waitId: waitIds.planApproval(roundId, planNumber),
    output: { outcome },
  });
}
