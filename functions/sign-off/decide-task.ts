import type { ApplicationIn, SignOff } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import { computeCeiling } from '../eligibility/ceiling.ts';
import type { PolicyBook } from '../policy/policy-book.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type Fen, fen } from '../shared/money.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Bilingual, Reason } from '../shared/text.ts';
import { waitIds } from '../shared/wait-repository.ts';
import type { SignOffTask, SignOffTaskStore } from './task-store.ts';

export type Decision =
  | { readonly outcome: 'approve'; readonly amountFen: Fen; readonly contentHash?: string | undefined }
  | {
      readonly outcome: 'refuse';
      readonly reason: { readonly zh: string; readonly en?: string | undefined };
      readonly citation: string;
    };

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
 * @throws DomainError task-decided, task-expired, task-closed, version-mismatch, amount-too-high, forbidden, not-found.
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
    const message: Bilingual = { zh: decision.reason.zh, en: decision.reason.en ?? decision.reason.zh };
    const reasons: Reason[] = [{ code: 'refused', citation: decision.citation, message }];
    return { outcome: 'refused', reasons, by: actor.id, at };
  }
  if (decision.contentHash !== undefined && decision.contentHash !== application.submission.contentHash) {
    throw new DomainError('version-mismatch');
  }
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  const limit = computeCeiling(opened, application.content);
  if (decision.amountFen === 0 || decision.amountFen > limit.fen) {
    const least = limit.limits.find((candidate) => candidate.fen === limit.fen);
    throw new DomainError('amount-too-high', {
      detail: {
        zh: `核定金额应大于零且不超过 ${limit.fen} 分`,
        en: `the amount is above zero and at most ${limit.fen} fen`,
      },
      faults: [
        {
          path: 'amountFen',
          rule: `at-most-${limit.fen}`,
          message: { zh: `上限来自：${least?.source}`, en: `the limit comes from: ${least?.source}` },
          ...(least?.citation !== undefined && { citation: least.citation }),
        },
      ],
    });
  }
  return { outcome: 'approved', amountFen: decision.amountFen, by: actor.id, at };
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
    const approved = { ...changed, status: 'deduplication', signedOffFen: leastApproved(signOffs) } as const;
    await parts.store.write([
      ended,
      ...parts.store.transition(application, approved, note),
      resume('approved'),
    ]);
  }
}

/** Where several departments lead, none is overruled: the smallest amount approved counts. */
function leastApproved(signOffs: Readonly<Record<string, SignOff>>): Fen {
  const amounts = Object.values(signOffs).map(({ decision }) =>
    decision?.outcome === 'approved' ? decision.amountFen : 0,
  );
  return fen(Math.min(...amounts));
}
