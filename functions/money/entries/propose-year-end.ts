import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { availableFen, type Pool } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import type { ProposalIn } from './proposal.ts';
import { type ProposeParts, propose } from './propose-entry.ts';
import { requireEndable, type YearEndChange } from './year-end-rules.ts';

/**
 * Proposes to end a pool's year: what no award holds is carried into the pool that the guide names, or lapses. A closed
 * pool can be ended again for what awards gave back since. The same key proposes it once.
 * @throws DomainError not-found when pool, guide or the other pool is not there; not-in-this-state while a
 * round is under way or money is reserved, when nothing is left of a closed pool, or the other pool is closed or of no later year;
 * idempotency-key-reused, concurrent-change.
 */
export async function proposeYearEnd(
  parts: ProposeParts & { readonly rounds: RoundStore; readonly policy: PolicyBook },
  actor: Actor,
  request: { readonly poolId: PoolId; readonly idempotencyKey: string; readonly cause: string },
): Promise<ProposalIn<'proposed'>> {
  const yearEnd = (await parts.policy.pool(request.poolId))?.yearEnd;
  return propose(parts, actor, { ...request, content: 'year-end' }, async (pool, proposal) => {
    if (!yearEnd) throw new DomainError('not-found');
    const into = yearEnd.unspent === 'carry-over' ? yearEnd.into : undefined;
    const change: YearEndChange = {
      kind: 'carry-over',
      amountFen: availableFen(pool),
      ...(into !== undefined && { into }),
    };
    await parts.rounds.requireNoneUnderWay(pool.poolId);
    requireEndable(pool, change, await targetOf(parts, change));
    return { ...proposal, change };
  });
}

/** The pool that the end of a year carries into, if it carries into any and that one stands. */
export async function targetOf(
  { pools }: { readonly pools: PoolStore },
  { into }: YearEndChange,
): Promise<Pool | undefined> {
  return into === undefined ? undefined : pools.get(into);
}
