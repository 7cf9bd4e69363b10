/** Where the output of the functions goes: a file for each, and what matters to the terminal. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../contracts.ts';
import type { LogLevel } from './protocol.ts';

/** How long lines are gathered, in milliseconds: each write of a file occupies another thread. */
const gatherMs = 100;

export class FunctionLog {
  readonly #directory: string;
  readonly #log: Log;
  readonly #verbose: boolean;
  readonly #files = new Map<string, WriteStream>();
  readonly #unwritten = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  /** Files are `<dataDir>/logs/<function>.log`. The terminal gets warnings and errors, or all if verbose. */
  constructor(dataDir: string, log: Log, verbose: boolean) {
    this.#directory = join(dataDir, 'logs');
    this.#log = log;
    this.#verbose = verbose;
    mkdirSync(this.#directory, { recursive: true });
  }

  write(functionName: string, level: LogLevel, requestId: string, text: string): void {
    const structured = text.startsWith('{') ? levelOf(text) : undefined;
    const effective = structured ?? level;
    const line = structured ? text : `${new Date().toISOString()}\t${requestId || '-'}\t${level}\t${text}`;
    this.#unwritten.set(functionName, `${this.#unwritten.get(functionName) ?? ''}${line}\n`);
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
    if (this.#verbose || effective === 'WARN' || effective === 'ERROR') {
      const shown = this.#verbose || text.length <= 400 ? text : `${text.slice(0, 400)}…`;
      this.#log(`[${functionName}] ${shown}`);
    }
  }

  async close(): Promise<void> {
    this.#flush();
    const open = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(open.map((file) => new Promise<void>((done) => file.end(done))));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [functionName, text] of this.#unwritten) this.#file(functionName).write(text);
    this.#unwritten.clear();
  }

  #file(functionName: string): WriteStream {
    let file = this.#files.get(functionName);
    if (!file) {
      file = createWriteStream(join(this.#directory, `${functionName}.log`), { flags: 'a' });
      file.on('error', (error) => this.#log(`[${functionName}] cannot write its log: ${error.message}`));
      this.#files.set(functionName, file);
    }
    return file;
  }
}

/** The level of a line that a structured logger wrote as JSON. */
function levelOf(text: string): LogLevel | undefined {
  try {
    const level = String(Object(JSON.parse(text)).level).toUpperCase();
    if (level === 'DEBUG' || level === 'INFO' || level === 'WARN' || level === 'ERROR') return level;
  } catch {
    // Not JSON: an ordinary line that begins with a brace.
  }
  return undefined;
}
