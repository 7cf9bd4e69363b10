import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { Reason } from '../../shared/text.ts';
import type { ArrivedFiles } from './arrived-files.ts';
import { type DocumentIn, materialsCitation, parseObjectKey } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import { type Fault, inspectFile } from './inspect-file.ts';

export interface VerifyDocumentDependencies {
  readonly documents: DocumentStore;
  readonly files: Pick<ArrivedFiles, 'read'>;
  readonly clock: Clock;
}

/**
 * Verifies an uploaded file against what was declared of it and settles its document, once. Events may be repeated,
 * late or for objects that are no document any more: those change nothing.
 * @param key of the object that arrived.
 */
export async function verifyDocument(deps: VerifyDocumentDependencies, key: string): Promise<void> {
  const id = parseObjectKey(key);
  const document = id && (await deps.documents.get(id));
  if (!document) return log.info('document.ignored', { cause: 'unknown-key' });
  const { documentId } = document;
  if (document.status !== 'awaiting-upload') {
    return log.info('document.ignored', { cause: 'settled-before', document: documentId });
  }
  const inspected = await inspectFile({ files: deps.files, key, declared: document });
  if (!inspected) return log.info('document.ignored', { cause: 'no-object', document: documentId });
  const settled = settle(document, inspected.fault, deps.clock().toISOString());
  if (!(await deps.documents.settle(settled))) {
    return log.info('document.ignored', { cause: 'settled-meanwhile', document: documentId });
  }
  log.info('document.verified', {
    document: documentId,
    status: settled.status,
    ...(settled.status === 'refused' && { code: settled.reason.code }),
  });
}

function settle(
  document: DocumentIn<'awaiting-upload'>,
  fault: Fault | undefined,
  verifiedAt: string,
): DocumentIn<'accepted' | 'refused'> {
  if (!fault) return { ...document, status: 'accepted', verifiedAt };
  const reason: Reason = { ...fault, citation: materialsCitation(document.guide) };
  return { ...document, status: 'refused', verifiedAt, reason };
}
