interface Entry {
  readonly at: number;
  run: (() => void) | undefined;
}

/** setTimeout fires at once beyond this many milliseconds. */
const longestTimeout = 2 ** 31 - 1;

/**
 * Calls back at absolute times (ms since the epoch) with one timer for the nearest of them,
 * so that thousands of waiting executions cost a heap entry each.
 */
export class Deadlines {
  readonly #onFault: (fault: unknown) => void;
  #heap: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #cancelled = 0;
  #stopped = false;

  /** @param onFault told what a callback threw, which would end the process otherwise */
  constructor(onFault: (fault: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Registers a callback and gives the function that takes it back. */
  add(at: number, run: () => void): () => void {
    const entry: Entry = { at, run };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    if (this.#heap[0] === entry) this.#arm();
    return () => {
      if (entry.run === undefined) return;
      entry.run = undefined;
      this.#cancelled += 1;
      // Tokens answered long before their deadline must not pile up.
      if (this.#cancelled > 64 && this.#cancelled > this.#heap.length / 2) this.#compact();
    };
  }

  /** Forgets every deadline; later ones are ignored too. */
  stop(): void {
    this.#stopped = true;
    this.#heap = [];
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#heap[0];
    if (next === undefined || this.#stopped) return;
    this.#timer = setTimeout(() => this.#fire(), Math.min(Math.max(next.at - Date.now(), 0), longestTimeout));
  }

  #fire(): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= Date.now(); next = this.#heap[0]) {
      this.#pop();
      const run = next.run;
      next.run = undefined;
      if (run === undefined) this.#cancelled -= 1;
      else this.#call(run);
    }
    this.#arm();
  }

  #call(run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  #compact(): void {
    this.#heap = this.#heap.filter((entry) => entry.run !== undefined).sort((a, b) => a.at - b.at);
    this.#cancelled = 0;
    this.#arm();
  }

  #swap(i: number, j: number): void {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    if (a === undefined || b === undefined) return;
    this.#heap[i] = b;
    this.#heap[j] = a;
  }

  #at(i: number): number {
    return this.#heap[i]?.at ?? Infinity;
  }

  #rise(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (this.#at(parent) <= this.#at(i)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #pop(): void {
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    for (let i = 0; ; ) {
      const child = this.#at(2 * i + 1) <= this.#at(2 * i + 2) ? 2 * i + 1 : 2 * i + 2;
      if (this.#at(child) >= this.#at(i)) return;
      this.#swap(i, child);
      i = child;
    }
  }
}
