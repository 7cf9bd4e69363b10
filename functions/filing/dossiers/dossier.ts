import { ApplicationIdSchema } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import type { SubmissionRecord } from '../applications/submissions.ts';
import { type Document, isOpened } from '../documents/document.ts';

/** The submission that a dossier is of. */
export interface DossierId {
  readonly applicationId: Application['applicationId'];
  readonly number: number;
}

/** How long somebody makes a dossier at most, in seconds: whoever asks later has it begun anew. */
export const makingSeconds = 15 * 60;

/** Days after which a dossier is deleted; asked for again, it is made again, byte for byte. */
export const keptDays = 7;

/** Key of the object that a dossier is. */
export function dossierKey({ applicationId, number }: DossierId): string {
  return `dossiers/${applicationId}/${number}.zip`;
}

/** What the keys of every request for a dossier begin with. */
export function requestsOf({ applicationId, number }: DossierId): string {
  return `dossier-requests/${applicationId}/${number}/`;
}

/** Key of the object that asks for a dossier: in a quarter of an hour there is one. */
export function requestKey(id: DossierId, now: Date): string {
  return `${requestsOf(id)}${Math.floor(now.getTime() / 1000 / makingSeconds)}`;
}

/** The submission whose dossier an object asks for, or undefined for keys that the system does not make. */
export function parseRequestKey(key: string): DossierId | undefined {
  const [, application, number] = /^dossier-requests\/([^/]+)\/([1-9]\d{0,4})\/\d+$/.exec(key) ?? [];
  const applicationId = ApplicationIdSchema.safeParse(application);
  return applicationId.success ? { applicationId: applicationId.data, number: Number(number) } : undefined;
}

/** Documents of a submission whose files nobody may open any more. */
export function closedOf(documents: readonly Document[], submission: SubmissionRecord): Document[] {
  const submitted = new Set(submission.documents.map(({ documentId }) => documentId));
  return documents.filter((document) => submitted.has(document.documentId) && !isOpened(document));
}
