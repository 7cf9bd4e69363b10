import type { Application } from '../applications/application.ts';
import type { DocumentStore } from './document-store.ts';
import { documentView } from './document-view.ts';

/** Documents of an application that was already checked to belong to the caller, in the order they were asked for. */
export async function listDocuments(deps: { readonly documents: DocumentStore }, application: Application) {
  const documents = await deps.documents.list(application.applicationId);
  return documents.map(documentView);
}
