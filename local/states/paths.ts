import { isObject, type Json, type JsonObject } from './json.ts';
import { runtimeError, StateError } from './state-error.ts';

type Step =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

/** A compiled JSONPath. */
export interface Path {
  readonly text: string;
  readonly root: 'input' | 'context';
  readonly steps: readonly Step[];
}

const stepPatterns =
  /\.\*|\[\*\]|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\.([^\s.[\]()'"*?@,:$]+)/gy;
const compiled = new Map<string, Path>();

/**
 * Compiles a JSONPath of keys, indexes and wildcards (`$.a['b'][0][*]`, or `$$.` for the context object).
 * Filters, slices and `..` are refused with a SyntaxError: no definition of ours needs them.
 */
export function compilePath(text: string): Path {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const root = text.startsWith('$$') ? 'context' : 'input';
  const steps: Step[] = [];
  let at = root === 'context' ? 2 : 1;
  if (!text.startsWith('$')) throw new SyntaxError(`"${text}" is not a JSONPath`);
  while (at < text.length) {
    stepPatterns.lastIndex = at;
    const match = stepPatterns.exec(text);
    if (match === null)
      throw new SyntaxError(`the JSONPath "${text}" is not supported from "${text.slice(at)}" on`);
    const [whole, index, single, double, name] = match;
    const quoted = single ?? double;
    if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (quoted !== undefined) steps.push({ kind: 'key', key: unquoted(quoted, single === undefined) });
    else if (name !== undefined) steps.push({ kind: 'key', key: name });
    else steps.push({ kind: 'all' });
    at += whole.length;
  }
  const path: Path = { text, root, steps };
  compiled.set(text, path);
  return path;
}

/** Only its own quote is escaped in a quoted key; every other backslash is one of the key. */
function unquoted(key: string, double: boolean): string {
  return double ? key.replaceAll('\\"', '"') : key.replaceAll("\\'", "'");
}

/** Whether a path leads to one place at most, as ResultPath must. */
export function isReferencePath(path: Path): boolean {
  return path.root === 'input' && path.steps.every((step) => step.kind !== 'all');
}

function step(value: Json, by: Step): Json[] {
  if (by.kind === 'key') {
    if (!isObject(value) || !Object.hasOwn(value, by.key)) return [];
    return [value[by.key] ?? null];
  }
  if (by.kind === 'index') {
    const item = Array.isArray(value) ? value.at(by.index) : undefined;
    return item === undefined ? [] : [item];
  }
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** What a path finds: one value, undefined when nothing is there, or an array when it has a wildcard. */
export function findAt(path: Path, input: Json, context: JsonObject): Json | undefined {
  let values: Json[] = [path.root === 'context' ? context : input];
  for (const by of path.steps) values = values.flatMap((value) => step(value, by));
  return path.steps.some((by) => by.kind === 'all') ? values : values[0];
}

/** As findAt, but a place that is not there fails the execution with States.Runtime, as on AWS. */
export function readAt(text: string, field: string, input: Json, context: JsonObject): Json {
  const value = findAt(compilePath(text), input, context);
  if (value !== undefined) return value;
  throw runtimeError(
    `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`,
  );
}

/** A copy of the input with the value put at a reference path; objects on the way are made, array items are not. */
export function putAt(path: Path, input: Json, value: Json): Json {
  const put = (target: Json | undefined, steps: readonly Step[]): Json => {
    const [head, ...rest] = steps;
    if (head === undefined) return value;
    if (head.kind === 'key' && (target === undefined || isObject(target))) {
      const existing = target !== undefined && Object.hasOwn(target, head.key) ? target[head.key] : undefined;
      return { ...target, [head.key]: put(existing, rest) };
    }
    if (head.kind === 'index' && Array.isArray(target) && target.at(head.index) !== undefined) {
      return target.with(head.index, put(target.at(head.index), rest));
    }
    throw new StateError(
      'States.ResultPathMatchFailure',
      `Unable to apply ResultPath '${path.text}' to the input '${JSON.stringify(input)}'`,
    );
  };
  return put(input, path.steps);
}
