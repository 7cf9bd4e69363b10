import { describe, expect, it } from 'vitest';
import {
  assigned,
  givenBack,
  handedOn,
  taken,
} from '../../../../functions/review/tasks/assignment-decision.ts';
import type { SignOffTask } from '../../../../functions/review/tasks/task.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { openTask } from '../../../builders/sign-off-task.ts';

const now = new Date('2026-11-23T02:00:00Z');
const at = now.toISOString();
const colleague: Actor = { id: 'colleague', roles: ['lead-reviewer'], department: 'gz-miit' };
const lead: Actor = { id: 'lead', roles: ['lead-reviewer', 'department-lead'], department: 'gz-miit' };

const free = openTask();
const held = openTask({ assignee: colleague.id, assignments: 1 });
const others = openTask({ assignee: 'somebody-else', assignments: 1 });
const byReviewer = (to: string | undefined) => ({
  to,
  by: { id: colleague.id, role: 'lead-reviewer' } as const,
  at,
});
const byLead = (to: string | undefined) => ({
  to,
  by: { id: lead.id, role: 'department-lead' } as const,
  at,
});

/** What a decision comes to: an assignment, `stays`, or the code of its refusal. */
function outcome(decide: () => unknown): unknown {
  try {
    return decide() ?? 'stays';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('who takes a task', () => {
  it.each<[string, SignOffTask, Actor, unknown]>([
    ['nobody has', free, colleague, byReviewer(colleague.id)],
    ['that is theirs', held, colleague, 'stays'],
    ['of somebody else', others, colleague, 'task-assigned'],
    ['of somebody else, as the lead', others, lead, 'task-assigned'],
    ['of their employer', free, { ...colleague, organisation: free.organisation }, 'forbidden'],
    ['that has ended', { ...others, status: 'decided' }, colleague, 'task-decided'],
    ['that ran out', { ...held, status: 'expired' }, colleague, 'task-expired'],
  ])('%s', (_name, task, actor, expected) => {
    expect(outcome(() => taken(task, { actor, now }))).toEqual(expected);
  });
});

describe('who gives a task back', () => {
  it.each<[string, SignOffTask, Actor, unknown]>([
    ['that is theirs', held, colleague, byReviewer(undefined)],
    ['nobody has', free, colleague, 'stays'],
    ['of somebody else', others, colleague, 'task-assigned'],
    ['of somebody else, as the lead', others, lead, byLead(undefined)],
    ['that has ended', { ...held, status: 'closed' }, colleague, 'task-closed'],
  ])('%s', (_name, task, actor, expected) => {
    expect(outcome(() => givenBack(task, { actor, now }))).toEqual(expected);
  });
});

describe('who hands a task on', () => {
  const member = { assignee: colleague.id, isMember: true };
  const stranger = { assignee: 'stranger', isMember: false };
  it.each<[string, SignOffTask, Actor, typeof member, unknown]>([
    ['to a member, whoever has it', others, lead, member, byLead(colleague.id)],
    ['to the one who has it', held, lead, member, 'stays'],
    ['to somebody unknown', free, lead, stranger, 'invalid-request'],
    ['without being the lead, even to somebody unknown', free, colleague, stranger, 'forbidden'],
    [
      'that has ended, without being the lead',
      { ...free, status: 'decided' },
      colleague,
      member,
      'task-decided',
    ],
  ])('%s', (_name, task, actor, to, expected) => {
    expect(outcome(() => handedOn(task, to, { actor, now }))).toEqual(expected);
  });
});

describe('a task that changed hands', () => {
  it('counts that, and has nobody once it is given back', () => {
    const once = assigned(free, byReviewer(colleague.id));
    expect(once).toEqual({ ...free, assignee: colleague.id, assignments: 1 });
    expect(assigned(once, byReviewer(undefined))).toEqual({ ...free, assignments: 2 });
  });
});
