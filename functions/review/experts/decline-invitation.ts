import type { Actor } from '../../shared/actor.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { InvitationId } from '../../shared/vocabulary.ts';
import type { Invitation } from './invitation.ts';
import type { ScoreParts } from './score-application.ts';
import { withoutScore } from './scores.ts';
import { isStanding } from './show-invitation.ts';
import { expertStage, isApproved, reviewOver } from './stage.ts';

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
    if (invitation.status === 'declined') return invitation;
    const application = await parts.store.require(invitation.applicationId);
    if (!isStanding(invitation) || application.status !== 'sign-off') throw reviewOver();
    if (actor.id in application.scores && isApproved(application)) throw reviewOver();
    const at = parts.clock().toISOString();
    const changed = withoutScore(application, actor.id, at);
    const declined: Invitation = { ...invitation, status: 'declined', settledAt: at, reason };
    const declared = { kind: 'expert-review', at, note: reason } as const;
    await parts.store.write([
      ...parts.store.transition(application, changed, {
        at,
        actor: { id: actor.id, role: 'expert' },
        event: 'expert-declined',
        stage: expertStage,
      }),
      parts.invitations.put(invitation, declined),
      ...(interest
        ? [
            parts.people.declare(actor.id, application.organisation, declared),
            parts.people.declarationRow(actor.id, application.organisation, declared),
          ]
        : []),
    ]);
    return declined;
  });
}
