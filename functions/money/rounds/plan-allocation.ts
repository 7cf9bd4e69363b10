import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen, sumFen } from '../../shared/money.ts';
import { allocate, allocationAlgorithm } from '../allocation/allocate.ts';
import { settleContention } from '../pools/contention.ts';
import { availableFen } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { frozenCandidates, planHash } from './plan-hash.ts';
import type { Line, Plan, Round, RoundIn } from './round.ts';
import type { RoundStore } from './round-store.ts';

const exclusion = {
  status: 'excluded',
  class: 1,
  shareFen: fen(0),
  explanation: {
    zh: '重新测算时已不在资金池中（撤回或终止），不参与分配',
    en: 'It had left the pool when another plan was asked for',
  },
} as const;

/**
 * Shares what the pool has at this moment among the frozen candidates, and stores the plan for approval.
 * Where an operator asked for another plan, those that have left the pool since take no part in it.
 * @throws DomainError not-in-this-state before the list is frozen; Error when the frozen list was altered.
 */
export async function planAllocation(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: string,
): Promise<{ planNumber: number }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if ('plan' in round && round.plan) return { planNumber: round.plan.number };
    if (round.status !== 'frozen' || !round.list) throw new DomainError('not-in-this-state');
    const { list, plansMade, ...closed } = round;
    const at = parts.clock().toISOString();
    const note = (event: string) => ({ at, actor: systemActor, event });

    const fence: Round = { ...round, version: round.version + 1 };
    await parts.rounds.write(parts.rounds.transition(round, fence, note('plan-begun')));
    const candidates = frozenCandidates(round.poolId, list, await parts.rounds.lines(roundId));
    const excluded = await leftPool(parts.pools, round);
    const available = availableFen(await parts.pools.require(round.poolId));
    const { shares, residueFen } = allocate(
      candidates.filter(({ applicationId }) => !excluded(applicationId)),
      round.terms,
      available,
    );

    const number = plansMade + 1;
    const byId = new Map(shares.map((share) => [share.applicationId, share]));
    const lines = candidates.map(({ poolId: _, ...candidate }): Line => {
      const share = byId.get(candidate.applicationId);
      if (excluded(candidate.applicationId)) {
        return { ...candidate, ...exclusion, roundId, planNumber: number };
      }
      if (!share) throw new Error(`no share for ${candidate.applicationId}`);
      return {
        ...candidate,
        roundId,
        status: share.shareFen > 0 ? 'planned' : 'carried-over',
        planNumber: number,
        class: share.class,
        shareFen: share.shareFen,
        explanation: share.explanation,
      };
    });
    await parts.rounds.writeFenced(
      fence,
      lines.map((line) => parts.rounds.line(line)),
    );

    const result = { algorithm: allocationAlgorithm, availableFen: available, residueFen };
    const plannedFen = sumFen(shares.map((share) => share.shareFen));
    const hash = planHash({ ...round, list }, result, lines);
    const plan: Plan = { number, hash, ...result, plannedFen, at };
    const planned: Round = { ...closed, status: 'planned', version: fence.version + 1, list, plan };
    await parts.rounds.write(parts.rounds.transition(fence, planned, note('planned')));
    return { planNumber: number };
  });
}

/** Which candidates are to be left out: none in a first plan, since the frozen list alone decides it. */
async function leftPool(pools: PoolStore, { poolId, replannings = [] }: RoundIn<'frozen'>) {
  if (replannings.length === 0) return () => false;
  const there = new Set((await pools.candidates(poolId)).map(({ applicationId }) => applicationId));
  return (applicationId: string) => !there.has(applicationId);
}
