import type * as z from 'zod';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { shownContent } from '../../filing/applications/application-view.ts';
import type { DocumentFiles } from '../../filing/documents/document-files.ts';
import type { DocumentStore } from '../../filing/documents/document-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { requireOwnTask } from '../../review/tasks/own-task.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ApplicationId, TaskId } from '../../shared/vocabulary.ts';
import { topsUp } from '../screening/exact-rules.ts';
import type { VerdictStore } from '../screening/verdict-store.ts';
import type { CaseSchema } from './case-view.ts';
import { markDifferences } from './mark-differences.ts';
import { caseOf, requireSuspected } from './suspected.ts';

interface ShowCaseParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly documents: DocumentStore;
  readonly verdicts: Pick<VerdictStore, 'of'>;
  readonly policy: PolicyBook;
  readonly files: Pick<DocumentFiles, 'presignDownload'>;
}

/**
 * An open case with both sides of every pair: what differs in the names, why it was suspected, and the files of both
 * where both are applications.
 * @throws DomainError not-found, forbidden, task-decided, task-closed, concurrent-change.
 */
export async function showCase(
  parts: ShowCaseParts,
  actor: Actor,
  taskId: TaskId,
): Promise<z.input<typeof CaseSchema>> {
  const task = await requireOwnTask(parts.tasks, actor, taskId);
  if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
  const application = await requireSuspected(parts.store, task);
  const { suspicions = [], proposal } = caseOf(application) ?? {};
  const { projectName, item } = application.content;
  const opened = await parts.policy.requireItem(application.guide, item);
  const decided = await parts.verdicts.of(suspicions.map(({ id }) => id));
  return {
    ...task,
    held: application.status !== 'adjudication',
    mode: topsUp(opened.item) ? 'top-up' : 'bar',
    ...(proposal && { proposal }),
    content: shownContent(application),
    documents: await filesOf(parts, task.applicationId),
    pairs: await Promise.all(
      suspicions.map(async (suspicion) => {
        const { counterpart } = suspicion;
        const [own, other] = markDifferences(projectName, counterpart.projectName);
        const documents =
          counterpart.kind === 'application' ? await filesOf(parts, counterpart.applicationId) : [];
        return { ...suspicion, own, other, documents, decided: decided.get(suspicion.id) };
      }),
    ),
  };
}

async function filesOf({ store, documents, files }: ShowCaseParts, applicationId: ApplicationId) {
  const application = await store.get(applicationId);
  const submitted = application && 'submission' in application ? application.submission?.documents : [];
  const ids = new Set(submitted?.map(({ documentId }) => documentId));
  const accepted = await documents.acceptedDocuments(applicationId);
  return Promise.all(
    accepted
      .filter(({ documentId }) => ids.has(documentId))
      .map(async (document) => ({ ...document, url: await files.presignDownload(document) })),
  );
}
