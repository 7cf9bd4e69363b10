import {
  ConditionalCheckFailedException,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  compareText,
  Invalid,
  type Item,
  parseCondition,
  parseKeyCondition,
  parseProjection,
  parseUpdate,
  type Scope,
  type Value,
} from './expressions.ts';

/** Attributes of a secondary index: its partition and its order. */
interface IndexKeys {
  readonly hash: string;
  readonly range: string;
}
/** Tables by name, each with string keys `pk` and `sk`, and its indexes by name. */
export type TableShapes = Readonly<Record<string, Readonly<Record<string, IndexKeys>>>>;

/** What one write did to one item. */
export interface Change {
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** A condition that is about to be looked at. */
export interface Guard {
  readonly table: string;
  readonly operation: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly pk: string;
  readonly sk: string;
  /** Text of one of the parts that `AND` joins, as the program wrote it, with the names put in. */
  readonly part: string;
  /** Whether the part holds. */
  readonly holds: boolean;
}

type Table = Map<string, Map<string, Item>>;

interface Write {
  readonly operation: Guard['operation'];
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const itemLimit = 400 * 1024;
const transactionBytes = 4 * 1024 * 1024;
const pageBytes = 1024 * 1024;
const tokenLifeMs = 600_000;

/**
 * Tables in memory with DynamoDB's semantics, as far as this project uses them: what it does not know, it refuses. A
 * request is carried out at once and as a whole. Items are frozen, so that nobody can change what is stored by
 * accident.
 */
export class MemoryStore {
  readonly #shapes: TableShapes;
  readonly #now: () => number;
  readonly #tables: Map<string, Table>;
  readonly #tokens = new Map<string, { readonly at: number; readonly content: unknown }>();
  /** Called after every request that changed something. */
  onChange: (changes: readonly Change[]) => void = () => {};
  /** Whether a part of a condition is left out, as if nobody had written it. */
  ignores: ((guard: Guard) => boolean) | undefined;
  /** Items that a page of a query has at most. */
  pageItems = Number.POSITIVE_INFINITY;

