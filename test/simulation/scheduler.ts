import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { DomainError, isTransient } from '../../functions/shared/errors.ts';
import { describeCommand } from './describe-command.ts';
import { cancelled, type MemoryStore, named } from './memory-store.ts';
import type { Random } from './random.ts';

/** How one run of a function or a request ended; of a crash nobody hears. */
type Outcome<R> =
  | { readonly kind: 'returned'; readonly value: R }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** One run of a function: it can end at any of its calls without a trace. */
interface Invocation {
  readonly name: string;
  alive: boolean;
  crash(): void;
}

/** Something that can happen next. */
interface Step {
  readonly by: Invocation | undefined;
  /** Number of the first turn in which it may happen. */
  readonly from: number;
  readonly happen: () => void;
}

const callFaults = [
  'lost request',
  'lost response',
  'repeated at once',
  'repeated late',
  'throttled',
  'conflict',
  'crash before',
  'crash after',
] as const;

/** Runs that are going on in this process; pauses of the program belong to the newest. */
let active: Scheduler | undefined;

/**
 * Lets functions run against each other in one order that a seed decides. Each call to the outside is one step, and so
 * is each pause; between two steps a function runs until it waits again. Nothing takes real time.
 */
export class Scheduler {
  readonly random: Random;
  readonly store: MemoryStore;
  /** Reads the clock of the simulation, in milliseconds. */
  now: number;
  /** Faults that may still be injected, and how likely one is at each opportunity. */
  faultsLeft = 0;
  faultRate = 0;
  /** How likely a function is started twice at the same time, beside the faults. */
  twice = 0;
  /** How likely whoever did the last step does the next one too. */
  persistence = 0;
  /** Takes the lines of a trace. */
  trace: ((line: string) => void) | undefined;
  /** What ends the run: an invariant that does not hold. */
  failure: string | undefined;
  turn = 0;
  #steps: Step[] = [];
  #running: Invocation | undefined;
  #tokens = 0;

  constructor(random: Random, store: MemoryStore, now: number) {
    this.random = random;
    this.store = store;
    this.now = now;
  }

  /** Does steps until there are none. @throws Error with the invariant that does not hold, or when there is no end */
  async run(): Promise<void> {
    takeOverPauses();
    active = this;
    try {
      while (this.#steps.length > 0) {
        this.#next().happen();
        await settled();
        if (this.failure !== undefined) throw new Error(this.failure);
        if (this.turn > 20_000) throw new Error('the schedule does not end');
      }
    } finally {
      active = undefined;
    }
  }

  /** Lets something happen in a later turn: any, or none of the next few. */
  later(happen: () => void, delay = 0, by?: Invocation): void {
    this.#steps.push({ by, from: this.turn + delay, happen });
  }

  /** Whether a fault is injected here. */
  fails(): boolean {
    if (this.faultsLeft === 0 || !this.random.chance(this.faultRate)) return false;
    this.faultsLeft -= 1;
    return true;
  }

  note(by: string, line: string): void {
    this.trace?.(`${String(this.turn).padStart(5)}  ${by.padEnd(26)} ${line}`);
  }

  /** Runs a function once, beginning in a later turn; now and then twice at the same time. */
  invoke<R>(name: string, run: (calls: Calls) => Promise<R>, delay = 0): Promise<Outcome<R>> {
    return new Promise((resolve) => {
      this.later(() => {
        if (this.fails() || (this.turn < 60 && this.twice > 0 && this.random.chance(this.twice))) {
          this.note(name, 'is started twice');
          this.#start(`${name}'`, run, () => {});
        }
        this.#start(name, run, resolve);
      }, delay);
    });
  }

  /** Runs a task as a state machine does: again after a crash and after what is worth another try. @throws its error */
  async task<R>(name: string, run: (calls: Calls) => Promise<R>): Promise<R> {
    for (;;) {
      const outcome = await this.invoke(name, run, this.random.below(4));
      if (outcome.kind === 'returned') return outcome.value;
      if (outcome.kind === 'threw' && !isWorthAnotherTry(outcome.error)) throw outcome.error;
    }
  }

