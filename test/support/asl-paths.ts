import type { Flow, State } from '../../local/states/definition.ts';
import { flowsOf } from '../../local/states/definition-check.ts';
import { isObject, type Json } from '../../local/states/json.ts';
import { compilePath } from '../../local/states/paths.ts';

/** What is known of a value: its keys, that it has none, or nothing ('any': paths into it are believed). */
type Shape = 'any' | 'value' | ReadonlyMap<string, Shape>;

const shape = (keys: Readonly<Record<string, Shape>>): Shape => new Map(Object.entries(keys));

/** What an input of plain values looks like. */
export function inputShape(keys: readonly string[]): Shape {
  return new Map(keys.map((key) => [key, 'value']));
}

const lambdaResult = shape({
  ExecutedVersion: 'value',
  Payload: 'any',
  SdkHttpMetadata: 'any',
  SdkResponseMetadata: 'any',
  StatusCode: 'value',
});
const caughtError = shape({ Error: 'value', Cause: 'value' });

interface Context {
  readonly tokens: boolean;
  readonly items: boolean;
}

function contextShape({ tokens, items }: Context): Shape {
  return shape({
    Execution: shape({
      Id: 'value',
      Name: 'value',
      Input: 'any',
      RoleArn: 'value',
      StartTime: 'value',
      RedriveCount: 'value',
    }),
    State: shape({ Name: 'value', EnteredTime: 'value', RetryCount: 'value' }),
    StateMachine: shape({ Id: 'value', Name: 'value' }),
    ...(tokens ? { Task: shape({ Token: 'value' }) } : {}),
    ...(items ? { Map: shape({ Item: shape({ Index: 'value', Value: 'any' }) }) } : {}),
  });
}

/** What is certain when either of two may be the case. */
function meet(a: Shape, b: Shape): Shape {
  if (a === 'any') return b;
  if (b === 'any') return a;
  if (a === 'value' || b === 'value') return 'value';
  return new Map([...a].flatMap(([key, one]) => (b.has(key) ? [[key, meet(one, b.get(key) ?? 'any')]] : [])));
}

function same(a: Shape, b: Shape): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.size === b.size && [...a].every(([key, one]) => b.has(key) && same(one, b.get(key) ?? 'any'));
}

/** Looks paths of one state up and collects those that may lead nowhere. */
class Reader {
  readonly faults: string[] = [];
  readonly #state: string;
  readonly #context: Context;

  constructor(state: string, context: Context) {
    this.#state = state;
    this.#context = context;
  }

