import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { holds, instantOf } from './choice.ts';
import type { FallibleState, Flow, Retrier, State, WaitState } from './definition.ts';
import { type Json, type JsonObject, parseJson } from './json.ts';
import { runMap, runParallel } from './parallel.ts';
import { readAt } from './paths.ts';
import { Aborted } from './scope.ts';
import { coversError, runtimeError, StateError } from './state-error.ts';
import { runTask } from './task.ts';
import { combine, fillTemplate, filterBy } from './templates.ts';
import { type Branch, contextOf, limitedText, type Visit } from './visit.ts';

/** Resolves at an absolute time (ms since the epoch); rejects when the scope is aborted before. */
function sleepUntil(branch: Branch, at: number): Promise<void> {
  if (at <= Date.now()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancel = branch.runtime.deadlines.add(at, () => {
      leave();
      resolve();
    });
    const leave = branch.scope.onAbort(() => {
      cancel();
      reject(new Aborted());
    });
  });
}

function pauseBefore(retrier: Retrier, used: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds);
  return JitterStrategy === 'FULL' ? Math.random() * seconds : seconds;
}

/** Runs attempts of a state until one succeeds or no retrier is left; each has a key of its own. */
async function withRetries(
  visit: Visit,
  state: FallibleState,
  attempt: (key: string, retryCount: number) => Promise<Json>,
): Promise<Json> {
  const used = new Map<Retrier, number>();
  for (let count = 0; ; count += 1) {
    const key = `${visit.key}#${count}`;
    try {
      return await attempt(key, count);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = state.Retry?.find((one) => coversError(one.ErrorEquals, error, state.Type));
      const tries = retrier === undefined ? 0 : (used.get(retrier) ?? 0);
      if (retrier === undefined || tries >= (retrier.MaxAttempts ?? 3)) throw error;
      used.set(retrier, tries + 1);
      const pause = pauseBefore(retrier, tries) * visit.runtime.msPerSecond;
      await sleepUntil(
        visit,
        visit.execution.note(`${key}|retry`, () => Date.now() + pause),
      );
    }
  }
}

function endOfWait(visit: Visit, state: WaitState, input: Json, context: JsonObject): number {
  if (state.Seconds !== undefined) return visit.enteredAt + state.Seconds * visit.runtime.msPerSecond;
  if (state.SecondsPath !== undefined) {
    const seconds = readAt(state.SecondsPath, 'SecondsPath', input, context);
    const found = `${state.SecondsPath} == ${textOf(seconds)}`;
    if (typeof seconds !== 'number' || !Number.isInteger(seconds)) {
      throw runtimeError(`The SecondsPath parameter cannot be parsed as a long value: ${found}`);
    }
    if (seconds < 0) throw runtimeError(`The SecondsPath parameter references a negative value: ${found}`);
    return visit.enteredAt + seconds * visit.runtime.msPerSecond;
  }
  const timestamp = state.Timestamp ?? readAt(state.TimestampPath ?? '$', 'TimestampPath', input, context);
  const instant = instantOf(timestamp);
  if (instant === undefined) {
    throw runtimeError(
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ' +
        `${state.TimestampPath} == ${textOf(timestamp)}`,
    );
  }
  if (instant - Date.now() > longestWaitMs) throw runtimeError('Wait state delay is too long.');
  return instant;
}

/** Some 68 years: Step Functions counts the seconds of a wait in 32 bits. */
const longestWaitMs = (2 ** 31 - 1) * 1_000;

const textOf = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));

function failure(visit: Visit, state: State & { Type: 'Fail' }, input: Json): StateError {
  const context = contextOf(visit);
  const read = (path: string | undefined, field: string): string | undefined =>
    path === undefined ? undefined : String(readAt(path, field, input, context));
  return new StateError(
    state.Error ?? read(state.ErrorPath, 'ErrorPath'),
    state.Cause ?? read(state.CausePath, 'CausePath'),
  );
}

async function resultOf(visit: Visit, state: FallibleState, input: Json): Promise<Json> {
  let retries = 0;
  const result = await withRetries(visit, state, (key, retryCount) => {
    retries = retryCount;
    if (state.Type === 'Task') return runTask(visit, state, key, retryCount, input);
    return state.Type === 'Map'
      ? runMap(visit, state, key, retryCount, input, runFlow)
      : runParallel(visit, state, key, retryCount, input, runFlow);
  });
  if (state.ResultSelector === undefined) return result;
  return fillTemplate(state.ResultSelector, result, contextOf(visit, retries));
}

