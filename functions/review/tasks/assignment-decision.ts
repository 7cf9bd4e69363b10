import { type Actor, belongsTo } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { reviewerRole } from './own-task.ts';
import type { Assignment, SignOffTask } from './task.ts';

/** Who asks, and when. */
interface Doing {
  readonly actor: Actor;
  readonly now: Date;
}

/**
 * Who takes an open task has it; undefined for whoever has it already.
 * @throws DomainError task-assigned, task-decided, task-expired, task-closed, forbidden.
 */
export function taken(task: SignOffTask, { actor, now }: Doing): Assignment | undefined {
  requireOpen(task);
  if (task.assignee === actor.id) return undefined;
  if (task.assignee !== undefined) throw new DomainError('task-assigned');
  if (belongsTo(actor, task.organisation)) throw new DomainError('forbidden');
  const by = { id: actor.id, role: reviewerRole(task.department) };
  return { to: actor.id, by, at: now.toISOString() };
}

/**
 * Whoever has an open task gives it back, or the lead of the department does; undefined where nobody has it.
 * @throws DomainError task-assigned when somebody else has it; task-decided, task-expired, task-closed.
 */
export function givenBack(task: SignOffTask, { actor, now }: Doing): Assignment | undefined {
  requireOpen(task);
  if (task.assignee === undefined) return undefined;
  const own = task.assignee === actor.id;
  if (!own && !actor.roles.includes('department-lead')) throw new DomainError('task-assigned');
  const role = own ? reviewerRole(task.department) : 'department-lead';
  return { to: undefined, by: { id: actor.id, role }, at: now.toISOString() };
}

/**
 * The department's lead hands an open task to a member; undefined where the member has it already.
 * @param isMember whether the assignee is known in the task's department.
 * @throws DomainError invalid-request for one who is not; task-decided, task-expired, task-closed, forbidden.
 */
export function handedOn(
  task: SignOffTask,
  { assignee, isMember }: { readonly assignee: string; readonly isMember: boolean },
  { actor, now }: Doing,
): Assignment | undefined {
  requireOpen(task);
  if (!actor.roles.includes('department-lead')) throw new DomainError('forbidden');
  if (!isMember) throw notAMember(assignee);
  if (task.assignee === assignee) return undefined;
  return { to: assignee, by: { id: actor.id, role: 'department-lead' }, at: now.toISOString() };
}

/** An open task as it is after a change of who has it. */
export function assigned(task: SignOffTask, { to }: Assignment): SignOffTask {
  const { assignee: _, ...released } = task;
  return {
    ...released,
    assignments: (task.assignments ?? 0) + 1,
    ...(to !== undefined && { assignee: to }),
  };
}

function requireOpen({ status }: SignOffTask): void {
  if (status !== 'open') throw new DomainError(`task-${status}`);
}

function notAMember(person: string): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'assignee',
        rule: 'member-of-department',
        message: {
          zh: `“${person}”不是本部门审核员，或尚未查看过本部门待办`,
          en: `"${person}" is no reviewer of this department, or has not looked into its inbox yet`,
        },
      },
    ],
  });
}
