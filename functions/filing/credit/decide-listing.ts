import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { dayFault } from '../../shared/stated-day.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { CreditList } from './credit-list.ts';
import {
  decidedListing,
  isWaiting,
  type ListingDecision,
  type ListingProposal,
  proposedListing,
  type StatedListing,
} from './listing-proposal.ts';

export interface ListingParts {
  readonly credit: CreditList;
  readonly people: PeopleStore;
  readonly clock: Clock;
}

/**
 * Proposes how an enterprise stands on the list of serious dishonesty; it counts once a second person confirms it. The same
 * again is the same proposal; another one takes the place of what waits.
 * @throws DomainError invalid-request for a day that is still to come; not-in-this-state for what is recorded already;
 * conflict-of-interest; concurrent-change.
 */
export async function proposeListing(
  parts: ListingParts,
  actor: Actor,
  stated: StatedListing,
): Promise<ListingProposal> {
  const fault = dayFault(stated.since, parts.clock());
  if (fault) throw new DomainError('invalid-request', { faults: [{ path: 'since', ...fault }] });
  const impartial = requireImpartial(parts, actor, stated.uscc);
  return decideAgainOnConflict(async () => {
    const before = await parts.credit.proposal(stated.uscc);
    if (isWaiting(before, stated)) return before;
    const standing = await parts.credit.get(stated.uscc);
    const { listed, since, source } = standing ?? {};
    if (listed === stated.listed && since === stated.since && source === stated.source) {
      throw new DomainError('not-in-this-state');
    }
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const to = proposedListing(stated, standing, by);
    await parts.credit.write([impartial, parts.credit.propose(to, before)]);
    return to;
  });
}

/**
 * Takes the second person's decision on a proposed listing; a confirmed one counts from then on, on condition that what it
 * was compared with still stands. Its sender may repeat a decision and gets the same answer.
 * @throws DomainError not-found; version-mismatch; same-person for whoever proposed it; conflict-of-interest;
 * not-in-this-state when somebody decided otherwise; basis-changed; concurrent-change.
 */
export async function decideListing(
  parts: ListingParts,
  actor: Actor,
  uscc: OrganisationCode,
  decision: ListingDecision,
): Promise<ListingProposal> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  const impartial = requireImpartial(parts, actor, uscc);
  return decideAgainOnConflict(async () => {
    // Before the proposal: whoever confirmed it meanwhile is then seen there.
    const standing = await parts.credit.get(uscc);
    const before = await parts.credit.proposal(uscc);
    if (!before) throw new DomainError('not-found');
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const to = decidedListing(before, standing, decision, by);
    if (to === before) return to;
    await parts.credit.write([impartial, ...parts.credit.settle(to, before, standing)]);
    return to;
  });
}

/** The check, for the transaction, that somebody has no interest in an enterprise. @throws DomainError conflict-of-interest */
function requireImpartial(
  { people }: Pick<ListingParts, 'people'>,
  actor: Actor,
  uscc: OrganisationCode,
): GuardedWrite {
  if (actor.organisation === uscc) throw new DomainError('conflict-of-interest');
  return people.noInterest(actor.id, uscc);
}