interface Outcome {
  readonly output: Json;
  readonly next: string | undefined;
}

const isFallible = (state: State): state is FallibleState =>
  state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';

/** The error as Step Functions tells it: with the state in which it happened. */
function located(fault: unknown, name: string, enteredId: number): unknown {
  const place = 'An error occurred while executing the state';
  // An inner state's error has its place already.
  if (!(fault instanceof StateError) || fault.error !== 'States.Runtime' || fault.reason?.startsWith(place)) {
    return fault;
  }
  return runtimeError(`${place} '${name}' (entered at the event id #${enteredId}). ${fault.reason}`);
}

async function outcomeOf(visit: Visit, state: State, raw: Json): Promise<Outcome> {
  if (state.Type === 'Fail') throw failure(visit, state, raw);
  const context = contextOf(visit, isFallible(state) ? 0 : undefined);
  const input = filterBy(state.InputPath, 'InputPath', raw, context);
  const through = (value: Json): Json => filterBy(state.OutputPath, 'OutputPath', value, context);
  switch (state.Type) {
    case 'Succeed':
      return { output: through(input), next: undefined };
    case 'Choice': {
      const next = state.Choices.find((rule) => holds(rule, input, context))?.['Next'] ?? state.Default;
      if (next === undefined)
        throw new StateError('States.NoChoiceMatched', `No choice of "${visit.name}" matched.`);
      return { output: through(input), next: String(next) };
    }
    case 'Wait':
      await sleepUntil(
        visit,
        visit.execution.note(`${visit.key}|wait`, () => endOfWait(visit, state, input, context)),
      );
      return { output: through(input), next: state.Next };
    case 'Pass': {
      const result = state.Result ?? fillTemplate(state.Parameters ?? input, input, context);
      return { output: through(combine(state.ResultPath, raw, result)), next: state.Next };
    }
    default:
      try {
        const result = await resultOf(visit, state, input);
        return { output: through(combine(state.ResultPath, raw, result)), next: state.Next };
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const catcher = state.Catch?.find((one) => coversError(one.ErrorEquals, error, state.Type));
        if (catcher === undefined) throw error;
        const caught = { Error: error.error ?? null, Cause: error.reason ?? null };
        return { output: combine(catcher.ResultPath, raw, caught), next: catcher.Next };
      }
  }
}

async function visitState(
  branch: Branch,
  key: string,
  name: string,
  state: State,
  raw: Json,
): Promise<Outcome> {
  const { execution, chain } = branch;
  branch.scope.check();
  const done = execution.event(key, 'exited');
  const entered = execution.emit(chain, key, 'entered', `${state.Type}StateEntered`, {
    name,
    input: JSON.stringify(raw),
  });
  if (done !== undefined) {
    chain.last = done.id;
    const next = done.extra?.['next'];
    return {
      output: parseJson(String(done.details?.['output'])),
      next: typeof next === 'string' ? next : undefined,
    };
  }
  const visit = { ...branch, name, key, enteredAt: entered.at };
  const outcome = await outcomeOf(visit, state, raw).catch((fault: unknown) => {
    throw located(fault, name, entered.id);
  });
  const details = { name, output: limitedText(outcome.output, name) };
  const extra: JsonObject = outcome.next === undefined ? {} : { next: outcome.next };
  execution.emit(chain, key, 'exited', `${state.Type}StateExited`, details, extra);
  return outcome;
}

/** Runs a flow from its first state to an end and gives its output; rejects with StateError when it fails. */
export async function runFlow(branch: Branch, flow: Flow, input: Json): Promise<Json> {
  let outcome: Outcome = { output: input, next: flow.StartAt };
  for (let visits = 0; outcome.next !== undefined; visits += 1) {
    // States that wait for nothing must not keep the process from its other work.
    if (visits % 100 === 99) await yieldToOthers();
    const name: string = outcome.next;
    const state = flow.States[name];
    if (state === undefined) throw runtimeError(`There is no state "${name}".`);
    outcome = await visitState(branch, `${branch.path}${visits}:${name}`, name, state, outcome.output);
  }
  return outcome.output;
}
