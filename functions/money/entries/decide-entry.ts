import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { EntryId, PoolId } from '../../shared/vocabulary.ts';
import type { Pool } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import type { Proposal, ProposalIn, ProposalStore } from './proposal.ts';
import { bookedMovement, carriedIn } from './proposed-movement.ts';
import { requireEndable } from './year-end.ts';

interface DecideParts {
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly proposals: ProposalStore;
  readonly clock: Clock;
}

export type EntryDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

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
    const proposal = await parts.proposals.require(poolId, entryId);
    if (proposal.status !== 'proposed') {
      if (isRepeated(proposal, actor, decision)) return proposal;
      throw new DomainError('not-in-this-state');
    }
    if (proposal.proposedBy === actor.id) throw new DomainError('same-person');
    const by = { by: actor.id, at: parts.clock().toISOString() };
    if (decision.outcome === 'refuse') {
      const refused = {
        ...proposal,
        status: 'refused' as const,
        decision: { ...by, reason: decision.reason },
      };
      await parts.pools.write([parts.proposals.settlement(refused)]);
      return refused;
    }
    const pool = await parts.pools.require(poolId);
    const booking = await book(parts, pool, proposal, { id: actor.id, at: by.at });
    const confirmed = {
      ...proposal,
      status: 'confirmed' as const,
      decision: { ...by, version: pool.version + 1 },
    };
    await parts.pools.write([...booking, parts.proposals.settlement(confirmed)]);
    return confirmed;
  });
}

async function book(
  { pools, rounds }: DecideParts,
  pool: Pool,
  proposal: ProposalIn<'proposed'>,
  confirmed: { readonly id: string; readonly at: string },
): Promise<GuardedWrite[]> {
  const movement = bookedMovement(proposal, confirmed);
  if (proposal.change.kind !== 'carry-over') return pools.movement(pool, [movement]);
  const target = await requireEndable({ pools, rounds }, pool, proposal.change);
  const into = carriedIn(proposal, movement);
  return [
    rounds.yearEnd(pool.poolId, confirmed.at),
    ...pools.movement(pool, [movement]),
    ...(target && into ? pools.movement(target, [into]) : []),
  ];
}

function isRepeated(proposal: Proposal, { id }: Actor, decision: EntryDecision): boolean {
  if (proposal.status === 'proposed' || proposal.decision.by !== id) return false;
  if (decision.outcome === 'confirm') return proposal.status === 'confirmed';
  return proposal.status === 'refused' && proposal.decision.reason === decision.reason;
}
