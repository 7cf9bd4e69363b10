import { BlockList, isIP } from 'node:net';

/** Tells whether an event fits a pattern. */
export type Matches = (event: unknown) => boolean;

/** Tells whether one value of a field fits; `undefined` stands for a field that is absent. */
type ValueTest = (value: unknown) => boolean;

/**
 * Compiles an event pattern as EventBridge rules and Lambda's event source filters know it.
 * Throws with the path and the name of what is malformed, unsupported or refused by them.
 */
export function compilePattern(pattern: unknown, path = 'pattern'): Matches {
  if (!isObject(pattern)) throw new Error(`${path} must be an object`);
  const tests = Object.entries(nested(pattern)).map(([key, value]): Matches => {
    const inner = `${path}.${key}`;
    if (key === '$or') return compileAlternatives(value, inner);
    if (Array.isArray(value)) {
      const fits = compileField(value, inner);
      return (event) => fits(fieldOf(event, key));
    }
    const fits = compilePattern(value, inner);
    return (event) => {
      const field = fieldOf(event, key);
      // In a list of objects one object has to fit the whole inner pattern.
      const elements = Array.isArray(field) ? field.flat(Number.POSITIVE_INFINITY) : [];
      return elements.length > 0 ? elements.some(fits) : fits(field);
    };
  });
  if (tests.length === 0) throw new Error(`${path} is empty`);
  return (event) => tests.every((test) => test(event));
}

/** A pattern without dots in its keys: `a.b` stands for `b` in `a`, as it does in an event. */
function nested(pattern: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(pattern)) {
    const [first = '', rest] = key.split(/\.(.*)/s);
    if (rest === undefined) {
      const known = whole[key];
      whole[key] = isObject(known) && isObject(value) ? { ...known, ...value } : value;
    } else {
      const known = whole[first];
      whole[first] = { ...(isObject(known) && known), [rest]: value };
    }
  }
  return whole;
}

function compileAlternatives(value: unknown, path: string): Matches {
  if (!Array.isArray(value) || value.length < 2)
    throw new Error(`${path} needs a list of two or more patterns`);
  const alternatives = value.map((pattern, index) => compilePattern(pattern, `${path}[${index}]`));
  return (event) => alternatives.some((fits) => fits(event));
}

function compileField(matchers: readonly unknown[], path: string): ValueTest {
  if (matchers.length === 0) throw new Error(`${path} is an empty list`);
  const tests = matchers.map((matcher) => compileMatcher(matcher, path));
  return (field) => {
    const values = leavesOf(field);
    return tests.some((test) => (values.length === 0 ? test(undefined) : values.some(test)));
  };
}

/** The values of a field that patterns see; none for an absent field, an object and an empty list. */
function leavesOf(field: unknown): unknown[] {
  if (Array.isArray(field)) return field.flatMap(leavesOf);
  return field === undefined || isObject(field) ? [] : [field];
}

function compileMatcher(matcher: unknown, path: string): ValueTest {
  if (!isObject(matcher)) return compileExact(matcher, path);
  const [name, ...others] = Object.keys(matcher);
  if (name === undefined || others.length > 0) {
    throw new Error(`${path}: a matcher has exactly one name, found ${JSON.stringify(matcher)}`);
  }
  const compile = matcherCompilers[name];
  if (compile === undefined) throw new Error(`${path}: matcher "${name}" is not supported`);
  return compile(matcher[name], `${path}.${name}`);
}

function compileExact(wanted: unknown, path: string): ValueTest {
  if (wanted !== null && !['string', 'number', 'boolean'].includes(typeof wanted)) {
    throw new Error(`${path}: ${JSON.stringify(wanted)} is no value to compare with`);
  }
  return (value) => value === wanted;
}

