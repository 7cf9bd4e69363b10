import type * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { type Bilingual, quoted } from '../../shared/text.ts';
import type { Application } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import type { Document } from '../documents/document.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { closedOf } from './dossier.ts';
import type { DossierFiles } from './dossier-files.ts';
import type { DossierViewSchema } from './dossier-view.ts';

export interface DossierParts {
  readonly store: Pick<ApplicationStore, 'submissions'>;
  readonly documents: Pick<DocumentStore, 'list'>;
  readonly files: Pick<DossierFiles, 'made' | 'request' | 'presign'>;
}

/**
 * The dossier of a submission of an application that was already checked to be the caller's to read: a link to it, or
 * that it is being made, which begins when it is first asked for. However often that is, one submission has one dossier.
 * @param number of the submission. Default: the latest.
 * @throws DomainError not-in-this-state when nothing was submitted yet, and when a file of it was found harmful since;
 * not-found when there is no such submission.
 */
export async function askForDossier(
  { store, documents, files }: DossierParts,
  { applicationId }: Pick<Application, 'applicationId'>,
  number?: number,
): Promise<z.input<typeof DossierViewSchema>> {
  const submissions = await store.submissions(applicationId);
  const latest = submissions.at(-1);
  if (!latest) throw new DomainError('not-in-this-state');
  const submission = number === undefined ? latest : submissions.find((one) => one.number === number);
  if (!submission) throw new DomainError('not-found');
  const closed = closedOf(await documents.list(applicationId), submission);
  if (closed.length > 0) throw new DomainError('not-in-this-state', { detail: harmful(closed) });
  const id = { applicationId, number: submission.number };
  const shown = { submission: submission.number, fileName: `${applicationId}-${submission.number}.zip` };
  const bytes = await files.made(id);
  if (bytes === undefined) {
    await files.request(id);
    return { ...shown, status: 'preparing' };
  }
  return { ...shown, status: 'ready', bytes, url: await files.presign(id, shown.fileName) };
}

function harmful(closed: readonly Document[]): Bilingual {
  const names = quoted(closed.map(({ fileName }) => fileName));
  return {
    zh: `材料未通过安全检查，档案不可下载：${names.zh}`,
    en: `documents did not pass the check for harmful files, so there is no dossier to take: ${names.en}`,
  };
}