  constructor(shapes: TableShapes, now: () => number, from?: MemoryStore) {
    this.#shapes = shapes;
    this.#now = now;
    this.#tables = new Map(
      Object.keys(shapes).map((name) => [
        name,
        new Map([...(from ? from.#table(name) : [])].map(([pk, items]) => [pk, new Map(items)])),
      ]),
    );
  }

  /** A store with the same items, that changes by itself. */
  copy(now: () => number): MemoryStore {
    return new MemoryStore(this.#shapes, now, this);
  }

  /** An item as it stands. */
  item(table: string, pk: string, sk: string): Item | undefined {
    return this.#table(table).get(pk)?.get(sk);
  }

  /** Items of a partition in order. */
  partition(table: string, pk: string, prefix = ''): Item[] {
    const items = [...(this.#table(table).get(pk) ?? [])].filter(([sk]) => sk.startsWith(prefix));
    return items.sort(([a], [b]) => compareText(a, b)).map(([, item]) => item);
  }

  /** Every item of a table, in no order. */
  *items(table: string): Generator<Item> {
    for (const items of this.#table(table).values()) yield* items.values();
  }

  /**
   * Carries out a command of the document client.
   * @param token of a transaction that names none itself: what the client makes up once and sends with every try.
   * @throws the client's exceptions; an Error named ValidationException for what DynamoDB refuses.
   */
  execute(command: unknown, token?: string): Record<string, unknown> {
    try {
      if (command instanceof GetCommand) return this.#get(command.input);
      if (command instanceof QueryCommand) return this.#query(command.input);
      if (command instanceof PutCommand) return this.#single('Put', command.input);
      if (command instanceof UpdateCommand) return this.#single('Update', command.input);
      if (command instanceof DeleteCommand) return this.#single('Delete', command.input);
      if (command instanceof TransactWriteCommand) return this.#transact(command.input, token);
      if (command instanceof TransactGetCommand) return this.#transactGet(command.input);
      if (command instanceof BatchGetCommand) return this.#batchGet(command.input);
      if (command instanceof BatchWriteCommand) return this.#batchWrite(command.input);
    } catch (error) {
      if (error instanceof Invalid) throw named('ValidationException', error.message);
      throw error;
    }
    throw new Error(`this store knows no ${Object(command).constructor.name}`);
  }

  #table(name: string | undefined): Table {
    const table = this.#tables.get(name ?? '');
    if (!table) throw named('ResourceNotFoundException', `no table ${name}`);
    return table;
  }

  #get(input: GetCommand['input']): Record<string, unknown> {
    refuseOthers(input, ['TableName', 'Key', 'ConsistentRead', ...projecting]);
    const { pk, sk } = keyOf(input.Key);
    const item = this.#table(input.TableName).get(pk)?.get(sk);
    return item === undefined ? {} : { Item: projected(item, input) };
  }

  #query(input: QueryCommandInput): Record<string, unknown> {
    refuseOthers(input, [
      ...['TableName', 'IndexName', 'KeyConditionExpression', 'ConsistentRead', 'Limit', 'ScanIndexForward'],
      ...['ExclusiveStartKey', 'Select', 'ExpressionAttributeValues', ...projecting],
    ]);
    const index = this.#indexOf(input);
    if (input.IndexName !== undefined && input.ConsistentRead)
      throw new Invalid('an index is not consistent');
    const condition = parseKeyCondition(input.KeyConditionExpression ?? '');
    const scope = scopeOf(input, undefined, condition.placeholders, projectionOf(input));
    const [hash, value] = condition.partition(scope);
    const sort = condition.sortName(scope.names);
    if (hash !== index.hash || (sort !== undefined && sort !== index.range)) {
      throw new Invalid('a key condition is on the keys');
    }
    if (typeof value !== 'string') throw new Invalid('keys are strings');

    const found = this.#candidates(input, index, value).filter((item) => condition.test({ ...scope, item }));
    found.sort((a, b) => compareKeys(a, b, index.range));
    if (input.ScanIndexForward === false) found.reverse();
    const start = input.ExclusiveStartKey;
    const from = start === undefined ? 0 : startAfter(found, start, index, input.ScanIndexForward !== false);
    const page = pageOf(found.slice(from), Math.min(input.Limit ?? Number.POSITIVE_INFINITY, this.pageItems));
    const last = page.length > 0 && page.length < found.length - from ? page.at(-1) : undefined;
    // DynamoDB names a last key too when the limit was reached exactly at the end.
    const atLimit = page.length > 0 && page.length === input.Limit ? page.at(-1) : undefined;
    const lastKey = last ?? atLimit;
    return {
      ...(input.Select !== 'COUNT' && { Items: page.map((item) => projected(item, input)) }),
      Count: page.length,
      ...(lastKey && { LastEvaluatedKey: lastKeyOf(lastKey, index) }),
    };
  }

  #indexOf({ TableName, IndexName }: QueryCommandInput): IndexKeys {
    if (IndexName === undefined) return { hash: 'pk', range: 'sk' };
    const index = this.#shapes[TableName ?? '']?.[IndexName];
    if (!index) throw new Invalid(`no index ${IndexName}`);
    return index;
  }

  /** Items that a query may find, before the condition on the sort key. */
  #candidates({ TableName }: QueryCommandInput, index: IndexKeys, value: string): Item[] {
    const table = this.#table(TableName);
    if (index.hash === 'pk') return [...(table.get(value)?.values() ?? [])];
    const found: Item[] = [];
    for (const items of table.values()) {
      for (const item of items.values()) {
        if (item[index.hash] === value && typeof item[index.range] === 'string') found.push(item);
      }
    }
    return found;
  }

  #single(
    operation: 'Put' | 'Update' | 'Delete',
    input: PutCommand['input'] | UpdateCommand['input'] | DeleteCommand['input'],
  ): Record<string, unknown> {
    const { ReturnValues = 'NONE', ReturnValuesOnConditionCheckFailure, ...rest } = input;
    const write = writeOf(operation, rest);
    const before = this.item(write.table, write.pk, write.sk);
    if (!this.#holds(write, before)) {
      const shown = ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before;
      throw Object.assign(
        new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} }),
        shown && { Item: shown },
      );
    }
    const after = afterWrite(write, before).item;
    this.#apply([{ ...keyed(write), before, after }]);
    switch (ReturnValues) {
      case 'NONE':
        return {};
      case 'ALL_OLD':
        return before ? { Attributes: before } : {};
      case 'ALL_NEW':
        return after ? { Attributes: after } : {};
      default:
        throw new Error(`this store returns no ${ReturnValues}`);
    }
  }

  #transact(input: TransactWriteCommand['input'], made: string | undefined): Record<string, unknown> {
    refuseOthers(input, ['TransactItems', 'ClientRequestToken']);
    const items = input.TransactItems ?? [];
    if (items.length < 1 || items.length > 100) throw new Invalid(`${items.length} items in a transaction`);
    const writes = items.map((item) => {
      const [[operation, content] = ['', undefined], ...others] = Object.entries(item);
      if (!isOperation(operation) || others.length > 0) throw new Invalid('an action of a transaction');
      const { ReturnValuesOnConditionCheckFailure: _, ...rest } = content ?? {};
      return writeOf(operation, rest);
    });
    const keys = new Set(writes.map((write) => `${write.table}\n${write.pk}\n${write.sk}`));
    if (keys.size < writes.length) throw new Invalid('a transaction touches an item twice');

    const token = input.ClientRequestToken ?? made;
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (known && this.#now() - known.at < tokenLifeMs) {
      if (known.content !== input.TransactItems) {
        throw new IdempotentParameterMismatchException({ message: 'another transaction', $metadata: {} });
      }
      return {};
    }
    const befores = writes.map((write) => this.item(write.table, write.pk, write.sk));
    const after = writes.map((write, index) => {
      const before = befores[index];
      if (!this.#holds(write, before)) return 'ConditionalCheckFailed';
      return write.operation === 'ConditionCheck' ? undefined : validated(() => afterWrite(write, before));
    });
    if (after.some((one) => typeof one === 'string')) {
      throw cancelled(after.map((one) => (typeof one === 'string' ? one : 'None')));
    }
    let bytes = 0;
    const changes: Change[] = [];
    for (const [index, write] of writes.entries()) {
      const result = after[index];
      if (typeof result !== 'object') continue;
      bytes += result.bytes;
      changes.push({ ...keyed(write), before: befores[index], after: result.item });
    }
    if (bytes > transactionBytes) throw new Invalid('a transaction is at most 4 MB');
    if (token !== undefined) this.#tokens.set(token, { at: this.#now(), content: input.TransactItems });
    this.#apply(changes);
    return {};
  }

  #transactGet(input: TransactGetCommand['input']): Record<string, unknown> {
    refuseOthers(input, ['TransactItems']);
    const items = input.TransactItems ?? [];
    if (items.length < 1 || items.length > 100) throw new Invalid(`${items.length} items in a transaction`);
    const keys = items.map(({ Get }) => ({ Get, ...keyOf(Get?.Key) }));
    refuseTwice(keys.map(({ Get, pk, sk }) => `${Get?.TableName}\n${pk}\n${sk}`));
    return { Responses: keys.map(({ Get }) => this.#get({ Key: undefined, TableName: undefined, ...Get })) };
  }

  #batchGet(input: BatchGetCommand['input']): Record<string, unknown> {
    refuseOthers(input, ['RequestItems']);
    const requests = Object.entries(input.RequestItems ?? {});
    const keys = requests.flatMap(([table, { Keys = [], ...rest }]) => {
      refuseOthers(rest, ['ConsistentRead', ...projecting]);
      return Keys.map((key) => ({ table, rest, ...keyOf(key) }));
    });
    if (keys.length < 1 || keys.length > 100) throw new Invalid(`${keys.length} keys in a batch`);
    refuseTwice(keys.map(({ table, pk, sk }) => `${table}\n${pk}\n${sk}`));
    const Responses: Record<string, unknown[]> = Object.fromEntries(requests.map(([table]) => [table, []]));
    for (const { table, rest, pk, sk } of keys) {
      const item = this.#table(table).get(pk)?.get(sk);
      if (item) Responses[table]?.push(projected(item, rest));
    }
    return { Responses, UnprocessedKeys: {} };
  }

  #batchWrite(input: BatchWriteCommand['input']): Record<string, unknown> {
    refuseOthers(input, ['RequestItems']);
    const writes = Object.entries(input.RequestItems ?? {}).flatMap(([TableName, requests]) =>
      requests.map(({ PutRequest, DeleteRequest }) =>
        PutRequest
          ? writeOf('Put', { TableName, Item: PutRequest.Item })
          : writeOf('Delete', { TableName, Key: DeleteRequest?.Key }),
      ),
    );
    if (writes.length < 1 || writes.length > 25) throw new Invalid(`${writes.length} writes in a batch`);
    refuseTwice(writes.map(({ table, pk, sk }) => `${table}\n${pk}\n${sk}`));
    for (const write of writes) {
      const before = this.item(write.table, write.pk, write.sk);
      this.#apply([{ ...keyed(write), before, after: afterWrite(write, before).item }]);
    }
    return { UnprocessedItems: {} };
  }

  #holds(write: Write, item: Item | undefined): boolean {
    const { input, operation, table, pk, sk } = write;
    this.#table(table);
    const text = input['ConditionExpression'];
    if (text === undefined) {
      if (operation === 'ConditionCheck') throw new Invalid('a check has a condition');
      return true;
    }
    const condition = parseCondition(String(text));
    const scope = scopeOf(input, item, condition.placeholders, updateOf(input));
    const { ignores } = this;
    if (!ignores) return condition.test(scope);
    return condition.conjuncts.every(({ text, test }) => {
      const holds = test(scope);
      const guard = { table, operation, pk, sk, holds, part: spelled(text, scope.names) };
      return ignores(guard) || holds;
    });
  }

  #apply(changes: readonly Change[]): void {
    const real = changes.filter(({ before, after }) => before !== undefined || after !== undefined);
    for (const { table, pk, sk, after } of real) {
      const items = this.#table(table);
      const partition = items.get(pk);
      if (after === undefined) partition?.delete(sk);
      else if (partition) partition.set(sk, after);
      else items.set(pk, new Map([[sk, after]]));
    }
    if (real.length > 0) this.onChange(real);
  }
}

