import { DomainError } from '../../shared/errors.ts';
import type { DocumentId } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import type { DocumentFiles } from './document-files.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * A link to the file of a document, for the organisation that handed it in; the application was already checked to be the
 * caller's. It opens for five minutes.
 * @throws DomainError not-found; not-in-this-state for a file that has not come, is being looked at, or was refused: what is
 * not known to be sound is opened on nobody's machine.
 */
export async function openDocument(
  deps: {
    readonly documents: Pick<DocumentStore, 'get'>;
    readonly files: Pick<DocumentFiles, 'presignDownload'>;
  },
  { applicationId }: Pick<Application, 'applicationId'>,
  documentId: DocumentId,
): Promise<{ readonly url: string }> {
  const document = await deps.documents.get({ applicationId, documentId });
  if (!document) throw new DomainError('not-found');
  if (document.status !== 'accepted' && document.status !== 'superseded') {
    throw new DomainError('not-in-this-state');
  }
  return { url: await deps.files.presignDownload(document) };
}
