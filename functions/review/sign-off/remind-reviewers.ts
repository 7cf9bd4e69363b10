import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OpenTask, Reminder, ReminderStore } from './reminder-store.ts';

/** An overdue task is brought up again after each of these. */
const weekMs = 7 * 86_400_000;

export interface RemindParts {
  readonly reminders: ReminderStore;
  readonly notice: Notice;
  readonly clock: Clock;
}

/**
 * Reminds departments of open tasks: once when the guide's time before the due date has come, once when it has passed,
 * and every week from then on. A reminder is a row that is written once, beside its task and on condition that the
 * task is still open; its event follows from the row. Nothing is ever decided here. Run twice, it writes nothing new;
 * run late, it says what is due now and leaves out the weeks that it missed.
 * @returns how many reminders were new.
 */
export async function remindReviewers({
  reminders,
  notice,
  clock,
}: RemindParts): Promise<{ reminded: number }> {
  const now = clock();
  let reminded = 0;
  for (const department of departmentsOf(notice)) {
    for await (const tasks of reminders.openTasks(department)) {
      const missing = await reminders.missing(tasks.flatMap((task) => reminderDue(task, now) ?? []));
      for (const reminder of missing) reminded += (await reminders.add(reminder)) ? 1 : 0;
    }
  }
  return { reminded };
}

/** The reminder that an open task has come to by an instant, or undefined. */
function reminderDue(task: OpenTask, now: Date): Reminder | undefined {
  const { remindAt, status: _, ...shown } = task;
  const at = now.toISOString();
  const overdueMs = now.getTime() - Date.parse(task.dueAt);
  if (overdueMs >= 0) {
    return { ...shown, about: 'overdue', number: 1 + Math.floor(overdueMs / weekMs), at };
  }
  if (remindAt !== undefined && Date.parse(remindAt) <= now.getTime()) {
    return { ...shown, about: 'due-soon', number: 1, at };
  }
  return undefined;
}

/** Every department that can have tasks: those of the notice, and each district's. */
function departmentsOf({ departments, districts }: Notice): string[] {
  return [...departments.map(({ id }) => id), ...Object.keys(districts).map((code) => `district-${code}`)];
}