/** Within a transaction, what cannot be done to an item is a reason of its cancellation. */
function validated<R>(run: () => R): R | 'ValidationError' {
  try {
    return run();
  } catch (error) {
    if (error instanceof Invalid) return 'ValidationError';
    throw error;
  }
}

const projecting = ['ProjectionExpression', 'ExpressionAttributeNames'] as const;
const expressing = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;
const inputsOf: Readonly<Record<Guard['operation'], readonly string[]>> = {
  Put: ['TableName', 'Item', ...expressing],
  Update: ['TableName', 'Key', 'UpdateExpression', ...expressing],
  Delete: ['TableName', 'Key', ...expressing],
  ConditionCheck: ['TableName', 'Key', ...expressing],
};

function isOperation(name: string): name is Guard['operation'] {
  return Object.hasOwn(inputsOf, name);
}

function writeOf(operation: Guard['operation'], input: Readonly<Record<string, unknown>>): Write {
  refuseOthers(input, inputsOf[operation]);
  const { pk, sk } = operation === 'Put' ? primary(input['Item']) : keyOf(input['Key']);
  return { operation, table: String(input['TableName']), pk, sk, input };
}

function keyed({ table, pk, sk }: Write): Pick<Change, 'table' | 'pk' | 'sk'> {
  return { table, pk, sk };
}

