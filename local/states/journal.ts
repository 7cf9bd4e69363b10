import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from './json.ts';

/** How an execution began: the first line of its journal. */
export interface StartRecord {
  readonly kind: 'start';
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  /** SHA-256 of the definition it runs, whatever becomes of the state machine. */
  readonly definition: string;
  /** JSON text. */
  readonly input: string;
  /** ms since the epoch. */
  readonly startedAt: number;
}

/** An event of the history. `key` says which visit of which state, `slot` which step of it. */
export interface EventRecord {
  readonly kind: 'event';
  readonly id: number;
  readonly previous: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly key: string;
  readonly slot: string;
  readonly type: string;
  readonly details?: JsonObject;
  /** What a restart needs and the history does not show. */
  readonly extra?: JsonObject;
}

/** A number that must be the same after a restart: the end of a wait or of a retry's pause. */
interface NoteRecord {
  readonly kind: 'note';
  readonly key: string;
  readonly value: number;
}

export type JournalRecord = StartRecord | EventRecord | NoteRecord;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** File names must be safe on every file system, which execution names need not be. */
const fileNameOf = (name: string): string =>
  `${name.replaceAll(/[^\w-]/g, '_')}-${digest(name).slice(0, 12)}`;

/** Reads a journal. A last line cut off by a crash was acknowledged to nobody and is removed. */
function readJournal(file: string): JournalRecord[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      try {
        // Only append() below writes these files.
        return JSON.parse(line) as JournalRecord;
      } catch {
        throw new Error(`the journal ${file} is damaged at line ${i + 1}`);
      }
    });
}

/** One append-only file per execution and one file per definition that some execution runs. */
export class JournalStore {
  readonly #executions: string;
  readonly #definitions: string;

  constructor(dataDir: string) {
    this.#executions = join(dataDir, 'states', 'executions');
    this.#definitions = join(dataDir, 'states', 'definitions');
    mkdirSync(this.#executions, { recursive: true });
    mkdirSync(this.#definitions, { recursive: true });
  }

  #file(machineName: string, name: string): string {
    return join(this.#executions, fileNameOf(machineName), `${fileNameOf(name)}.jsonl`);
  }

  /** Begins a journal. Written before anyone learns of the execution. */
  begin(start: StartRecord): void {
    mkdirSync(join(this.#executions, fileNameOf(start.machineName)), { recursive: true });
    this.append(start, start);
  }

  /**
   * Adds a line before it returns. Synchronous, so that lines keep the order in which things happened
   * and an answer that follows cannot overtake its line.
   */
  append(start: StartRecord, record: JournalRecord): void {
    appendFileSync(this.#file(start.machineName, start.name), `${JSON.stringify(record)}\n`);
  }

  /** The records of one execution. */
  read(start: StartRecord): JournalRecord[] {
    return readJournal(this.#file(start.machineName, start.name));
  }

  /** The records of every execution, one after the other: most are finished and need not be kept. */
  *readAll(): Generator<JournalRecord[]> {
    for (const file of readdirSync(this.#executions, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.jsonl')) continue;
      const records = readJournal(join(this.#executions, file));
      if (records.length > 0) yield records;
    }
  }

  /** Keeps a definition's text and gives its digest. */
  keepDefinition(text: string): string {
    const key = digest(text);
    const file = join(this.#definitions, `${key}.json`);
    if (!existsSync(file)) {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    }
    return key;
  }

  definition(key: string): string {
    return readFileSync(join(this.#definitions, `${key}.json`), 'utf8');
  }
}
