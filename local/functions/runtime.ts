/**
 * The Lambda runtime of one sandbox: runs in a worker thread, imports the function's own bundle and calls
 * its handler, one event at a time. A thread is not frozen between events as a sandbox in Lambda is.
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

function runtimeError(errorType: string, errorMessage: string): FunctionErrorPayload {
  return { errorType: `Runtime.${errorType}`, errorMessage, trace: [] };
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
  crash({ ...runtimeError('UnhandledPromiseRejection', `${errorType}: ${errorMessage}`), trace });
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

async function handle(handler: Handler, message: InvokeMessage): Promise<void> {
  currentRequest = message.requestId;
  let result: unknown;
  try {
    result = await handler(JSON.parse(message.event), contextFor(message));
  } catch (error) {
    return send({ kind: 'failure', error: describe(error) });
  }
  try {
    send({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    const { errorMessage } = describe(error);
    send({
      kind: 'failure',
      error: runtimeError('MarshalError', `Unable to stringify response body: ${errorMessage}`),
    });
  }
}

try {
  const handler = await loadHandler();
  parentPort?.on('message', (message: InvokeMessage) => void handle(handler, message));
  send({ kind: 'ready' });
  // Now and not at the end of the thread: the function's next sandbox may start before.
  flushCompileCache();
} catch (error) {
  crash(describe(error));
}
