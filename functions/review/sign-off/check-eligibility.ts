import type { ApplicationIn, EligibilityResult } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Reason } from '../../shared/text.ts';
import type { InvitationStore } from '../experts/invitation-store.ts';
import { reopenInvitations } from '../experts/reopen-invitations.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { advance, standingSignOffs } from './open-step.ts';

export interface OpenSignOffParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly invitations: InvitationStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface EligibilityOutcome {
  /**
   * `signed-off`: after a correction every decision stands; `returned`: the application is with the applicant, because
   * it was reopened, or has been corrected since.
   */
  readonly outcome: 'eligible' | 'signed-off' | 'returned' | 'ineligible' | 'withdrawn';
  /** Seconds after which an undecided round of sign-off is asked again. */
  readonly expiresAfterSeconds: number;
}

/**
 * First stage of a submission: evaluates the conditions and either ends the application with every unmet one, or opens
 * the tasks of the first step in which a department has still to decide. After a correction the decisions stand whose
 * basis is what it was. Asked again, it answers what it did.
 * @param input `submission`: whose review asks; the review of an earlier one leaves a later one alone. Default: the
 * latest.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export async function checkEligibility(
  parts: OpenSignOffParts,
  input: { readonly applicationId: string; readonly submission?: number },
): Promise<EligibilityOutcome> {
  return decideAgainOnConflict(async () => {
    // The evaluator of conditions is the dearest import here: it is loaded while the table answers.
    const [application, { evaluate }] = await Promise.all([
      parts.store.require(input.applicationId),
      import('../../filing/eligibility/evaluate.ts'),
    ]);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const { expiresAfterSeconds } = opened.item.signOff;
    if ('submission' in application && (application.submission?.number ?? 0) > (input.submission ?? Infinity))
      return { outcome: 'returned', expiresAfterSeconds };
    if (application.status !== 'submitted')
      return { outcome: answered(application.status), expiresAfterSeconds };
    const eligibility = evaluate(opened, application.content, new Date(application.submission.firstAt));
    if (eligibility.outcome !== 'unmet') {
      return { outcome: await openTasks(parts, application, eligibility, opened), expiresAfterSeconds };
    }
    await endIneligible(parts, application, eligibility);
    return { outcome: 'ineligible', expiresAfterSeconds };
  });
}

function answered(status: string): EligibilityOutcome['outcome'] {
  if (status === 'lapsed') return 'returned';
  return status === 'withdrawn' || status === 'ineligible' || status === 'returned' ? status : 'eligible';
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
  const note = { at, actor: systemActor, event: 'found-ineligible', stage: 'eligibility', reasons };
  await parts.store.write(parts.store.transition(application, ended, note));
}

async function openTasks(
  parts: OpenSignOffParts,
  application: ApplicationIn<'submitted'>,
  eligibility: EligibilityResult,
  opened: OpenedItem,
): Promise<'eligible' | 'signed-off'> {
  const now = parts.clock();
  const at = now.toISOString();
  const reviewed = { ...application, eligibility, version: application.version + 1, updatedAt: at };
  const standing = standingSignOffs(application, opened);
  const next = advance(parts.policy, reviewed, opened, standing, 1, now);
  const voided = Object.keys(application.signOffs).filter((part) => !(part in standing));
  const note = {
    at,
    actor: systemActor,
    event: 'found-eligible',
    stage: 'eligibility',
    ...(voided.length > 0 && { note: `void: ${voided.sort().join(', ')}` }),
  };
  if (next.to === 'step') {
    const { signOffs, step, tasks } = next;
    const waiting = { ...reviewed, status: 'sign-off', signOffAttempt: 1, step, signOffs } as const;
    await parts.store.write([
      ...parts.store.transition(application, waiting, note),
      ...tasks.map((task) => parts.tasks.open(task)),
      ...(await reopenInvitations(parts.invitations, application, opened)),
    ]);
    return 'eligible';
  }
  const step = opened.item.signOff.steps.length;
  const signedOff = { ...reviewed, ...next.figures, signOffs: next.signOffs, signOffAttempt: 1, step };
  await parts.store.write(
    parts.store.transition(application, { ...signedOff, status: 'deduplication' }, note),
  );
  return 'signed-off';
}
