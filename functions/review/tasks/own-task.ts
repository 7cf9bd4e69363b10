import type { Actor, Role } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { DepartmentId, TaskId } from '../../shared/vocabulary.ts';
import type { SignOffTask } from './task.ts';
import type { SignOffTaskStore } from './task-store.ts';

/**
 * A task of the reviewer's own department.
 * @throws DomainError not-found; forbidden for another department's task.
 */
export async function requireOwnTask(
  tasks: SignOffTaskStore,
  actor: Actor,
  taskId: TaskId,
): Promise<SignOffTask> {
  const task = await tasks.get(taskId);
  if (!task) throw new DomainError('not-found');
  if (task.department !== requireReviewer(actor)) throw new DomainError('forbidden');
  return task;
}

/** The department of those who decide suspected duplicates, whatever office they come from. */
export const adjudicators = 'adjudicators';

/**
 * The department that the caller decides for.
 * @throws DomainError forbidden without one, or without the role in which its people decide.
 */
export function requireReviewer({ department, roles }: Actor): string {
  if (department === undefined || !roles.includes(reviewerRole(department)))
    throw new DomainError('forbidden');
  return department;
}

/** The role in which a department's people decide. */
export function reviewerRole(department: DepartmentId): Role {
  if (department === adjudicators) return 'adjudicator';
  return department.startsWith('district-') ? 'district-reviewer' : 'lead-reviewer';
}
