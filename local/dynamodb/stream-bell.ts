import { setTimeout as delay } from 'node:timers/promises';
import type { EngineFile } from './engine-file.ts';

/** Lambda looks four times a second; here nobody should wait for that. */
const lookMs = 50;

/** Rings when stream records were written, for everybody who reads streams. */
export class StreamBell {
  readonly #file: EngineFile;
  #next = Promise.withResolvers<void>();

  constructor(file: EngineFile) {
    this.#file = file;
  }

  /** Fulfilled when records have been written since it was asked for, and perhaps some just before. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  /** Looks, and rings, until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    let seen = this.#file.recordsWritten();
    while (!signal.aborted) {
      await delay(lookMs, undefined, { signal }).catch(() => {});
      const written = this.#look();
      if (written === seen) continue;
      seen = written ?? seen;
      const { resolve } = this.#next;
      this.#next = Promise.withResolvers();
      resolve();
    }
  }

  /** A fault rings, too: who reads then meets it and tells. */
  #look(): number | undefined {
    try {
      return this.#file.recordsWritten();
    } catch {
      return undefined;
    }
  }
}
