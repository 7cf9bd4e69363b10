/**
 * The Lambda runtime of one sandbox: runs in a worker thread, imports the function's own bundle and calls
 * its handler, one event at a time. Between events the thread stands still, as a sandbox in Lambda does.
 */
import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, types } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  FunctionErrorPayload,
  InvokeMessage,
  LogLevel,
  RuntimeMessage,
  SandboxSettings,
} from './protocol.ts';

type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => unknown;

// Only functions/sandbox.ts starts this file, with exactly these data.
const settings = workerData as SandboxSettings;
let currentRequest = '';
let handled = 0;
// The sandbox's own affair, which a function would not find in Lambda.
delete process.env['NODE_COMPILE_CACHE'];

function send(message: RuntimeMessage): void {
  parentPort?.postMessage(message);
}

function describe(error: unknown): FunctionErrorPayload {
  if (types.isNativeError(error)) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function runtimeError(errorType: string, errorMessage: string, trace: readonly string[] = []) {
  return { errorType: `Runtime.${errorType}`, errorMessage, trace } satisfies FunctionErrorPayload;
}

/** What Lambda says of code that cannot be loaded. */
function describeLoading(error: unknown): FunctionErrorPayload {
  const described = describe(error);
  const { trace = [] } = described;
  if (error instanceof SyntaxError) return runtimeError('UserCodeSyntaxError', String(error), trace);
  const isMissing = Object(error).code === 'MODULE_NOT_FOUND';
  return isMissing ? runtimeError('ImportModuleError', String(error), trace) : described;
}

const consoleLevels: ReadonlyArray<
  readonly ['debug' | 'log' | 'info' | 'trace' | 'warn' | 'error', LogLevel]
> = [
  ['debug', 'DEBUG'],
  ['log', 'INFO'],
  ['info', 'INFO'],
  ['trace', 'DEBUG'],
  ['warn', 'WARN'],
  ['error', 'ERROR'],
];
for (const [method, level] of consoleLevels) {
  console[method] = (...values: unknown[]) => {
    send({ kind: 'log', level, requestId: currentRequest, text: format(...values) });
  };
}

function crash(error: FunctionErrorPayload): never {
  send({ kind: 'crash', error });
  process.exit(1);
}
process.on('uncaughtException', (error) => crash(describe(error)));
process.on('unhandledRejection', (reason) => {
  const { errorType, errorMessage, trace } = describe(reason);
  crash(runtimeError('UnhandledPromiseRejection', `${errorType}: ${errorMessage}`, trace));
});

async function loadHandler(): Promise<Handler> {
  const dot = settings.handler.lastIndexOf('.');
  const moduleName = settings.handler.slice(0, dot);
  const exportName = settings.handler.slice(dot + 1);
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(settings.codePath, `${moduleName}${extension}`))
    .find((path) => existsSync(path));
  if (!file) return crash(runtimeError('ImportModuleError', `Error: Cannot find module '${moduleName}'`));
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  // A CommonJS bundle whose exports Node cannot name ahead of time has them all on its default export.
  const exported = loaded[exportName] ?? Object(loaded['default'])[exportName];
  if (typeof exported !== 'function') {
    return crash(runtimeError('HandlerNotFound', `${settings.handler} is undefined or not exported`));
  }
  return exported;
}

function contextFor({ requestId, deadline }: InvokeMessage): Readonly<Record<string, unknown>> {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMegabytes),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: settings.logStream,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function answerTo(handler: Handler, message: InvokeMessage): Promise<RuntimeMessage> {
  currentRequest = message.requestId;
  process.env['_X_AMZN_TRACE_ID'] = message.traceId;
  let result: unknown;
  try {
    result = await handler(JSON.parse(message.event), contextFor(message));
  } catch (error) {
    return { kind: 'failure', error: describe(error) };
  }
  try {
    return { kind: 'result', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const { errorMessage } = describe(error);
    return {
      kind: 'failure',
      error: runtimeError('MarshalError', `Unable to stringify response body: ${errorMessage}`),
    };
  }
}

/** Whether the function holds more than it has: V8 bounds the heap alone, Lambda what is outside of it too. */
function isTooLarge(): boolean {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external > settings.memoryMegabytes * 1024 * 1024;
}

async function handle(handler: Handler, message: InvokeMessage): Promise<void> {
  const answer = await answerTo(handler, message);
  send(isTooLarge() ? { kind: 'killed' } : answer);
  handled += 1;
  // What was loaded on demand.
  flushCompileCache();
  // Timers, sockets and promises that the handler left behind go on with the next event.
  Atomics.wait(settings.given, 0, handled);
}

// A handler that takes long is looked at meanwhile.
setInterval(() => {
  if (isTooLarge()) send({ kind: 'killed' });
}, 100).unref();

try {
  const handler = await loadHandler();
  parentPort?.on('message', (message: InvokeMessage) => void handle(handler, message));
  send({ kind: 'ready' });
  // Now and not at the end of the thread: the function's next sandbox may start before.
  flushCompileCache();
} catch (error) {
  crash(describeLoading(error));
}
