import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { parseUpdate, type Scope } from '../simulation/expressions.ts';

export type Item = Record<string, unknown>;
type Partition = Map<string, Item>;
type Values = Readonly<Record<string, unknown>> | undefined;
type Names = Readonly<Record<string, string>> | undefined;

interface Condition {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

/**
 * Tables as DynamoDB has them, for tests that run a thousand times what the real one would take minutes for: strongly
 * consistent reads, and transactions that are all or nothing. It knows the requests and conditions that the tests use
 * and refuses any other, so that nothing is taken for granted that was not built.
 */
export class TablesInMemory {
  readonly #tables = new Map<string, Map<string, Partition>>();

  /** Answers a command of the document client at once. @throws TransactionCanceledException */
  send(command: unknown): object {
    if (command instanceof GetCommand) {
      return { Item: this.item(command.input.TableName ?? '', command.input.Key ?? {}) };
    }
    if (command instanceof QueryCommand) return this.#query(command.input);
    if (command instanceof BatchGetCommand) {
      const found = Object.entries(command.input.RequestItems ?? {}).map(([table, { Keys = [] }]) => [
        table,
        Keys.flatMap((key) => this.item(table, key) ?? []),
      ]);
      return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    }
    if (command instanceof BatchWriteCommand) {
      for (const [table, requests] of Object.entries(command.input.RequestItems ?? {})) {
        for (const { PutRequest } of requests) {
          if (!PutRequest?.Item) throw new Error('a batch holds puts only');
          this.put(table, PutRequest.Item);
        }
      }
      return { UnprocessedItems: {} };
    }
    if (command instanceof TransactWriteCommand) return this.#transact(command.input);
    throw new Error(`no such request: ${String(command?.constructor.name)}`);
  }

  /** A copy of an item, or undefined. */
  item(table: string, { pk, sk }: Item): Item | undefined {
    const found = this.#partition(table, String(pk)).get(String(sk));
    return found && copy(found);
  }

  put(table: string, item: Item): void {
    this.#partition(table, String(item['pk'])).set(String(item['sk']), copy(item));
  }

  #query(input: QueryCommand['input']) {
    const { TableName = '', KeyConditionExpression = '', ExpressionAttributeValues: values } = input;
    if (input.IndexName || input.FilterExpression || input.ExclusiveStartKey) {
      throw new Error('a query reads the table itself, from its start');
    }
    const names = input.ExpressionAttributeNames;
    const items = [...this.#partition(TableName, String(values?.[':pk'])).values()]
      .filter((item) => holds(KeyConditionExpression, item, names, values))
      .sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
    if (input.ScanIndexForward === false) items.reverse();
    return { Items: items.slice(0, input.Limit).map(copy) };
  }

  #transact({ TransactItems = [] }: TransactWriteCommand['input']): object {
    const writes = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
      const write = Put ?? Update ?? Delete ?? ConditionCheck;
      if (!write) throw new Error('a transaction writes or checks');
      const key = Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {};
      return { table: write.TableName ?? '', key, Put, Update, Delete, condition: write as Condition };
    });
    const places = new Set(writes.map(({ table, key }) => `${table} ${key['pk']} ${key['sk']}`));
    if (places.size < writes.length) throw new Error('a transaction touches an item once');
    const CancellationReasons = writes.map(({ table, key, condition }) => {
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = condition;
      const item = this.item(table, key) ?? {};
      const isMet =
        ConditionExpression === undefined ||
        holds(ConditionExpression, item, ExpressionAttributeNames, ExpressionAttributeValues);
      return { Code: isMet ? 'None' : 'ConditionalCheckFailed' };
    });
    if (CancellationReasons.some(({ Code }) => Code !== 'None')) throw cancelled(CancellationReasons);
    for (const { table, key, Put, Update, Delete } of writes) {
      if (Put) this.put(table, key);
      if (Update) {
        const scope = {
          item: { ...key, ...this.item(table, key) } as Scope['item'],
          names: Update.ExpressionAttributeNames ?? {},
          values: (Update.ExpressionAttributeValues ?? {}) as Scope['values'],
        };
        this.put(table, parseUpdate(Update.UpdateExpression ?? '').apply(scope));
      }
      if (Delete) this.#partition(table, String(key['pk'])).delete(String(key['sk']));
    }
    return {};
  }

  #partition(table: string, pk: string): Partition {
    const partitions = this.#tables.get(table) ?? new Map<string, Partition>();
    this.#tables.set(table, partitions);
    const partition = partitions.get(pk) ?? new Map<string, Item>();
    partitions.set(pk, partition);
    return partition;
  }
}

/** What is undefined is left out, as the document client does it; sets and bytes are not known here. */
function copy(item: Item): Item {
  return JSON.parse(JSON.stringify(item)) as Item;
}

/** The error of a transaction that was not done, with a reason for each of its writes. */
export function cancelled(
  CancellationReasons: readonly { readonly Code: string }[],
): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: [...CancellationReasons],
  });
}

/** Whether a condition holds of an item. It may be of comparisons by `=`, BETWEEN, three functions, AND and OR. */
function holds(expression: string, item: Item, names: Names, values: Values): boolean {
  const tokens = expression.match(/[()=<,]|[:#\w.]+/g) ?? [];
  const next = (): string => tokens.shift() ?? '';
  const expect = (token: string): void => {
    if (next() !== token) throw new Error(`no such condition: ${expression}`);
  };
  const read = (token: string): unknown => {
    if (token.startsWith(':')) {
      if (!(values && token in values)) throw new Error(`no value ${token}`);
      return values[token];
    }
    return token
      .split('.')
      .map((part) => (part.startsWith('#') ? (names?.[part] ?? '') : part))
      .reduce<unknown>((value, part) => (value as Item | undefined)?.[part], item);
  };
  const either = (): boolean => {
    let met = both();
    while (tokens[0] === 'OR') {
      next();
      met = both() || met;
    }
    return met;
  };
  const both = (): boolean => {
    let met = term();
    while (tokens[0] === 'AND') {
      next();
      met = term() && met;
    }
    return met;
  };
  const called = (): unknown[] => {
    expect('(');
    const given = [read(next())];
    while (tokens[0] === ',') {
      next();
      given.push(read(next()));
    }
    expect(')');
    return given;
  };
  const term = (): boolean => {
    const token = next();
    if (token === '(') {
      const met = either();
      expect(')');
      return met;
    }
    if (token === 'attribute_exists') return called()[0] !== undefined;
    if (token === 'attribute_not_exists') return called()[0] === undefined;
    if (token === 'begins_with') {
      const [text, prefix] = called();
      return String(text).startsWith(String(prefix));
    }
    const left = read(token);
    if (tokens[0] === '<') {
      next();
      return String(left) < String(read(next()));
    }
    if (tokens[0] === 'BETWEEN') {
      next();
      const from = read(next());
      expect('AND');
      const to = read(next());
      return String(left) >= String(from) && String(left) <= String(to);
    }
    expect('=');
    return left === read(next());
  };
  const met = either();
  if (tokens.length > 0) throw new Error(`no such condition: ${expression}`);
  return met;
}
