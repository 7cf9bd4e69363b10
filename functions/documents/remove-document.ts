import type { Application } from '../applications/application.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Takes a document out of a draft that was already checked to belong to the caller. Its file stays in the bucket: no
 * function of the system may delete evidence. Nothing refers to it any more, and an upload still under way is ignored.
 * @throws DomainError not-in-this-state, not-found
 */
export async function removeDocument(
  deps: { readonly documents: DocumentStore },
  application: Application,
  documentId: string,
): Promise<void> {
  await deps.documents.remove({ applicationId: application.applicationId, documentId });
}
