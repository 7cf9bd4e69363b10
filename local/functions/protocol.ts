/** Messages between a sandbox and the runtime that runs in its worker thread. */

/** The error object that Lambda answers with when a function fails. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Of an error of the function; what Lambda says of a sandbox has none. */
  readonly trace?: readonly string[];
}

export interface SandboxSettings {
  /** Directory of the function's bundle. */
  readonly codePath: string;
  /** `<module>.<export>`, for example `index.handler`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
  readonly logStream: string;
  /** How many events the sandbox was given, in shared memory: its thread stands still until there is another one. */
  readonly given: Int32Array<SharedArrayBuffer>;
}

export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON text: nothing but JSON crosses the border, as with Lambda. */
  readonly event: string;
  /** As X-Ray writes it. */
  readonly traceId: string;
  /** Epoch milliseconds at which the sandbox is killed. */
  readonly deadline: number;
}

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

export type RuntimeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'failure'; readonly error: FunctionErrorPayload }
  /** It holds more memory than the function has. */
  | { readonly kind: 'killed' }
  /** The sandbox cannot be used again; its thread is about to end. */
  | { readonly kind: 'crash'; readonly error: FunctionErrorPayload }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly requestId: string; readonly text: string };
