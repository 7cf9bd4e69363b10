import { join } from 'node:path';
import * as z from 'zod';
import type { ExecutionStarter, FunctionInvoker, Log, OnGiveUp } from '../contracts.ts';
import { Journal } from '../journal.ts';
import type { Clock } from './clock.ts';
import { type Destination, destinationSchema } from './target.ts';

const deliverySchema = z.object({
  /** The rule or schedule, for the log. */
  origin: z.string(),
  destination: destinationSchema,
  payload: z.unknown(),
  acceptedMs: z.number(),
  failures: z.number(),
});
type Delivery = z.infer<typeof deliverySchema>;

/** Both services call functions asynchronously, and Lambda repeats such a call twice when the function fails. */
const retriesAfterFunctionError = 2;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** A failure that no repetition can mend. */
class HopelessError extends Error {}

/** A function's own failure. */
class FunctionError extends Error {}

/**
 * Brings payloads to functions and state machines, at least once: what is not delivered when the process ends is
 * delivered at the next start.
 */
export class Deliveries {
  readonly #journal: Journal<Delivery>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new Set<() => void>();
  #parties: { readonly invoker: FunctionInvoker; readonly starter: ExecutionStarter } | undefined;
  #onGiveUp: OnGiveUp = () => {};
  #stopped = false;

  constructor(dataDir: string, clock: Clock, log: Log) {
    this.#journal = new Journal(join(dataDir, 'events', 'deliveries.jsonl'), deliverySchema);
    this.#clock = clock;
    this.#log = log;
  }

  start(invoker: FunctionInvoker, starter: ExecutionStarter, onGiveUp?: OnGiveUp): void {
    this.#parties = { invoker, starter };
    if (onGiveUp !== undefined) this.#onGiveUp = onGiveUp;
    for (const { id, entry } of this.#journal.entries()) void this.#attempt(id, entry);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
    this.#journal.close();
  }

  /** When it returns, the delivery is promised. */
  submit(origin: string, destination: Destination, payload: unknown): void {
    const delivery = { origin, destination, payload, acceptedMs: this.#clock.now(), failures: 0 };
    const id = this.#journal.add(delivery);
    if (this.#parties !== undefined) void this.#attempt(id, delivery);
  }

  async #attempt(id: string, delivery: Delivery): Promise<void> {
    if (this.#parties === undefined || this.#stopped) return;
    const { invoker, starter } = this.#parties;
    try {
      await call(delivery, invoker, starter);
      this.#journal.remove(id);
    } catch (fault) {
      // Whatever fails while everything is being stopped is tried again at the next start.
      if (!this.#stopped) this.#afterFailure(id, delivery, fault);
    }
  }

  #afterFailure(id: string, delivery: Delivery, fault: unknown): void {
    const { origin, destination, acceptedMs } = delivery;
    const failures = delivery.failures + 1;
    const retries = fault instanceof FunctionError ? retriesAfterFunctionError : destination.maximumRetries;
    const tooOld = this.#clock.now() - acceptedMs > destination.maximumAgeMs;
    const what = `${origin} to ${destination.arn}: ${fault instanceof Error ? fault.message : String(fault)}`;
    if (fault instanceof HopelessError || failures > retries || tooOld) {
      const letter = destination.deadLetterArn === undefined ? '' : `; for ${destination.deadLetterArn}`;
      this.#log(`gave up after ${failures} attempts: ${what}${letter}: ${JSON.stringify(delivery.payload)}`);
      this.#onGiveUp(destination.arn, destination.deadLetterArn, delivery.payload);
      this.#journal.remove(id);
      return;
    }
    const next = { ...delivery, failures };
    this.#journal.update(id, next);
    const cancel = this.#clock.after(Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs), () => {
      this.#waiting.delete(cancel);
      void this.#attempt(id, next);
    });
    this.#waiting.add(cancel);
  }
}

async function call(
  { destination, payload }: Delivery,
  invoker: FunctionInvoker,
  starter: ExecutionStarter,
): Promise<void> {
  if (destination.kind === 'state machine') return starter.startExecution(destination.arn, payload);
  const result = await invoker.invoke(destination.arn, payload).catch((cause: unknown) => {
    throw new HopelessError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (result.functionError !== undefined) throw new FunctionError(JSON.stringify(result.payload));
}
