import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf } from '../../filing/applications/duty-rules.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { InvitationId, TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { type Invitation, invitationIdOf } from './invitation.ts';
import { type Inviting, invited, requireInviting, revoked } from './invitation-decision.ts';
import type { InvitationStore } from './invitation-store.ts';
import { scoreBy } from './show-invitation.ts';

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
    const context = await inviting(parts, actor, taskId);
    const { application } = context;
    const before = await parts.invitations.get(invitationIdOf(application.applicationId, expert));
    const next = invited(context, expert, before);
    if ('stands' in next) return next.stands;
    await parts.store.write([
      ...parts.store.transition(application, next.to, next.note),
      parts.invitations.put(before, next.invitation),
      ...[expert, actor.id].map((person) => parts.people.noInterest(person, ...organisationsOf(application))),
    ]);
    return next.invitation;
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
    const context = await inviting(parts, actor, taskId);
    const { application } = context;
    const before = await parts.invitations.get(invitationId);
    const next = revoked(context, before);
    if (!next) return;
    await parts.store.write([
      ...parts.store.transition(application, next.to, next.note),
      parts.invitations.put(before, next.invitation),
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

/** The application of a department's open task, where the guide lets it ask experts. */
async function inviting(parts: InviteParts, actor: Actor, taskId: TaskId): Promise<Inviting> {
  const task = await requireOwnTask(parts.tasks, actor, taskId);
  const read = await parts.store.require(task.applicationId);
  const opened = await parts.policy.requireItem(read.guide, read.content.item);
  const application = requireInviting({ task, application: read, opened, actor });
  return { task, application, actor, now: parts.clock() };
}
