import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { readState, writeState } from './state-file.ts';

/**
 * Work that was promised and is not done yet, one file an entry, so that a start after a crash finds it again.
 * Every method is synchronous: when `add` returns, the promise is on disk.
 */
export class Journal<T> {
  readonly #dir: string;
  readonly #schema: z.ZodType<T>;
  #count = 0;

  constructor(dir: string, schema: z.ZodType<T>) {
    mkdirSync(dir, { recursive: true });
    this.#dir = dir;
    this.#schema = schema;
  }

  /** Gives the id by which the entry is updated and removed; ids sort by the order of adding. */
  add(entry: T): string {
    const order = `${String(Date.now()).padStart(15, '0')}-${String(this.#count++).padStart(9, '0')}`;
    const id = `${order}-${randomUUID().slice(0, 8)}`;
    this.update(id, entry);
    return id;
  }

  update(id: string, entry: T): void {
    writeState(this.#path(id), entry);
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** What is not done yet, oldest first. */
  entries(): { id: string; entry: T }[] {
    const found: { id: string; entry: T }[] = [];
    for (const name of readdirSync(this.#dir).sort()) {
      if (!name.endsWith('.json')) continue;
      const id = name.slice(0, -'.json'.length);
      const entry = readState(this.#path(id), this.#schema);
      if (entry !== undefined) found.push({ id, entry });
    }
    return found;
  }

  #path(id: string): string {
    return join(this.#dir, `${id}.json`);
  }
}
