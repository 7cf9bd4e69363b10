import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { systemActor } from '../../shared/actor.ts';
import { contentHash } from '../../shared/hash.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { adjudicationStage, adjudicationTask } from './adjudication.ts';
import { type CheckWork, describeCheck } from './describe-check.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { topsUp } from './exact-rules.ts';
import type { Matter } from './matter.ts';
import { ofAward } from './suspicion-rules.ts';
import type { Verdict } from './verdict.ts';
import { effectOf, type Judged } from './verdict-rules.ts';

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

/** Awards that bar by law: found this late, they are a person's to decide as well. */
export function barringPairs({ exact, matter }: Pick<LateContext, 'exact' | 'matter'>): Suspicion[] {
  const pairs = exact.findings.flatMap((finding): Suspicion[] => {
    if (finding.kind !== 'award') return [];
    const counterpart = ofAward(finding.award);
    const { rule, reason } = finding;
    return [{ id: pairId(matter.matterKey, counterpart), rule, counterpart, why: [reason.message] }];
  });
  return [...new Map(pairs.map((pair) => [pair.id, pair])).values()];
}

/**
 * Pairs that somebody has to decide though they are not open suspicions: awards that bar by law, but for those that were
 * found to be another matter; and what was decided before and bears on the application more than it was held to, as when
 * a record now says that more was paid. What has been taken off the ceiling is done with.
 * @param verdicts those on the barring pairs, by their ids.
 */
export function unsettledPairs(
  context: Pick<LateContext, 'application' | 'opened' | 'judged' | 'exact' | 'matter'>,
  verdicts: ReadonlyMap<string, Verdict>,
): Suspicion[] {
  const { application, opened, judged } = context;
  const asked = { applicationId: application.applicationId, topsUp: topsUp(opened.item) };
  const isSettled = (pair: Suspicion, effect: ReturnType<typeof effectOf>) =>
    !effect.isEnding && (effect.paidFen ?? 0) <= (application.takenOff?.[pair.id] ?? 0);
  const byLaw = barringPairs(context).filter((pair) => {
    const verdict = verdicts.get(pair.id);
    // Nobody was asked: by law it is one matter, whatever the record says of its rule.
    const effect = verdict
      ? effectOf(pair, verdict, asked)
      : { isEnding: !asked.topsUp, paidFen: amountOf(pair) };
    return !isSettled(pair, effect);
  });
  const before = judged.decided.filter(({ suspicion, ...effect }) => !isSettled(suspicion, effect));
  return [...byLaw, ...before.map(({ suspicion }) => suspicion)];
}

function amountOf({ counterpart }: Suspicion): Fen {
  return counterpart.kind === 'award' ? counterpart.amountFen : fen(0);
}

/**
 * Opens a case for what nobody has decided, or adds to the one that is open: nobody can decide it then without the pairs
 * that came since, nor by an amount that a record no longer says. It holds the order.
 * @param unsettled pairs that are to be decided beside open suspicions.
 * @returns undefined when there is nothing that the open case does not have.
 * @throws CalendarMissingError when the task would be due in a year without a calendar.
 */
export function held(context: LateContext, unsettled: readonly Suspicion[]): LateDecision | undefined {
  const { application, opened, judged, calendar, now } = context;
  const { proposal: _, ...before } = application.hold ?? { suspicions: [] };
  const found = [...unsettled, ...judged.open];
  const known = new Map(before.suspicions.map((pair) => [pair.id, pair]));
  const suspicions = found.filter(({ id }) => !known.has(id));
  const isOther = (pair: Suspicion) => {
    const kept = known.get(pair.id);
    return kept !== undefined && amountOf(kept) !== amountOf(pair);
  };
  if (suspicions.length === 0 && !found.some(isOther)) return undefined;
  const at = now.toISOString();
  const task = adjudicationTask(application, opened, now, calendar);
  const { registry, thresholds, exact } = context;
  const { deduplication } = opened.item;
  const work = { registry, thresholds, exact, deduplication, judged, toppedUp: isToppedUp(context) };
  const check = describeCheck(application, 'held', at, work);
  const latest = new Map(found.map((pair) => [pair.id, pair]));
  const kept = before.suspicions.map((pair) => latest.get(pair.id) ?? pair);
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      hold:
        'taskId' in before
          ? { ...before, suspicions: [...kept, ...suspicions] }
          : { taskId: task.taskId, suspicions, at },
    },
    note: {
      ...{ at, actor: systemActor, event: 'held', stage: adjudicationStage },
      basisHash: contentHash(check),
    },
    check,
    suspicions,
    opens: application.hold ? undefined : task,
  };
}

/** Whether what was paid for the same matter has been taken off the ceiling. */
function isToppedUp({ application, opened, matter, exact }: Omit<LateContext, 'now'>): boolean {
  const pairs = barringPairs({ matter, exact });
  return (
    topsUp(opened.item) && pairs.every((pair) => amountOf(pair) <= (application.takenOff?.[pair.id] ?? 0))
  );
}
