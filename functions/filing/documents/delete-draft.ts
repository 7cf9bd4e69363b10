import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import { deleted, requireDeletable } from '../applications/draft-decision.ts';
import { organisationOf } from '../applications/own-application.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Deletes a draft of the caller's organisation with its documents, in one transaction: what was stated is gone, and so is
 * every record of its files, to which nothing refers any more (the sweep by the schedule of retention deletes them). Its history
 * stays, as everything's does: who wrote when, and hashes. Deleted again, it is deleted; at the same time as a submission,
 * one of the two is done and the other refused.
 * @param ifMatch the entity tag of the version that is meant: what a colleague wrote since is not deleted unseen.
 * @throws DomainError not-found, not-in-this-state for what was submitted, version-mismatch.
 */
export async function deleteDraft(
  parts: { readonly store: ApplicationStore; readonly documents: DocumentStore; readonly clock: Clock },
  actor: Actor,
  applicationId: ApplicationId,
  ifMatch: string,
): Promise<void> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.get(applicationId);
    if (application?.organisation !== organisationOf(actor)) throw new DomainError('not-found');
    if (application.status === 'deleted') return;
    const draft = requireDeletable(application, ifMatch);
    const { to, note } = deleted(draft, actor, parts.clock());
    const documents = await parts.documents.list(applicationId);
    await parts.store.write([
      ...parts.store.transition(draft, to, note),
      ...parts.documents.removeAll(applicationId, documents),
    ]);
  });
}
