/** One sandbox of a function: a worker thread that handles one event at a time and is killed on time-out. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { InvocationResult } from '../contracts.ts';
import type {
  FunctionErrorPayload,
  InvokeMessage,
  LogLevel,
  RuntimeMessage,
  SandboxSettings,
} from './protocol.ts';

export interface SandboxOptions extends Omit<SandboxSettings, 'given'> {
  /** Every variable the function sees. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Directory for compiled code: a second sandbox of a bundle starts in less than half of the processor time. */
  readonly compileCache: string;
  readonly onLog: (level: LogLevel, requestId: string, text: string) => void;
}

/** Lambda's limit for a synchronous answer. */
const maximumAnswerBytes = 6_291_556;

/** Lambda gives an import 10 s on a machine of its own; this one may be starting ten sandboxes at once. */
const coldStartMilliseconds = 30_000;

/**
 * Of what a handler makes and drops at once. Left alone, a busy sandbox takes 64 MB for it, which saves no processor
 * time that could be measured.
 */
const youngGenerationMegabytes = 12;

/**
 * Of these, what it has from the start, in MB, for each of their two halves: left alone it begins with one, and collects
 * garbage a dozen times while it starts, which is a tenth of the processor time of a start. Threads have it from the
 * process; nothing else can tell them.
 */
setFlagsFromString('--min-semi-space-size=2');

/** Node keeps 192 KB of it; 984 KB are left, as in a process of its own. Left alone, calls could nest four times as deep. */
const stackMegabytes = (984 + 192) / 1_024;

interface Pending {
  readonly requestId: string;
  readonly event: string;
  readonly settle: (result: InvocationResult) => void;
  timer?: NodeJS.Timeout;
}

export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #coldStart: NodeJS.Timeout;
  readonly #given = new Int32Array(new SharedArrayBuffer(4));
  #ready = false;
  #dead = false;
  #killed = false;
  #crash: FunctionErrorPayload | undefined;
  #pending: Pending | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { environment, timeoutSeconds: _timeout, compileCache, onLog, ...settings } = options;
    this.#worker = new Worker(new URL('./runtime.ts', import.meta.url), {
      workerData: { ...settings, given: this.#given } satisfies SandboxSettings,
      env: { ...environment, NODE_COMPILE_CACHE: compileCache },
      // The flags of this process (a test runner's, a debugger's) are not the function's.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: settings.memoryMegabytes,
        maxYoungGenerationSizeMb: youngGenerationMegabytes,
        stackSizeMb: stackMegabytes,
      },
    });
    this.#worker.stdout.setEncoding('utf8').on('data', (text: string) => this.#logLines('INFO', text));
    this.#worker.stderr.setEncoding('utf8').on('data', (text: string) => this.#logLines('INFO', text));
    this.#worker.on('message', (message: RuntimeMessage) => this.#receive(message, onLog));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#killed ||= error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#crash ??= {
        errorType: error.name,
        errorMessage: error.message,
        trace: (error.stack ?? '').split('\n'),
      };
    });
    this.#coldStart = setTimeout(() => {
      const errorMessage = `The function was not imported in ${coldStartMilliseconds / 1000} seconds`;
      this.#crash = { errorType: 'Runtime.InitTimedout', errorMessage };
      void this.#worker.terminate();
    }, coldStartMilliseconds);
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#end(code);
        resolve();
      });
    });
  }

  /** Whether it can take another event. */
  get usable(): boolean {
    return !this.#dead;
  }

  /** Hands an event, as JSON text, to the function. The sandbox must not be busy. Never rejects. */
  invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    return new Promise((settle) => {
      this.#pending = { requestId, event, settle };
      if (this.#dead) this.#end(0);
      else if (this.#ready) this.#dispatch();
    });
  }

  /** Ends the thread; an event in flight is answered as if the sandbox had crashed. */
  async stop(): Promise<void> {
    this.#dead = true;
    await this.#worker.terminate();
    await this.#ended;
  }

  /** The time-out counts from here: a cold start is not part of it, as in Lambda. */
  #dispatch(): void {
    const pending = this.#pending;
    if (!pending) return;
    const { timeoutSeconds } = this.#options;
    pending.timer = setTimeout(() => {
      const message = `RequestId: ${pending.requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      this.#options.onLog(
        'ERROR',
        pending.requestId,
        `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      );
      this.#dead = true;
      this.#settle({ errorType: 'Sandbox.Timedout', errorMessage: message });
      void this.#worker.terminate();
    }, timeoutSeconds * 1000);
    const deadline = Date.now() + timeoutSeconds * 1000;
    const { requestId, event } = pending;
    const seconds = Math.floor(Date.now() / 1000).toString(16);
    const traceId = `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
    Atomics.add(this.#given, 0, 1);
    Atomics.notify(this.#given, 0);
    this.#worker.postMessage({ requestId, event, traceId, deadline } satisfies InvokeMessage);
  }

  #receive(message: RuntimeMessage, onLog: SandboxOptions['onLog']): void {
    switch (message.kind) {
      case 'ready':
        this.#ready = true;
        clearTimeout(this.#coldStart);
        this.#dispatch();
        break;
      case 'log':
        onLog(message.level, message.requestId, message.text);
        break;
      case 'crash':
        this.#dead = true;
        this.#crash = message.error;
        break;
      case 'killed':
        this.#dead = true;
        this.#killed = true;
        void this.#worker.terminate();
        break;
      case 'failure':
        this.#settle(message.error);
        break;
      case 'result':
        this.#receiveResult(message.payload);
    }
  }

  #receiveResult(payload: string): void {
    if (Buffer.byteLength(payload) <= maximumAnswerBytes) {
      this.#answer({ payload: JSON.parse(payload) });
      return;
    }
    this.#settle({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${maximumAnswerBytes} bytes).`,
    });
  }

  #end(exitCode: number): void {
    this.#dead = true;
    clearTimeout(this.#coldStart);
    const requestId = this.#pending?.requestId ?? '';
    const status = this.#killed ? 'signal: killed' : `exit status ${exitCode}`;
    const exit = exitCode === 0 ? 'without providing a reason' : `with error: ${status}`;
    const exited = {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited ${exit}`,
    };
    const error = this.#killed ? exited : (this.#crash ?? exited);
    if (this.#pending) this.#settle(error);
    else if (this.#crash) this.#options.onLog('ERROR', '', `${error.errorType}: ${error.errorMessage}`);
  }

  #settle(error: FunctionErrorPayload): void {
    const requestId = this.#pending?.requestId ?? '';
    this.#options.onLog('ERROR', requestId, `Invoke Error ${error.errorType}: ${error.errorMessage}`);
    for (const line of error.trace ?? []) this.#options.onLog('INFO', requestId, line);
    this.#answer({ payload: error, functionError: 'Unhandled' });
  }

  #answer(result: InvocationResult): void {
    const pending = this.#pending;
    this.#pending = undefined;
    clearTimeout(pending?.timer);
    pending?.settle(result);
  }

  #logLines(level: LogLevel, text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() !== '') this.#options.onLog(level, this.#pending?.requestId ?? '', line);
    }
  }
}
