import type { InvocationResult } from '../contracts.ts';
import type { TaskState } from './definition.ts';
import { type TaskPattern, taskPatternOf } from './definition-check.ts';
import type { EventRecord } from './journal.ts';
import { isObject, type Json, type JsonObject, parseJson } from './json.ts';
import { readAt } from './paths.ts';
import { Aborted } from './scope.ts';
import { runtimeError, StateError } from './state-error.ts';
import { fillTemplate } from './templates.ts';
import { createToken } from './tokens.ts';
import { contextOf, limitedText, type Visit } from './visit.ts';

/** How a task ended: its output, or the error that Retry and Catch see. */
type Ending =
  | { readonly kind: 'Succeeded'; readonly output: Json }
  | { readonly kind: 'Failed' | 'TimedOut'; readonly fault: StateError };

function secondsOf(
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
  state: TaskState,
  input: Json,
  context: JsonObject,
): number | undefined {
  const path = state[`${field}Path`];
  if (path === undefined) return state[field];
  const seconds = readAt(path, `${field}Path`, input, context);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0) return seconds;
  throw runtimeError(`The ${field}Path parameter does not reference a positive integer: ${seconds}`);
}

/** A plain function ARN has event names of its own. */
const eventName = (pattern: TaskPattern, what: string): string =>
  (pattern === 'function' ? 'LambdaFunction' : 'Task') + what;

function resourceOf(pattern: TaskPattern): JsonObject {
  return pattern === 'function' ? {} : { resourceType: 'lambda', resource: pattern };
}

/** Writes down what is invoked and until when, before anything is invoked. */
function schedule(
  visit: Visit,
  state: TaskState,
  pattern: TaskPattern,
  key: string,
  retryCount: number,
  input: Json,
): EventRecord {
  const { execution, runtime } = visit;
  const token = pattern === 'invoke.waitForTaskToken' ? createToken(execution.start.arn) : undefined;
  const context = contextOf(visit, retryCount, token);
  const given = limitedText(fillTemplate(state.Parameters ?? input, input, context), visit.name);
  const timeout = secondsOf('TimeoutSeconds', state, input, context);
  const heartbeat = secondsOf('HeartbeatSeconds', state, input, context);
  const details: JsonObject = {
    ...(pattern === 'function'
      ? { resource: state.Resource, input: given }
      : { ...resourceOf(pattern), region: runtime.region, parameters: given }),
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  };
  return execution.emit(visit.chain, key, 'scheduled', eventName(pattern, 'Scheduled'), details, {
    ...(token === undefined ? {} : { token }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * runtime.msPerSecond }),
    ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * runtime.msPerSecond }),
  });
}

/** Function and payload of a scheduled task. */
function invocationOf({ details = {} }: EventRecord): {
  readonly functionName: string;
  readonly payload: Json;
} {
  if (details['parameters'] === undefined) {
    return { functionName: String(details['resource']), payload: parseJson(String(details['input'])) };
  }
  const parameters = parseJson(String(details['parameters']));
  const { FunctionName, Payload } = isObject(parameters) ? parameters : {};
  return { functionName: String(FunctionName), payload: Payload ?? {} };
}

function failureOf(payload: unknown): Ending {
  const errorType = isObject(payload) ? payload['errorType'] : undefined;
  const error = typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown';
  return { kind: 'Failed', fault: new StateError(error, JSON.stringify(payload ?? null)) };
}

/** Lambda's answer as a task's result. */
function resultOf(pattern: TaskPattern, { payload }: InvocationResult): Json {
  // A function's answer went through JSON already; undefined is what a handler without a result gives.
  const value = (payload ?? null) as Json;
  if (pattern === 'function') return value;
  return {
    ExecutedVersion: '$LATEST',
    Payload: value,
    SdkHttpMetadata: { AllHttpHeaders: {}, HttpHeaders: {}, HttpStatusCode: 200 },
    SdkResponseMetadata: {},
    StatusCode: 200,
  };
}

