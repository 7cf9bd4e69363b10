import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Suspicion } from '../../filing/applications/suspicion.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { newTask } from '../../review/tasks/new-task.ts';
import { adjudicators } from '../../review/tasks/own-task.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import type { Reason } from '../../shared/text.ts';
import { notTwice } from './exact-rules.ts';
import type { Verdict } from './verdict.ts';

/** Name of the adjudication among the stages of an application. */
export const adjudicationStage = 'adjudication';

type Screened = ApplicationIn<'deduplication' | 'pooled' | 'allocated' | 'noticed'>;

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
