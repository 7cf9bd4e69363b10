import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { EntryId, PoolId } from '../../shared/vocabulary.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { confirmed, type EntryDecision, refused, requireDecidable } from './entry-decision.ts';
import type { ProposalIn } from './proposal.ts';
import type { ProposalStore } from './proposal-store.ts';
import { targetOf } from './propose-year-end.ts';

interface DecideParts {
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly proposals: ProposalStore;
  readonly clock: Clock;
}

/**
 * Takes the second person's decision on an entry; a confirmed one is booked in the same transaction, in both pools
 * where two are concerned. Its sender may repeat a decision and gets the same answer.
 * @throws DomainError not-found; same-person for whoever proposed it; not-in-this-state when somebody decided
 * otherwise before, or what `bookMovements` and `requireEndable` refuse; concurrent-change.
 */
export async function decideEntry(
  parts: DecideParts,
  actor: Actor,
  { poolId, entryId }: { readonly poolId: PoolId; readonly entryId: EntryId },
  decision: EntryDecision,
): Promise<ProposalIn<'confirmed' | 'refused'>> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    const proposal = requireDecidable(await parts.proposals.require(poolId, entryId), actor.id, decision);
    if (proposal.status !== 'proposed') return proposal;
    const by = { by: actor.id, at: parts.clock().toISOString() };
    if (decision.outcome === 'refuse') {
      const to = refused(proposal, decision.reason, by);
      await parts.pools.write([parts.proposals.settlement(to)]);
      return to;
    }
    const pool = await parts.pools.require(poolId);
    const { change } = proposal;
    const endsYear = change.kind === 'carry-over';
    if (endsYear) await parts.rounds.requireNoneUnderWay(poolId);
    const target = endsYear ? await targetOf(parts, change) : undefined;
    const { to, movement, carried } = confirmed(proposal, pool, target, by);
    await parts.pools.write([
      ...(endsYear ? [parts.rounds.yearEnd(poolId, by.at)] : []),
      ...parts.pools.movement(pool, [movement]),
      ...(carried ? parts.pools.movement(carried.into, [carried.movement]) : []),
      parts.proposals.settlement(to),
    ]);
    return to;
  });
}
