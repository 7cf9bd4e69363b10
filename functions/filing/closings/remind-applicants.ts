import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { ItemListing } from '../applications/item-listing.ts';
import { reminderDue } from './closing-decision.ts';
import type { ClosingReminderStore } from './closing-reminder-store.ts';

export interface RemindParts {
  readonly filed: ItemListing;
  readonly reminders: ClosingReminderStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Reminds the holders of drafts of items that close soon, by the closing of the latest guide version and as long before it as
 * that says. A reminder is a row that is written once, on condition that the draft still is one; its event follows from the
 * row. Run twice, it writes nothing new; stopped half-way, the next run goes on.
 * @returns how many reminders were new.
 */
export async function remindApplicants({
  filed,
  reminders,
  policy,
  clock,
}: RemindParts): Promise<{ reminded: number }> {
  const now = clock();
  const at = now.toISOString();
  let reminded = 0;
  for (const [item, { window }] of await policy.openWindows(now)) {
    const due = reminderDue(window, now, policy.calendar);
    if (due === 'calendar-missing') log.warn('closing.calendar-missing', { item, closesAt: window.closesAt });
    if (due === undefined || due === 'calendar-missing') continue;
    const said = { closesAt: window.closesAt, days: due.days, unit: due.unit, at };
    for await (const drafts of filed.drafts(item)) {
      const missing = await reminders.missing(
        drafts.map(({ applicationId }) => ({ applicationId, ...said })),
      );
      for (const reminder of missing) reminded += (await reminders.add(reminder, item)) ? 1 : 0;
    }
  }
  return { reminded };
}
