/** What a table holds: the values that the document client reads and writes. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value };
export type Item = { readonly [name: string]: Value };

/** A request that DynamoDB refuses as such, before it looks at any item. */
export class Invalid extends Error {}

/** What an expression is evaluated on. */
export interface Scope {
  readonly item: Item | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

type Operand = (scope: Scope) => Value | undefined;
type Test = (scope: Scope) => boolean;
type Step = string | number;
type Path = (names: Scope['names']) => readonly Step[];

interface Parsed {
  /** Placeholders of names and values that it uses. */
  readonly placeholders: ReadonlySet<string>;
}
export interface Condition extends Parsed {
  readonly test: Test;
  /** The parts that `AND` joins at the top, with their text. */
  readonly conjuncts: readonly { readonly text: string; readonly test: Test }[];
}
export interface Update extends Parsed {
  readonly apply: (scope: Scope) => Item;
}
export interface KeyCondition extends Parsed {
  /** Attribute and value of the partition. */
  readonly partition: (scope: Scope) => readonly [string, Value];
  /** Name of the attribute that the rest is about, if there is a rest. */
  readonly sortName: (names: Scope['names']) => string | undefined;
  readonly test: Test;
}

const word = /\s*(?:([#:]?[A-Za-z_][A-Za-z0-9_]*|[#:][0-9][A-Za-z0-9_]*|[0-9]+)|(<=|>=|<>|[=<>()+\-.,[\]]))/y;

/** Words of an expression with their places in the text. @throws Invalid */
class Reader {
  readonly text: string;
  readonly words: { readonly word: string; readonly start: number; readonly end: number }[] = [];
  readonly placeholders = new Set<string>();
  #at = 0;

  constructor(text: string) {
    this.text = text;
    word.lastIndex = 0;
    const length = text.trimEnd().length;
    if (length === 0) throw new Invalid('the expression is empty');
    while (word.lastIndex < length) {
      const start = word.lastIndex;
      const found = word.exec(text);
      if (!found) throw new Invalid(`syntax at ${start} of ${text}`);
      const read = found[1] ?? found[2] ?? '';
      this.words.push({ word: read, start: word.lastIndex - read.length, end: word.lastIndex });
      if (/^[#:]/.test(read)) this.placeholders.add(read);
    }
  }

  get place(): number {
    return this.#at;
  }
  set place(at: number) {
    this.#at = at;
  }

  peek(ahead = 0): string {
    return this.words[this.#at + ahead]?.word ?? '';
  }

  next(): string {
    const found = this.peek();
    if (found === '') throw new Invalid(`it ends too early: ${this.text}`);
    this.#at += 1;
    return found;
  }

  /** Whether the next word is this one; then it is read. */
  takes(expected: string): boolean {
    if (this.peek().toUpperCase() !== expected) return false;
    this.#at += 1;
    return true;
  }

  expect(expected: string): void {
    if (!this.takes(expected)) throw new Invalid(`${expected} expected at word ${this.#at} of ${this.text}`);
  }

  end(): void {
    if (this.peek() !== '') throw new Invalid(`unexpected ${this.peek()} in ${this.text}`);
  }

  /** The text between two places. */
  textOf(from: number, to: number): string {
    return this.text.slice(this.words[from]?.start, this.words[to - 1]?.end);
  }
}

/** Parses a condition. @throws Invalid for syntax that this store does not know */
export const parseCondition = remembered((text): Condition => {
  const reader = new Reader(text);
  const conjuncts: { text: string; test: Test }[] = [];
  do {
    const from = reader.place;
    const test = readNot(reader);
    conjuncts.push({ text: reader.textOf(from, reader.place), test });
  } while (reader.takes('AND'));
  if (reader.peek().toUpperCase() === 'OR') {
    // `OR` binds less than `AND`: the whole is one part then.
    reader.place = 0;
    const test = readOr(reader);
    reader.end();
    return { test, conjuncts: [{ text, test }], placeholders: reader.placeholders };
  }
  reader.end();
  const test: Test = (scope) => conjuncts.every((conjunct) => conjunct.test(scope));
  return { test, conjuncts, placeholders: reader.placeholders };
});

function readOr(reader: Reader): Test {
  let test = readAnd(reader);
  while (reader.takes('OR')) {
    const [left, right] = [test, readAnd(reader)];
    test = (scope) => left(scope) || right(scope);
  }
  return test;
}

function readAnd(reader: Reader): Test {
  let test = readNot(reader);
  while (reader.takes('AND')) {
    const [left, right] = [test, readNot(reader)];
    test = (scope) => left(scope) && right(scope);
  }
  return test;
}

function readNot(reader: Reader): Test {
  if (reader.takes('NOT')) {
    const inner = readNot(reader);
    return (scope) => !inner(scope);
  }
  if (reader.takes('(')) {
    const inner = readOr(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.peek(1) === '(' && reader.peek() !== 'size') return readFunction(reader);
  return readComparison(reader);
}

function readFunction(reader: Reader): Test {
  const name = reader.next();
  reader.expect('(');
  const path = readPath(reader);
  let test: Test;
  switch (name) {
    case 'attribute_exists':
      test = (scope) => at(scope.item, path(scope.names)) !== undefined;
      break;
    case 'attribute_not_exists':
      test = (scope) => at(scope.item, path(scope.names)) === undefined;
      break;
    case 'begins_with': {
      reader.expect(',');
      const prefix = readOperand(reader);
      test = (scope) => beginsWith(at(scope.item, path(scope.names)), prefix(scope));
      break;
    }
    default:
      throw new Invalid(`unknown function ${name}`);
  }
  reader.expect(')');
  return test;
}

function beginsWith(value: Value | undefined, prefix: Value | undefined): boolean {
  return typeof value === 'string' && typeof prefix === 'string' && value.startsWith(prefix);
}

const comparisons: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '=': (left, right) => equal(left, right),
  '<>': (left, right) => !equal(left, right),
  '<': (left, right) => (ordered(left, right) ?? 1) < 0,
  '<=': (left, right) => (ordered(left, right) ?? 1) <= 0,
  '>': (left, right) => (ordered(left, right) ?? -1) > 0,
  '>=': (left, right) => (ordered(left, right) ?? -1) >= 0,
};

function readComparison(reader: Reader): Test {
  const left = readOperand(reader);
  if (reader.takes('BETWEEN')) {
    const low = readOperand(reader);
    reader.expect('AND');
    const high = readOperand(reader);
    return (scope) => {
      const [value, from, to] = [left(scope), low(scope), high(scope)];
      if (value === undefined || from === undefined || to === undefined) return false;
      return (ordered(value, from) ?? -1) >= 0 && (ordered(value, to) ?? 1) <= 0;
    };
  }
  if (reader.takes('IN')) {
    reader.expect('(');
    const list = [readOperand(reader)];
    while (reader.takes(',')) list.push(readOperand(reader));
    reader.expect(')');
    return (scope) => {
      const value = left(scope);
      return value !== undefined && list.some((one) => equalOrAbsent(value, one(scope)));
    };
  }
  const operator = reader.next();
  const compare = comparisons[operator];
  if (!compare) throw new Invalid(`unknown operator ${operator}`);
  const right = readOperand(reader);
  return (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (a === undefined || b === undefined) return operator === '<>' && a !== b;
    return compare(a, b);
  };
}

function equalOrAbsent(left: Value, right: Value | undefined): boolean {
  return right !== undefined && equal(left, right);
}

/** A value, a path or `size(path)`. */
function readOperand(reader: Reader): Operand {
  const first = reader.peek();
  if (first.startsWith(':')) {
    reader.next();
    return (scope) => givenValue(scope, first);
  }
  if (first === 'size' && reader.peek(1) === '(') {
    reader.next();
    reader.expect('(');
    const path = readPath(reader);
    reader.expect(')');
    return (scope) => sizeOf(at(scope.item, path(scope.names)));
  }
  const path = readPath(reader);
  return (scope) => at(scope.item, path(scope.names));
}

function sizeOf(value: Value | undefined): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  return undefined;
}

function givenValue(scope: Scope, placeholder: string): Value {
  const value = scope.values[placeholder];
  if (value === undefined) throw new Invalid(`no value for ${placeholder}`);
  return value;
}

function readPath(reader: Reader): Path {
  const steps: Step[] = [readName(reader)];
  for (;;) {
    if (reader.takes('.')) {
      steps.push(readName(reader));
    } else if (reader.takes('[')) {
      const index = reader.next();
      if (!/^[0-9]+$/.test(index)) throw new Invalid(`not an index: ${index}`);
      steps.push(Number(index));
      reader.expect(']');
    } else break;
  }
  if (!steps.some((step) => typeof step === 'string' && step.startsWith('#'))) return () => steps;
  return (names) =>
    steps.map((step) => {
      if (typeof step === 'number' || !step.startsWith('#')) return step;
      const name = names[step];
      if (name === undefined) throw new Invalid(`no name for ${step}`);
      return name;
    });
}

function readName(reader: Reader): string {
  const name = reader.next();
  if (!/^#?[A-Za-z_0-9]+$/.test(name) || /^[0-9]/.test(name)) throw new Invalid(`not a name: ${name}`);
  return name;
}

function at(from: Item | undefined, path: readonly Step[]): Value | undefined {
  let found: Value | undefined = from;
  for (const step of path) found = child(found, step);
  return found;
}

function child(parent: Value | undefined, step: Step): Value | undefined {
  if (typeof parent !== 'object' || parent === null || parent instanceof Uint8Array) return undefined;
  if (Array.isArray(parent)) return typeof step === 'number' ? parent[step] : undefined;
  // Not a list, as just seen: the compiler does not narrow a readonly array away.
  const record = parent as { readonly [name: string]: Value };
  return typeof step === 'string' && Object.hasOwn(record, step) ? record[step] : undefined;
}

/** Equality by type and content. */
export function equal(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const [a, b] = [Reflect.get(left, name) as Value, Reflect.get(right, name) as Value | undefined];
      return b !== undefined && equal(a, b);
    })
  );
}

/** Order within a type: numbers by size, text by its bytes in UTF-8; undefined between types. */
function ordered(left: Value, right: Value): number | undefined {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  return undefined;
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** Order by code points, which is that of the bytes; JavaScript's own differs above U+D7FF. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a === b) continue;
    const surrogates = Number(isSurrogate(a)) - Number(isSurrogate(b));
    return surrogates === 0 ? a - b : surrogates;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** Parses an update. @throws Invalid for syntax that this store does not know */
export const parseUpdate = remembered((text): Update => {
  const reader = new Reader(text);
  const actions: Action[] = [];
  const clauses = new Set<string>();
  while (reader.peek() !== '') {
    const clause = reader.next().toUpperCase();
    const read = clauseReaders[clause];
    if (!read || clauses.has(clause)) throw new Invalid(`clause ${clause} in ${text}`);
    clauses.add(clause);
    do actions.push(read(reader));
    while (reader.takes(','));
  }
  return {
    placeholders: reader.placeholders,
    apply(scope) {
      const paths = actions.map(({ path }) => path(scope.names));
      refuseOverlaps(paths, text);
      // Every value is computed on the item as it was.
      const values = actions.map(({ value }) => value?.(scope));
      return actions.reduce<Item>(
        (item, action, index) => changed(item, paths[index] ?? [], values[index], action.value === undefined),
        scope.item ?? {},
      );
    },
  };
});

interface Action {
  readonly path: Path;
  /** Absent where the attribute is removed. */
  readonly value?: Operand;
}

const clauseReaders: Readonly<Record<string, (reader: Reader) => Action>> = {
  SET(reader) {
    const path = readPath(reader);
    reader.expect('=');
    return { path, value: readSum(reader) };
  },
  REMOVE: (reader) => ({ path: readPath(reader) }),
  ADD(reader) {
    const path = readPath(reader);
    const amount = readOperand(reader);
    return {
      path,
      value: (scope) => sum(at(scope.item, path(scope.names)) ?? 0, amount(scope), 1),
    };
  },
};

function readSum(reader: Reader): Operand {
  const first = readSetOperand(reader);
  const sign = reader.peek() === '+' ? 1 : -1;
  if (!reader.takes('+') && !reader.takes('-')) return present(first);
  const second = readSetOperand(reader);
  return (scope) => sum(first(scope), second(scope), sign);
}

function present(operand: Operand): Operand {
  return (scope) => {
    const value = operand(scope);
    if (value === undefined) throw new Invalid('an attribute of the expression is not there');
    return value;
  };
}

function readSetOperand(reader: Reader): Operand {
  if (reader.peek() === 'list_append') return readAppended(reader);
  if (reader.peek() !== 'if_not_exists') return readOperand(reader);
  reader.next();
  reader.expect('(');
  const path = readPath(reader);
  reader.expect(',');
  const other = readOperand(reader);
  reader.expect(')');
  return (scope) => at(scope.item, path(scope.names)) ?? other(scope);
}

function readAppended(reader: Reader): Operand {
  reader.next();
  reader.expect('(');
  const first = readSetOperand(reader);
  reader.expect(',');
  const second = readSetOperand(reader);
  reader.expect(')');
  return (scope) => {
    const [before, after] = [first(scope), second(scope)];
    if (!Array.isArray(before) || !Array.isArray(after)) throw new Invalid('only lists are put together');
    return [...before, ...after];
  };
}

function sum(left: Value | undefined, right: Value | undefined, sign: 1 | -1): Value {
  if (left === undefined || right === undefined) throw new Invalid('an operand is not there');
  if (!isNumber(left) || !isNumber(right)) throw new Invalid('an operand is no number');
  if (![left, right].every((one) => typeof one === 'bigint' || Number.isSafeInteger(one))) {
    throw new Invalid('this store adds whole numbers only');
  }
  const exact = BigInt(left) + BigInt(sign) * BigInt(right);
  const plain = Number(exact);
  return Number.isSafeInteger(plain) ? plain : exact;
}

function refuseOverlaps(paths: readonly (readonly Step[])[], text: string): void {
  for (const [index, path] of paths.entries()) {
    for (const other of paths.slice(index + 1)) {
      const shared = Math.min(path.length, other.length);
      if (path.slice(0, shared).every((step, depth) => step === other[depth])) {
        throw new Invalid(`two paths of ${text} overlap`);
      }
    }
  }
}

function changed(parent: Item, path: readonly Step[], value: Value | undefined, removed: boolean): Item {
  const [step, ...rest] = path;
  if (typeof step !== 'string') throw new Invalid('this store updates no list elements');
  if (rest.length === 0) {
    if (!removed && value !== undefined) return { ...parent, [step]: value };
    const { [step]: _, ...others } = parent;
    return others;
  }
  const below = child(parent, step);
  if (typeof below !== 'object' || below === null || Array.isArray(below) || below instanceof Uint8Array) {
    throw new Invalid('the document path is not there');
  }
  // A map, as just seen: the compiler does not narrow a readonly array away.
  return { ...parent, [step]: changed(below as Item, rest, value, removed) };
}

/** Parses a key condition: the partition's equality first, then perhaps one condition on the sort key. @throws Invalid */
export const parseKeyCondition = remembered((text): KeyCondition => {
  const reader = new Reader(text);
  const path = readPath(reader);
  reader.expect('=');
  const value = readOperand(reader);
  let rest: Test = () => true;
  let sort: Path | undefined;
  if (reader.takes('AND')) {
    const start = reader.place;
    if (reader.takes('BEGINS_WITH')) reader.expect('(');
    sort = readPath(reader);
    reader.place = start;
    rest = readNot(reader);
  }
  reader.end();
  return {
    placeholders: reader.placeholders,
    partition(scope) {
      const [name] = path(scope.names);
      const wanted = value(scope);
      if (typeof name !== 'string' || wanted === undefined) throw new Invalid(`partition of ${text}`);
      return [name, wanted];
    },
    sortName(names) {
      const name = sort?.(names)[0];
      return typeof name === 'string' ? name : undefined;
    },
    test: rest,
  };
});

/** Parses a projection of attributes at the top. @throws Invalid */
export const parseProjection = remembered((text): Parsed & { names(names: Scope['names']): string[] } => {
  const reader = new Reader(text);
  const paths = [readPath(reader)];
  while (reader.takes(',')) paths.push(readPath(reader));
  reader.end();
  return {
    placeholders: reader.placeholders,
    names: (names) =>
      paths.map((path) => {
        const [name, below] = path(names);
        if (typeof name !== 'string' || below !== undefined)
          throw new Invalid(`this store projects no ${text}`);
        return name;
      }),
  };
});

/** The same expressions come again and again. */
function remembered<P>(parse: (text: string) => P): (text: string) => P {
  const known = new Map<string, P>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const parsed = parse(text);
    known.set(text, parsed);
    return parsed;
  };
}
