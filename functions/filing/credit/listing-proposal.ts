import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { DateSchema, InstantSchema } from '../../shared/schemas.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import type { CreditListing } from './credit-listing.ts';

const proposed = {
  uscc: OrganisationCodeSchema,
  listed: z.boolean(),
  since: DateSchema,
  source: z.string(),
  /** Version of the listing that it is compared with; 0 where nothing was recorded. */
  comparedWith: z.int().min(0),
  proposedBy: z.string().min(1),
  proposedAt: InstantSchema,
  /** Hash of all that: what a decision is given for. */
  contentHash: z.string(),
};
const decision = { by: z.string().min(1), at: InstantSchema };

/** That an enterprise is to be put on the list of serious dishonesty or taken off it, until a second person decided. */
export const ListingProposalSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({ status: z.literal('confirmed'), ...proposed, decision: z.object(decision) }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decision, reason: z.string() }),
  }),
]);
export type ListingProposal = z.output<typeof ListingProposalSchema>;
export type ListingProposalIn<S extends ListingProposal['status']> = Extract<ListingProposal, { status: S }>;

export type ListingDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** How an enterprise stands, as somebody states it. */
export type StatedListing = Pick<CreditListing, 'uscc' | 'listed' | 'since' | 'source'>;

/** A proposal that waits for a second person. @param standing what is recorded by now */
export function proposedListing(
  stated: StatedListing,
  standing: CreditListing | undefined,
  { by: proposedBy, at: proposedAt }: { readonly by: string; readonly at: string },
): ListingProposalIn<'proposed'> {
  const content = { ...stated, comparedWith: standing?.version ?? 0, proposedBy, proposedAt };
  return { status: 'proposed', ...content, contentHash: contentHash(content) };
}

/** Whether a proposal waits that says the same. */
export function isWaiting(
  proposal: ListingProposal | undefined,
  stated: StatedListing,
): proposal is ListingProposalIn<'proposed'> {
  return (
    proposal?.status === 'proposed' &&
    proposal.listed === stated.listed &&
    proposal.since === stated.since &&
    proposal.source === stated.source
  );
}

/**
 * What a second person's decision makes of a proposal; one that was decided so before stays as it is.
 * @throws DomainError version-mismatch for the hash of something else; same-person for whoever proposed it;
 * not-in-this-state when somebody decided otherwise; basis-changed when another listing was recorded meanwhile.
 */
export function decidedListing(
  proposal: ListingProposal,
  standing: CreditListing | undefined,
  decision: ListingDecision,
  by: { readonly by: string; readonly at: string },
): ListingProposalIn<'confirmed' | 'refused'> {
  if (proposal.contentHash !== decision.contentHash) throw new DomainError('version-mismatch');
  if (proposal.proposedBy === by.by) throw new DomainError('same-person');
  if (proposal.status !== 'proposed') {
    if (isRepeated(proposal, decision, by.by)) return proposal;
    throw new DomainError('not-in-this-state');
  }
  if (decision.outcome === 'refuse') {
    return { ...proposal, status: 'refused', decision: { ...by, reason: decision.reason } };
  }
  if (proposal.comparedWith !== (standing?.version ?? 0)) throw new DomainError('basis-changed');
  return { ...proposal, status: 'confirmed', decision: by };
}

function isRepeated(
  { status, decision: known }: ListingProposalIn<'confirmed' | 'refused'>,
  decision: ListingDecision,
  person: string,
): boolean {
  if (known.by !== person) return false;
  if (decision.outcome === 'confirm') return status === 'confirmed';
  return status === 'refused' && 'reason' in known && known.reason === decision.reason;
}
