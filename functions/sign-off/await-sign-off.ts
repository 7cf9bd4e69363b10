import type { ApplicationStore } from '../applications/application-store.ts';
import type { PolicyBook } from '../policy/policy-book.ts';
import { systemActor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { registerWait, type WaitRepository, waitIds } from '../shared/wait-repository.ts';
import { newTask } from './new-task.ts';
import { type SignOffOutcome, signOffOutcome } from './sign-off-outcome.ts';
import type { SignOffTaskStore } from './task-store.ts';

export interface SignOffStage {
  readonly applicationId: string;
  readonly submission: number;
  readonly attempt: number;
}

/** Lets the state machine wait for the departments; it goes on at once where they have decided already. */
export async function awaitSignOff(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  stage: SignOffStage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.signOff(stage.applicationId, stage.submission, stage.attempt);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const outcome = signOffOutcome(await parts.store.require(stage.applicationId));
    return outcome && { outcome };
  });
}

/**
 * Ends an attempt that ran out of time. If everything was decided before, that decision counts, however late the
 * time-out came: nothing that a reviewer was told is stored is ever dropped. Otherwise the open tasks expire and the
 * departments that have not decided get new ones; decisions that were taken stand.
 */
export async function expireSignOff(
  parts: {
    readonly store: ApplicationStore;
    readonly tasks: SignOffTaskStore;
    readonly policy: PolicyBook;
    readonly clock: Clock;
  },
  stage: SignOffStage,
): Promise<{ outcome: SignOffOutcome | 'expired'; attempt: number }> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const outcome = signOffOutcome(application);
    if (outcome) return { outcome, attempt: stage.attempt };
    if (application.status !== 'sign-off')
      throw new Error(`a sign-off expired in status ${application.status}`);
    const attempt = stage.attempt + 1;
    if (application.signOffAttempt >= attempt) return { outcome: 'expired', attempt };
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const now = parts.clock();
    const at = now.toISOString();
    const late = Object.entries(application.signOffs).filter(([, signOff]) => !signOff.decision);
    const fresh = late.map(([department]) =>
      newTask(application, department, attempt, opened, now, parts.policy.calendar),
    );
    const reopened = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      signOffAttempt: attempt,
      signOffs: {
        ...application.signOffs,
        ...Object.fromEntries(fresh.map((task) => [task.department, { taskId: task.taskId }])),
      },
    };
    await parts.store.write([
      ...parts.store.transition(application, reopened, { at, actor: systemActor, event: 'sign-off-expired' }),
      ...late.map(([, signOff]) => parts.tasks.end(signOff.taskId, 'expired')),
      ...fresh.map((task) => parts.tasks.open(task)),
    ]);
    return { outcome: 'expired', attempt };
  });
}
