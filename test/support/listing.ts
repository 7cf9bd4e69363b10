import {
  decideListing,
  type ListingParts,
  proposeListing,
} from '../../functions/filing/credit/decide-listing.ts';
import type { StatedListing } from '../../functions/filing/credit/listing-proposal.ts';

/** Has two people record how an enterprise stands on the list of serious dishonesty. */
export async function recordListing(parts: ListingParts, stated: StatedListing): Promise<void> {
  const proposer = { id: 'lists', roles: ['operator'] } as const;
  // What is recorded already is not proposed again.
  const { listed, since, source } = (await parts.credit.get(stated.uscc)) ?? {};
  if (listed === stated.listed && since === stated.since && source === stated.source) return;
  const { uscc, contentHash } = await proposeListing(parts, proposer, stated);
  const confirmer = { id: 'confirms-lists', roles: ['budget-approver'] } as const;
  await decideListing(parts, confirmer, uscc, { outcome: 'confirm', contentHash });
}
