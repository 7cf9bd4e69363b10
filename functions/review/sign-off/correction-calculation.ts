import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';

/** The instants of a correction, as the application keeps them. */
interface CorrectionDeadlines {
  readonly dueAt: string;
  readonly lapsesAt: string;
  readonly warnAt?: string;
}

/**
 * Until when a correction is due that is asked for now (today counts, if it is one of the days that are counted), when
 * the application lapses, and when the applicant is warned. A warning that would come before the request is left out:
 * the request itself says as much.
 * @param dueDays what the reviewer gives, in the guide's kind of days; default and maximum: what the guide gives.
 * @throws RangeError for more days than the guide gives, or none
 * @throws CalendarMissingError
 */
export function correctionDeadlines(
  { correction }: Pick<GuideItem, 'correction'>,
  now: Date,
  calendar: WorkCalendar,
  dueDays: number = correction.due.days,
): CorrectionDeadlines {
  const { due, grace, warnBefore } = correction;
  if (!Number.isInteger(dueDays) || dueDays < 1 || dueDays > due.days) {
    throw new RangeError(`the guide gives 1 to ${due.days} days, not ${dueDays}`);
  }
  const dueAt = calendar.endOf(now, { ...due, days: dueDays });
  const lapsesAt = grace ? calendar.endOf(dueAt, grace) : dueAt;
  const warnAt = warnBefore && calendar.before(dueAt, warnBefore);
  return {
    dueAt: dueAt.toISOString(),
    lapsesAt: lapsesAt.toISOString(),
    ...(warnAt && warnAt > now && { warnAt: warnAt.toISOString() }),
  };
}
