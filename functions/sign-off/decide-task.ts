import type { ApplicationIn, SignOff } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import type { PolicyBook } from '../policy/policy-book.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type Fen, fen } from '../shared/money.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Bilingual, Reason } from '../shared/text.ts';
import { waitIds } from '../shared/wait-repository.ts';
import { type Approval, checkApproval } from './check-approval.ts';
import type { SignOffTask, SignOffTaskStore } from './task-store.ts';

/** What a reviewer writes, at least in Chinese. */
interface Remark {
  readonly zh: string;
  readonly en?: string | undefined;
}

export type Decision =
  | (Approval & {
      readonly outcome: 'approve';
      readonly reason?: Remark | undefined;
      readonly contentHash?: string | undefined;
    })
  | { readonly outcome: 'refuse'; readonly reason: Remark; readonly citation: string };

export interface DecideParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * A task of the reviewer's own department.
 * @throws DomainError not-found; forbidden for another department's task or a reviewer of the applicant itself.
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
  return task;
}

/**
 * Takes a department's decision: one transaction ends the task, records the decision on the application and, when it
 * was the last one needed or a refusal, sends the waiting state machine on. Of two people deciding at once one wins.
 * @throws DomainError task-decided, task-expired, task-closed, version-mismatch, invalid-request, amount-too-high,
 * forbidden, not-found.
 */
export async function decideTask(
  parts: DecideParts,
  actor: Actor,
  taskId: string,
  decision: Decision,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    const application = await parts.store.require(task.applicationId);
    // The task was open a moment ago: whatever moved the application since has ended the task as well.
    if (application.status !== 'sign-off') throw new DomainError('concurrent-change');
    if (application.organisation === actor.organisation) throw new DomainError('forbidden');
    const taken = await recordOf(parts, application, actor, decision);
    await write(parts, application, task, actor, taken);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

type Taken = NonNullable<SignOff['decision']>;

async function recordOf(
  parts: DecideParts,
  application: ApplicationIn<'sign-off'>,
  actor: Actor,
  decision: Decision,
): Promise<Taken> {
  const at = parts.clock().toISOString();
  if (decision.outcome === 'refuse') {
    const message = inBoth(decision.reason);
    const reasons: Reason[] = [{ code: 'refused', citation: decision.citation, message }];
    return { outcome: 'refused', reasons, by: actor.id, at };
  }
  if (decision.contentHash !== undefined && decision.contentHash !== application.submission.contentHash) {
    throw new DomainError('version-mismatch');
  }
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  const figures = checkApproval(opened, application.content, decision);
  return {
    outcome: 'approved',
    ...figures,
    ...(decision.reason && { reason: inBoth(decision.reason) }),
    by: actor.id,
    at,
  };
}

async function write(
  parts: DecideParts,
  application: ApplicationIn<'sign-off'>,
  task: SignOffTask,
  actor: Actor,
  taken: Taken,
): Promise<void> {
  const signOffs = { ...application.signOffs, [task.department]: { taskId: task.taskId, decision: taken } };
  const changed = { ...application, version: application.version + 1, updatedAt: taken.at, signOffs };
  const note = {
    at: taken.at,
    actor: { id: actor.id, role: 'lead-reviewer' },
    event: taken.outcome === 'approved' ? 'signed-off' : 'refused',
    ...(taken.outcome === 'refused' && { reasons: taken.reasons }),
    note: task.department,
  };
  const others = Object.values(signOffs).filter((signOff) => !signOff.decision);
  const resume = (outcome: 'approved' | 'refused') =>
    parts.outbox.message({
      type: 'resume',
      waitId: waitIds.signOff(
        application.applicationId,
        application.submission.number,
        application.signOffAttempt,
      ),
      output: { outcome },
    });
  const ended = parts.tasks.end(task.taskId, 'decided', actor.id);
  if (taken.outcome === 'refused') {
    const refused = { ...changed, status: 'refused', reasons: taken.reasons } as const;
    await parts.store.write([
      ended,
      ...parts.store.transition(application, refused, note),
      ...others.map((other) => parts.tasks.end(other.taskId, 'closed')),
      resume('refused'),
    ]);
  } else if (others.length > 0) {
    await parts.store.write([ended, ...parts.store.transition(application, changed, note)]);
  } else {
    const approved = { ...changed, ...leastFigures(signOffs), status: 'deduplication' } as const;
    await parts.store.write([
      ended,
      ...parts.store.transition(application, approved, note),
      resume('approved'),
    ]);
  }
}

/** Where several departments lead, none is overruled: the smallest amount and the smallest verified input count. */
function leastFigures(signOffs: Readonly<Record<string, SignOff>>): {
  signedOffFen: Fen;
  verifiedInputFen?: Fen;
} {
  const approvals = Object.values(signOffs).flatMap(({ decision }) =>
    decision?.outcome === 'approved' ? [decision] : [],
  );
  const inputs = approvals.flatMap(({ verifiedInputFen }) => verifiedInputFen ?? []);
  return {
    signedOffFen: fen(Math.min(...approvals.map(({ amountFen }) => amountFen))),
    ...(inputs.length > 0 && { verifiedInputFen: fen(Math.min(...inputs)) }),
  };
}

function inBoth({ zh, en }: Remark): Bilingual {
  return { zh, en: en ?? zh };
}