/** An item after a write, with what it takes of the transaction's bytes. */
function afterWrite(write: Write, before: Item | undefined): { item: Item | undefined; bytes: number } {
  if (write.operation === 'Delete') return { item: undefined, bytes: 0 };
  if (write.operation === 'Put') return stored(write.input['Item']);
  const update = updateOf(write.input);
  const base = before ?? { pk: write.pk, sk: write.sk };
  if (!update) return stored(base);
  const condition = write.input['ConditionExpression'];
  const used = condition === undefined ? undefined : parseCondition(String(condition)).placeholders;
  const after = update.apply(scopeOf(write.input, base, update.placeholders, used && { placeholders: used }));
  if (after['pk'] !== write.pk || after['sk'] !== write.sk) throw new Invalid('an update changes no key');
  return stored(after);
}

function updateOf(input: Readonly<Record<string, unknown>>) {
  const text = input['UpdateExpression'];
  return text === undefined ? undefined : parseUpdate(String(text));
}

function stored(item: unknown): { item: Item; bytes: number } {
  const measured = { bytes: 0 };
  const frozen = frozenCopy(item, measured);
  if (measured.bytes > itemLimit) {
    // The estimate is above the truth: it counts three bytes for every character.
    const exact = exactBytes(frozen);
    if (exact > itemLimit) throw new Invalid('Item size has exceeded the maximum allowed size');
    measured.bytes = exact;
  }
  // A Put's item and an update's result are records, as the keys in them were just read.
  const stands = frozen as Item;
  measuredItems.set(stands, measured.bytes);
  return { item: stands, bytes: measured.bytes };
}

