import { createHash, randomUUID } from 'node:crypto';
import { isObject, type Json, type JsonObject, parseJson, sameJson } from './json.ts';
import { compilePath, readAt } from './paths.ts';
import { StateError } from './state-error.ts';

type Expression =
  | { readonly kind: 'literal'; readonly value: Json; readonly template?: string }
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

const failure = (reason: string): StateError => new StateError('States.IntrinsicFailure', reason);

function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw failure(`expected a string, got ${JSON.stringify(value)}`);
  return value;
}
/** A text of those that are encoded, decoded and hashed. */
function shortText(value: Json | undefined): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  if (whole.length > longestText) throw failure(`a text of more than ${longestText} characters`);
  return whole;
}
const longestText = 10_000;

function decoded(base64: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(base64)) {
    throw failure(`${base64} is not Base64`);
  }
  return Buffer.from(base64, 'base64').toString();
}
function number(value: Json | undefined): number {
  if (typeof value !== 'number') throw failure(`expected a number, got ${JSON.stringify(value)}`);
  return Math.round(value);
}
function list(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw failure(`expected an array, got ${JSON.stringify(value)}`);
  return value;
}
function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw failure(`expected an object, got ${JSON.stringify(value)}`);
  return value;
}

function format(template: string, values: readonly Json[]): string {
  let used = 0;
  const filled = template.replaceAll(/\\([\\{}'])|\{\}/g, (_whole, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[used++];
    if (value === undefined) throw failure('States.Format has more places than values');
    return plainText(value);
  });
  if (used !== values.length) throw failure(`States.Format got ${values.length} values for ${used} places`);
  return filled;
}

/** A value as States.Format writes it: lists and objects not as JSON. */
function plainText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(plainText).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}=${plainText(one)}`)
    .join(', ')}}`;
}

function range(from: number, to: number, by: number): Json[] {
  if (by === 0) throw failure('States.ArrayRange needs a step other than 0');
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > 1000) throw failure('States.ArrayRange gives 1000 items at most');
  return Array.from({ length: count }, (_item, i) => from + i * by);
}

