import type { ApplicationIn } from '../applications/application.ts';
import type { WorkCalendar } from '../calendar/work-calendar.ts';
import type { OpenedItem } from '../policy/policy-book.ts';
import { type SignOffTask, taskIdOf } from './task-store.ts';

/** A department's task for one attempt, due as the guide says. */
export function newTask(
  application: ApplicationIn<'submitted' | 'sign-off'>,
  department: string,
  attempt: number,
  opened: OpenedItem,
  now: Date,
  calendar: WorkCalendar,
): SignOffTask {
  const { applicationId, submission, content } = application;
  return {
    taskId: taskIdOf(applicationId, submission.number, department, attempt),
    applicationId,
    submission: submission.number,
    attempt,
    department,
    organisationName: content.enterprise.name,
    item: content.item,
    status: 'open',
    createdAt: now.toISOString(),
    dueAt: calendar.endOf(now, opened.item.signOff.due).toISOString(),
  };
}
