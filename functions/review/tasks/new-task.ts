import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Days, WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { type SignOffTask, taskIdOf } from './task.ts';

type Asked = Pick<SignOffTask, 'step' | 'kind' | 'department'>;

/** What a task is about, and what it is due by. */
export interface TaskContext {
  readonly application: Pick<
    ApplicationIn<'sign-off'>,
    'applicationId' | 'submission' | 'organisation' | 'content'
  >;
  readonly opened: Pick<OpenedItem, 'item'>;
  readonly calendar: WorkCalendar;
  readonly attempt: number;
  readonly now: Date;
  /** How long it takes. Default: as a step of the sign-off does. */
  readonly due?: Days;
}

/** A department's task for one attempt, due as the guide says. @throws CalendarMissingError */
export function newTask<A extends Asked>(
  { step, kind, department }: A,
  { application, opened, calendar, attempt, now, due = opened.item.signOff.due }: TaskContext,
): SignOffTask & { readonly kind: A['kind'] } {
  const { applicationId, submission, content } = application;
  const { remindBefore } = opened.item.signOff;
  const dueAt = calendar.endOf(now, due);
  return {
    taskId: taskIdOf({ applicationId, submission: submission.number, step, department, attempt }),
    applicationId,
    submission: submission.number,
    step,
    kind,
    attempt,
    department,
    organisation: application.organisation,
    organisationName: content.enterprise.name,
    projectName: content.projectName,
    requestedFen: content.requestedFen,
    item: content.item,
    district: content.enterprise.district,
    status: 'open',
    createdAt: now.toISOString(),
    dueAt: dueAt.toISOString(),
    ...(remindBefore && { remindAt: calendar.before(dueAt, remindBefore).toISOString() }),
  };
}
