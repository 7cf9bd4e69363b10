import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { type Document, objectKey } from '../filing/documents/document.ts';
import type { DocumentStore } from '../filing/documents/document-store.ts';
import type { ScanStore } from '../filing/documents/scan-store.ts';
import type { ErasureStore } from './erasure-store.ts';

export interface EraseDocumentParts {
  readonly erasures: ErasureStore;
  readonly store: ApplicationStore;
  readonly documents: Pick<DocumentStore, 'leftOver'>;
  readonly scans: Pick<ScanStore, 'forgotten'>;
}

/** Whether a submission holds a document, or held it: what was decided on it refers to it. */
export async function isSubmitted(
  { store }: { readonly store: Pick<ApplicationStore, 'submissions'> },
  { applicationId, documentId }: Pick<Document, 'applicationId' | 'documentId'>,
): Promise<boolean> {
  const submissions = await store.submissions(applicationId);
  return submissions.some((one) => one.documents.some((held) => held.documentId === documentId));
}

/**
 * Takes out a document whose file never arrived, was refused or was never cleared. Its file, if there is one, is a stray
 * then. @throws HeldError; DomainError concurrent-change when something became of it meanwhile.
 */
export async function eraseDocument(
  parts: EraseDocumentParts,
  document: Document,
  { organisation, rule, now }: { readonly organisation: string; readonly rule: string; readonly now: Date },
): Promise<void> {
  const { applicationId, documentId } = document;
  const at = now.toISOString();
  await parts.erasures.write([
    ...parts.documents.leftOver(document),
    parts.scans.forgotten(objectKey(document)),
    ...parts.erasures.unheld([applicationId, organisation]),
    parts.erasures.record({ kind: 'unfinishedUploads', thing: documentId, organisation, rule, at }),
  ]);
}
