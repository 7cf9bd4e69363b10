import { TimeZone } from './time-zone.ts';

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Years that are searched for the next time before an expression counts as over. */
const horizonYears = 30;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
type DayTest = (day: Day) => boolean;

/**
 * Compiles the six fields of AWS's cron expressions: minutes, hours, day of month, month, day of week, year, with
 * `, - * ? / L W #`. Throws with the field that is malformed.
 * @returns what gives the first time after an instant, both in milliseconds since 1970; undefined when there is none
 */
export function compileCron(fields: string, zoneName: string): (afterMs: number) => number | undefined {
  const parts = fields.trim().toUpperCase().split(/\s+/);
  const [minuteField, hourField, dayField, monthField, weekdayField, yearField, ...rest] = parts;
  if (
    minuteField === undefined ||
    hourField === undefined ||
    dayField === undefined ||
    monthField === undefined ||
    weekdayField === undefined ||
    yearField === undefined ||
    rest.length > 0
  ) {
    throw new Error(`cron(${fields}) needs six fields`);
  }
  if ((dayField === '?') === (weekdayField === '?')) {
    throw new Error(`cron(${fields}): exactly one of day of month and day of week must be ?`);
  }
  const minutes = numbersOf(minuteField, 0, 59, 'minutes');
  const hours = numbersOf(hourField, 0, 23, 'hours');
  const months = new Set(numbersOf(monthField, 1, 12, 'month', monthNames));
  const years = new Set(numbersOf(yearField, 1970, 2199, 'year'));
  const dayFits =
    weekdayField === '?'
      ? anyOf(dayField, (item) => compileDayOfMonth(item))
      : anyOf(weekdayField, (item) => compileDayOfWeek(item));
  const zone = new TimeZone(zoneName);

  return (afterMs) => {
    const start = zone.localTime(afterMs);
    const last = Date.UTC(start.year + horizonYears, start.month - 1, start.day);
    for (let at = Date.UTC(start.year, start.month - 1, start.day); at <= last; at += 86_400_000) {
      const date = new Date(at);
      const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      if (!years.has(day.year) || !months.has(day.month) || !dayFits(day)) continue;
      for (const hour of hours) {
        for (const minute of minutes) {
          const instant = zone.instant({ ...day, hour, minute, second: 0 });
          if (instant > afterMs) return instant;
        }
      }
    }
    return undefined;
  };
}

/** The numbers of a field, ascending. */
function numbersOf(
  field: string,
  lowest: number,
  highest: number,
  what: string,
  names: readonly string[] = [],
): number[] {
  const found = new Set<number>();
  for (const item of field.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? fail(what, field);
    const [from, to] = range === '*' ? [lowest, highest] : rangeOf(range, step, highest, what, names);
    const by = step === undefined ? 1 : Number(step);
    if (from < lowest || to > highest || from > to || by < 1) fail(what, field);
    for (let number = from; number <= to; number += by) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

function rangeOf(
  range: string,
  step: string | undefined,
  highest: number,
  what: string,
  names: readonly string[],
): [number, number] {
  const numberOf = (text: string) => {
    const byName = names.indexOf(text);
    if (byName >= 0) return byName + 1;
    return /^\d+$/.test(text) ? Number(text) : fail(what, range);
  };
  const [first = '', second, ...rest] = range.split('-');
  if (rest.length > 0) fail(what, range);
  const from = numberOf(first);
  if (second !== undefined) return [from, numberOf(second)];
  return [from, step === undefined ? from : highest];
}

function anyOf(field: string, compile: (item: string) => DayTest): DayTest {
  const tests = field.split(',').map(compile);
  return (day) => tests.some((test) => test(day));
}

function compileDayOfMonth(item: string): DayTest {
  if (item === 'L') return (day) => day.day === lengthOf(day);
  const nearest = /^(\d+)W$/.exec(item)?.[1];
  if (nearest !== undefined) return (day) => day.day === nearestWeekday(day, Number(nearest));
  const days = new Set(numbersOf(item, 1, 31, 'day of month'));
  return (day) => days.has(day.day);
}

function compileDayOfWeek(item: string): DayTest {
  if (item === 'L') return (day) => weekdayOf(day) === 7;
  const lastOfMonth = /^(\w+)L$/.exec(item)?.[1];
  if (lastOfMonth !== undefined) {
    const [weekday] = numbersOf(lastOfMonth, 1, 7, 'day of week', dayNames);
    return (day) => weekdayOf(day) === weekday && day.day + 7 > lengthOf(day);
  }
  const [, name, count] = /^(\w+)#([1-5])$/.exec(item) ?? [];
  if (name !== undefined) {
    const [weekday] = numbersOf(name, 1, 7, 'day of week', dayNames);
    return (day) => weekdayOf(day) === weekday && Math.ceil(day.day / 7) === Number(count);
  }
  const weekdays = new Set(numbersOf(item, 1, 7, 'day of week', dayNames));
  return (day) => weekdays.has(weekdayOf(day));
}

/** 1 is Sunday. */
const weekdayOf = ({ year, month, day }: Day) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

const lengthOf = ({ year, month }: Day) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The day from Monday to Friday of the same month that is nearest to a day. */
function nearestWeekday(month: Day, wanted: number): number {
  const length = lengthOf(month);
  if (wanted > length) return 0;
  const weekday = weekdayOf({ ...month, day: wanted });
  if (weekday === 7) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (weekday === 1) return wanted < length ? wanted + 1 : wanted - 2;
  return wanted;
}

function fail(what: string, text: string): never {
  throw new Error(`cron: "${text}" is no ${what}`);
}