/** The text of a task's result, or how the task ends for want of a place for it. */
function resultText(state: TaskState, pattern: TaskPattern, result: Json): string | StateError {
  try {
    return limitedText(result, pattern === 'function' ? state.Resource : 'lambda', false);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
}

function replay(ended: EventRecord): Json {
  const { output, error, cause } = ended.details ?? {};
  if (ended.type.endsWith('Succeeded')) return parseJson(String(output));
  // A time-out has a cause that says nothing, and its event leaves it out.
  const empty = ended.type.endsWith('TimedOut') ? '' : undefined;
  throw new StateError(
    typeof error === 'string' ? error : undefined,
    typeof cause === 'string' ? cause : empty,
    { heartbeat: ended.extra?.['heartbeat'] === true },
  );
}

/** An attempt that goes on until the function, the token's holder, a deadline or the scope ends it. */
class Attempt {
  readonly #visit: Visit;
  readonly #state: TaskState;
  readonly #key: string;
  readonly #pattern: TaskPattern;
  readonly #scheduled: EventRecord;
  readonly #result = Promise.withResolvers<Json>();
  readonly #releases: (() => void)[] = [];
  #open = true;

  constructor(visit: Visit, state: TaskState, key: string, pattern: TaskPattern, scheduled: EventRecord) {
    this.#visit = visit;
    this.#state = state;
    this.#key = key;
    this.#pattern = pattern;
    this.#scheduled = scheduled;
  }

  /** @param resumed whether the attempt began before a restart */
  run(resumed: boolean): Promise<Json> {
    const { execution, runtime, chain, scope } = this.#visit;
    const { token, timeoutMs } = this.#scheduled.extra ?? {};
    const abort = (): void => {
      this.#close();
      this.#result.reject(new Aborted());
    };
    this.#releases.push(scope.onAbort(abort));
    execution.emit(
      chain,
      this.#key,
      'started',
      eventName(this.#pattern, 'Started'),
      resourceOf(this.#pattern),
    );
    if (typeof timeoutMs === 'number') {
      // People answer tokens while we are down; a function that has to start over gets its time again.
      const end = (resumed && token === undefined ? Date.now() : this.#scheduled.at) + timeoutMs;
      if (end <= Date.now()) this.#expire();
      else this.#releases.push(runtime.deadlines.add(end, () => this.#expire()));
    }
    if (this.#open) this.#begin();
    return this.#result.promise;
  }

  /** Waits for the token, if there is one, and invokes the function unless it has answered before. */
  #begin(): void {
    const { execution, chain } = this.#visit;
    const { token, heartbeatMs } = this.#scheduled.extra ?? {};
    if (typeof token === 'string')
      this.#await(token, typeof heartbeatMs === 'number' ? heartbeatMs : Infinity);
    const submitted = execution.event(this.#key, 'submitted');
    if (submitted === undefined) this.#invoke();
    else chain.last = submitted.id;
  }

  #await(token: string, heartbeatMs: number): void {
    const { deadlines, tokens } = this.#visit.runtime;
    const beat = (): (() => void) =>
      heartbeatMs === Infinity ? () => {} : deadlines.add(Date.now() + heartbeatMs, () => this.#expire(true));
    let cancel = beat();
    const forget = tokens.add(token, {
      succeed: (output) => this.#end({ kind: 'Succeeded', output }),
      fail: (error, cause) => this.#end({ kind: 'Failed', fault: new StateError(error, cause) }),
      heartbeat: () => {
        cancel();
        cancel = beat();
      },
    });
    this.#releases.push(() => cancel(), forget);
  }

  async #invoke(): Promise<void> {
    const { functionName, payload } = invocationOf(this.#scheduled);
    let answer: InvocationResult | undefined;
    let reason = '';
    try {
      answer = await this.#visit.runtime.invoker.invoke(functionName, payload);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    try {
      if (answer === undefined) {
        this.#end({ kind: 'Failed', fault: new StateError('Lambda.ResourceNotFoundException', reason) });
      } else if (answer.functionError !== undefined) this.#end(failureOf(answer.payload));
      else this.#finish(resultOf(this.#pattern, answer));
    } catch (error) {
      this.#close();
      this.#result.reject(error);
    }
  }

  /** A function has answered: the end of its task, unless the task waits for its token. */
  #finish(result: Json): void {
    if (this.#pattern !== 'invoke.waitForTaskToken') {
      this.#end({ kind: 'Succeeded', output: result });
      return;
    }
    const { execution, chain } = this.#visit;
    if (!this.#open) return;
    const output = resultText(this.#state, this.#pattern, result);
    if (output instanceof StateError) this.#end({ kind: 'Failed', fault: output });
    else {
      const details = { ...resourceOf(this.#pattern), output };
      execution.emit(chain, this.#key, 'submitted', 'TaskSubmitted', details);
    }
  }

  #expire(heartbeat = false): void {
    try {
      this.#end({ kind: 'TimedOut', fault: new StateError('States.Timeout', '', { heartbeat }) });
    } catch (fault) {
      this.#close();
      this.#result.reject(fault);
    }
  }

  /** Writes the end down, then lets the execution go on. Throws when it cannot be written. */
  #end(ending: Ending): void {
    const { execution, chain } = this.#visit;
    if (!this.#open) return;
    const result =
      ending.kind === 'Succeeded' ? resultText(this.#state, this.#pattern, ending.output) : ending.fault;
    const failed = result instanceof StateError;
    const kind = failed && ending.kind === 'Succeeded' ? 'Failed' : ending.kind;
    const details = { ...resourceOf(this.#pattern), ...(failed ? result.details : { output: result }) };
    const extra = failed && result.heartbeat ? { heartbeat: true } : undefined;
    const event = execution.emit(chain, this.#key, 'ended', eventName(this.#pattern, kind), details, extra);
    this.#close();
    try {
      this.#result.resolve(replay(event));
    } catch (error) {
      this.#result.reject(error);
    }
  }

  #close(): void {
    this.#open = false;
    for (const release of this.#releases) release();
  }
}

/** Runs one attempt of a Task state, or takes its end from the journal. */
export async function runTask(
  visit: Visit,
  state: TaskState,
  key: string,
  retryCount: number,
  input: Json,
): Promise<Json> {
  visit.scope.check();
  const { execution, runtime, chain } = visit;
  const ended = execution.event(key, 'ended');
  if (ended !== undefined) {
    chain.last = ended.id;
    return replay(ended);
  }
  // Definitions are checked before they run, so the pattern is known.
  const pattern = taskPatternOf(state.Resource, runtime.partition) ?? 'invoke';
  const known = execution.event(key, 'scheduled');
  const scheduled = known ?? schedule(visit, state, pattern, key, retryCount, input);
  chain.last = scheduled.id;
  return new Attempt(visit, state, key, pattern, scheduled).run(known !== undefined);
}
