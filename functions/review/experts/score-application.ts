import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf } from '../../filing/applications/duty-rules.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { InvitationId } from '../../shared/vocabulary.ts';
import type { InvitationStore } from './invitation-store.ts';
import { type GivenScore, requireScorable, scored } from './score-decision.ts';
import { scoreBy } from './show-invitation.ts';

export interface ScoreParts {
  readonly store: ApplicationStore;
  readonly invitations: InvitationStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Scores an application by every criterion of its guide, or changes a score until the department approves. One
 * transaction keeps the score, who gave it and what it was based on, on condition that the expert declared no interest;
 * so it never stands beside a decision that did not see it. The same score sent again changes nothing.
 * @throws DomainError invalid-request with every criterion that is missing or out of range; basis-changed;
 * not-in-this-state; same-person; conflict-of-interest; forbidden; not-found.
 */
export async function scoreApplication(
  parts: ScoreParts,
  actor: Actor,
  invitationId: InvitationId,
  given: GivenScore,
) {
  return decideAgainOnConflict(async () => {
    const invitation = await parts.invitations.requireOwn(actor, invitationId);
    const read = await parts.store.require(invitation.applicationId);
    const application = requireScorable(invitation, read, actor);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const next = scored({ invitation, application, opened, actor, now: parts.clock() }, given);
    if (!next) return { ...scoreBy(actor.id, application, opened), invitationId, status: invitation.status };
    await parts.store.write([
      ...parts.store.transition(application, next.to, next.note),
      parts.invitations.put(invitation, next.invitation),
      parts.people.noInterest(actor.id, ...organisationsOf(application)),
    ]);
    return { ...scoreBy(actor.id, next.to, opened), invitationId, status: next.invitation.status };
  });
}