const matcherCompilers: Readonly<Record<string, (operand: unknown, path: string) => ValueTest>> = {
  prefix: (operand, path) => compileAffix(operand, path, (value, affix) => value.startsWith(affix)),
  suffix: (operand, path) => compileAffix(operand, path, (value, affix) => value.endsWith(affix)),
  'equals-ignore-case': (operand, path) => {
    const wanted = stringOf(operand, path).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: compileWildcard,
  exists: (operand, path) => {
    if (typeof operand !== 'boolean') throw new Error(`${path} must be true or false`);
    return (value) => (value !== undefined) === operand;
  },
  numeric: compileNumeric,
  cidr: compileCidr,
  'anything-but': compileAnythingBut,
};

function compileAffix(
  operand: unknown,
  path: string,
  test: (value: string, affix: string) => boolean,
): ValueTest {
  if (isObject(operand)) {
    const { 'equals-ignore-case': affix, ...others } = operand;
    const unknownName = Object.keys(others)[0];
    if (unknownName !== undefined) throw new Error(`${path}: matcher "${unknownName}" is not supported`);
    const wanted = stringOf(affix, path).toLowerCase();
    return (value) => typeof value === 'string' && test(value.toLowerCase(), wanted);
  }
  const wanted = stringOf(operand, path);
  return (value) => typeof value === 'string' && test(value, wanted);
}

const tooManyRepetitions = 5;

function compileWildcard(operand: unknown, path: string): ValueTest {
  const text = stringOf(operand, path);
  if (/(?<!\\)\*\*/.test(text)) throw new Error(`${path}: two * in a row are not allowed`);
  if (/\\(?![*\\])/.test(text.replaceAll('\\\\', '')))
    throw new Error(`${path}: only * and \\ can be escaped`);
  // EventBridge bounds how many places of a pattern a text can be at; it does not tell the bound.
  const followers = [...text.matchAll(/(?<!\\)\*(.)/gs)].map(([, follower]) => follower);
  const repeated = Math.max(0, ...followers.map((one) => followers.filter((other) => other === one).length));
  if (repeated >= tooManyRepetitions) {
    throw new Error(`${path}: too complex, use fewer * or fewer repetitions of what follows one`);
  }
  const source = text.replace(/\\[*\\]|\*|[^*\\]+|\\/g, (part) => {
    if (part === '*') return '[^]*';
    const literal = part.length === 2 && part.startsWith('\\') ? part.slice(1) : part;
    return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  });
  const expression = new RegExp(`^${source}$`);
  return (value) => typeof value === 'string' && expression.test(value);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** EventBridge compares numbers of up to five billion. */
const largestNumber = 5e9;

function compileNumeric(operand: unknown, path: string): ValueTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new Error(`${path} needs a comparison and a number, once or twice`);
  }
  const terms = [operand.slice(0, 2), operand.slice(2)].filter(({ length }) => length > 0);
  const tests = terms.map(([name, bound]: unknown[]) => {
    const compare = comparisons[String(name)];
    if (compare === undefined) throw new Error(`${path}: comparison "${name}" is not supported`);
    if (typeof bound !== 'number') throw new Error(`${path}: ${JSON.stringify(bound)} is not a number`);
    if (Math.abs(bound) > largestNumber) throw new Error(`${path}: ${bound} is more than ${largestNumber}`);
    return { name: String(name), bound, fits: (value: number) => compare(value, bound) };
  });
  const [bottom, top] = tests;
  if (bottom !== undefined && top !== undefined) {
    // A range goes upwards, and has something in it.
    if (!bottom.name.startsWith('>') || !top.name.startsWith('<')) {
      throw new Error(
        `${path}: a range goes from > or >= to < or <=, not from ${bottom.name} to ${top.name}`,
      );
    }
    if (bottom.bound >= top.bound) throw new Error(`${path}: ${bottom.bound} is not below ${top.bound}`);
  }
  return (value) => typeof value === 'number' && tests.every(({ fits }) => fits(value));
}

function compileCidr(operand: unknown, path: string): ValueTest {
  const [address = '', prefix = '', ...rest] = stringOf(operand, path).split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d+$/.test(prefix) || rest.length > 0)
    throw new Error(`${path}: "${operand}" is no address range`);
  const range = new BlockList();
  range.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return (value) => {
    if (typeof value !== 'string' || isIP(value) !== family) return false;
    return range.check(value, family === 4 ? 'ipv4' : 'ipv6');
  };
}

const negatable = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function compileAnythingBut(operand: unknown, path: string): ValueTest {
  let excluded: ValueTest[];
  if (isObject(operand)) {
    const [name, ...others] = Object.keys(operand);
    const compile = name === undefined ? undefined : matcherCompilers[name];
    if (name === undefined || others.length > 0 || compile === undefined || !negatable.includes(name)) {
      throw new Error(`${path}: matcher "${Object.keys(operand).join(', ')}" is not supported`);
    }
    excluded = listOf(operand[name]).map((value) => {
      const text = stringOf(value, `${path}.${name}`);
      if (text === '' && name.endsWith('fix')) throw new Error(`${path}.${name} must not be empty`);
      return compile(text, `${path}.${name}`);
    });
  } else {
    const values = listOf(operand);
    const types = new Set(values.map((value) => typeof value));
    if (types.size > 1 || [...types].some((type) => type !== 'string' && type !== 'number')) {
      throw new Error(`${path} takes texts alone or numbers alone`);
    }
    excluded = values.map((value) => compileExact(value, path));
  }
  if (excluded.length === 0) throw new Error(`${path} is an empty list`);
  return (value) => value !== undefined && !excluded.some((test) => test(value));
}

function stringOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Error(`${path} must be a string`);
  return value;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A field of an event; what stands under `key.rest` is in it, too. */
function fieldOf(event: unknown, key: string): unknown {
  if (!isObject(event)) return undefined;
  if (Object.hasOwn(event, key)) return event[key];
  const inner = Object.entries(event).filter(([name]) => name.startsWith(`${key}.`));
  if (inner.length === 0) return undefined;
  return Object.fromEntries(inner.map(([name, value]) => [name.slice(key.length + 1), value]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
