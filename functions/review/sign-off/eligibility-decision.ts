import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { EligibilityResult } from '../../filing/applications/eligibility-result.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Reason } from '../../shared/text.ts';
import type { SignOffTask } from '../tasks/task.ts';
import { advance, standingSignOffs } from './sign-off-lifecycle.ts';

/** What is checked, by which guide and law, and when. */
export interface EligibilityContext {
  readonly application: ApplicationIn<'submitted'>;
  readonly opened: OpenedItem;
  readonly law: Pick<PolicyBook, 'notice' | 'calendar'>;
  /** What the evaluation of the conditions gave. */
  readonly eligibility: EligibilityResult;
  readonly now: Date;
}

/** What the check of a submission comes to. */
export interface EligibilityDecision {
  /** `signed-off`: after a correction every decision stands. */
  readonly outcome: 'eligible' | 'signed-off' | 'ineligible';
  readonly to: ApplicationIn<'sign-off' | 'deduplication' | 'ineligible'>;
  readonly note: HistoryNote;
  /** Tasks of the first step in which a department has still to decide. */
  readonly opens: readonly SignOffTask[];
}

/**
 * The application, where a submission of it is still to be checked.
 * @param submission whose review asks: that of an earlier one leaves a later one alone.
 */
export function unchecked(
  application: Application,
  submission: number,
): ApplicationIn<'submitted'> | undefined {
  return application.status === 'submitted' && application.submission.number <= submission
    ? application
    : undefined;
}

/** What a review is told that asks again, or late: how the check ended, or what has become of the application since. */
export function answeredBefore(
  application: Application,
  submission: number,
): 'eligible' | 'ineligible' | 'returned' | 'withdrawn' {
  if ('submission' in application && (application.submission?.number ?? 0) > submission) return 'returned';
  switch (application.status) {
    case 'lapsed':
      return 'returned';
    case 'withdrawn':
    case 'ineligible':
    case 'returned':
      return application.status;
    default:
      return 'eligible';
  }
}

/**
 * Ends the application with every unmet condition, or opens the tasks of the first step in which a department has still
 * to decide. After a correction the decisions stand whose basis is what it was.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export function checked(context: EligibilityContext): EligibilityDecision {
  return context.eligibility.outcome === 'unmet' ? foundIneligible(context) : foundEligible(context);
}

function foundIneligible({ application, eligibility, now }: EligibilityContext): EligibilityDecision {
  const at = now.toISOString();
  const reasons: Reason[] = eligibility.conditions
    .filter((condition) => condition.outcome === 'unmet')
    .map(({ id, citation, sentence }) => ({ code: id, citation, message: sentence }));
  return {
    outcome: 'ineligible',
    to: {
      ...application,
      status: 'ineligible',
      version: application.version + 1,
      updatedAt: at,
      eligibility,
      reasons,
    },
    note: { at, actor: systemActor, event: 'found-ineligible', stage: 'eligibility', reasons },
    opens: [],
  };
}

function foundEligible({
  application,
  opened,
  law,
  eligibility,
  now,
}: EligibilityContext): EligibilityDecision {
  const at = now.toISOString();
  const reviewed = { ...application, eligibility, version: application.version + 1, updatedAt: at };
  const standing = standingSignOffs(application, opened);
  const next = advance(standing, { application: reviewed, opened, law, attempt: 1, now });
  const voided = Object.keys(application.signOffs).filter((part) => !(part in standing));
  const note: HistoryNote = {
    at,
    actor: systemActor,
    event: 'found-eligible',
    stage: 'eligibility',
    ...(voided.length > 0 && { note: `void: ${voided.sort().join(', ')}` }),
  };
  if (next.to === 'step') {
    const { signOffs, step, tasks } = next;
    const to = { ...reviewed, status: 'sign-off', signOffAttempt: 1, step, signOffs } as const;
    return { outcome: 'eligible', to, note, opens: tasks };
  }
  const step = opened.item.signOff.steps.length;
  const signedOff = { ...reviewed, ...next.figures, signOffs: next.signOffs, signOffAttempt: 1, step };
  return { outcome: 'signed-off', to: { ...signedOff, status: 'deduplication' }, note, opens: [] };
}
