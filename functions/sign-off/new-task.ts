import type { ApplicationIn } from '../applications/application.ts';
import type { WorkCalendar } from '../calendar/work-calendar.ts';
import type { OpenedItem } from '../policy/policy-book.ts';
import type { PlannedPart } from './sign-off-plan.ts';
import { type StepTask, taskIdOf } from './task-store.ts';

/** A department's task for one attempt, due as the guide says. @throws CalendarMissingError */
export function newTask(
  application: ApplicationIn<'submitted' | 'sign-off'>,
  { step, kind, department }: PlannedPart,
  attempt: number,
  opened: OpenedItem,
  now: Date,
  calendar: WorkCalendar,
): StepTask {
  const { applicationId, submission, content } = application;
  const { due, remindBefore } = opened.item.signOff;
  const dueAt = calendar.endOf(now, due);
  return {
    taskId: taskIdOf(applicationId, submission.number, step, department, attempt),
    applicationId,
    submission: submission.number,
    step,
    kind,
    attempt,
    department,
    organisation: application.organisation,
    organisationName: content.enterprise.name,
    item: content.item,
    district: content.enterprise.district,
    status: 'open',
    createdAt: now.toISOString(),
    dueAt: dueAt.toISOString(),
    ...(remindBefore && { remindAt: calendar.before(dueAt, remindBefore).toISOString() }),
  };
}
