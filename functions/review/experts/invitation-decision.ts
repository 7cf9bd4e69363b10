import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import { requireOutsider, requireSeparateDuties } from '../../filing/applications/duty-rules.ts';
import type { ApplicationEvent, HistoryNote } from '../../filing/applications/history-row.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask } from '../tasks/task.ts';
import { type Invitation, invitationIdOf } from './invitation.ts';
import { standingScores, withoutScore } from './scores.ts';
import { expertStage, isApproved, isStanding, reviewOver } from './stage.ts';

/** Whose task it is, of which application, under which guide. */
export interface ReviewedTask {
  readonly task: SignOffTask;
  readonly application: Application;
  readonly opened: OpenedItem;
  /** The reviewer who has the task. */
  readonly actor: Actor;
}

/** An application under review whose experts the actor may choose. */
export interface Inviting {
  readonly task: SignOffTask;
  readonly application: ApplicationIn<'sign-off'>;
  readonly actor: Actor;
  readonly now: Date;
}

/** What becomes of an invitation, and of its application with it. */
interface Settled {
  readonly to: ApplicationIn<'sign-off'>;
  readonly note: HistoryNote;
  readonly invitation: Invitation;
}

/**
 * The application of an open task for which the actor may choose experts, as the guide lets the department.
 * @throws DomainError forbidden in a recommendation and for people of the applicant; task-decided, task-expired,
 * task-closed; concurrent-change; same-person; not-in-this-state where the guide has no experts.
 */
export function requireInviting({
  task,
  application,
  opened,
  actor,
}: ReviewedTask): ApplicationIn<'sign-off'> {
  if (task.kind === 'recommend') throw new DomainError('forbidden');
  if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
  // The task was open a moment ago: whatever moved the application since has ended the task as well.
  if (application.status !== 'sign-off') throw new DomainError('concurrent-change');
  // Who scores decides much of what comes of it, so whoever may not decide chooses nobody either.
  requireOutsider(application, actor);
  requireSeparateDuties(application, stageOf(task.step), [actor.id]);
  if (opened.item.experts) return application;
  throw new DomainError('not-in-this-state', {
    detail: {
      zh: `指南 ${application.guide} 的事项“${opened.item.id}”不设专家评审`,
      en: `guide ${application.guide} has no experts for ${opened.item.id}`,
    },
  });
}

/**
 * The invitation of an expert, or the one from before where that stands as it is.
 * @param before the expert's invitation, if there was one.
 * @throws DomainError same-person for oneself, and for whoever acted on the application in another stage.
 */
export function invited(
  context: Inviting,
  expert: string,
  before: Invitation | undefined,
): Settled | { readonly stands: Invitation } {
  const { application, actor, now } = context;
  if (expert === actor.id) {
    throw new DomainError('same-person', {
      detail: { zh: '不得邀请本人担任专家', en: 'nobody invites themselves' },
    });
  }
  requireSeparateDuties(application, expertStage, [expert]);
  if (before && before.status !== 'revoked') return { stands: before };
  const { applicationId, content } = application;
  const at = now.toISOString();
  return {
    to: { ...application, version: application.version + 1, updatedAt: at },
    note: noteOf(context, 'expert-invited', expert),
    invitation: {
      ...{ invitationId: invitationIdOf(applicationId, expert), applicationId, expert, item: content.item },
      status: 'open',
      invitedAt: at,
      invitedBy: actor.id,
    },
  };
}

/**
 * An invitation that is taken back, with the score that stood by it; undefined for one that was before.
 * @throws DomainError not-found for another application's; not-in-this-state for one that has scored or declined.
 */
export function revoked(context: Inviting, invitation: Invitation | undefined): Settled | undefined {
  const { application, now } = context;
  if (invitation?.applicationId !== application.applicationId) throw new DomainError('not-found');
  if (invitation.status === 'revoked') return undefined;
  if (invitation.status !== 'open') throw new DomainError('not-in-this-state');
  const at = now.toISOString();
  return {
    to: withoutScore(application, invitation.expert, at),
    note: noteOf(context, 'invitation-revoked', invitation.expert),
    invitation: { ...invitation, status: 'revoked', settledAt: at },
  };
}

/**
 * An invitation that its expert declines, with the score that was given by it; undefined for one that was declined
 * before.
 * @throws DomainError not-in-this-state once it does not stand, or a department has approved on the score.
 */
export function declined(
  { invitation, application }: { readonly invitation: Invitation; readonly application: Application },
  reason: string,
  at: string,
): Settled | undefined {
  if (invitation.status === 'declined') return undefined;
  if (!isStanding(invitation) || application.status !== 'sign-off') throw reviewOver();
  const { expert } = invitation;
  if (expert in application.scores && isApproved(application)) throw reviewOver();
  return {
    to: withoutScore(application, expert, at),
    note: { at, actor: { id: expert, role: 'expert' }, event: 'expert-declined', stage: expertStage },
    invitation: { ...invitation, status: 'declined', settledAt: at, reason },
  };
}

/** The experts whose scores a correction has voided; nobody where the item has no experts. */
export function voidedExperts(application: ApplicationIn<'submitted'>, opened: OpenedItem): string[] {
  if (!opened.item.experts) return [];
  const standing = standingScores(application, opened);
  return Object.keys(application.scores).filter((expert) => !(expert in standing));
}

/** The invitation among the open ones again, after its score was voided; undefined for one that has not scored. */
export function openAgain(invitation: Invitation | undefined): Invitation | undefined {
  if (invitation?.status !== 'scored') return undefined;
  const { settledAt: _, ...rest } = invitation;
  return { ...rest, status: 'open' };
}

function noteOf({ task, actor, now }: Inviting, event: ApplicationEvent, expert: string): HistoryNote {
  return {
    at: now.toISOString(),
    actor: { id: actor.id, role: 'lead-reviewer' },
    event,
    stage: expertStage,
    department: task.department,
    note: expert,
  };
}
