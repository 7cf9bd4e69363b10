/** The sandboxes of one function: warm ones first, new ones up to a cap, then a queue. */
import { availableParallelism } from 'node:os';
import type { InvocationResult } from '../contracts.ts';
import { Sandbox, type SandboxOptions } from './sandbox.ts';

/**
 * Of one function. Lambda would start a thousand; a laptop has a few cores and some hundred megabytes to spare. Two at least, so that
 * invocations meet each other.
 */
export const maximumSandboxes = Math.min(4, Math.max(2, availableParallelism()));
const idleMilliseconds = 60_000;

interface IdleSandbox {
  readonly sandbox: Sandbox;
  readonly since: number;
}

export class SandboxPool {
  readonly #options: SandboxOptions;
  readonly #cap: number;
  readonly #live = new Set<Sandbox>();
  readonly #queue: Array<(sandbox: Sandbox | undefined) => void> = [];
  readonly #reaper: NodeJS.Timeout;
  #idle: IdleSandbox[] = [];
  #stopped = false;

  /** `reservedConcurrency` lowers the cap, as the function's property of that name does. */
  constructor(options: SandboxOptions, reservedConcurrency = maximumSandboxes) {
    this.#options = options;
    this.#cap = Math.min(maximumSandboxes, reservedConcurrency);
    this.#reaper = setInterval(() => this.#endLongIdle(), idleMilliseconds / 2).unref();
  }

  /** Runs the function on a JSON value. Never rejects: every fault is Lambda's error object. */
  async invoke(payload: unknown): Promise<InvocationResult> {
    const event = JSON.stringify(payload) ?? 'null';
    const sandbox = await this.#acquire();
    if (!sandbox) {
      const error = { errorType: 'ServiceException', errorMessage: 'The function is shut down.', trace: [] };
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
    clearInterval(this.#reaper);
    for (const waiting of this.#queue.splice(0)) waiting(undefined);
    await Promise.all([...this.#live].map((sandbox) => sandbox.stop()));
    this.#live.clear();
    this.#idle = [];
  }

  #acquire(): Promise<Sandbox | undefined> | Sandbox | undefined {
    if (this.#stopped || this.#cap === 0) return undefined;
    let warm = this.#idle.pop();
    while (warm && !warm.sandbox.usable) {
      this.#live.delete(warm.sandbox);
      warm = this.#idle.pop();
    }
    if (warm) return warm.sandbox;
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
    else if (sandbox.usable) this.#idle.push({ sandbox, since: Date.now() });
  }

  /** One warm sandbox stays; threads that a burst needed are given back. */
  #endLongIdle(): void {
    const oldest = Date.now() - idleMilliseconds;
    const ended = this.#idle.slice(0, -1).filter(({ since }) => since < oldest);
    this.#idle = this.#idle.filter((idle) => !ended.includes(idle));
    for (const { sandbox } of ended) {
      this.#live.delete(sandbox);
      void sandbox.stop();
    }
  }
}
