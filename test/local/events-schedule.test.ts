import { expect, test } from 'vitest';
import { compileSchedule } from '../../local/events/schedule-expression.ts';

const options = { timeZone: 'UTC', firstRateCall: 'at once', mayBeOnce: true } as const;

/** The next times after an instant, in ISO 8601 without the zone. */
function timesOf(expression: string, after: string, count: number, timeZone = 'UTC') {
  const next = compileSchedule(expression, { ...options, timeZone });
  const times: string[] = [];
  let at = Date.parse(after);
  for (let index = 0; index < count; index++) {
    const found = next({ sinceMs: at });
    if (found === undefined) break;
    times.push(new Date(found).toISOString().slice(0, 16));
    at = found;
  }
  return times;
}

test.each<[string, string, string[]]>([
  ['cron(* * * * ? *)', '2026-01-31T23:59:30Z', ['2026-02-01T00:00', '2026-02-01T00:01']],
  ['cron(0/15 8-9 * * ? *)', '2026-03-01T08:40:00Z', ['2026-03-01T08:45', '2026-03-01T09:00']],
  ['cron(0,30 10 * * ? *)', '2026-03-01T10:00:00Z', ['2026-03-01T10:30', '2026-03-02T10:00']],
  ['cron(15 10 ? * MON-FRI *)', '2026-03-06T11:00:00Z', ['2026-03-09T10:15', '2026-03-10T10:15']],
  ['cron(15 10 ? * 1,7 *)', '2026-03-06T11:00:00Z', ['2026-03-07T10:15', '2026-03-08T10:15']],
  ['cron(0 0 1 JAN,jul ? *)', '2026-01-02T00:00:00Z', ['2026-07-01T00:00', '2027-01-01T00:00']],
  ['cron(0 0 L * ? *)', '2028-02-01T00:00:00Z', ['2028-02-29T00:00', '2028-03-31T00:00']],
  ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 1W * ? *)', '2026-07-31T00:00:00Z', ['2026-08-03T00:00', '2026-09-01T00:00']],
  ['cron(0 0 31W * ? *)', '2026-05-02T00:00:00Z', ['2026-05-29T00:00', '2026-07-31T00:00']],
  ['cron(0 9 ? * 3#2 *)', '2026-03-01T00:00:00Z', ['2026-03-10T09:00', '2026-04-14T09:00']],
  ['cron(0 9 ? * 6L *)', '2026-03-01T00:00:00Z', ['2026-03-27T09:00', '2026-04-24T09:00']],
  ['cron(0 9 ? * L *)', '2026-03-01T00:00:00Z', ['2026-03-07T09:00', '2026-03-14T09:00']],
  ['cron(0 0 1 1 ? 2027-2028)', '2026-03-01T00:00:00Z', ['2027-01-01T00:00', '2028-01-01T00:00']],
  ['cron(0 0 1 1 ? 2020)', '2026-03-01T00:00:00Z', []],
  ['at(2026-03-01T12:30:00)', '2026-03-01T00:00:00Z', ['2026-03-01T12:30', '2026-03-01T12:30']],
  ['at(2026-03-01T12:30:00)', '2026-03-02T00:00:00Z', []],
])('%s after %s', (expression, after, expected) => {
  expect(timesOf(expression, after, 2)).toEqual(expected);
});

test('times are those of the time zone, whose summer time is respected', () => {
  expect(timesOf('cron(0 9 * * ? *)', '2026-03-01T02:00:00Z', 1, 'Asia/Shanghai')).toEqual([
    '2026-03-02T01:00',
  ]);
  expect(timesOf('at(2026-03-01T12:30:00)', '2026-03-01T00:00:00Z', 1, 'Asia/Shanghai')).toEqual([
    '2026-03-01T04:30',
  ]);
  expect(timesOf('cron(0 9 * * ? *)', '2026-03-28T00:00:00Z', 2, 'Europe/Berlin')).toEqual([
    '2026-03-28T08:00',
    '2026-03-29T07:00',
  ]);
});

test('a rate counts from the last call, and the first call is at once or after a period', () => {
  const scheduler = compileSchedule('rate(5 minutes)', options);
  expect(scheduler({ sinceMs: 1_000 })).toBe(1_000);
  expect(scheduler({ sinceMs: 1_000, lastMs: 9_000 })).toBe(309_000);
  const rule = compileSchedule('rate(1 day)', { ...options, firstRateCall: 'after a period' });
  expect(rule({ sinceMs: 0 })).toBe(86_400_000);
});

test('a single time is over once it was called', () => {
  const once = compileSchedule('at(2026-03-01T12:30:00)', options);
  expect(once({ sinceMs: 0, lastMs: Date.parse('2026-03-01T12:30:00Z') })).toBeUndefined();
});

test.each([
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(0 minutes)',
  'rate(5 seconds)',
  'at(tomorrow)',
  'every(5)',
  'cron(* * * * *)',
  'cron(* * * * * *)',
  'cron(* * ? * ? *)',
  'cron(61 * * * ? *)',
  'cron(* 5-3 * * ? *)',
  'cron(* * * FOO ? *)',
  'cron(* * ? * 8 *)',
  'cron(*/0 * * * ? *)',
])('%s is refused', (expression) => {
  expect(() => compileSchedule(expression, options)).toThrow();
});

test('rules may not be single times, and an unknown time zone is refused', () => {
  const rule = { ...options, mayBeOnce: false };
  expect(() => compileSchedule('at(2026-03-01T12:30:00)', rule)).toThrow(/not supported/);
  expect(() => compileSchedule('cron(0 9 * * ? *)', { ...options, timeZone: 'Asia/Nowhere' })).toThrow();
});