/** A deep copy as it comes back from DynamoDB, frozen. @throws for what the document client would not send */
function frozenCopy(value: unknown, measured: { bytes: number }): Value {
  switch (typeof value) {
    case 'string':
      measured.bytes += value.length * 3;
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`Special numeric value ${value} is not allowed`);
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new Error(`Number ${value} is not held exactly`);
      measured.bytes += 21;
      return Object.is(value, -0) ? 0 : value;
    case 'bigint':
      measured.bytes += 21;
      return value;
    case 'boolean':
      measured.bytes += 1;
      return value;
    case 'object':
      break;
    default:
      throw new Error(`no value of a table: ${typeof value}`);
  }
  measured.bytes += 4;
  if (value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) {
    return Object.freeze(
      value.filter((one) => one !== undefined).map((one: unknown) => frozenCopy(one, measured)),
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new Error('no class instance in a table');
  const copy: Record<string, Value> = {};
  for (const name of Object.keys(value)) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    measured.bytes += name.length * 3 + 1;
    copy[name] = frozenCopy(member, measured);
  }
  return Object.freeze(copy);
}

function exactBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return Math.ceil(String(value).length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  const members = Array.isArray(value)
    ? value.map((one: Value) => exactBytes(one) + 1)
    : Object.entries(value).map(([name, one]) => Buffer.byteLength(name) + exactBytes(one) + 1);
  return members.reduce((sum, bytes) => sum + bytes, 3);
}

