import type { EventRecord, JournalRecord, JournalStore, StartRecord } from './journal.ts';
import type { JsonObject } from './json.ts';
import { Scope } from './scope.ts';
import { runtimeError } from './state-error.ts';

/** As on AWS: an execution that goes round in circles ends here. */
const mostEvents = 25_000;

type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

const statusByEnd: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** The service was stopped: whatever happens now happens again after the restart. */
export class Suspended extends Error {
  constructor() {
    super('the service was stopped');
    this.name = 'Suspended';
  }
}

/** Where an event of a branch hangs: the event before it in the same branch. */
export interface EventChain {
  last: number;
}

/**
 * One execution: its journal, and what it holds while it runs.
 *
 * Every event has a key (which visit of which state) and a slot (which step). An event that the journal has
 * is not written again, so running the definition again from its beginning repeats nothing and ends up where
 * the execution waited.
 */
export class Execution {
  readonly start: StartRecord;
  readonly scope = new Scope();
  readonly #store: JournalStore;
  #events: EventRecord[] = [];
  #bySlot = new Map<string, EventRecord>();
  #notes = new Map<string, number>();
  #end: EventRecord | undefined;
  #suspended = false;

  private constructor(store: JournalStore, start: StartRecord) {
    this.#store = store;
    this.start = start;
  }

  /** Begins a new execution; its journal exists when this returns. */
  static begin(store: JournalStore, start: StartRecord): Execution {
    store.begin(start);
    return new Execution(store, start);
  }

  /** Takes up an execution from its journal; undefined when even its first line was not written. */
  static restore(store: JournalStore, records: readonly JournalRecord[]): Execution | undefined {
    const [start, ...rest] = records;
    if (start?.kind !== 'start') return undefined;
    const execution = new Execution(store, start);
    for (const record of rest) {
      if (record.kind === 'event') execution.#take(record);
      else if (record.kind === 'note') execution.#notes.set(record.key, record.value);
    }
    if (execution.#end !== undefined) execution.#forget();
    return execution;
  }

  get status(): ExecutionStatus {
    return this.#end === undefined ? 'RUNNING' : (statusByEnd[this.#end.type] ?? 'FAILED');
  }

  /** The event that ended the execution. */
  get end(): EventRecord | undefined {
    return this.#end;
  }

  /** The history; read from the journal once the execution is over. */
  history(): readonly EventRecord[] {
    if (this.#end === undefined) return this.#events;
    return this.#store.read(this.start).filter((record) => record.kind === 'event');
  }

  /** The event of a step that was already taken. */
  event(key: string, slot: string): EventRecord | undefined {
    return this.#bySlot.get(`${key}|${slot}`);
  }

  /** Whether this running execution gave out a token. */
  knowsToken(token: string): boolean {
    return this.#events.some((event) => event.extra?.['token'] === token);
  }

  /** Writes an event, unless this step has one; gives the one that counts. */
  emit(
    chain: EventChain,
    key: string,
    slot: string,
    type: string,
    details?: JsonObject,
    extra?: JsonObject,
  ): EventRecord {
    const known = this.event(key, slot);
    const event = known ?? this.#write(chain.last, key, slot, type, details, extra);
    chain.last = event.id;
    return event;
  }

  /** The number noted under a key; computed and written the first time. */
  note(key: string, compute: () => number): number {
    const known = this.#notes.get(key);
    if (known !== undefined) return known;
    this.#live();
    const value = compute();
    this.#store.append(this.start, { kind: 'note', key, value });
    this.#notes.set(key, value);
    return value;
  }

  /** Ends the execution, once, and lets go of everything it waits for. */
  finish(type: string, details: JsonObject): void {
    if (this.#end !== undefined) return;
    this.#write(this.#events.at(-1)?.id ?? 0, '', 'ended', type, details);
    this.#forget();
    this.scope.abort();
  }

  /** Stops writing; the journal stays as it is for the next start. */
  suspend(): void {
    this.#suspended = true;
  }

  #live(): void {
    if (this.#suspended || this.#end !== undefined) throw new Suspended();
  }

  #write(
    previous: number,
    key: string,
    slot: string,
    type: string,
    details?: JsonObject,
    extra?: JsonObject,
  ): EventRecord {
    this.#live();
    if (this.#events.length >= mostEvents && slot !== 'ended') {
      throw runtimeError(`The execution reached the maximum number of history events (${mostEvents}).`);
    }
    const event: EventRecord = {
      kind: 'event',
      id: this.#events.length + 1,
      previous,
      at: Date.now(),
      key,
      slot,
      type,
      ...(details === undefined ? {} : { details }),
      ...(extra === undefined ? {} : { extra }),
    };
    this.#store.append(this.start, event);
    this.#take(event);
    return event;
  }

  #take(event: EventRecord): void {
    this.#events.push(event);
    this.#bySlot.set(`${event.key}|${event.slot}`, event);
    if (event.key === '' && event.slot === 'ended') this.#end = event;
  }

  #forget(): void {
    this.#events = [];
    this.#bySlot.clear();
    this.#notes.clear();
  }
}
