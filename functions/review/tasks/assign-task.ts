import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { assigned, givenBack, handedOn, taken } from './assignment-decision.ts';
import { requireOwnTask } from './own-task.ts';
import type { Assignment, SignOffTask } from './task.ts';
import type { SignOffTaskStore } from './task-store.ts';

export interface AssignParts {
  readonly tasks: SignOffTaskStore;
  readonly people: Pick<PeopleStore, 'isMember' | 'noInterest'>;
  readonly clock: Clock;
}

/**
 * Takes an open task of the reviewer's own department, so that nobody else decides it. Of two who take it at once one
 * has it; whoever has it already keeps it.
 * @throws DomainError task-assigned, task-decided, task-expired, task-closed, conflict-of-interest, forbidden, not-found.
 */
export async function takeTask(parts: AssignParts, actor: Actor, taskId: TaskId): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    return assign(parts, task, taken(task, { actor, now: parts.clock() }));
  });
}

/**
 * Gives an open task back to the department: whoever has it, or the lead of the department. A task that nobody has
 * stays as it is.
 * @throws DomainError task-assigned when somebody else has it; otherwise as `takeTask`.
 */
export async function giveBackTask(parts: AssignParts, actor: Actor, taskId: TaskId): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    return assign(parts, task, givenBack(task, { actor, now: parts.clock() }));
  });
}

/**
 * Hands an open task to a member of the department, whoever has it now. Only the department's lead comes here.
 * @throws DomainError invalid-request when the assignee is no known member; conflict-of-interest of the assignee;
 * task-decided, task-expired, task-closed, forbidden, not-found.
 */
export async function assignTask(
  parts: AssignParts,
  actor: Actor,
  taskId: TaskId,
  assignee: string,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    const isMember = await parts.people.isMember(task.department, assignee);
    return assign(parts, task, handedOn(task, { assignee, isMember }, { actor, now: parts.clock() }));
  });
}

async function assign(
  { tasks, people }: AssignParts,
  task: SignOffTask,
  assignment: Assignment | undefined,
): Promise<SignOffTask> {
  if (!assignment) return task;
  const { to } = assignment;
  await tasks.write([
    ...tasks.assign(task, assignment),
    ...(to === undefined ? [] : [people.noInterest(to, task.organisation)]),
  ]);
  return assigned(task, assignment);
}
