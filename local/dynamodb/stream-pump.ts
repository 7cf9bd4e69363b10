import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { FunctionInvoker, InvocationResult, Log } from '../contracts.ts';
import type { Faults } from '../faults/faults.ts';
import { readState, writeState } from '../state-file.ts';
import type { StreamBell } from './stream-bell.ts';
import { firstUnfinished, type StreamMapping } from './stream-mapping.ts';
import type { StreamEntry, StreamRecord, TableStream } from './table-stream.ts';

const checkpointSchema = z.object({
  streamArn: z.string(),
  /** Of the last record that is done with; absent when none is. */
  sequenceNumber: z.string().optional(),
});

export interface PumpSurroundings {
  readonly stream: TableStream;
  readonly bell: StreamBell;
  readonly checkpointFile: string;
  readonly invoker: FunctionInvoker;
  readonly onFailure: (destinationArn: string, record: unknown) => void;
  readonly log: Log;
  /** Told the number of the last record that is done with; this pump never reads it, or one before it, again. */
  readonly onPassed: (sequenceNumber: number) => void;
  /** Order, repetition and delay as of a stream of several shards; the engine's has one. */
  readonly faults?: Faults | undefined;
}

/** Part of a batch that waits for its turn; `failures` counts the invocations that failed on it. */
interface Segment {
  readonly records: readonly StreamRecord[];
  readonly failures: number;
}

/** Between looks for more records while a window gathers them. */
const gatherMs = 75;
const faultPauseMs = 1_000;
/** How far a stream with faults may be behind. */
const longestLagMs = 400;
/** Without the text around the records. */
const largestEvent = 6 * 1_024 * 1_024 - 100;
const firstRetryMs = 100;
const longestRetryMs = 10_000;

/**
 * Hands the records of a table's stream to a function, in order and at least once, until the signal aborts.
 * What is done with is noted after every batch, so that the next start continues there.
 */
export async function pumpStream(
  mapping: StreamMapping,
  around: PumpSurroundings,
  signal: AbortSignal,
): Promise<void> {
  let pump: Pump | undefined;
  while (!signal.aborted) {
    try {
      pump ??= new Pump(mapping, around, signal);
      // Asked for before the look: what is written during it rings again.
      const more = around.bell.next;
      if (!(await pump.advance())) await unlessAborted(more, signal);
    } catch (fault) {
      if (signal.aborted) return;
      around.log(`stream of ${mapping.tableName} to ${mapping.functionName}: ${messageOf(fault)}`);
      await delay(faultPauseMs, undefined, { signal }).catch(() => {});
    }
  }
}

class Pump {
  readonly #mapping: StreamMapping;
  readonly #around: PumpSurroundings;
  readonly #signal: AbortSignal;
  /** Sequence number of the last record that is done with, 0 when none is. */
  #position = 0;

  constructor(mapping: StreamMapping, around: PumpSurroundings, signal: AbortSignal) {
    this.#mapping = mapping;
    this.#around = around;
    this.#signal = signal;
    const stored = readState(around.checkpointFile, checkpointSchema);
    if (stored?.streamArn === mapping.streamArn) this.#goTo(Number(stored.sequenceNumber ?? 0));
    else this.#checkpoint(mapping.startingPosition === 'LATEST' ? around.stream.newest() : 0);
  }

