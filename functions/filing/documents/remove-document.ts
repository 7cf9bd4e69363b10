import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { DocumentId } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import { requireOpenMaterial } from '../applications/correction-rules.ts';
import { requireNoDecider } from '../applications/duty-rules.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Takes a document out of a draft, or of a correction that its material was returned for; the application was already
 * checked to belong to the caller. Its file stays in the bucket: the sweep by the schedule of retention alone may delete one. What an
 * earlier submission held stays on record as superseded; of anything else nothing refers to the file any more, and an
 * upload still under way is ignored.
 * @param actorId who asks.
 * @throws DomainError not-in-this-state, deadline-passed, not-found; invalid-request for a material that is not open;
 * same-person for somebody who has decided on the application.
 */
export async function removeDocument(
  deps: { readonly documents: DocumentStore; readonly clock: Clock },
  application: Application,
  documentId: DocumentId,
  actorId: string,
): Promise<void> {
  requireNoDecider(application, actorId);
  const { applicationId } = application;
  if (application.status === 'draft') return deps.documents.remove({ applicationId, documentId }, 'draft');
  if (application.status !== 'returned') throw new DomainError('not-in-this-state');
  const document = await deps.documents.get({ applicationId, documentId });
  if (!document || document.status === 'superseded') throw new DomainError('not-found');
  requireOpenMaterial(application, document.material, deps.clock());
  const held = application.submission.documents.some((one) => one.documentId === documentId);
  if (held && document.status === 'accepted') return deps.documents.supersede(document);
  // Found harmful after it was submitted: what was decided on it refers to it.
  if (held) throw new DomainError('not-in-this-state');
  return deps.documents.remove(document, 'returned');
}
