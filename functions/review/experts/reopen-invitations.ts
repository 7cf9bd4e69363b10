import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { invitationIdOf } from './invitation.ts';
import { openAgain, voidedExperts } from './invitation-decision.ts';
import type { InvitationStore } from './invitation-store.ts';

/**
 * The writes that put the invitations back among the open ones of which a correction has voided the score; they belong
 * into the transaction that opens the sign-off again. None where the item has no experts.
 */
export async function reopenInvitations(
  invitations: InvitationStore,
  application: ApplicationIn<'submitted'>,
  opened: OpenedItem,
): Promise<GuardedWrite[]> {
  const found = await Promise.all(
    voidedExperts(application, opened).map((expert) =>
      invitations.get(invitationIdOf(application.applicationId, expert)),
    ),
  );
  return found.flatMap((invitation) => {
    const again = openAgain(invitation);
    return again ? [invitations.put(invitation, again)] : [];
  });
}
