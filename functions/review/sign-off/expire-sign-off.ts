import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { expired } from './sign-off-lifecycle.ts';
import { type SignOffOutcome, signOffOutcome } from './sign-off-outcome.ts';

export interface SignOffStage {
  readonly applicationId: ApplicationId;
  readonly submission: number;
  readonly attempt: number;
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
): Promise<SignOffOutcome> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const settled = signOffOutcome(application, stage);
    if (settled) return settled;
    if (application.status !== 'sign-off')
      throw new Error(`a sign-off expired in status ${application.status}`);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const { to, note, late, tasks } = expired({
      ...{ application, opened, law: parts.policy },
      attempt: stage.attempt + 1,
      now: parts.clock(),
    });
    await parts.store.write([
      ...parts.store.transition(application, to, note),
      ...late.map((taskId) => parts.tasks.end(taskId, 'expired')),
      ...tasks.map((task) => parts.tasks.open(task)),
    ]);
    return { outcome: 'continue', attempt: to.signOffAttempt };
  });
}