  read(text: string, input: Shape): Shape {
    const path = compilePath(text);
    let found: Shape | undefined = path.root === 'context' ? contextShape(this.#context) : input;
    for (const step of path.steps) {
      if (found === 'any') break;
      found = typeof found === 'string' || step.kind !== 'key' ? undefined : found?.get(step.key);
    }
    if (found !== undefined) return found;
    this.faults.push(`${this.#state} reads ${text}, which may not be there`);
    return 'any';
  }

  filter(path: string | null | undefined, input: Shape): Shape {
    if (path === undefined) return input;
    return path === null ? shape({}) : this.read(path, input);
  }

  fill(template: Json, input: Shape): Shape {
    if (Array.isArray(template)) {
      for (const one of template) this.fill(one, input);
      return 'any';
    }
    if (!isObject(template)) return 'value';
    return new Map(
      Object.entries(template).map(([key, value]): [string, Shape] => {
        if (!key.endsWith('.$') || typeof value !== 'string') return [key, this.fill(value, input)];
        if (value.startsWith('$')) return [key.slice(0, -2), this.read(value, input)];
        for (const [path] of value.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').matchAll(/\$[^,()\s]*/g)) {
          this.read(path, input);
        }
        return [key.slice(0, -2), 'any'];
      }),
    );
  }

  /** Reads the variables of a choice rule, except those it asks the presence of. */
  rule(rule: Json, input: Shape): void {
    const variables: string[] = [];
    const guarded = new Set<string>();
    const visit = (one: Json): void => {
      if (Array.isArray(one)) for (const item of one) visit(item);
      if (!isObject(one)) return;
      const { Variable: variable } = one;
      if (typeof variable === 'string') {
        if (one['IsPresent'] === undefined) variables.push(variable);
        else guarded.add(variable);
      }
      for (const [key, value] of Object.entries(one)) {
        if (/(Equals|Than)Path$/.test(key) && typeof value === 'string') variables.push(value);
        else visit(value);
      }
    };
    visit(rule);
    for (const variable of variables) if (!guarded.has(variable)) this.read(variable, input);
  }
}

function put(path: string | null | undefined, raw: Shape, result: Shape): Shape {
  if (path === undefined) return result;
  if (path === null) return raw;
  const insert = (into: Shape, keys: readonly string[]): Shape => {
    const [key, ...rest] = keys;
    if (key === undefined) return result;
    if (into === 'any') return 'any';
    const entries = into === 'value' ? new Map<string, Shape>() : new Map(into);
    return entries.set(key, insert(entries.get(key) ?? shape({}), rest));
  };
  const { steps } = compilePath(path);
  const keys = steps.map((step) => (step.kind === 'key' ? step.key : undefined));
  return keys.every((key) => key !== undefined) ? insert(raw, keys) : raw;
}

interface Edges {
  readonly edges: readonly (readonly [string | undefined, Shape])[];
  readonly faults: readonly string[];
}

function resultOf(state: State, input: Shape, reader: Reader): Shape {
  if (state.Type === 'Task') {
    if (state.Parameters !== undefined) reader.fill(state.Parameters, input);
    for (const path of [state.TimeoutSecondsPath, state.HeartbeatSecondsPath]) reader.filter(path, input);
    return state.Resource.endsWith(':lambda:invoke') ? lambdaResult : 'any';
  }
  if (state.Type === 'Map') {
    reader.filter(state.ItemsPath, input);
    reader.filter(state.MaxConcurrencyPath, input);
  }
  if (state.Type !== 'Pass') return 'any';
  if (state.Result !== undefined)
    return new Reader('', { tokens: false, items: false }).fill(state.Result, 'any');
  return state.Parameters === undefined ? input : reader.fill(state.Parameters, input);
}

/** Where a state leads, and what is known of its output there. */
function edgesOf(name: string, state: State, raw: Shape, items: boolean): Edges {
  const tokens = state.Type === 'Task' && state.Resource.endsWith('.waitForTaskToken');
  const reader = new Reader(name, { tokens, items: items || state.Type === 'Map' });
  const { faults } = reader;
  if (state.Type === 'Fail') {
    for (const path of [state.ErrorPath, state.CausePath]) reader.filter(path, raw);
    return { edges: [], faults };
  }
  const input = reader.filter(state.InputPath, raw);
  if (state.Type === 'Choice' || state.Type === 'Wait' || state.Type === 'Succeed') {
    if (state.Type === 'Choice') for (const rule of state.Choices) reader.rule(rule, input);
    if (state.Type === 'Wait') {
      for (const path of [state.SecondsPath, state.TimestampPath]) reader.filter(path, input);
    }
    const output = reader.filter(state.OutputPath, input);
    const targets =
      state.Type === 'Choice'
        ? [...state.Choices.map((rule) => String(rule['Next'])), state.Default]
        : [state.Type === 'Wait' ? state.Next : undefined];
    return { edges: targets.map((target) => [target, output] as const), faults };
  }
  const result = resultOf(state, input, reader);
  const selected =
    'ResultSelector' in state && state.ResultSelector !== undefined
      ? reader.fill(state.ResultSelector, result)
      : result;
  const output = reader.filter(state.OutputPath, put(state.ResultPath, raw, selected));
  const caught = 'Catch' in state ? (state.Catch ?? []) : [];
  return {
    edges: [
      [state.Next, output],
      ...caught.map((one) => [one.Next, put(one.ResultPath, raw, caughtError)] as const),
    ],
    faults,
  };
}

/** What the flows inside a state begin with. */
function innerInput(state: State, raw: Shape): Shape {
  const reader = new Reader('', { tokens: false, items: true });
  if (state.Type === 'Map')
    return state.ItemSelector === undefined ? 'any' : reader.fill(state.ItemSelector, raw);
  return state.Type === 'Parallel' && state.Parameters !== undefined
    ? reader.fill(state.Parameters, raw)
    : raw;
}

/** Paths that on some way through the states lead nowhere, given what the execution's input is certain to have. */
export function pathFaults(flow: Flow, input: Shape, items = false): string[] {
  const entries = new Map<string, Shape>([[flow.StartAt, input]]);
  const pending = [flow.StartAt];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const state = flow.States[name];
    const entry = entries.get(name);
    if (state === undefined || entry === undefined) continue;
    for (const [target, output] of edgesOf(name, state, entry, items).edges) {
      if (target === undefined) continue;
      const known = entries.get(target);
      const next = known === undefined ? output : meet(known, output);
      if (known !== undefined && same(known, next)) continue;
      entries.set(target, next);
      pending.push(target);
    }
  }
  return [...entries].flatMap(([name, entry]) => {
    const state = flow.States[name];
    if (state === undefined) return [];
    const inner = flowsOf(state).flatMap((one) =>
      pathFaults(one, innerInput(state, entry), items || state.Type === 'Map'),
    );
    return [...edgesOf(name, state, entry, items).faults, ...inner];
  });
}
