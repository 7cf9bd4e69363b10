import { readLaw } from '../policy/guides/policy-source.ts';
import { remindReviewers } from '../review/sign-off/remind-reviewers.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('events/remind-reviewers');
const parts = {
  client: documentClient(),
  table: environment.APPLICATIONS_TABLE,
  notice: readLaw(import.meta.url).notice,
  clock: systemClock,
};

/** Reminds departments of tasks that are due soon or overdue. */
export async function handler(): Promise<{ reminded: number }> {
  return remindReviewers(parts);
}
