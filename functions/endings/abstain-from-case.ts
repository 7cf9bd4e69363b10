import { requireSuspected } from '../duplicates/cases/suspected.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { PeopleStore } from '../people/people-store.ts';
import { requireOwnTask } from '../review/tasks/own-task.ts';
import type { SignOffTask } from '../review/tasks/task.ts';
import type { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { OrganisationCode, TaskId } from '../shared/vocabulary.ts';
import { abstainedFromCase } from './case-decision.ts';

interface AbstainParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly people: PeopleStore;
  readonly clock: Clock;
}

/**
 * Gives a case back to the other adjudicators and remembers the interest, in the applicant or in another enterprise of
 * the case; what this person proposed is void with it.
 * @throws DomainError task-decided, task-closed, task-assigned; invalid-request for an enterprise that is no part of the
 * case; forbidden, not-found.
 */
export async function abstainFromCase(
  parts: AbstainParts,
  actor: Actor,
  taskId: TaskId,
  stated: { readonly reason: string; readonly organisation?: OrganisationCode | undefined },
): Promise<SignOffTask> {
  const { store, tasks, people, clock } = parts;
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(tasks, actor, taskId);
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    if (task.assignee !== undefined && task.assignee !== actor.id) throw new DomainError('task-assigned');
    const application = await requireSuspected(store, task);
    const by = { by: actor.id, at: clock().toISOString() };
    const { to, note, interest, organisation } = abstainedFromCase(application, stated, by);
    await store.write([
      ...store.transition(application, to, note),
      people.declare(actor.id, organisation, interest),
      people.declarationRow(actor.id, organisation, interest),
      task.assignee === undefined ? tasks.stillOpen(taskId) : tasks.release(task),
    ]);
    return requireOwnTask(tasks, actor, taskId);
  });
}
