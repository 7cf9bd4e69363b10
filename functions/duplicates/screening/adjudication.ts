import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Suspicion } from '../../filing/applications/suspicion.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { newTask } from '../../review/tasks/new-task.ts';
import { adjudicators } from '../../review/tasks/own-task.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';
import { type Finding, type Matter, notTwice } from './find-duplicates.ts';
import { findSuspicions, type SuspicionParts, type SuspicionSearch } from './find-suspicions.ts';
import type { Verdict } from './verdict.ts';
import type { VerdictStore } from './verdict-store.ts';

/** Name of the adjudication among the stages of an application. */
export const adjudicationStage = 'adjudication';

type Screened = ApplicationIn<'deduplication' | 'pooled' | 'allocated' | 'noticed'>;

/** Pairs of one case: with a verdict on each, its decision still fits into one transaction. */
const pairsOfCase = 50;

/** Suspicions of an application, as far as adjudicators have decided them. */
export interface Judged {
  readonly search: SuspicionSearch;
  /** Nobody has decided these: the most probable ones first, as many as make a case. */
  readonly open: Suspicion[];
  /** What has been decided, and whether it ends this application. */
  readonly decided: readonly {
    readonly suspicion: Suspicion;
    readonly verdict: Verdict;
    readonly isEnding: boolean;
  }[];
  /** Reasons of the pairs that were found to be one matter. */
  readonly duplicates: Reason[];
  /** What the other sides were paid of it, where the rest may still be paid; undefined when no verdict says so. */
  readonly paidFen?: [Fen];
}

/**
 * Looks for suspicions and applies the verdicts that stand: a pair that was decided is not asked about again. Between
 * two applications a verdict of duplicate ends the one that it was taken on; the other one goes on.
 */
export async function judgeSuspicions(
  parts: SuspicionParts & { readonly verdicts: VerdictStore },
  application: Screened,
  matter: Matter,
  deduplication: GuideItem['deduplication'],
  findings: readonly Finding[],
): Promise<Judged> {
  const known = findings.flatMap((finding) =>
    finding.kind === 'award' ? [`${finding.award.scheme}#${finding.award.awardId}`] : [],
  );
  const search = await findSuspicions(parts, application, matter, deduplication, new Set(known));
  const { suspicions } = search;
  const verdicts = await parts.verdicts.of(suspicions.map(({ id }) => id));
  const decided = suspicions.flatMap((suspicion) => {
    const verdict = verdicts.get(suspicion.id);
    if (!verdict) return [];
    const isOwn =
      suspicion.counterpart.kind === 'award' || verdict.applicationId === application.applicationId;
    return [{ suspicion, verdict, isEnding: verdict.verdict === 'duplicate' && isOwn }];
  });
  const toppedUp = decided.filter(({ verdict }) => verdict.verdict === 'top-up');
  return {
    search,
    open: suspicions
      .filter(({ id }) => !verdicts.has(id))
      // Without a probability something is the same: evidence or a file.
      .sort((a, b) => (b.probability ?? 1000) - (a.probability ?? 1000))
      .slice(0, pairsOfCase),
    decided,
    duplicates: decided
      .filter(({ isEnding }) => isEnding)
      .map(({ suspicion, verdict }) => reasonOf(suspicion, verdict)),
    ...(toppedUp.length > 0 && {
      paidFen: [sumFen(toppedUp.map(({ verdict }) => verdict.paidFen ?? fen(0)))],
    }),
  };
}

/** The task of an adjudication, after every step of the sign-off; due as these are. @throws CalendarMissingError */
export function adjudicationTask(
  application: Screened,
  opened: OpenedItem,
  now: Date,
  calendar: WorkCalendar,
): SignOffTask {
  const part = {
    step: opened.item.signOff.steps.length + 1,
    kind: 'adjudicate',
    department: adjudicators,
  } as const;
  // The version tells one case of an application from a later one.
  return newTask(part, { application, opened, calendar, attempt: application.version, now });
}

/** What an applicant is told: the public data of a scheme, and of another enterprise's application nothing. */
export function reasonOf({ rule, counterpart }: Suspicion, { reason }: Pick<Verdict, 'reason'>): Reason {
  const other =
    counterpart.kind === 'award'
      ? {
          zh: `${counterpart.scheme} ${counterpart.year} 年奖补“${counterpart.projectName}”（记录 ${counterpart.awardId}）`,
          en: `“${counterpart.projectName}”, awarded under ${counterpart.scheme} in ${counterpart.year} (record ${counterpart.awardId})`,
        }
      : { zh: '另一申报', en: 'another application' };
  return {
    code: `${rule}-adjudicated`,
    citation: notTwice,
    message: {
      zh: `经人工裁定与${other.zh}为同一事项：${reason.zh}`,
      en: `An adjudicator found it to be the same matter as ${other.en}: ${reason.en}`,
    },
  };
}
