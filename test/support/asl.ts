import { readdirSync, readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { type Definition, type Flow, parseDefinition, type State } from '../../local/states/definition.ts';
import { flowsOf, targetsOf, taskPatternOf } from '../../local/states/definition-check.ts';

const folder = new URL('../../statemachines/', import.meta.url);
const partition = 'aws-cn';

/** A definition file as it stands in the repository, before substitution. */
export interface DefinitionFile {
  /** File name without `.asl.json`. */
  readonly name: string;
  readonly text: string;
}

/** Every file of `statemachines/`. */
export function readDefinitionFiles(): DefinitionFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.asl.json'))
    .map((file) => ({
      name: file.replace(/\.asl\.json$/, ''),
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

const substitution = /\$\{([A-Za-z0-9_]+)\}/g;

/** The definition with every substitution filled by something of its kind; throws on what we cannot run. */
export function fillDefinition(text: string): Definition {
  const filled = text.replaceAll(substitution, (_all, key: string) =>
    key === 'AWSPartition' ? partition : `arn:${partition}:lambda:cn-north-1:000000000000:function:${key}`,
  );
  const parsed = parseDefinition(filled);
  if ('definition' in parsed) return parsed.definition;
  throw new Error(parsed.faults.map(({ state, field, fault }) => `${state}: ${field}: ${fault}`).join('\n'));
}

/** What asl-validator has against a definition. */
export function validatorFaults(definition: Definition): string[] {
  const { isValid, errorsText } = validate(structuredClone(definition));
  return isValid ? [] : errorsText('\n').split('\n');
}

/** Substitutions that are used and not given, or given and not used. */
export function substitutionFaults(text: string, given: readonly string[]): string[] {
  const used = new Set(Array.from(text.matchAll(substitution), ([, key]) => String(key)));
  return [
    ...[...used].filter((key) => !given.includes(key)).map((key) => `${key} is used and not given`),
    ...given.filter((key) => !used.has(key)).map((key) => `${key} is given and not used`),
  ];
}

/** Every flow of a definition, those inside Parallel and Map states included. */
function allFlows(flow: Flow): Flow[] {
  return [flow, ...Object.values(flow.States).flatMap((state) => flowsOf(state).flatMap(allFlows))];
}

/** Every state of a definition with its name. */
function allStates(flow: Flow): [string, State][] {
  return allFlows(flow).flatMap((one) => Object.entries(one.States));
}

function reachable(from: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const seen = new Set(from);
  for (const name of seen) for (const target of next(name)) seen.add(target);
  return seen;
}

/** Targets that are not there, states that nothing leads to, and states from which no end can be reached. */
export function transitionFaults(definition: Flow): string[] {
  return allFlows(definition).flatMap((flow) => {
    const targets = (name: string): string[] => {
      const state = flow.States[name];
      return state === undefined ? [] : targetsOf(state).map(({ target }) => target);
    };
    const names = Object.keys(flow.States);
    const reached = reachable([flow.StartAt], targets);
    const ends = names.filter((name) => targets(name).length === 0 || 'End' in (flow.States[name] ?? {}));
    const ending = reachable(ends, (name) => names.filter((one) => targets(one).includes(name)));
    return [
      ...[...reached].filter((name) => !names.includes(name)).map((name) => `there is no state ${name}`),
      ...names.filter((name) => !reached.has(name)).map((name) => `nothing leads to ${name}`),
      ...names.filter((name) => !ending.has(name)).map((name) => `${name} leads to no end`),
    ];
  });
}

const transientLambdaErrors = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  // A sandbox that ran out of time or memory, by either name.
  'Lambda.Unknown',
  'Sandbox.Timedout',
];
const isTransientLambdaError = (error: string): boolean => transientLambdaErrors.includes(error);
const predefinedErrors = [
  'States.ALL',
  'States.BranchFailed',
  'States.DataLimitExceeded',
  'States.HeartbeatTimeout',
  'States.IntrinsicFailure',
  'States.NoChoiceMatched',
  'States.ParameterPathFailure',
  'States.Permissions',
  'States.ResultPathMatchFailure',
  'States.TaskFailed',
  'States.Timeout',
  'Lambda.ResourceNotFoundException',
  ...transientLambdaErrors,
];

/** Tasks without a last resort, retries of what does not go away, without jitter or on no function's error. */
export function recoveryFaults(
  definition: Flow,
  errors: { readonly known: readonly string[]; readonly transient: readonly string[] },
): string[] {
  return allStates(definition).flatMap(([name, state]) => {
    const faults: string[] = [];
    if (state.Type === 'Task' && state.Catch?.at(-1)?.ErrorEquals.join() !== 'States.ALL') {
      faults.push(`${name} has no Catch for States.ALL at the end`);
    }
    if (!('Retry' in state) && !('Catch' in state)) return faults;
    for (const { JitterStrategy, ErrorEquals } of state.Retry ?? []) {
      if (JitterStrategy !== 'FULL') faults.push(`${name} retries without full jitter`);
      for (const error of ErrorEquals) {
        if (!errors.transient.includes(error) && !transientLambdaErrors.includes(error)) {
          faults.push(`${name} retries ${error}, which is not transient`);
        }
      }
    }
    for (const { ErrorEquals } of [...(state.Retry ?? []), ...(state.Catch ?? [])]) {
      for (const error of ErrorEquals) {
        if (!errors.known.includes(error) && !predefinedErrors.includes(error)) {
          faults.push(`${name} expects ${error}, which nothing throws`);
        }
      }
    }
    return faults;
  });
}

/** Errors that a task has a way of its own for. */
function caughtByName(task: Pick<Extract<State, { Type: 'Task' }>, 'Catch'>): string[] {
  return (task.Catch ?? [])
    .flatMap(({ ErrorEquals }) => ErrorEquals)
    .filter((error) => error !== 'States.ALL');
}

/**
 * Tasks that some transient error ends although it goes away within an outage. With full jitter a pause is anything up to its
 * length, so what counts is a quarter of all of them: whole pauses are rare, and so is less than that over twenty.
 */
export function outageFaults(
  definition: Flow,
  transient: readonly string[],
  outageSeconds: number,
): string[] {
  return allStates(definition).flatMap(([name, state]) => {
    if (state.Type !== 'Task') return [];
    return [...transient, ...transientLambdaErrors].flatMap((error) => {
      if (caughtByName(state).includes(error)) return [];
      const retrier = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
      const {
        MaxAttempts = 0,
        IntervalSeconds = 1,
        BackoffRate = 2,
        MaxDelaySeconds = Infinity,
      } = retrier ?? {};
      const pauses = Array.from({ length: MaxAttempts }, (_, at) =>
        Math.min(IntervalSeconds * BackoffRate ** at, MaxDelaySeconds),
      );
      const seconds = pauses.reduce((sum, pause) => sum + pause, 0);
      if (seconds / 4 < outageSeconds) return [`${name} gives up on ${error} after ${seconds} s`];
      return Math.max(...pauses) > 300 ? [`${name} pauses longer than five minutes after ${error}`] : [];
    });
  });
}

/** Tasks that wait for a token for ever, or that hand no token to anyone. */
export function tokenFaults(definition: Flow): string[] {
  return allStates(definition).flatMap(([name, state]) => {
    if (state.Type !== 'Task') return [];
    if (taskPatternOf(state.Resource, partition) !== 'invoke.waitForTaskToken') return [];
    const endless = state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined;
    const given = JSON.stringify(state.Parameters ?? {}).includes('"$$.Task.Token"');
    return [
      ...(endless ? [`${name} waits for its token without a timeout`] : []),
      ...(given ? [] : [`${name} does not hand its token out`]),
    ];
  });
}

/** States without a sentence that says what they are for. */
export function commentFaults(definition: Definition): string[] {
  return allStates(definition)
    .filter(([, { Comment }]) => !/^[A-Z].*\.$/.test(Comment ?? ''))
    .map(([name]) => `${name} has no sentence in its Comment`);
}

/**
 * Tasks that are not retried as the first task of their kind, in whatever definition that stands. A kind is what the
 * resource does: calling a function, or calling one and waiting for its token.
 */
export function retryFaults(definitions: readonly Definition[]): string[] {
  const first = new Map<string, { readonly name: string; readonly retry: string }>();
  return definitions.flatMap(allStates).flatMap(([name, state]) => {
    if (state.Type !== 'Task') return [];
    // What a task catches by name it need not retry.
    const caught = caughtByName(state);
    const retry = JSON.stringify(
      state.Retry?.map((retrier) => ({
        ...retrier,
        ErrorEquals: [...new Set([...retrier.ErrorEquals, ...caught.filter(isTransientLambdaError)])].sort(),
      })),
    );
    const model = first.get(state.Resource);
    if (model === undefined) first.set(state.Resource, { name, retry });
    return model === undefined || model.retry === retry ? [] : [`${name} is not retried as ${model.name}`];
  });
}
