import type { Calendar } from '../policy/schema.ts';
import { shanghaiDate } from '../shared/clock.ts';

const dayMs = 86_400_000;

/** A length of time in days, as guides set it. */
export interface Days {
  readonly days: number;
  readonly unit: 'working' | 'calendar';
}

/** A working day was asked of a year for which no official calendar is loaded; it is never guessed. */
export class CalendarMissingError extends Error {
  override readonly name = 'CalendarMissingError';
}

/** The official calendar of working days, make-up working days included (domain §9). */
export class WorkCalendar {
  readonly #years: ReadonlyMap<number, { holidays: ReadonlySet<string>; workdays: ReadonlySet<string> }>;

  constructor(calendars: readonly Calendar[]) {
    this.#years = new Map(
      calendars.map(({ year, holidays, workdays }) => [
        year,
        { holidays: new Set(holidays), workdays: new Set(workdays) },
      ]),
    );
  }

  /**
   * Whether people work on a date.
   * @param date `YYYY-MM-DD` in Shanghai
   * @throws CalendarMissingError for a year without a calendar.
   */
  isWorkingDay(date: string): boolean {
    const year = this.#years.get(Number(date.slice(0, 4)));
    if (!year) throw new CalendarMissingError(`no official calendar is loaded for ${date.slice(0, 4)}`);
    if (year.workdays.has(date)) return true;
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6 && !year.holidays.has(date);
  }

  /**
   * The last day of a period whose first day counts as day 1 if it is a working day (or by calendar days, always).
   * @throws CalendarMissingError
   */
  lastDay(start: string, { days, unit }: Days): string {
    let date = start;
    for (let counted = 0; ; date = nextDay(date)) {
      if (unit === 'calendar' || this.isWorkingDay(date)) counted += 1;
      if (counted === days) return date;
    }
  }

  /** The instant at which a period that starts on an instant's day in Shanghai is over: midnight after its last day. */
  endOf(start: Date, period: Days): Date {
    return new Date(`${nextDay(this.lastDay(shanghaiDate(start), period))}T00:00:00+08:00`);
  }
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}
