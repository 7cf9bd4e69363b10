import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { systemActor } from '../../shared/actor.ts';
import { contentHash } from '../../shared/hash.ts';
import { sumFen } from '../../shared/money.ts';
import { adjudicationStage, adjudicationTask } from './adjudication.ts';
import { type CheckWork, describeCheck } from './describe-check.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { paidBy } from './exact-rules.ts';
import type { Matter } from './matter.ts';
import { ofAward } from './suspicion-rules.ts';
import type { Judged } from './verdict-rules.ts';

/** An application that has passed its duplicate check and is not ordered yet. */
export type Passed = ApplicationIn<'pooled' | 'allocated' | 'noticed'>;

/** What a late check is about, and what it has found. */
export interface LateContext extends Pick<CheckWork, 'registry' | 'thresholds' | 'exact'> {
  readonly application: Passed;
  readonly opened: OpenedItem;
  readonly matter: Matter;
  readonly judged: Judged;
  readonly calendar: WorkCalendar;
  readonly now: Date;
}

/** What a late check comes to where it finds something. */
export interface LateDecision {
  readonly to: Passed;
  readonly note: HistoryNote;
  readonly check: DuplicateCheck;
  /** Pairs that the case has more than before. */
  readonly suspicions: readonly Suspicion[];
  /** The task of a new case; none where one is open already. */
  readonly opens: SignOffTask | undefined;
}

/** The application, where awards that come late concern it. */
export function passed(application: Application | undefined): Passed | undefined {
  switch (application?.status) {
    case 'pooled':
    case 'allocated':
    case 'noticed':
      return application;
    default:
      return undefined;
  }
}

/** Has a duplicate check that is under way read the registry again: what it decided on may lack the award. */
export function sentToLookAgain(
  application: ApplicationIn<'deduplication'>,
  now: Date,
): { readonly to: ApplicationIn<'deduplication'>; readonly note: HistoryNote } {
  const at = now.toISOString();
  return {
    to: { ...application, version: application.version + 1, updatedAt: at },
    note: { at, actor: systemActor, event: 'registry-changed', stage: adjudicationStage },
  };
}

/**
 * Awards that bar by law: found this late, they are a person's to decide as well. What the guide tops up has lowered the
 * ceiling already, as far as it was known then: of that there are none.
 */
export function barringPairs(context: Omit<LateContext, 'now'>): Suspicion[] {
  if (isToppedUp(context)) return [];
  const { exact, matter } = context;
  const pairs = exact.findings.flatMap((finding): Suspicion[] => {
    if (finding.kind !== 'award') return [];
    const counterpart = ofAward(finding.award);
    const { rule, reason } = finding;
    return [{ id: pairId(matter.matterKey, counterpart), rule, counterpart, why: [reason.message] }];
  });
  return [...new Map(pairs.map((pair) => [pair.id, pair])).values()];
}

/**
 * Opens a case for what nobody has decided, or adds to the one that is open: nobody can decide it then without the pairs
 * that came since. It holds the order.
 * @param barring pairs of awards that bar by law, as far as nobody has decided them.
 * @returns undefined when there is nothing that the open case does not have.
 * @throws CalendarMissingError when the task would be due in a year without a calendar.
 */
export function held(context: LateContext, barring: readonly Suspicion[]): LateDecision | undefined {
  const { application, opened, judged, calendar, now } = context;
  const before = application.hold;
  const known = new Set(before?.suspicions.map(({ id }) => id));
  const suspicions = [...barring, ...judged.open].filter(({ id }) => !known.has(id));
  if (suspicions.length === 0) return undefined;
  const at = now.toISOString();
  const task = adjudicationTask(application, opened, now, calendar);
  const { registry, thresholds, exact } = context;
  const { deduplication } = opened.item;
  const work = { registry, thresholds, exact, deduplication, judged, toppedUp: isToppedUp(context) };
  const check = describeCheck(application, 'held', at, work);
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      hold: before
        ? { ...before, suspicions: [...before.suspicions, ...suspicions] }
        : { taskId: task.taskId, suspicions, at },
    },
    note: {
      ...{ at, actor: systemActor, event: 'held', stage: adjudicationStage },
      basisHash: contentHash(check),
    },
    check,
    suspicions,
    opens: before ? undefined : task,
  };
}

/** Whether what was paid for the same matter has been taken off the ceiling. */
function isToppedUp({ application, opened, exact, judged }: Omit<LateContext, 'now'>): boolean {
  const byVerdicts = judged.paidFen === undefined ? [] : [judged.paidFen];
  const paid = sumFen([paidBy(exact.findings), ...byVerdicts]);
  return opened.item.deduplication.mode === 'top-up' && paid <= (application.alreadyPaidFen ?? 0);
}