  #next(): Step {
    this.turn += 1;
    this.now += this.random.below(3) * 500;
    let ready = this.#steps.filter((step) => step.from <= this.turn);
    if (ready.length === 0) {
      this.turn = Math.min(...this.#steps.map((step) => step.from));
      ready = this.#steps.filter((step) => step.from <= this.turn);
    }
    if (this.#running && this.persistence > 0 && this.random.chance(this.persistence)) {
      const own = ready.filter((step) => step.by === this.#running);
      if (own.length > 0) ready = own;
    }
    const step = this.random.pick(ready);
    this.#steps.splice(this.#steps.indexOf(step), 1);
    this.#running = step.by;
    return step;
  }

  #start<R>(name: string, run: (calls: Calls) => Promise<R>, end: (outcome: Outcome<R>) => void): void {
    const invocation: Invocation = {
      name,
      alive: true,
      crash: () => {
        invocation.alive = false;
        this.#steps = this.#steps.filter((step) => step.by !== invocation);
        this.note(name, 'crashes');
        end({ kind: 'crashed' });
      },
    };
    this.#running = invocation;
    const calls = new Calls(this, invocation);
    run(calls).then(
      (value) => {
        if (!invocation.alive) return;
        this.note(name, 'returns');
        end({ kind: 'returned', value });
      },
      (error: unknown) => {
        if (!invocation.alive) return;
        this.note(name, `throws ${String(error)}`);
        end({ kind: 'threw', error });
      },
    );
  }

  /** A call to a service: one step, in which anything may go wrong. */
  call<R>(
    invocation: Invocation,
    describe: () => string,
    execute: (token: string) => R,
    conflict: () => Error,
  ): Promise<R> {
    this.#tokens += 1;
    const token = `token-${this.#tokens}`;
    return new Promise((resolve, reject) => {
      const answer = () => {
        try {
          resolve(execute(token));
        } catch (error) {
          reject(error);
        }
      };
      const done = () => {
        try {
          execute(token);
        } catch {
          // Whatever came of it, nobody hears of it.
        }
      };
      const happen = () => {
        const fault = this.fails() ? this.random.pick(callFaults) : undefined;
        if (this.trace) this.note(invocation.name, `${describe()}${fault ? `  [${fault}]` : ''}`);
        switch (fault) {
          case undefined:
            return answer();
          case 'lost request':
            return reject(named('TimeoutError', 'no answer'));
          case 'lost response':
            done();
            return reject(named('TimeoutError', 'no answer'));
          case 'repeated at once':
            done();
            return answer();
          case 'repeated late':
            answer();
            return this.later(() => {
              if (this.trace) this.note(invocation.name, `${describe()}  [again]`);
              done();
            }, this.random.below(20));
          case 'throttled':
            return reject(named('ThrottlingException', 'slow down'));
          case 'conflict':
            return reject(conflict());
          case 'crash before':
            return invocation.crash();
          case 'crash after':
            done();
            return invocation.crash();
        }
      };
      this.later(happen, 0, invocation);
    });
  }

  /** A pause of whoever runs: others may come first, for as long as they like. */
  pause(): Promise<void> {
    const by = this.#running;
    return new Promise((resolve) => this.later(resolve, this.random.below(6), by));
  }
}

/** What one run of a function calls: each run has its own, so that it can end alone. */
export class Calls {
  readonly scheduler: Scheduler;
  readonly #invocation: Invocation;

  constructor(scheduler: Scheduler, invocation: Invocation) {
    this.scheduler = scheduler;
    this.#invocation = invocation;
  }

  /** The document client of this run. */
  get client(): DynamoDBDocumentClient {
    const send = (command: unknown): Promise<Record<string, unknown>> =>
      this.scheduler.call(
        this.#invocation,
        () => describeCommand(command),
        (token) => this.scheduler.store.execute(command, token),
        () => conflictOf(command, this.scheduler.random),
      );
    // The stores use nothing of the client but `send`.
    return { send } as unknown as DynamoDBDocumentClient;
  }

  /** A call to another service than the tables. */
  other<R>(what: string, execute: () => R): Promise<R> {
    return this.scheduler.call(
      this.#invocation,
      () => what,
      execute,
      () => named('ThrottlingException', 'slow down'),
    );
  }
}

function conflictOf(command: unknown, random: Random): Error {
  if (!(command instanceof TransactWriteCommand)) {
    return named('TransactionConflictException', 'a transaction is under way');
  }
  const count = command.input.TransactItems?.length ?? 1;
  const met = random.below(count);
  return cancelled(
    Array.from({ length: count }, (_, index) => (index === met ? 'TransactionConflict' : 'None')),
  );
}

/** Whether state machine or client send the same again. */
export function isWorthAnotherTry(error: unknown): boolean {
  return isTransient(error) || (error instanceof DomainError && error.code === 'concurrent-change');
}

/** Resolves when everything that can run without another step has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

let taken = false;

/**
 * Puts the pause of the simulation in place of the one by which the program pauses, in every module that imports it.
 * Outside of a simulation the real one still does it.
 */
function takeOverPauses(): void {
  if (taken) return;
  taken = true;
  const real = timers.setTimeout;
  const pause = (ms?: number, ...rest: []) => (active ? active.pause() : real(ms, ...rest));
  Object.assign(timers, { setTimeout: pause });
  syncBuiltinESMExports();
}
