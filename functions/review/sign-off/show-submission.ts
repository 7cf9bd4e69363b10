import * as z from 'zod';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { shownContent } from '../../filing/applications/application-view.ts';
import { ContentSchema } from '../../filing/applications/content.ts';
import type { DocumentFiles } from '../../filing/documents/document-files.ts';
import type { DocumentStore } from '../../filing/documents/document-store.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { shownDocuments } from './shown-documents.ts';
import { TaskDocumentSchema } from './task-detail.ts';

export const TaskSubmissionSchema = z
  .object({
    number: z.int().min(1),
    at: InstantSchema,
    contentHash: z.string(),
    content: ContentSchema,
    documents: z.array(TaskDocumentSchema),
  })
  .meta({ id: 'TaskSubmission' });

/**
 * One submission of a task's application as it was made, to compare a correction with what was there before it.
 * @throws DomainError not-found, also of a withdrawn application, whose files nobody is shown any more; forbidden.
 */
export async function showSubmission(
  parts: {
    readonly store: ApplicationStore;
    readonly tasks: SignOffTaskStore;
    readonly documents: DocumentStore;
    readonly files: Pick<DocumentFiles, 'presignDownload'>;
  },
  actor: Actor,
  { taskId, submission: number }: { readonly taskId: TaskId; readonly submission: number },
): Promise<z.input<typeof TaskSubmissionSchema>> {
  const { applicationId } = await requireOwnTask(parts.tasks, actor, taskId);
  const [application, submissions, documents] = await Promise.all([
    parts.store.require(applicationId),
    parts.store.submissions(applicationId),
    parts.documents.list(applicationId),
  ]);
  const found = submissions.find((one) => one.number === number);
  if (!found || application.status === 'withdrawn') throw new DomainError('not-found');
  const { at, contentHash } = found;
  return {
    ...{ number, at, contentHash },
    content: shownContent(found),
    documents: await shownDocuments(parts.files, documents, found.documents),
  };
}
