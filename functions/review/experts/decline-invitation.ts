import type { Actor } from '../../shared/actor.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { InvitationId } from '../../shared/vocabulary.ts';
import type { Invitation } from './invitation.ts';
import { declined } from './invitation-decision.ts';
import type { ScoreParts } from './score-application.ts';

/**
 * Declines an invitation, and declares an interest where that is why: from then on the expert decides on nothing of the
 * organisation. A score that was given is taken back, as long as no department has approved on it. Declined before,
 * nothing happens.
 * @throws DomainError not-in-this-state; not-found.
 */
export async function declineInvitation(
  parts: Omit<ScoreParts, 'policy'>,
  actor: Actor,
  invitationId: InvitationId,
  { reason, interest }: { readonly reason: string; readonly interest?: boolean | undefined },
): Promise<Invitation> {
  return decideAgainOnConflict(async () => {
    const invitation = await parts.invitations.requireOwn(actor, invitationId);
    const application = await parts.store.require(invitation.applicationId);
    const at = parts.clock().toISOString();
    const next = declined({ invitation, application }, reason, at);
    if (!next) return invitation;
    const declared = { kind: 'expert-review', at, note: reason } as const;
    await parts.store.write([
      ...parts.store.transition(application, next.to, next.note),
      parts.invitations.put(invitation, next.invitation),
      ...(interest
        ? [
            parts.people.declare(actor.id, application.organisation, declared),
            parts.people.declarationRow(actor.id, application.organisation, declared),
          ]
        : []),
    ]);
    return next.invitation;
  });
}
