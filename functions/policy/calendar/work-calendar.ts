import { DomainError } from '../../shared/errors.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Calendar } from './calendar-schema.ts';

const dayMs = 86_400_000;

/** A length of time in days, as guides set it. */
export interface Days {
  readonly days: number;
  readonly unit: 'working' | 'calendar';
}

/** A working day was asked of a year for which no official calendar is loaded; it is never guessed. */
export class CalendarMissingError extends DomainError {
  override readonly name = 'CalendarMissingError';

  /** @param year of the date that was asked for. */
  constructor(year: string) {
    super('calendar-missing', {
      detail: {
        zh: `尚未载入 ${year} 年的法定工作日历，无法计算期限`,
        en: `no official calendar is loaded for ${year}: the deadline cannot be worked out`,
      },
    });
  }
}

/** The official calendar of working days, make-up working days included (glossary, "working day"). */
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
    if (!year) throw new CalendarMissingError(date.slice(0, 4));
    if (year.workdays.has(date)) return true;
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6 && !year.holidays.has(date);
  }

  /**
   * The last day of a period whose first day counts as day 1 if it is a working day (or by calendar days, always).
   * @throws CalendarMissingError
   */
  lastDay(start: string, period: Days): string {
    return this.#count(start, period, 1);
  }

  /** The instant at which a period that starts on an instant's day in Shanghai is over: midnight after its last day. */
  endOf(start: Date, period: Days): Date {
    return startOfDay(addDays(this.lastDay(shanghaiDate(start), period), 1));
  }

  /**
   * Midnight in Shanghai at the start of the first day of a period that ends at an instant: its days are counted
   * backwards from the one that the instant ends or lies in.
   * @throws CalendarMissingError
   */
  before(end: Date, period: Days): Date {
    const lastDay = shanghaiDate(new Date(end.getTime() - 1));
    return startOfDay(this.#count(lastDay, period, -1));
  }

  #count(first: string, { days, unit }: Days, step: 1 | -1): string {
    let date = first;
    for (let counted = 0; ; date = addDays(date, step)) {
      if (unit === 'calendar' || this.isWorkingDay(date)) counted += 1;
      if (counted === days) return date;
    }
  }
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

function startOfDay(date: string): Date {
  return new Date(`${date}T00:00:00+08:00`);
}
