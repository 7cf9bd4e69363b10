import { BlockList, isIP } from 'node:net';

/** Tells whether an event fits a pattern. */
export type Matches = (event: unknown) => boolean;

/** Tells whether one value of a field fits; `undefined` stands for a field that is absent. */
type ValueTest = (value: unknown) => boolean;

/**
 * Compiles an event pattern as EventBridge rules and Lambda's event source filters know it.
 * Throws with the path and the name of what is malformed or unsupported.
 */
export function compilePattern(pattern: unknown, path = 'pattern'): Matches {
  if (!isObject(pattern)) throw new Error(`${path} must be an object`);
  const tests = Object.entries(pattern).map(([key, value]): Matches => {
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
      return Array.isArray(field) && field.length > 0 ? field.some(fits) : fits(field);
    };
  });
  if (tests.length === 0) throw new Error(`${path} is empty`);
  return (event) => tests.every((test) => test(event));
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

function compileWildcard(operand: unknown, path: string): ValueTest {
  const text = stringOf(operand, path);
  if (/(?<!\\)\*\*/.test(text)) throw new Error(`${path}: two * in a row are not allowed`);
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

function compileNumeric(operand: unknown, path: string): ValueTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new Error(`${path} needs a comparison and a number, once or twice`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const compare = comparisons[String(operand[at])];
    const bound: unknown = operand[at + 1];
    if (compare === undefined) throw new Error(`${path}: comparison "${operand[at]}" is not supported`);
    if (typeof bound !== 'number') throw new Error(`${path}: ${JSON.stringify(bound)} is not a number`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function compileCidr(operand: unknown, path: string): ValueTest {
  const [address = '', prefix = ''] = stringOf(operand, path).split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d+$/.test(prefix)) throw new Error(`${path}: "${operand}" is no address range`);
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
    excluded = listOf(operand[name]).map((value) => compile(value, `${path}.${name}`));
  } else {
    excluded = listOf(operand).map((value) => compileExact(value, path));
  }
  if (excluded.length === 0) throw new Error(`${path} is an empty list`);
  return (value) => value !== undefined && !excluded.some((test) => test(value));
}

function stringOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Error(`${path} must be a string`);
  return value;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function fieldOf(event: unknown, key: string): unknown {
  return isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
