import type { FunctionInvoker, InvocationResult } from '../contracts.ts';

/** What AWS does now and then and a laptop does not, by a seed. Probabilities are far above those of AWS. */
export class Faults {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed >>> 0) + 0x9e3779b9;
  }

  /** Faults of another part of the cloud, so that how often one of them asks changes nothing for the others. */
  apart(part: string): Faults {
    let seed = this.#state;
    for (const character of part) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Faults(seed);
  }

  /** A fraction in [0, 1), by SplitMix32. */
  fraction(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  /**
   * Elements in another order, in which those of one key keep theirs, and in parts of which some come twice in a row.
   * So does a stream hand over its records, whose shards know nothing of each other.
   */
  rearrange<T>(elements: readonly T[], keyOf: (element: T) => string): T[][] {
    const queues = [...Map.groupBy(elements, keyOf).values()].map((queue) => [...queue]);
    const parts: T[][] = [];
    while (queues.length > 0) {
      if (parts.length === 0 || this.chance(0.3)) parts.push([]);
      const at = this.below(queues.length);
      const next = queues[at]?.shift();
      if (next !== undefined) parts.at(-1)?.push(next);
      if (queues[at]?.length === 0) queues.splice(at, 1);
    }
    return parts.flatMap((part) => (this.chance(0.15) ? [part, part] : [part]));
  }

  /** Lambda as rules and schedules meet it: an event is handed over at least once. */
  duplicating(invoker: FunctionInvoker): FunctionInvoker {
    return {
      invoke: async (name, payload) => {
        const twice = this.chance(0.1);
        const result = await invoker.invoke(name, payload);
        return twice && result.functionError === undefined ? invoker.invoke(name, payload) : result;
      },
    };
  }

  /** Lambda as state machines meet it: it has no room at times, and at times its answer is lost. */
  throttling(invoker: FunctionInvoker): FunctionInvoker {
    const failed = (errorType: string, errorMessage: string): InvocationResult => ({
      payload: { errorType, errorMessage },
      functionError: 'Unhandled',
    });
    return {
      invoke: async (name, payload) => {
        if (this.chance(0.04)) return failed('Lambda.TooManyRequestsException', 'Rate Exceeded.');
        const isLost = this.chance(0.02);
        const result = await invoker.invoke(name, payload);
        return isLost ? failed('Lambda.ServiceException', 'Internal service exception.') : result;
      },
    };
  }
}
