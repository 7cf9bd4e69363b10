import * as z from 'zod';
import type { Log } from '../contracts.ts';
import { readState, writeState } from '../state-file.ts';
import type { Clock } from './clock.ts';
import type { NextCall } from './schedule-expression.ts';

const stateSchema = z.record(
  z.string(),
  z.object({ expression: z.string(), sinceMs: z.number(), lastMs: z.number().optional() }),
);

export interface Schedule {
  /** Names the schedule in the data dir. */
  readonly arn: string;
  /** A schedule whose expression was changed begins anew. */
  readonly expression: string;
  readonly next: NextCall;
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  /** Gets the time that was planned, in milliseconds since 1970; when it returns, the call counts as made. */
  call(plannedMs: number): void;
}

/**
 * Calls schedules at their times. Remembers the last call of each in the data dir: what came due while the laptop was
 * off happens once at the next start, except for cron times, which are passed over.
 */
export class Scheduler {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #schedules: Schedule[] = [];
  readonly #cancel = new Map<string, () => void>();
  #state: z.infer<typeof stateSchema> = {};
  #stopped = false;

  constructor(file: string, clock: Clock, log: Log) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  add(schedule: Schedule): void {
    this.#schedules.push(schedule);
  }

  start(): void {
    const stored = readState(this.#file, stateSchema) ?? {};
    const now = this.#clock.now();
    for (const { arn, expression } of this.#schedules) {
      const known = stored[arn];
      this.#state[arn] = known?.expression === expression ? known : { expression, sinceMs: now };
    }
    writeState(this.#file, this.#state);
    for (const schedule of this.#schedules) this.#arm(schedule, now);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancel.values()) cancel();
    this.#cancel.clear();
  }

  #arm(schedule: Schedule, now: number): void {
    const { arn, expression, startMs = 0, endMs = Number.POSITIVE_INFINITY } = schedule;
    const state = this.#state[arn];
    if (state === undefined || this.#stopped) return;
    const sinceMs = Math.max(state.sinceMs, startMs);
    // Cron times are looked for from now on, the others from the last call on, so that a long rate ends at all.
    const isCron = expression.startsWith('cron');
    const planned = isCron
      ? schedule.next({ sinceMs: Math.max(now, sinceMs) })
      : schedule.next({ sinceMs, lastMs: state.lastMs });
    if (planned === undefined || planned > endMs) return;
    const due = Math.max(planned, now);
    const cancel = this.#clock.after(due - now, () => this.#fire(schedule, due));
    this.#cancel.set(arn, cancel);
  }

  #fire(schedule: Schedule, due: number): void {
    if (this.#stopped) return;
    const state = this.#state[schedule.arn];
    if (state === undefined) return;
    try {
      schedule.call(due);
      state.lastMs = due;
      writeState(this.#file, this.#state);
    } catch (fault) {
      state.lastMs = due;
      this.#log(`${schedule.arn}: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    // A timer may ring a little early: without the maximum a cron time would come twice.
    this.#arm(schedule, Math.max(this.#clock.now(), due));
  }
}
