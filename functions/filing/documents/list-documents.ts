import type { Clock } from '../../shared/clock.ts';
import type { Application } from '../applications/application.ts';
import { currentCorrection } from '../applications/correction-rules.ts';
import type { Document } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import { documentView } from './document-view.ts';

/** Documents of an application that was already checked to belong to the caller, in the order they were asked for. */
export async function listDocuments(
  deps: { readonly documents: DocumentStore; readonly clock: Clock },
  application: Application,
) {
  const documents = await deps.documents.list(application.applicationId);
  return documents.map((document) => documentView(document, deps.clock(), isLate(application, document)));
}

/** Whether a submission should hold a document and does not; what a draft or an open correction has is in time. */
function isLate(application: Application, { documentId, material, status }: Document): boolean {
  if (!('submission' in application) || !application.submission) return false;
  if (status === 'refused' || status === 'superseded') return false;
  if (application.submission.documents.some((held) => held.documentId === documentId)) return false;
  if (application.status !== 'returned') return true;
  return !currentCorrection(application).items.some(({ path }) => path === `documents.${material}`);
}
