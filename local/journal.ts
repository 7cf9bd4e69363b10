import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** How much about work that is done may stand in a journal before it is written anew without that. */
const mostBytes = 1_000_000;

/**
 * Work that was promised and is not done yet, in a file that a start after a crash reads. What happens to an entry is
 * appended, one line each: a file for each entry would take ten times as long.
 * Every method is synchronous: when `add` returns, the promise is on disk.
 */
export class Journal<T> {
  readonly #path: string;
  readonly #open = new Map<string, T>();
  #file: number | undefined;
  #bytes = 0;
  #limit = mostBytes;
  #count = 0;

  /** @throws Error with the file's name when its content is not what the schema says. */
  constructor(path: string, schema: z.ZodType<T>) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    for (const { id, entry } of readLines(path, schema)) {
      this.#count = Math.max(this.#count, Number(id));
      if (entry === undefined) this.#open.delete(id);
      else this.#open.set(id, entry);
    }
    this.#writeAnew();
  }

  /** Gives the id by which the entry is updated and removed. */
  add(entry: T): string {
    const id = String(++this.#count);
    this.update(id, entry);
    return id;
  }

  update(id: string, entry: T): void {
    this.#append({ id, entry });
    this.#open.set(id, entry);
  }

  remove(id: string): void {
    this.#append({ id });
    this.#open.delete(id);
    if (this.#bytes > this.#limit && this.#file !== undefined) this.#writeAnew();
  }

  /** What is not done yet, in the order of adding. */
  entries(): { id: string; entry: T }[] {
    return [...this.#open].map(([id, entry]) => ({ id, entry }));
  }

  /** Lets go of the file. What is told afterwards, by work that comes to its end, is still written down. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #append(line: object): void {
    const text = `${JSON.stringify(line)}\n`;
    if (this.#file === undefined) writeFileSync(this.#path, text, { flag: 'a' });
    else writeSync(this.#file, text);
    this.#bytes += text.length;
  }

  /** Leaves out what is done. A crash leaves the old file or the new one, whole. */
  #writeAnew(): void {
    const text = this.entries()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    writeFileSync(`${this.#path}.new`, text);
    renameSync(`${this.#path}.new`, this.#path);
    this.close();
    this.#file = openSync(this.#path, 'a');
    this.#bytes = text.length;
    this.#limit = text.length + mostBytes;
  }
}

/** The lines of a journal's file, none when there is none. What a crash cut off was promised to nobody. */
function readLines<T>(path: string, schema: z.ZodType<T>): { id: string; entry?: T | undefined }[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return [];
    throw fault;
  }
  const lineSchema = z.object({ id: z.string(), entry: schema.optional() });
  const whole = text.split('\n').slice(0, -1);
  try {
    return whole.map((line) => lineSchema.parse(JSON.parse(line)));
  } catch (cause) {
    throw new Error(`${path} is damaged; start with --reset to begin with empty data`, { cause });
  }
}
