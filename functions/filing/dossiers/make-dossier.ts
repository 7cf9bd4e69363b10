import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { log } from '../../shared/log.ts';
import type { FontFile } from '../../shared/pdf/font-file.ts';
import { type ArchivedFile, zipArchive } from '../../shared/zip-archive.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import { shownContent } from '../applications/application-view.ts';
import type { ArrivedFiles } from '../documents/arrived-files.ts';
import { type Document, objectKey } from '../documents/document.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { type DescribedSubmission, type FiledDocument, materialTitle } from './describe-submission.ts';
import { closedOf, type DossierId, parseRequestKey } from './dossier.ts';
import type { DossierBucket } from './dossier-bucket.ts';
import { entryName } from './entry-name.ts';
import { printSubmission } from './print-submission.ts';

export interface MakeDossierParts {
  readonly store: Pick<ApplicationStore, 'get' | 'submissions'>;
  readonly documents: Pick<DocumentStore, 'list'>;
  readonly policy: Pick<PolicyBook, 'requireItem' | 'notice'>;
  readonly files: Pick<ArrivedFiles, 'read'>;
  readonly dossiers: Pick<DossierBucket, 'made' | 'keep'>;
  /** Read when it is needed: an event that comes again ends before. */
  readonly font: () => FontFile;
}

/**
 * Makes the dossier that an object asks for: the documents as they were uploaded, what was stated as JSON and as a PDF,
 * and a list of all. Nothing of it depends on when it is made. Each document is read twice, first to see that it is still
 * the one that was submitted, and then into the archive, so that memory does not grow with it. Events may be repeated,
 * late or for what was made meanwhile: those change nothing.
 * @param key of the object that asks for it.
 * @throws Error when a document is gone or another than was submitted.
 */
export async function makeDossier(parts: MakeDossierParts, key: string): Promise<void> {
  const id = parseRequestKey(key);
  const found = id && (await submissionOf(parts, id));
  if (!found) return log.info('dossier.ignored', { cause: 'none-to-make' });
  const { applicationId } = id;
  if ((await parts.dossiers.made(id)) !== undefined) {
    return log.info('dossier.ignored', { cause: 'made-before', application: applicationId });
  }
  const { described, documents } = found;
  const checked: Filed[] = [];
  for (const { document, name } of documents) checked.push(await uploaded(parts.files, document, name));
  const files = [
    made('申报书.pdf', printSubmission(described, parts.font())),
    made('submission.json', Buffer.from(JSON.stringify(statement(described), undefined, 2))),
    ...checked,
  ];
  const listed = [made('目录.txt', Buffer.from(listOf(described, files))), ...files];
  await parts.dossiers.keep(id, zipArchive(listed, new Date(described.record.at)));
  log.info('dossier.made', { application: applicationId, submission: id.number });
}

/** A file of the archive with what tells whether it is whole. */
interface Filed extends ArchivedFile {
  readonly sha256: string;
}

async function submissionOf(
  { store, documents, policy }: MakeDossierParts,
  { applicationId, number }: DossierId,
) {
  const [application, submissions] = [await store.get(applicationId), await store.submissions(applicationId)];
  const record = submissions.find((one) => one.number === number);
  const [first] = submissions;
  if (!application || !record || !first) return undefined;
  const kept = await documents.list(applicationId);
  if (closedOf(kept, record).length > 0) return undefined;
  const named = record.documents.map(({ documentId, sha256 }, index) => {
    const document = kept.find((one) => one.documentId === documentId);
    if (document?.sha256 !== sha256) throw new Error(`document ${documentId} is not as it was submitted`);
    return { document, name: entryName(document, index + 1) };
  });
  const opened = await policy.requireItem(application.guide, record.content.item);
  const filed = named.map(
    ({ document: { material, fileName, bytes, sha256 }, name }): FiledDocument => ({
      ...{ name, material, fileName, bytes, sha256 },
    }),
  );
  const described: DescribedSubmission = {
    ...{ applicationId, record, firstAt: first.at, opened, notice: policy.notice, documents: filed },
  };
  return { described, documents: named };
}

/** What was submitted, for programs. */
function statement({ applicationId, record, firstAt, opened, documents }: DescribedSubmission) {
  const { number, at, contentHash, content } = record;
  const receipt = { applicationId, submission: number, receivedAt: at, firstReceivedAt: firstAt };
  return {
    ...receipt,
    guide: opened.guide.version,
    contentHash,
    content: shownContent({ content }),
    documents,
  };
}

/** The list of what the archive holds, in the form of a table of lines for people. */
function listOf(
  { applicationId, record, opened, documents }: DescribedSubmission,
  files: readonly Filed[],
): string {
  const lines = files.flatMap(({ name, bytes, sha256 }) => {
    const document = documents.find((one) => one.name === name);
    const about = document && [
      `  材料：${materialTitle(opened, document.material)}`,
      `  上传名称：${document.fileName}`,
    ];
    return [name, ...(about ?? []), `  大小：${bytes} 字节`, `  SHA-256：${sha256}`, ''];
  });
  const head = [
    `受理编号：${applicationId}`,
    `第 ${record.number} 次提交`,
    `提交内容哈希值：${record.contentHash}`,
    '',
  ];
  // Older editors of Windows take the mark for UTF-8, and need both characters at the end of a line.
  return `\uFEFF${[...head, ...lines].join('\r\n')}`;
}

function made(name: string, content: Uint8Array): Filed {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const read = async function* () {
    yield content;
  };
  return { name, bytes: content.length, crc32: crc32(content), sha256, read };
}

/** A document as it stands in the bucket. @throws Error when it is not there, or not the one that was submitted. */
async function uploaded(files: MakeDossierParts['files'], document: Document, name: string): Promise<Filed> {
  const { documentId, bytes, sha256 } = document;
  const read = async function* () {
    const content = await files.read(objectKey(document));
    if (!content) throw new Error(`the file of document ${documentId} is gone`);
    yield* content;
  };
  const hash = createHash('sha256');
  let sum = 0;
  for await (const piece of read()) {
    hash.update(piece);
    sum = crc32(piece, sum);
  }
  if (hash.digest('hex') !== sha256) throw new Error(`the file of document ${documentId} is another one`);
  return { name, bytes, crc32: sum, sha256, read };
}
