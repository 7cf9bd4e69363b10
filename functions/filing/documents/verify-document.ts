import { log } from '../../shared/log.ts';
import type { Reason } from '../../shared/text.ts';
import type { ArrivedFiles } from './arrived-files.ts';
import { askForFile, type ScanParts, scanOf } from './ask-scanner.ts';
import { type DocumentIn, materialsCitation, parseObjectKey } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import { type Fault, inspectFile } from './inspect-file.ts';

export interface VerifyDocumentDependencies extends ScanParts {
  readonly documents: DocumentStore;
  readonly files: Pick<ArrivedFiles, 'read'>;
}

/**
 * Verifies an uploaded file against what was declared of it, once: a document that does not hold is refused, any other stays
 * in quarantine until a scanner has judged its file. Events may be repeated, late or for objects that are no document any
 * more: those change nothing, but the scanner is asked again while its verdict is awaited.
 * @param key of the object that arrived.
 */
export async function verifyDocument(deps: VerifyDocumentDependencies, key: string): Promise<void> {
  const id = parseObjectKey(key);
  const document = id && (await deps.documents.get(id));
  if (!document) return log.info('document.ignored', { cause: 'unknown-key' });
  const { documentId } = document;
  if (document.status === 'quarantined') return askForFile(deps, key);
  if (document.status !== 'awaiting-upload') {
    return log.info('document.ignored', { cause: 'settled-before', document: documentId });
  }
  const inspected = await inspectFile({ files: deps.files, key, declared: document });
  if (!inspected) return log.info('document.ignored', { cause: 'no-object', document: documentId });
  const now = deps.clock();
  const { fault, ...carried } = inspected;
  const scan = scanOf(key, document, now);
  const isSettled = fault
    ? await deps.documents.settle(refused(document, fault, now.toISOString()))
    : await deps.documents.quarantine(
        { ...document, status: 'quarantined', inspectedAt: now.toISOString(), ...carried },
        deps.scans.opened(scan),
      );
  if (!isSettled) {
    return log.info('document.ignored', { cause: 'settled-meanwhile', document: documentId });
  }
  const status = fault ? 'refused' : 'quarantined';
  log.info('document.verified', { document: documentId, status, ...(fault && { code: fault.code }) });
  if (!fault) await deps.scanner.ask(scan);
}

function refused(
  document: DocumentIn<'awaiting-upload'>,
  fault: Fault,
  verifiedAt: string,
): DocumentIn<'refused'> {
  const reason: Reason = { ...fault, citation: materialsCitation(document.guide) };
  return { ...document, status: 'refused', verifiedAt, reason };
}
