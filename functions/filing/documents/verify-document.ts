import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { Bilingual, Reason } from '../../shared/text.ts';
import type { ArrivedFiles } from './arrived-files.ts';
import { type Document, type DocumentIn, materialsCitation, parseObjectKey } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import { FileSignature } from './file-signature.ts';
import type { FileFlaw } from './whole-file.ts';

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
  const file = await deps.files.read(document);
  if (!file) return log.info('document.ignored', { cause: 'no-object', document: documentId });
  const settled = settle(document, await measure(file, document.bytes), deps.clock().toISOString());
  if (!(await deps.documents.settle(settled))) {
    return log.info('document.ignored', { cause: 'settled-meanwhile', document: documentId });
  }
  log.info('document.verified', {
    document: documentId,
    status: settled.status,
    ...(settled.status === 'refused' && { code: settled.reason.code }),
  });
}

/** What was seen of a file. A file longer than declared is not read to its end, so its hash means nothing then. */
interface Measured {
  readonly bytes: number;
  readonly sha256: string;
  readonly signature: FileSignature;
}

/** Reads a file as it comes, keeping no more of it than what tells its format. */
async function measure(file: AsyncIterable<Uint8Array>, declaredBytes: number): Promise<Measured> {
  const hash = createHash('sha256');
  const signature = new FileSignature();
  let bytes = 0;
  for await (const chunk of file) {
    hash.update(chunk);
    signature.add(chunk);
    bytes += chunk.byteLength;
    if (bytes > declaredBytes) break;
  }
  return { bytes, sha256: hash.digest('hex'), signature };
}

function settle(
  document: DocumentIn<'awaiting-upload'>,
  measured: Measured,
  verifiedAt: string,
): DocumentIn<'accepted' | 'refused'> {
  const fault = faultOf(document, measured);
  if (!fault) return { ...document, status: 'accepted', verifiedAt };
  const reason: Reason = { ...fault, citation: materialsCitation(document.guide) };
  return { ...document, status: 'refused', verifiedAt, reason };
}

function faultOf(document: Document, measured: Measured): { code: string; message: Bilingual } | undefined {
  if (measured.bytes === 0) {
    return { code: 'empty', message: { zh: '文件为空', en: 'The file is empty' } };
  }
  if (measured.bytes !== document.bytes) {
    return {
      code: 'length-mismatch',
      message: {
        zh: `上传文件的长度与申报的 ${document.bytes} 字节不符`,
        en: `The file does not have the ${document.bytes} bytes that were declared`,
      },
    };
  }
  if (measured.sha256 !== document.sha256) {
    return {
      code: 'hash-mismatch',
      message: {
        zh: '上传文件的 SHA-256 与申报的不符',
        en: 'The SHA-256 of the file is not the one that was declared',
      },
    };
  }
  const flaw = measured.signature.flaw(document.contentType);
  return flaw && flaws[flaw](document.contentType);
}

const flaws: Readonly<Record<FileFlaw, (type: string) => { code: string; message: Bilingual }>> = {
  mismatch: (type) => ({
    code: 'type-mismatch',
    message: {
      zh: `文件内容不是所声明的 ${type} 格式`,
      en: `The content of the file is not ${type} as declared`,
    },
  }),
  encrypted: () => ({
    code: 'encrypted',
    message: {
      zh: '文件已加密或限制权限：请去除密码和权限限制后另存，再重新上传',
      en: 'The file is encrypted: save it without password and restrictions, and upload it again',
    },
  }),
  incomplete: (type) => ({
    code: 'incomplete',
    message: {
      zh: `文件不完整，无法作为 ${type} 打开：请重新导出或扫描后上传`,
      en: `The file is not whole and does not open as ${type}: export or scan it again and upload it`,
    },
  }),
};
