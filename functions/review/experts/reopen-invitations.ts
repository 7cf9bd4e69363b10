import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { invitationIdOf } from './invitation.ts';
import type { InvitationStore } from './invitation-store.ts';
import { standingScores } from './scores.ts';

/**
 * The writes that put the invitations back among the open ones of which a correction has voided the score; they belong
 * into the transaction that opens the sign-off again. None where the item has no experts.
 */
export async function reopenInvitations(
  invitations: InvitationStore,
  application: ApplicationIn<'submitted'>,
  opened: OpenedItem,
): Promise<GuardedWrite[]> {
  const standing = standingScores(application, opened);
  const voided = Object.keys(application.scores).filter((expert) => !(expert in standing));
  if (!opened.item.experts || voided.length === 0) return [];
  const found = await Promise.all(
    voided.map((expert) => invitations.get(invitationIdOf(application.applicationId, expert))),
  );
  return found.flatMap((invitation) => {
    if (invitation?.status !== 'scored') return [];
    const { settledAt: _, ...rest } = invitation;
    return [invitations.put(invitation, { ...rest, status: 'open' })];
  });
}
