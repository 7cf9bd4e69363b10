import type { Movement } from '../pools/pool.ts';
import type { ProposalIn } from './proposal.ts';

/** The movement of its own pool that a proposal becomes when the given person confirms it. */
export function bookedMovement(
  proposal: ProposalIn<'proposed'>,
  confirmed: { readonly id: string; readonly at: string },
): Movement {
  const { change, cause, key, entryId, proposedBy } = proposal;
  const { amountFen } = change;
  const booked = {
    ...{ amountFen, cause, key, entryId },
    actor: { id: proposedBy, role: 'operator' } as const,
    confirmedBy: { id: confirmed.id, role: 'budget-approver' } as const,
    at: confirmed.at,
  };
  switch (change.kind) {
    case 'appropriation':
      return { kind: 'appropriation', ...booked };
    case 'adjustment':
      return { kind: 'adjustment', direction: change.direction, ...booked };
    case 'carry-over':
      return change.into === undefined
        ? { kind: 'carry-over', direction: 'lapse', ...booked }
        : { kind: 'carry-over', direction: 'out', otherPoolId: change.into, ...booked };
  }
}

/** The movement of the pool that it is carried into, for one that carries anything over. */
export function carriedIn(proposal: ProposalIn<'proposed'>, out: Movement): Movement | undefined {
  const { change, poolId } = proposal;
  if (change.kind !== 'carry-over' || change.into === undefined || change.amountFen === 0) return undefined;
  return { ...out, kind: 'carry-over', direction: 'in', otherPoolId: poolId };
}
