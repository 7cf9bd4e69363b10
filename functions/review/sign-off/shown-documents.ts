import type * as z from 'zod';
import type { SubmittedDocumentSchema } from '../../filing/applications/submission.ts';
import { type Document, isOpened } from '../../filing/documents/document.ts';
import type { DocumentFiles } from '../../filing/documents/document-files.ts';
import type { TaskDocumentSchema } from './task-detail.ts';

/** The documents that a submission holds, each with a link where anybody may open it. */
export async function shownDocuments(
  files: Pick<DocumentFiles, 'presignDownload'>,
  documents: readonly Document[],
  held: readonly z.output<typeof SubmittedDocumentSchema>[],
): Promise<z.input<typeof TaskDocumentSchema>[]> {
  const ids = new Set(held.map(({ documentId }) => documentId));
  return Promise.all(
    documents
      .filter(({ documentId }) => ids.has(documentId))
      .map(async (document) =>
        isOpened(document) ? { ...document, url: await files.presignDownload(document) } : document,
      ),
  );
}
