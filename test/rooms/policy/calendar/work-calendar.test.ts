import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalendarMissingError, WorkCalendar } from '../../../../functions/policy/calendar/work-calendar.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const calendar = new WorkCalendar(compilePolicy().calendars);
const working = (days: number) => ({ days, unit: 'working' }) as const;

describe('working days', () => {
  it.each([
    ['2023-06-20', 7, '2023-06-29'],
    ['2023-09-22', 7, '2023-10-08'],
    ['2024-11-25', 7, '2024-12-03'],
    ['2025-11-14', 5, '2025-11-20'],
  ])('from %s, the first day counted, %d of them end on %s', (start, days, end) => {
    expect(calendar.lastDay(start, working(days))).toBe(end);
  });

  it.each(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'])(
    '%s is worked though it is a weekend day',
    (date) => expect(calendar.isWorkingDay(date)).toBe(true),
  );

  it.each(['2026-01-01', '2026-02-16', '2026-02-23', '2026-10-07', '2025-10-08', '2024-02-16', '2023-06-23'])(
    '%s is off though it is a weekday',
    (date) => expect(calendar.isWorkingDay(date)).toBe(false),
  );

  it('start on the next working day where the first day is off', () => {
    expect(calendar.lastDay('2026-10-01', working(1))).toBe('2026-10-08');
    expect(calendar.lastDay('2026-10-03', working(3))).toBe('2026-10-10');
    expect(calendar.lastDay('2026-11-21', working(1))).toBe('2026-11-23');
  });

  it('cross a year for which both calendars are there', () => {
    expect(calendar.lastDay('2025-12-31', working(2))).toBe('2026-01-04');
  });

  it.each([
    ['2022-12-30', 1],
    ['2026-12-31', 2],
    ['2027-01-04', 1],
  ])('from %s for %d are refused where a year has no calendar', (start, days) => {
    expect(() => calendar.lastDay(start, working(days))).toThrow(CalendarMissingError);
    expect(() => calendar.lastDay(start, working(days))).toThrow(
      /no official calendar is loaded for 20(22|27)/,
    );
  });

  it('end at midnight in Guangzhou, wherever the clock stands', () => {
    // The evening of the 22nd in London is the 23rd in Guangzhou.
    const end = (start: string) => calendar.endOf(new Date(start), working(5)).toISOString();
    expect(end('2026-11-22T15:59:59Z')).toBe('2026-11-27T16:00:00.000Z');
    expect(end('2026-11-22T16:00:00Z')).toBe('2026-11-27T16:00:00.000Z');
    expect(end('2026-11-23T15:59:59Z')).toBe('2026-11-27T16:00:00.000Z');
    expect(end('2026-11-23T16:00:00Z')).toBe('2026-11-30T16:00:00.000Z');
  });

  it('never end on a day off, and are as many as were asked for', () => {
    const days = fc.integer({ min: 0, max: 1300 });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 40 }), (offset, count) => {
        const start = new Date(Date.UTC(2023, 0, 1 + offset)).toISOString().slice(0, 10);
        const end = calendar.lastDay(start, working(count));
        let worked = 0;
        for (let day = Date.parse(start); day <= Date.parse(end); day += 86_400_000) {
          if (calendar.isWorkingDay(new Date(day).toISOString().slice(0, 10))) worked += 1;
        }
        expect(calendar.isWorkingDay(end)).toBe(true);
        expect(worked).toBe(count);
      }),
    );
  });
});

/** Midnight in Guangzhou at the start of a date. */
const midnight = (date: string) => new Date(`${date}T00:00:00+08:00`);

describe('a period that ends', () => {
  it.each([
    ['in the holidays of October 2026', '2026-10-07', 1, '2026-09-30'],
    ['before the first day of work after them', '2026-10-08', 2, '2026-09-29'],
    ['after it', '2026-10-09', 2, '2026-09-30'],
    ['after the make-up working Saturday', '2026-10-11', 1, '2026-10-10'],
    ['on the Monday behind it', '2026-10-13', 4, '2026-10-08'],
    ['behind it, and began before the holidays', '2026-10-13', 5, '2026-09-30'],
    ['after the make-up working Sunday', '2026-09-21', 1, '2026-09-20'],
    ['after a weekend', '2026-11-23', 2, '2026-11-19'],
    ['across two years', '2026-01-05', 2, '2025-12-31'],
  ])('%s starts where as many working days lie between', (_, end, days, start) => {
    expect(calendar.before(midnight(end), working(days))).toEqual(midnight(start));
  });

  it('within a day counts that day', () => {
    expect(calendar.before(new Date('2026-10-10T10:00:00+08:00'), working(1))).toEqual(
      midnight('2026-10-10'),
    );
    expect(calendar.before(new Date('2026-10-11T10:00:00+08:00'), working(1))).toEqual(
      midnight('2026-10-10'),
    );
  });

  it('starts on the day from which it was counted forwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1300 }), fc.integer({ min: 1, max: 40 }), (offset, count) => {
        const start = new Date(Date.UTC(2023, 0, 1 + offset)).toISOString().slice(0, 10);
        fc.pre(calendar.isWorkingDay(start));
        const end = calendar.endOf(midnight(start), working(count));
        expect(calendar.before(end, working(count))).toEqual(midnight(start));
      }),
    );
  });

  it('is refused where a year has no calendar', () => {
    expect(() => calendar.before(midnight('2027-01-02'), working(1))).toThrow(CalendarMissingError);
    expect(() => calendar.before(midnight('2023-01-04'), working(3))).toThrow(
      'no official calendar is loaded for 2022',
    );
  });

  it('counts every day by calendar days, and needs no calendar', () => {
    const days = (count: number) => ({ days: count, unit: 'calendar' }) as const;
    expect(calendar.before(midnight('2026-10-08'), days(7))).toEqual(midnight('2026-10-01'));
    expect(calendar.before(midnight('2031-01-02'), days(2))).toEqual(midnight('2030-12-31'));
  });
});

describe('calendar days', () => {
  it('count every day, the first one included, and need no calendar', () => {
    expect(calendar.lastDay('2026-10-01', { days: 7, unit: 'calendar' })).toBe('2026-10-07');
    expect(calendar.lastDay('2028-02-28', { days: 2, unit: 'calendar' })).toBe('2028-02-29');
    expect(calendar.lastDay('2030-12-31', { days: 2, unit: 'calendar' })).toBe('2031-01-01');
  });
});
