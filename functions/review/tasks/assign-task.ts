import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { requireOwnTask, reviewerRole } from './own-task.ts';
import type { SignOffTask } from './task.ts';
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
export async function takeTask(parts: AssignParts, actor: Actor, taskId: string): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOpenTask(parts, actor, taskId);
    if (task.assignee === actor.id) return task;
    if (task.assignee !== undefined) throw new DomainError('task-assigned');
    if (task.organisation === actor.organisation) throw new DomainError('forbidden');
    return handOver(parts, task, actor.id, { id: actor.id, role: reviewerRole(task.department) });
  });
}

/**
 * Gives an open task back to the department: whoever has it, or the lead of the department. A task that nobody has
 * stays as it is.
 * @throws DomainError task-assigned when somebody else has it; otherwise as `takeTask`.
 */
export async function giveBackTask(parts: AssignParts, actor: Actor, taskId: string): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOpenTask(parts, actor, taskId);
    if (task.assignee === undefined) return task;
    const own = task.assignee === actor.id;
    if (!own && !actor.roles.includes('department-lead')) throw new DomainError('task-assigned');
    const role = own ? reviewerRole(task.department) : 'department-lead';
    return handOver(parts, task, undefined, { id: actor.id, role });
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
  taskId: string,
  assignee: string,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOpenTask(parts, actor, taskId);
    if (!actor.roles.includes('department-lead')) throw new DomainError('forbidden');
    if (!(await parts.people.isMember(task.department, assignee))) throw notAMember(assignee);
    if (task.assignee === assignee) return task;
    return handOver(parts, task, assignee, { id: actor.id, role: 'department-lead' });
  });
}

async function requireOpenTask(parts: AssignParts, actor: Actor, taskId: string): Promise<SignOffTask> {
  const task = await requireOwnTask(parts.tasks, actor, taskId);
  if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
  return task;
}

async function handOver(
  { tasks, people, clock }: AssignParts,
  task: SignOffTask,
  to: string | undefined,
  by: { readonly id: string; readonly role: string },
): Promise<SignOffTask> {
  await tasks.write([
    ...tasks.assign(task, { to, by, at: clock().toISOString() }),
    ...(to === undefined ? [] : [people.noInterest(to, task.organisation)]),
  ]);
  const { assignee: _, ...released } = task;
  return {
    ...released,
    assignments: (task.assignments ?? 0) + 1,
    ...(to !== undefined && { assignee: to }),
  };
}

function notAMember(person: string): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'assignee',
        rule: 'member-of-department',
        message: {
          zh: `${person} 不是本部门审核员，或尚未查看过本部门待办`,
          en: `${person} is no reviewer of this department, or has not looked into its inbox yet`,
        },
      },
    ],
  });
}
