import type { CreditList } from '../../filing/credit/credit-list.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ApplicationId, RoundId } from '../../shared/vocabulary.ts';
import type { Candidate } from '../pools/candidates.ts';
import { settleContention } from '../pools/contention.ts';
import { availableFen } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { type Exclusion, frozenCandidates, planOf } from './plan-calculation.ts';
import type { RoundIn } from './round.ts';
import type { RoundEvent } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Shares what the pool has at this moment among the frozen candidates, and stores the plan for approval.
 * Whoever is on the list of serious dishonesty takes no part; nor, where an operator asked for another plan, those that
 * have left the pool since.
 * @throws DomainError not-in-this-state before the list is frozen; Error when the frozen list was altered.
 */
export async function planAllocation(
  parts: {
    readonly pools: PoolStore;
    readonly rounds: RoundStore;
    readonly credit: Pick<CreditList, 'get'>;
    readonly clock: Clock;
  },
  roundId: RoundId,
): Promise<{ planNumber: number }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if ('plan' in round && round.plan) return { planNumber: round.plan.number };
    if (round.status !== 'frozen' || !round.list) throw new DomainError('not-in-this-state');
    const { list } = round;
    const at = parts.clock().toISOString();
    const note = (event: RoundEvent) => ({ at, actor: systemActor, event });

    const begun = [round, { ...round, list, version: round.version + 1 }, note('plan-begun')] as const;
    await parts.rounds.write(parts.rounds.transition(...begun));
    const fence = parts.rounds.linked(...begun);
    const candidates = frozenCandidates(round.poolId, list, await parts.rounds.lines(roundId));
    const excluded = await excludedOf(parts, round, candidates);
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

/** How many listings are read side by side. */
const readsAtOnce = 50;

/**
 * Which candidates are to be left out: those that are on the list of serious dishonesty now, and, of another plan than
 * the first, those that have left the pool since the list was frozen.
 */
async function excludedOf(
  { pools, credit }: { readonly pools: PoolStore; readonly credit: Pick<CreditList, 'get'> },
  { poolId, replannings = [] }: RoundIn<'frozen'>,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<ApplicationId, Exclusion>> {
  const excluded = new Map<ApplicationId, Exclusion>();
  const asking = candidates.filter(({ asksCredit }) => asksCredit);
  for (let start = 0; start < asking.length; start += readsAtOnce) {
    const chunk = asking.slice(start, start + readsAtOnce);
    const listings = await Promise.all(chunk.map(({ organisation }) => credit.get(organisation)));
    chunk.forEach(({ applicationId }, index) => {
      if (listings[index]?.listed) excluded.set(applicationId, 'listed');
    });
  }
  if (replannings.length === 0) return excluded;
  const there = new Set((await pools.candidates(poolId)).map(({ applicationId }) => applicationId));
  for (const { applicationId } of candidates)
    if (!there.has(applicationId)) excluded.set(applicationId, 'left');
  return excluded;
}
