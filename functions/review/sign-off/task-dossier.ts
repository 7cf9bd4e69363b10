import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { askForDossier, type DossierParts } from '../../filing/dossiers/ask-for-dossier.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';

/**
 * The dossier of the latest submission of the application that a task of the reviewer's department is about.
 * @throws DomainError not-found, also once it is withdrawn: its files are not shown to departments any more; forbidden for
 * another department's task.
 */
export async function taskDossier(
  parts: DossierParts & {
    readonly store: ApplicationStore;
    readonly tasks: SignOffTaskStore;
  },
  actor: Actor,
  taskId: string,
) {
  const { applicationId } = await requireOwnTask(parts.tasks, actor, taskId);
  const application = await parts.store.require(applicationId);
  if (application.status === 'withdrawn') throw new DomainError('not-found');
  return askForDossier(parts, application);
}
