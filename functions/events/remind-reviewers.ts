import { readLaw } from '../policy/guides/policy-source.ts';
import { remindReviewers } from '../review/sign-off/remind-reviewers.ts';
import { ReminderStore } from '../review/sign-off/reminder-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const tables = openTables(readEnvironment('events/remind-reviewers'));
const parts = {
  reminders: new ReminderStore(tables.applications),
  notice: readLaw(import.meta.url).notice,
  clock: systemClock,
};

/** Reminds departments of tasks that are due soon or overdue. */
export async function handler(): Promise<{ reminded: number }> {
  return remindReviewers(parts);
}
