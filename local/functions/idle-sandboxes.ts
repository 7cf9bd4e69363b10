/** What is to be known of a sandbox while it waits. */
interface Waiting {
  /** Whether it can take another event. */
  readonly usable: boolean;
  stop(): Promise<void>;
}

/** Whoever a sandbox belongs to; told when it is not to be used again. */
interface Owner<S> {
  readonly onEnd: (sandbox: S) => void;
}

interface IdleSandbox<S> {
  readonly owner: Owner<S>;
  readonly sandbox: S;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** How many wait at most, of all functions together: each takes some 25 MB, and starts again in 100 ms. */
export const mostIdle = 26;
/** How many are left half a minute after a burst. */
const someIdle = 8;
const someMilliseconds = 30_000;
/** Lambda ends them after five to fifteen minutes. */
const longestMilliseconds = 600_000;

/** The sandboxes of all functions that wait for an event. Those that wait longest are ended first. */
export class IdleSandboxes<S extends Waiting> {
  /** Those that have waited longest first. */
  #waiting: IdleSandbox<S>[] = [];
  readonly #reaper = setInterval(() => this.#endOld(), someMilliseconds / 3).unref();

  /** The sandbox of this owner that waits for the shortest time. */
  take(owner: Owner<S>): S | undefined {
    for (;;) {
      const at = this.#waiting.findLastIndex((one) => one.owner === owner);
      const [found] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (found === undefined || found.sandbox.usable) return found?.sandbox;
      owner.onEnd(found.sandbox);
    }
  }

  put(owner: Owner<S>, sandbox: S): void {
    this.#waiting.push({ owner, sandbox, since: Date.now() });
    this.#end(this.#waiting.slice(0, -mostIdle));
  }

  stop(): void {
    clearInterval(this.#reaper);
    this.#waiting = [];
  }

  #endOld(): void {
    const now = Date.now();
    const ended = this.#waiting.filter(({ since }, index) => {
      const isAmongLast = index >= this.#waiting.length - someIdle;
      return now - since > (isAmongLast ? longestMilliseconds : someMilliseconds);
    });
    this.#end(ended);
  }

  #end(ended: readonly IdleSandbox<S>[]): void {
    if (ended.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !ended.includes(one));
    for (const { owner, sandbox } of ended) {
      owner.onEnd(sandbox);
      void sandbox.stop();
    }
  }
}