function partition(items: Json[], size: number): Json[] {
  if (size < 1) throw failure('States.ArrayPartition needs a positive size');
  return Array.from({ length: Math.ceil(items.length / size) }, (_chunk, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

const digests: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(value: Json | undefined, algorithm: string): string {
  const digest = digests[algorithm];
  if (digest === undefined) throw failure(`unknown hash algorithm ${algorithm}`);
  return createHash(digest).update(shortText(value)).digest('hex');
}

function split(value: string, delimiters: string): Json[] {
  const parts: string[] = [''];
  for (const char of value) {
    if (delimiters.includes(char)) parts.push('');
    else parts.push((parts.pop() ?? '') + char);
  }
  return parts.filter((part) => part !== '');
}

function item(items: Json[], index: number): Json {
  const found = items[index];
  if (found === undefined) throw failure(`the array has no item ${index}`);
  return found;
}

interface Intrinsic {
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  readonly call: (args: readonly Json[]) => Json;
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Format': { arity: [1, Infinity], call: ([template, ...values]) => format(text(template), values) },
  'States.StringToJson': { arity: [1, 1], call: ([json]) => parseText(text(json)) },
  'States.JsonToString': { arity: [1, 1], call: ([value]) => JSON.stringify(value) },
  'States.Array': { arity: [0, Infinity], call: (args) => [...args] },
  'States.ArrayPartition': { arity: [2, 2], call: ([items, size]) => partition(list(items), number(size)) },
  'States.ArrayContains': {
    arity: [2, 2],
    call: ([items, wanted]) => list(items).some((one) => sameJson(one, wanted ?? null)),
  },
  'States.ArrayRange': {
    arity: [3, 3],
    call: ([from, to, by]) => range(number(from), number(to), number(by)),
  },
  'States.ArrayGetItem': { arity: [2, 2], call: ([items, index]) => item(list(items), number(index)) },
  'States.ArrayLength': { arity: [1, 1], call: ([items]) => list(items).length },
  'States.ArrayUnique': {
    arity: [1, 1],
    call: ([items]) =>
      list(items).filter((one, i, all) => all.findIndex((other) => sameJson(one, other)) === i),
  },
  'States.Base64Encode': {
    arity: [1, 1],
    call: ([value]) => Buffer.from(shortText(text(value))).toString('base64'),
  },
  'States.Base64Decode': { arity: [1, 1], call: ([value]) => decoded(shortText(text(value))) },
  'States.Hash': { arity: [2, 2], call: ([value, algorithm]) => hash(value, text(algorithm)) },
  'States.JsonMerge': {
    arity: [3, 3],
    call: ([one, other, deep]) => {
      if (deep !== false)
        throw failure('States.JsonMerge merges shallowly only: its third argument is false');
      return { ...object(one), ...object(other) };
    },
  },
  'States.MathAdd': { arity: [2, 2], call: ([a, b]) => number(a) + number(b) },
  'States.StringSplit': { arity: [2, 2], call: ([value, by]) => split(text(value), text(by)) },
  'States.UUID': { arity: [0, 0], call: () => randomUUID() },
};

function parseText(json: string): Json {
  if (json.trim() === '') return null;
  try {
    return parseJson(json);
  } catch {
    throw failure(`${json} is not JSON`);
  }
}

const compiled = new Map<string, Expression>();

/** Compiles an intrinsic function call; throws SyntaxError when it is malformed or the function is unknown. */
export function compileIntrinsic(source: string): Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  let at = 0;
  const fault = (what: string): SyntaxError => new SyntaxError(`${what} in "${source}" at ${at}`);
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) return undefined;
    at += match[0].length;
    return match[0];
  };
  const argument = (): Expression => {
    // Nothing else can be escaped.
    const literal = take(/'(?:[^'\\]|\\[\\'{}])*'/y);
    if (literal !== undefined) {
      // States.Format must tell escaped braces from its places.
      const template = literal.slice(1, -1);
      return { kind: 'literal', value: template.replaceAll(/\\(.)/g, '$1'), template };
    }
    const path = take(/\$(?:\[[^\]]*\]|[^,()[\]\s])*/y);
    if (path !== undefined) return { kind: 'path', text: compilePath(path).text };
    const plain = take(/-?\d+(?:\.\d+)?|true|false|null/y);
    if (plain !== undefined) return { kind: 'literal', value: parseJson(plain) };
    return call();
  };
  const call = (): Expression => {
    const name = take(/States\.\w+/y);
    const intrinsic = name === undefined ? undefined : intrinsics[name];
    if (name === undefined || intrinsic === undefined) throw fault('no intrinsic function known to us');
    if (take(/\s*\(\s*/y) === undefined) throw fault('no opening bracket');
    const args: Expression[] = [];
    while (take(/\s*\)/y) === undefined) {
      if (args.length > 0 && take(/\s*,\s*/y) === undefined) throw fault('no comma');
      args.push(argument());
    }
    const [least, most] = intrinsic.arity;
    if (args.length < least || args.length > most) throw fault(`${args.length} arguments for ${name}`);
    return { kind: 'call', name, args };
  };
  const expression = call();
  if (at !== source.length) throw fault('text after the call');
  compiled.set(source, expression);
  return expression;
}

/** Evaluates an intrinsic function call such as `States.Format('{}-{}', $.a, $$.Execution.Name)`. */
export function evaluateIntrinsic(source: string, field: string, input: Json, context: JsonObject): Json {
  const evaluate = (expression: Expression): Json => {
    if (expression.kind === 'literal') return expression.value;
    if (expression.kind === 'path') return readAt(expression.text, field, input, context);
    const intrinsic = intrinsics[expression.name];
    if (intrinsic === undefined) throw failure(`unknown function ${expression.name}`);
    const [first, ...rest] = expression.args;
    if (expression.name === 'States.Format' && first?.kind === 'literal' && first.template !== undefined) {
      return intrinsic.call([first.template, ...rest.map(evaluate)]);
    }
    return intrinsic.call(expression.args.map(evaluate));
  };
  return evaluate(compileIntrinsic(source));
}
