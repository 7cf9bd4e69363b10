import type { Actor, Role } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import type { SignOffTask, SignOffTaskStore } from './task-store.ts';

/**
 * A task of the reviewer's own department.
 * @throws DomainError not-found; forbidden for another department's task.
 */
export async function requireOwnTask(
  tasks: SignOffTaskStore,
  actor: Actor,
  taskId: string,
): Promise<SignOffTask> {
  const task = await tasks.get(taskId);
  if (!task) throw new DomainError('not-found');
  if (actor.department === undefined || task.department !== actor.department)
    throw new DomainError('forbidden');
  if (!actor.roles.includes(reviewerRole(task.department))) throw new DomainError('forbidden');
  return task;
}

/** The department of those who decide suspected duplicates, whatever office they come from. */
export const adjudicators = 'adjudicators';

/** The role in which a department's people decide. */
export function reviewerRole(department: string): Role {
  if (department === adjudicators) return 'adjudicator';
  return department.startsWith('district-') ? 'district-reviewer' : 'lead-reviewer';
}
