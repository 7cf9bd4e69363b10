/** The sandboxes of one function: warm ones first, new ones up to a cap, then a queue. */
import { availableParallelism } from 'node:os';
import type { InvocationResult } from '../contracts.ts';
import type { IdleSandboxes } from './idle-sandboxes.ts';
import { Sandbox, type SandboxOptions } from './sandbox.ts';

/**
 * Of one function. Lambda would start a thousand; a laptop has a few cores and some hundred megabytes to spare. Two at
 * least, so that invocations meet each other.
 */
export const maximumSandboxes = Math.min(4, Math.max(2, availableParallelism()));

export class SandboxPool {
  readonly #options: SandboxOptions;
  readonly #cap: number;
  readonly #live = new Set<Sandbox>();
  readonly #queue: Array<(sandbox: Sandbox | undefined) => void> = [];
  readonly #idle: IdleSandboxes<Sandbox>;
  readonly #owner = { onEnd: (sandbox: Sandbox) => void this.#live.delete(sandbox) };
  #stopped = false;

  /**
   * @param idle where the sandboxes of all functions wait
   * @param reservedConcurrency lowers the cap, as the function's property of that name does
   */
  constructor(options: SandboxOptions, idle: IdleSandboxes<Sandbox>, reservedConcurrency = maximumSandboxes) {
    this.#options = options;
    this.#idle = idle;
    this.#cap = Math.min(maximumSandboxes, reservedConcurrency);
  }

  /** Runs the function on a JSON value. Never rejects: every fault is Lambda's error object. */
  async invoke(payload: unknown): Promise<InvocationResult> {
    const event = JSON.stringify(payload) ?? 'null';
    const sandbox = await this.#acquire();
    if (!sandbox) {
      const error = { errorType: 'ServiceException', errorMessage: 'The function is shut down.' };
      return { payload: error, functionError: 'Unhandled' };
    }
    try {
      return await sandbox.invoke(event);
    } finally {
      this.#release(sandbox);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#queue.splice(0)) waiting(undefined);
    await Promise.all([...this.#live].map((sandbox) => sandbox.stop()));
    this.#live.clear();
  }

  #acquire(): Promise<Sandbox | undefined> | Sandbox | undefined {
    if (this.#stopped || this.#cap === 0) return undefined;
    const warm = this.#idle.take(this.#owner);
    if (warm) return warm;
    if (this.#live.size < this.#cap) return this.#create();
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #create(): Sandbox {
    const sandbox = new Sandbox(this.#options);
    this.#live.add(sandbox);
    return sandbox;
  }

  #release(sandbox: Sandbox): void {
    if (!sandbox.usable) this.#live.delete(sandbox);
    if (this.#stopped) return;
    const waiting = this.#queue.shift();
    if (waiting) waiting(sandbox.usable ? sandbox : this.#create());
    else if (sandbox.usable) this.#idle.put(this.#owner, sandbox);
  }
}