/** @throws Invalid when a placeholder is missing or given for nothing, as DynamoDB refuses it. */
function scopeOf(
  input: Readonly<Record<string, unknown>>,
  item: Item | undefined,
  used: ReadonlySet<string>,
  also?: { readonly placeholders: ReadonlySet<string> },
): Scope {
  // The command's own types say so; a record of unknown values is what they have in common.
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = (input['ExpressionAttributeValues'] ?? {}) as Record<string, Value>;
  const update = input['UpdateExpression'];
  const extra = also ?? (update === undefined ? undefined : parseUpdate(String(update)));
  for (const placeholder of [...Object.keys(names), ...Object.keys(values)]) {
    if (!used.has(placeholder) && !extra?.placeholders.has(placeholder)) {
      throw new Invalid(`${placeholder} is given for nothing`);
    }
  }
  for (const placeholder of used) {
    const given = placeholder.startsWith('#') ? names[placeholder] : values[placeholder];
    if (given === undefined) throw new Invalid(`nothing is given for ${placeholder}`);
  }
  return { item, names, values };
}

/** A part of an expression with attribute names in place of their placeholders. */
function spelled(text: string, names: Scope['names']): string {
  return text.replaceAll(/#[A-Za-z0-9_]+/g, (placeholder) => names[placeholder] ?? placeholder);
}

function projectionOf(input: { readonly ProjectionExpression?: string | undefined }) {
  return input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression);
}

function projected(
  item: Item,
  input: {
    readonly ProjectionExpression?: string | undefined;
    readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  },
): Item {
  const projection = projectionOf(input);
  if (!projection) return item;
  const names = projection.names(input.ExpressionAttributeNames ?? {});
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

function keyOf(key: unknown): { pk: string; sk: string } {
  if (typeof key === 'object' && key !== null && Object.keys(key).length !== 2) {
    throw new Invalid('The provided key element does not match the schema');
  }
  return primary(key);
}

function primary(item: unknown): { pk: string; sk: string } {
  const [pk, sk] = [Reflect.get(Object(item), 'pk'), Reflect.get(Object(item), 'sk')] as unknown[];
  if (typeof pk !== 'string' || typeof sk !== 'string' || pk === '' || sk === '') {
    throw new Invalid('The provided key element does not match the schema');
  }
  return { pk, sk };
}

function compareKeys(a: Item, b: Item, range: string): number {
  for (const name of [range, 'pk', 'sk']) {
    const order = compareText(String(a[name]), String(b[name]));
    if (order !== 0) return order;
  }
  return 0;
}

function lastKeyOf(item: Item, index: IndexKeys): Record<string, Value> {
  const names = new Set([index.hash, index.range, 'pk', 'sk']);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** Index of the first item behind a key, whether its item is still there or not. */
function startAfter(
  found: readonly Item[],
  start: Record<string, unknown>,
  index: IndexKeys,
  forward: boolean,
): number {
  // What the store itself gave as the last key.
  const key = start as Item;
  const first = found.findIndex((item) => {
    const order = compareKeys(item, key, index.range);
    return forward ? order > 0 : order < 0;
  });
  return first === -1 ? found.length : first;
}

/** The items of a page: as many as are asked for, up to the one that passes DynamoDB's size of a page. */
function pageOf(found: readonly Item[], limit: number): readonly Item[] {
  const most = found.reduce((sum, item) => sum + (measuredItems.get(item) ?? itemLimit), 0);
  if (most <= pageBytes) return found.slice(0, limit);
  let bytes = 0;
  const end = found.findIndex((item) => {
    bytes += exactBytes(item);
    return bytes > pageBytes;
  });
  return found.slice(0, Math.min(limit, end === -1 ? found.length : end + 1));
}

/** At least the bytes that an item takes. */
const measuredItems = new WeakMap<Item, number>();

function refuseTwice(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw new Invalid('a request names an item twice');
}

/** What this store does not know, it does not pass over in silence. */
function refuseOthers(input: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !known.includes(name)) throw new Error(`this store knows no ${name}`);
  }
}

/** A transaction that did not take place, with a reason for each of its writes. */
export function cancelled(codes: readonly string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
    $metadata: {},
  });
}

/** An error of the service by its name. */
export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
