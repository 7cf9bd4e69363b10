import type { ApplicationIn, EligibilityResult } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import type { OpenedItem, PolicyBook } from '../policy/policy-book.ts';
import { systemActor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Reason } from '../shared/text.ts';
import { leadDepartments } from './lead-departments.ts';
import { newTask } from './new-task.ts';
import type { SignOffTaskStore } from './task-store.ts';

export interface OpenSignOffParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface EligibilityOutcome {
  readonly outcome: 'eligible' | 'ineligible' | 'withdrawn';
  /** Seconds after which an undecided round of sign-off is asked again. */
  readonly expiresAfterSeconds: number;
}

/**
 * First stage of a submission: evaluates the conditions and either ends the application with every unmet one, or opens
 * one task for each lead department. Asked again, it answers what it did.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export async function checkEligibility(
  parts: OpenSignOffParts,
  input: { readonly applicationId: string },
): Promise<EligibilityOutcome> {
  return decideAgainOnConflict(async () => {
    // The evaluator of conditions is the dearest import here: it is loaded while the table answers.
    const [application, { evaluate }] = await Promise.all([
      parts.store.require(input.applicationId),
      import('../eligibility/evaluate.ts'),
    ]);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const { expiresAfterSeconds } = opened.item.signOff;
    if (application.status === 'withdrawn') return { outcome: 'withdrawn', expiresAfterSeconds };
    if (application.status === 'ineligible') return { outcome: 'ineligible', expiresAfterSeconds };
    if (application.status !== 'submitted') return { outcome: 'eligible', expiresAfterSeconds };
    const eligibility = evaluate(opened, application.content, new Date(application.submission.at));
    if (eligibility.outcome === 'unmet') await endIneligible(parts, application, eligibility);
    else await openTasks(parts, application, eligibility, opened);
    return { outcome: eligibility.outcome === 'unmet' ? 'ineligible' : 'eligible', expiresAfterSeconds };
  });
}

async function endIneligible(
  parts: OpenSignOffParts,
  application: ApplicationIn<'submitted'>,
  eligibility: EligibilityResult,
): Promise<void> {
  const at = parts.clock().toISOString();
  const reasons: Reason[] = eligibility.conditions
    .filter((condition) => condition.outcome === 'unmet')
    .map(({ id, citation, sentence }) => ({ code: id, citation, message: sentence }));
  const ended = {
    ...application,
    status: 'ineligible',
    version: application.version + 1,
    updatedAt: at,
    eligibility,
    reasons,
  } as const;
  const note = { at, actor: systemActor, event: 'found-ineligible', reasons };
  await parts.store.write(parts.store.transition(application, ended, note));
}

async function openTasks(
  parts: OpenSignOffParts,
  application: ApplicationIn<'submitted'>,
  eligibility: EligibilityResult,
  opened: OpenedItem,
): Promise<void> {
  const now = parts.clock();
  const at = now.toISOString();
  const departments = leadDepartments(parts.policy.notice, opened, application.content);
  const tasks = departments.map((department) =>
    newTask(application, department, 1, opened, now, parts.policy.calendar),
  );
  const waiting = {
    ...application,
    status: 'sign-off',
    version: application.version + 1,
    updatedAt: at,
    eligibility,
    signOffAttempt: 1,
    signOffs: Object.fromEntries(tasks.map((task) => [task.department, { taskId: task.taskId }])),
  } as const;
  const note = { at, actor: systemActor, event: 'found-eligible' };
  await parts.store.write([
    ...parts.store.transition(application, waiting, note),
    ...tasks.map((task) => parts.tasks.open(task)),
  ]);
}
