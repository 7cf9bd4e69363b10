import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { availableFen, type Pool, poolClosed } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import type { Change, ProposalIn } from './proposal.ts';
import { type ProposeParts, propose } from './propose-entry.ts';

export type YearEndChange = Extract<Change, { kind: 'carry-over' }>;

/**
 * Proposes to end a pool's year: what no award holds is carried into the pool that the guide names, or lapses. A closed
 * pool can be ended again for what awards gave back since. The same key proposes it once.
 * @throws DomainError not-found when pool, guide or the other pool is not there; not-in-this-state while a round is under way or money is
 * reserved, when nothing is left of a closed pool, or the other pool is closed or of no later year;
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
    await requireEndable(parts, pool, change);
    return { ...proposal, change };
  });
}

/**
 * Refuses to end a year that cannot be ended now, or not with this amount.
 * @returns the pool that the money goes into, if any does.
 * @throws DomainError as `proposeYearEnd`; basis-changed when another amount is available than was proposed.
 */
export async function requireEndable(
  { pools, rounds }: { readonly pools: PoolStore; readonly rounds: RoundStore },
  pool: Pool,
  { amountFen, into }: YearEndChange,
): Promise<Pool | undefined> {
  await rounds.requireNoneUnderWay(pool.poolId);
  if (pool.reservedFen > 0) {
    throw refusal({ zh: '该资金池尚有预留资金', en: 'money of the pool is still reserved' });
  }
  if (amountFen !== availableFen(pool)) throw new DomainError('basis-changed');
  if (pool.closedAt !== undefined && amountFen === 0) {
    throw refusal({ zh: '该资金池已年终结转，且无余额', en: 'the year has been ended, and nothing is left' });
  }
  if (into === undefined) return undefined;
  const target = await pools.get(into);
  if (!target) {
    throw new DomainError('not-found', {
      detail: {
        zh: `结转目标资金池 ${into} 尚未建立`,
        en: `the pool to carry into, ${into}, is not opened yet`,
      },
    });
  }
  if (target.fiscalYear <= pool.fiscalYear) {
    throw refusal({
      zh: `结转目标资金池 ${into} 不属于以后年度`,
      en: `the pool to carry into, ${into}, is of no later year`,
    });
  }
  if (target.closedAt !== undefined) throw poolClosed();
  return target;
}

function refusal(detail: { readonly zh: string; readonly en: string }): DomainError {
  return new DomainError('not-in-this-state', { detail });
}
