import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { parseObjectKey } from '../filing/documents/document.ts';
import type { DocumentStore } from '../filing/documents/document-store.ts';
import { parseEvidenceKey } from '../publicity/objections/objection.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { DomainError } from '../shared/errors.ts';
import { isSubmitted } from './erase-document.ts';
import type { ErasureStore } from './erasure-store.ts';
import type { StoredFiles } from './stored-files.ts';

export interface StrayFileParts {
  readonly erasures: ErasureStore;
  readonly store: Pick<ApplicationStore, 'get' | 'submissions'>;
  readonly documents: Pick<DocumentStore, 'get'>;
  readonly objections: Pick<ObjectionStore, 'get'>;
  readonly files: Pick<StoredFiles, 'page' | 'remove'>;
}

/** Whose a stray file was: what may be held. */
export interface Stray {
  readonly key: string;
  readonly subjects: readonly string[];
  readonly organisation: string | undefined;
}

/**
 * A file as a stray: no row stands for it any more, and none will, since rows are there before their files. Undefined for
 * a file of a document or of evidence, for one that a submission holds, should its row be lost, and for keys that the system
 * does not make.
 */
export async function strayOf(parts: StrayFileParts, key: string): Promise<Stray | undefined> {
  const document = parseObjectKey(key);
  if (document) {
    if ((await parts.documents.get(document)) || (await isSubmitted(parts, document))) return undefined;
    const { applicationId } = document;
    const organisation = (await parts.store.get(applicationId))?.organisation;
    return strayIn(key, applicationId, organisation);
  }
  const evidence = parseEvidenceKey(key);
  if (!evidence) return undefined;
  const objection = await parts.objections.get(evidence.objectionId);
  if (objection?.evidence[evidence.index]) return undefined;
  const stray = strayIn(key, evidence.objectionId, objection?.organisation);
  return objection ? { ...stray, subjects: [...stray.subjects, objection.applicationId] } : stray;
}

function strayIn(key: string, owner: string, organisation: string | undefined): Stray {
  return { key, organisation, subjects: [owner, ...(organisation === undefined ? [] : [organisation])] };
}

/**
 * Deletes a stray file: it is recorded first, so that none is gone without a row; whoever dies in between finds it again.
 * @throws HeldError
 */
export async function eraseStrayFile(
  parts: StrayFileParts,
  { key, subjects, organisation }: Stray,
  { rule, now }: { readonly rule: string; readonly now: Date },
): Promise<void> {
  const record = parts.erasures.record({
    ...{ kind: 'strayFiles', thing: key, rule, at: now.toISOString() },
    ...(organisation !== undefined && { organisation }),
  });
  await parts.erasures.write([...parts.erasures.unheld(subjects), record]).catch((error: unknown) => {
    if (!(error instanceof DomainError && error.code === 'concurrent-change')) throw error;
  });
  await parts.files.remove(key);
}
