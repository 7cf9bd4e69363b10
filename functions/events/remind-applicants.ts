import { ItemListing } from '../filing/applications/item-listing.ts';
import { ClosingReminderStore } from '../filing/closings/closing-reminder-store.ts';
import { remindApplicants } from '../filing/closings/remind-applicants.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const tables = openTables(readEnvironment('events/remind-applicants'));
const parts = {
  filed: new ItemListing(tables.applications),
  reminders: new ClosingReminderStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** Reminds holders of drafts before the window of their item closes. */
export async function handler(): Promise<{ reminded: number }> {
  return remindApplicants(parts);
}
