import { readLaw } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { documentClient } from '../shared/transaction.ts';
import { remindReviewers } from '../sign-off/remind-reviewers.ts';

const { APPLICATIONS_TABLE } = readEnvironment('events/remind-reviewers');
const parts = {
  client: documentClient(),
  table: APPLICATIONS_TABLE,
  notice: readLaw(import.meta.url).notice,
  clock: systemClock,
};

/** Reminds departments of tasks that are due soon or overdue. */
export async function handler(): Promise<{ reminded: number }> {
  return remindReviewers(parts);
}
