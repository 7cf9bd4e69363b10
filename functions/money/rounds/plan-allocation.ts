import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ApplicationId, RoundId } from '../../shared/vocabulary.ts';
import type { Candidate } from '../pools/candidates.ts';
import { settleContention } from '../pools/contention.ts';
import { availableFen } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { frozenCandidates, planOf } from './plan-calculation.ts';
import type { RoundIn } from './round.ts';
import type { RoundEvent } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Shares what the pool has at this moment among the frozen candidates, and stores the plan for approval.
 * Where an operator asked for another plan, those that have left the pool since take no part in it.
 * @throws DomainError not-in-this-state before the list is frozen; Error when the frozen list was altered.
 */
export async function planAllocation(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: RoundId,
): Promise<{ planNumber: number }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if ('plan' in round && round.plan) return { planNumber: round.plan.number };
    if (round.status !== 'frozen' || !round.list) throw new DomainError('not-in-this-state');
    const { list } = round;
    const at = parts.clock().toISOString();
    const note = (event: RoundEvent) => ({ at, actor: systemActor, event });

    const fence = { ...round, list, version: round.version + 1 };
    await parts.rounds.write(parts.rounds.transition(round, fence, note('plan-begun')));
    const candidates = frozenCandidates(round.poolId, list, await parts.rounds.lines(roundId));
    const excluded = await leftPool(parts.pools, round, candidates);
    const available = availableFen(await parts.pools.require(round.poolId));
    const { planned, lines } = planOf(fence, candidates, { excluded, available, at });
    await parts.rounds.writeFenced(
      fence,
      lines.map((line) => parts.rounds.line(line)),
    );
    await parts.rounds.write(parts.rounds.transition(fence, planned, note('planned')));
    return { planNumber: planned.plan.number };
  });
}

/** Which candidates are to be left out: none in a first plan, since the frozen list alone decides it. */
async function leftPool(
  pools: PoolStore,
  { poolId, replannings = [] }: RoundIn<'frozen'>,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<ApplicationId>> {
  if (replannings.length === 0) return new Set();
  const there = new Set((await pools.candidates(poolId)).map(({ applicationId }) => applicationId));
  return new Set(candidates.map(({ applicationId }) => applicationId).filter((id) => !there.has(id)));
}
