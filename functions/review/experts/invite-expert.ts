import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf, requireOutsider, requireSeparateDuties } from '../../filing/applications/duties.ts';
import type { ApplicationEvent } from '../../filing/applications/history-row.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { InvitationId, TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask } from '../tasks/task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { type Invitation, invitationIdOf } from './invitation.ts';
import type { InvitationStore } from './invitation-store.ts';
import { withoutScore } from './scores.ts';
import { scoreBy } from './show-invitation.ts';
import { expertStage } from './stage.ts';

export interface InviteParts {
  readonly store: ApplicationStore;
  readonly invitations: InvitationStore;
  readonly tasks: SignOffTaskStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Invites an expert to score the application of an open task. Of an expert who was invited before, the invitation stands
 * as it is; one that was revoked is open again.
 * @throws DomainError same-person and conflict-of-interest, of the expert and of whoever invites;
 * not-in-this-state where the guide has no experts; task-decided, task-expired, task-closed, forbidden, not-found.
 */
export async function inviteExpert(
  parts: InviteParts,
  actor: Actor,
  taskId: TaskId,
  expert: string,
): Promise<Invitation> {
  return decideAgainOnConflict(async () => {
    const { task, application } = await underReview(parts, actor, taskId);
    if (expert === actor.id) throw samePerson();
    requireSeparateDuties(application, expertStage, [expert]);
    const { applicationId, content } = application;
    const invitationId = invitationIdOf(applicationId, expert);
    const before = await parts.invitations.get(invitationId);
    if (before && before.status !== 'revoked') return before;
    const at = parts.clock().toISOString();
    const invitation: Invitation = {
      ...{ invitationId, applicationId, expert, item: content.item },
      status: 'open',
      invitedAt: at,
      invitedBy: actor.id,
    };
    const changed = { ...application, version: application.version + 1, updatedAt: at };
    await parts.store.write([
      ...parts.store.transition(
        application,
        changed,
        noteOf(actor, task, { event: 'expert-invited', at, expert }),
      ),
      parts.invitations.put(before, invitation),
      ...[expert, actor.id].map((person) => parts.people.noInterest(person, ...organisationsOf(application))),
    ]);
    return invitation;
  });
}

/**
 * Takes back an invitation that was not answered with a score; taken back before, nothing happens.
 * @throws DomainError not-in-this-state for one that has scored or declined; not-found; as `inviteExpert`.
 */
export async function revokeInvitation(
  parts: InviteParts,
  actor: Actor,
  taskId: TaskId,
  invitationId: InvitationId,
): Promise<void> {
  await decideAgainOnConflict(async () => {
    const { task, application } = await underReview(parts, actor, taskId);
    const before = await parts.invitations.get(invitationId);
    if (before?.applicationId !== application.applicationId) throw new DomainError('not-found');
    if (before.status === 'revoked') return;
    if (before.status !== 'open') throw new DomainError('not-in-this-state');
    const at = parts.clock().toISOString();
    const changed = withoutScore(application, before.expert, at);
    const note = noteOf(actor, task, { event: 'invitation-revoked', at, expert: before.expert });
    await parts.store.write([
      ...parts.store.transition(application, changed, note),
      parts.invitations.put(before, { ...before, status: 'revoked', settledAt: at }),
      parts.people.noInterest(actor.id, ...organisationsOf(application)),
    ]);
  });
}

/** Every invitation to the application of a task, with the scores as they stand. @throws DomainError forbidden, not-found */
export async function listInvitations(
  parts: Omit<InviteParts, 'people' | 'clock'>,
  actor: Actor,
  taskId: TaskId,
) {
  const { applicationId } = await requireOwnTask(parts.tasks, actor, taskId);
  const [application, invitations] = await Promise.all([
    parts.store.require(applicationId),
    parts.invitations.ofApplication(applicationId),
  ]);
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  return {
    items: invitations.map((invitation) => ({
      ...invitation,
      ...scoreBy(invitation.expert, application, opened),
    })),
  };
}

interface UnderReview {
  readonly task: SignOffTask;
  readonly application: ApplicationIn<'sign-off'>;
}

/** The application of a department's open task, where the guide lets it ask experts. */
async function underReview(parts: InviteParts, actor: Actor, taskId: TaskId): Promise<UnderReview> {
  const task = await requireOwnTask(parts.tasks, actor, taskId);
  if (task.kind === 'recommend') throw new DomainError('forbidden');
  if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
  const application = await parts.store.require(task.applicationId);
  // The task was open a moment ago: whatever moved the application since has ended the task as well.
  if (application.status !== 'sign-off') throw new DomainError('concurrent-change');
  // Who scores decides much of what comes of it, so whoever may not decide chooses nobody either.
  requireOutsider(application, actor);
  requireSeparateDuties(application, stageOf(task.step), [actor.id]);
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  if (!opened.item.experts) {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: `指南 ${application.guide} 的 ${opened.item.id} 不设专家评审`,
        en: `guide ${application.guide} has no experts for ${opened.item.id}`,
      },
    });
  }
  return { task, application };
}

function samePerson(): DomainError {
  return new DomainError('same-person', {
    detail: { zh: '不得邀请本人担任专家', en: 'nobody invites themselves' },
  });
}

function noteOf(
  actor: Actor,
  { department }: SignOffTask,
  { event, at, expert }: { readonly event: ApplicationEvent; readonly at: string; readonly expert: string },
) {
  return {
    at,
    actor: { id: actor.id, role: 'lead-reviewer' },
    event,
    stage: expertStage,
    department,
    note: expert,
  } as const;
}
