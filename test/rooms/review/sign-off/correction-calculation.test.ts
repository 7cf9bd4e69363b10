import { describe, expect, it } from 'vitest';
import { CalendarMissingError, WorkCalendar } from '../../../../functions/policy/calendar/work-calendar.ts';
import { correctionDeadlines } from '../../../../functions/review/sign-off/correction-calculation.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const calendar = new WorkCalendar(compilePolicy().calendars);
const working = (days: number) => ({ days, unit: 'working' }) as const;
const given = { rounds: 2, due: working(5) };
/** The Wednesday before the holidays of October 2026, whose Saturday behind them is worked. */
const now = new Date('2026-09-30T10:00:00+08:00');
const midnight = (date: string) => new Date(`${date}T00:00:00+08:00`).toISOString();

describe('the deadlines of a correction', () => {
  it('count its first day, leave holidays out and make-up working days in', () => {
    expect(correctionDeadlines({ correction: given }, now, calendar)).toEqual({
      dueAt: midnight('2026-10-13'),
      lapsesAt: midnight('2026-10-13'),
    });
  });

  it('are as short as the reviewer wants, and never longer than the guide gives', () => {
    expect(correctionDeadlines({ correction: given }, now, calendar, 4).dueAt).toBe(midnight('2026-10-11'));
    expect(correctionDeadlines({ correction: given }, now, calendar, 1).dueAt).toBe(midnight('2026-10-01'));
    for (const days of [0, 6, 1.5, Number.NaN]) {
      expect(() => correctionDeadlines({ correction: given }, now, calendar, days)).toThrow(RangeError);
    }
  });

  it('add the grace of the guide, and warn as long before they are due as it says', () => {
    const correction = { ...given, warnBefore: working(2), grace: working(3) };
    expect(correctionDeadlines({ correction }, now, calendar)).toEqual({
      warnAt: midnight('2026-10-10'),
      dueAt: midnight('2026-10-13'),
      lapsesAt: midnight('2026-10-16'),
    });
  });

  it('have no warning that would come before the request', () => {
    const correction = { ...given, warnBefore: working(2) };
    expect(correctionDeadlines({ correction }, now, calendar, 2)).not.toHaveProperty('warnAt');
  });

  it('are refused beyond the years that have a calendar', () => {
    const late = new Date('2026-12-29T10:00:00+08:00');
    expect(() => correctionDeadlines({ correction: given }, late, calendar)).toThrow(CalendarMissingError);
  });
});
