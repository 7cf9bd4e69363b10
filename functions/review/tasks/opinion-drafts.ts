import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask } from './own-task.ts';
import type { SignOffTask } from './task.ts';
import type { OpinionDraft, SignOffTaskStore } from './task-store.ts';

/**
 * Keeps what a reviewer has written on an open task so far, in place of what was kept before; of two saves the later
 * one stays. It belongs to the person and the department's part in the step, so that it outlives a task that expired
 * or was corrected; it ends with the person's decision.
 * @throws DomainError task-decided, task-expired, task-closed, forbidden, not-found.
 */
export async function saveOpinionDraft(
  { tasks, clock }: { readonly tasks: SignOffTaskStore; readonly clock: Clock },
  actor: Actor,
  taskId: TaskId,
  fields: Readonly<Record<string, string>>,
): Promise<OpinionDraft> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(tasks, actor, taskId);
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    const draft = {
      fields: { ...fields },
      savedAt: clock().toISOString(),
      submission: task.submission,
    };
    await tasks.write([tasks.keepDraft(task, actor.id, draft), tasks.stillOpen(taskId)]);
    return draft;
  });
}

/**
 * The reviewer's own draft on a task of the department.
 * @throws DomainError not-found without one, or once the task is no longer open; forbidden.
 */
export async function getOpinionDraft(
  { tasks }: { readonly tasks: SignOffTaskStore },
  actor: Actor,
  taskId: TaskId,
): Promise<OpinionDraft> {
  const draft = await ownDraft(tasks, await requireOwnTask(tasks, actor, taskId), actor.id);
  if (!draft) throw new DomainError('not-found');
  return draft;
}

/** A person's draft on a task; there is none once the task is no longer open. */
export async function ownDraft(
  tasks: SignOffTaskStore,
  task: SignOffTask,
  person: string,
): Promise<OpinionDraft | undefined> {
  return task.status === 'open' ? tasks.draft(task, person) : undefined;
}
