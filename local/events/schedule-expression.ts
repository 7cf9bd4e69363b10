import { compileCron } from './cron.ts';
import { TimeZone } from './time-zone.ts';

/** Gives the time of the next call from the time of the last one, in milliseconds since 1970; undefined: none. */
export type NextCall = (known: {
  readonly sinceMs: number;
  readonly lastMs?: number | undefined;
}) => number | undefined;

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export interface ScheduleOptions {
  readonly timeZone: string;
  /** A rule of EventBridge waits for one period first, EventBridge Scheduler calls at once. */
  readonly firstRateCall: 'at once' | 'after a period';
  /** Only schedules of EventBridge Scheduler may happen just once. */
  readonly mayBeOnce: boolean;
}

/** Compiles rate(…), cron(…) and at(…). Throws when the expression is none of them or malformed. */
export function compileSchedule(expression: string, options: ScheduleOptions): NextCall {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return compileRate(inner, options);
  if (kind === 'cron') {
    const next = compileCron(inner, options.timeZone);
    return ({ sinceMs, lastMs }) => next(lastMs ?? sinceMs);
  }
  if (kind === 'at' && options.mayBeOnce) return compileAt(inner, options.timeZone);
  throw new Error(`schedule expression "${expression}" is not supported`);
}

function compileRate(inner: string, options: ScheduleOptions): NextCall {
  const [, count, unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  const ms = unitMs[unit];
  if (ms === undefined || (plural === 's') === (count === '1')) {
    throw new Error(`schedule expression "rate(${inner})" is malformed`);
  }
  const period = Number(count) * ms;
  const first = options.firstRateCall === 'at once' ? 0 : period;
  return ({ sinceMs, lastMs }) => (lastMs === undefined ? sinceMs + first : lastMs + period);
}

function compileAt(inner: string, timeZone: string): NextCall {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(inner)?.slice(1).map(Number);
  const [year, month, day, hour, minute, second] = parts ?? [];
  if (
    year === undefined ||
    month === undefined ||
    day === undefined ||
    hour === undefined ||
    minute === undefined ||
    second === undefined
  ) {
    throw new Error(`schedule expression "at(${inner})" is malformed`);
  }
  const instant = new TimeZone(timeZone).instant({ year, month, day, hour, minute, second });
  return ({ sinceMs, lastMs }) => (lastMs === undefined && instant >= sinceMs ? instant : undefined);
}
