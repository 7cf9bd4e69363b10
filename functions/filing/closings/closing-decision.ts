import { CalendarMissingError, type Days, type WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { GuideWindow } from '../../policy/guides/policy-book.ts';

/**
 * The reminder that a window has come to by an instant: the latest one that the guide names; those before it that were
 * missed are left out.
 * @returns undefined before the first; `calendar-missing` where the calendar of a year is not loaded.
 */
export function reminderDue(
  { closesAt, remindBefore = [] }: GuideWindow['window'],
  now: Date,
  calendar: WorkCalendar,
): Days | 'calendar-missing' | undefined {
  try {
    return remindBefore
      .map((period) => ({ period, at: calendar.before(new Date(closesAt), period) }))
      .filter(({ at }) => at <= now)
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .at(-1)?.period;
  } catch (error) {
    if (error instanceof CalendarMissingError) return 'calendar-missing';
    throw error;
  }
}
