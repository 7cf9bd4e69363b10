import { DomainError } from '../../shared/errors.ts';
import type { Movement, Pool } from '../pools/pool.ts';
import { bookedMovement, carriedIn } from './movement-calculation.ts';
import type { Proposal, ProposalIn } from './proposal.ts';
import { requireEndable } from './year-end-rules.ts';

export type EntryDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/** What a confirmation books. */
interface Confirmation {
  readonly to: ProposalIn<'confirmed'>;
  readonly movement: Movement;
  /** The movement of another pool, into which money is carried. */
  readonly carried?: { readonly into: Pool; readonly movement: Movement };
}

/**
 * A proposal that somebody may decide on, or the one that they decided on so before.
 * @throws DomainError not-in-this-state when somebody decided otherwise before; same-person for whoever proposed it.
 */
export function requireDecidable(proposal: Proposal, by: string, decision: EntryDecision): Proposal {
  if (proposal.status !== 'proposed') {
    if (isRepeated(proposal, by, decision)) return proposal;
    throw new DomainError('not-in-this-state');
  }
  if (proposal.proposedBy === by) throw new DomainError('same-person');
  return proposal;
}

/** A proposal that is not booked. */
export function refused(proposal: ProposalIn<'proposed'>, reason: string, by: By): ProposalIn<'refused'> {
  return { ...proposal, status: 'refused', decision: { ...by, reason } };
}

/**
 * A proposal that is booked in its pool.
 * @param target the pool that it is to be carried into, if it is to be carried into any and that one stands.
 * @throws DomainError as `requireEndable` does.
 */
export function confirmed(
  proposal: ProposalIn<'proposed'>,
  pool: Pool,
  target: Pool | undefined,
  by: By,
): Confirmation {
  const movement = bookedMovement(proposal, { id: by.by, at: by.at });
  const to = {
    ...proposal,
    status: 'confirmed' as const,
    decision: { ...by, version: pool.version + 1 },
  };
  if (proposal.change.kind !== 'carry-over') return { to, movement };
  const into = requireEndable(pool, proposal.change, target);
  const carried = carriedIn(proposal, movement);
  return { to, movement, ...(into && carried && { carried: { into, movement: carried } }) };
}

function isRepeated(
  { status, decision: { by, ...decided } }: ProposalIn<'confirmed' | 'refused'>,
  person: string,
  decision: EntryDecision,
): boolean {
  if (by !== person) return false;
  if (decision.outcome === 'confirm') return status === 'confirmed';
  return status === 'refused' && 'reason' in decided && decided.reason === decision.reason;
}
