import { setImmediate } from 'node:timers';

/**
 * Runs things side by side of which each waits for its turn before every request, and gives the turns in an order that
 * follows from a seed alone: the same seed gives the same order again.
 */
export class Interleaving {
  readonly #waiting: (() => Promise<void>)[] = [];
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds are far apart from the first number on.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }

  /** A number from 0 up to a limit, not included. */
  below(limit: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** Does something when its turn has come. */
  turn<T>(act: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(async () => {
        try {
          resolve(await act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Runs all to their ends. @throws what any of them throws, and when one waits for anything but its turn. */
  async run(actors: readonly (() => Promise<void>)[]): Promise<void> {
    let alive = actors.length;
    const ends = actors.map(async (actor) => {
      try {
        await actor();
      } finally {
        alive -= 1;
      }
    });
    // Faults are thrown at the end; until then nobody else would take note of them.
    const all = Promise.allSettled(ends);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (alive === 0) break;
      const [next] = this.#waiting.splice(this.below(this.#waiting.length), 1);
      if (!next) throw new Error('somebody waits for something else than a turn');
      await next();
    }
    for (const end of await all) if (end.status === 'rejected') throw end.reason;
  }
}