  /** Reads and delivers one batch. Gives whether it was full, so that there may be more already. */
  async advance(): Promise<boolean> {
    const batch = await this.#readBatch();
    const last = batch.at(-1);
    if (last === undefined) return false;
    const wanted = batch.flatMap(({ record }) => (record && this.#mapping.wants(record) ? [record] : []));
    await this.#deliver(wanted);
    // What the function does not want is not noted: a restart passes over it again, which is cheaper than a file.
    if (wanted.length === 0) this.#goTo(last.number);
    else if (!this.#signal.aborted) this.#checkpoint(last.number);
    return batch.length === this.#mapping.batchSize;
  }

  async #readBatch(): Promise<StreamEntry[]> {
    const { batchSize, batchingWindowMs } = this.#mapping;
    const { faults } = this.#around;
    if (faults?.chance(0.3)) await delay(faults.below(longestLagMs), undefined, { signal: this.#signal });
    const batch: StreamEntry[] = [];
    let deadline: number | undefined;
    for (;;) {
      const after = batch.at(-1)?.number ?? this.#position;
      batch.push(...this.#around.stream.read(after, batchSize - batch.length));
      if (batch.length === 0 || batch.length === batchSize) return batch;
      deadline ??= Date.now() + batchingWindowMs;
      if (Date.now() >= deadline) return batch;
      await delay(gatherMs, undefined, { signal: this.#signal });
    }
  }

  async #deliver(records: readonly StreamRecord[]): Promise<void> {
    const { faults } = this.#around;
    const rearranged = faults?.rearrange(records, ({ dynamodb }) => JSON.stringify(dynamodb.Keys)) ?? [
      records,
    ];
    const waiting: Segment[] = rearranged.flatMap(partsOf).map((part) => ({ records: part, failures: 0 }));
    for (let segment = waiting.shift(); segment !== undefined; segment = waiting.shift()) {
      const result = await this.#invoke(segment.records);
      if (result === undefined) return;
      const done = this.#countDone(segment.records, result);
      const last = segment.records[done - 1];
      // In another order than that of the numbers, the batch as a whole is noted alone.
      if (last !== undefined && faults === undefined) this.#checkpoint(numberOf(last));
      if (done === segment.records.length) continue;
      waiting.unshift(...(await this.#afterFailure(segment, done, result)));
    }
  }

  /** What is to be tried again after a failed invocation, once the pause before it is over. */
  async #afterFailure(segment: Segment, done: number, result: InvocationResult): Promise<Segment[]> {
    const { maximumRetries, maximumAgeSeconds, bisects } = this.#mapping;
    const records = segment.records.slice(done);
    const failures = done > 0 ? 1 : segment.failures + 1;
    const created = records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
    // Lambda drops records that are too old without a first attempt, but a laptop may have been off in between.
    if (maximumAgeSeconds >= 0 && Date.now() / 1_000 - created > maximumAgeSeconds) {
      this.#giveUp('RecordAgeExceeded', records, failures, result);
      return [];
    }
    if (bisects && result.functionError !== undefined && records.length > 1) {
      // A split is not counted as a retry.
      const middle = Math.ceil(records.length / 2);
      await this.#pause(failures);
      return [
        { records: records.slice(0, middle), failures: segment.failures },
        { records: records.slice(middle), failures: segment.failures },
      ];
    }
    if (maximumRetries >= 0 && failures > maximumRetries) {
      this.#giveUp('RetryAttemptsExhausted', records, failures, result);
      return [];
    }
    await this.#pause(failures);
    return [{ records, failures }];
  }

  /** Gives undefined when the pump has to stop first; the records are then delivered again at the next start. */
  async #invoke(records: readonly StreamRecord[]): Promise<InvocationResult | undefined> {
    const invocation = this.#around.invoker.invoke(this.#mapping.functionName, { Records: records });
    const result = await unlessAborted(invocation, this.#signal);
    // A sandbox that is being stopped answers with an error of its own, which is no failure of the records.
    return this.#signal.aborted && result?.functionError !== undefined ? undefined : result;
  }

  #countDone(records: readonly StreamRecord[], result: InvocationResult): number {
    if (result.functionError !== undefined) return 0;
    if (!this.#mapping.reportsItemFailures) return records.length;
    const numbers = records.map((record) => record.dynamodb.SequenceNumber);
    return firstUnfinished(numbers, result.payload);
  }

  #giveUp(
    condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded',
    records: readonly StreamRecord[],
    invocations: number,
    result: InvocationResult,
  ): void {
    const { tableName, functionName, failureDestination, streamArn } = this.#mapping;
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#around.log(
      `stream of ${tableName} to ${functionName}: gave up ${records.length} records (${condition}): ` +
        JSON.stringify(result.payload),
    );
    if (failureDestination !== undefined) {
      this.#around.onFailure(failureDestination, {
        requestContext: {
          requestId: randomUUID(),
          functionArn: functionName,
          condition,
          approximateInvokeCount: invocations,
        },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: result.functionError ?? null,
        },
        version: '1.0',
        timestamp: new Date().toISOString(),
        DDBStreamBatchInfo: {
          shardId: this.#around.stream.shardId,
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: arrivalOf(first),
          approximateArrivalOfLastRecord: arrivalOf(last),
          batchSize: records.length,
          streamArn,
        },
      });
    }
    if (this.#around.faults === undefined) this.#checkpoint(numberOf(last));
  }

  async #pause(failures: number): Promise<void> {
    const ms = Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
    await delay(ms, undefined, { signal: this.#signal });
  }

  #checkpoint(position: number): void {
    if (position > 0 && position === this.#position) return;
    this.#goTo(position);
    writeState(this.#around.checkpointFile, {
      streamArn: this.#mapping.streamArn,
      ...(position > 0 && { sequenceNumber: String(position) }),
    });
  }

  #goTo(position: number): void {
    this.#position = position;
    this.#around.onPassed(position);
  }
}

/** Records in as many parts as Lambda needs to hand them over, whose events hold 6 MB. */
function partsOf(records: readonly StreamRecord[]): StreamRecord[][] {
  const parts: StreamRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes + size > largestEvent) {
      parts.push([]);
      bytes = 0;
    }
    bytes += size;
    parts.at(-1)?.push(record);
  }
  return parts;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

const numberOf = (record: StreamRecord) => Number(record.dynamodb.SequenceNumber);

const arrivalOf = (record: StreamRecord) =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');

const messageOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault));
