import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { tellSecurity } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuideProposal } from './guide-proposal.ts';
import {
  confirmed,
  type GuideDecision,
  refused,
  requireAllowed,
  requireDecidable,
} from './guide-proposal-decision.ts';
import type { GuideParts } from './propose-guide.ts';

/**
 * Takes the second person's decision on a proposed guide; a confirmed one is published in the same transaction, all of it
 * or nothing, on condition that no other one was meanwhile. Its sender may repeat a decision and gets the same answer.
 * @throws DomainError not-found; version-mismatch; same-person; not-in-this-state; basis-changed; deadline-passed;
 * already-exists; invalid-request when the environment takes no such guide; concurrent-change.
 */
export async function decideGuide(
  parts: Omit<GuideParts, 'policy'>,
  actor: Actor,
  proposalId: string,
  decision: GuideDecision,
): Promise<GuideProposal> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    // Read first: a proposal that is still open afterwards was not the one that was published meanwhile.
    const newest = await parts.guides.newest();
    const { guide, proposal: found } = await parts.proposals.require(proposalId);
    const proposal = requireDecidable(found, actor.id, decision);
    if (proposal.status !== 'proposed') return proposal;
    const by = { by: actor.id, at: parts.clock().toISOString() };
    if (decision.outcome === 'refuse') {
      const to = refused(proposal, decision.reason, by);
      await parts.proposals.write([parts.proposals.settlement(to)]);
      return to;
    }
    requireAllowed(guide, parts.allowed);
    const { to, effectiveFrom } = confirmed(proposal, newest, by);
    await parts.proposals.write([
      ...parts.guides.publication({ proposal: to, guide }, effectiveFrom, newest),
      parts.proposals.settlement(to),
    ]);
    parts.guides.forgetListing();
    tellSecurity('guide-published', { proposal: proposalId, version: guide.version, by: actor.id });
    return to;
  });
}
