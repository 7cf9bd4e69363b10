import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { TableVariable } from './environment.ts';
import type { Bounds, Key, Range } from './keys.ts';
import { isResultOf, mayHaveBeenDone } from './lost-answer.ts';
import type { TableName } from './tables.ts';
import { documentClient, GuardedWrite, writeAll, writeOne } from './transaction.ts';
import { witnessOfPut, witnessOfRemoval, witnessOfUpdate } from './witness.ts';

/** An item as it is stored, or the attributes of one. */
export type Item = Record<string, unknown>;

/** Placeholders of an expression. */
interface Placeholders {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What must hold for a write to be done. */
export interface Guard extends Placeholders {
  /** Condition expression on the item as it stands. */
  readonly when: string;
  /** Makes the error to throw when it does not hold. Default: `concurrent-change`. */
  readonly otherwise?: (() => Error) | undefined;
}

/** A change of attributes, on condition that a guard holds, if there is one. */
export interface Change extends Placeholders, Partial<Pick<Guard, 'when' | 'otherwise'>> {
  /** Update expression. */
  readonly set: string;
}

/** What of an item is read. Default: all. */
export interface Projection extends Placeholders {
  readonly shows?: string;
}

export interface ReadOptions extends Projection {
  /** Whether what was written a moment ago is seen. Default: yes, but of an index, which cannot. */
  readonly consistent?: boolean;
}

export interface QueryOptions extends ReadOptions {
  /** Default: the lowest sort key first. */
  readonly newestFirst?: boolean;
  /** Filter expression: what it leaves out is read and not shown. */
  readonly filter?: string;
}

export interface PageOptions extends QueryOptions {
  /** Items to read at most. */
  readonly limit?: number;
  /** Key of the item to go on behind. */
  readonly start?: Item | undefined;
}

export interface Page {
  readonly items: Item[];
  /** Key of the last item when more may follow. */
  readonly lastKey: Item | undefined;
}

/** On condition that no such item is there. */
const isNew = 'attribute_not_exists(pk)';

/**
 * One table of the catalogue. Reads are consistent unless said otherwise. Writes are made first and done then: together
 * with those of other tables by `transact`, or one alone.
 */
export class Table<N extends TableName> {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  /** @param name the one that the environment gives the table. */
  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** What a table is made of: for the files beside this one. */
  static opened<N extends TableName>(
    table: Table<N>,
  ): {
    readonly client: DynamoDBDocumentClient;
    readonly name: string;
  } {
    return { client: table.#client, name: table.#name };
  }

  /** An item, or undefined. */
  async get(key: Key<N>, options: ReadOptions = {}): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: keyOf(key), ...reading(options, true) }),
    );
    return Item;
  }

  /** One page of a range. */
  async page(range: Range<N>, options: PageOptions = {}): Promise<Page> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand(this.#query(range, options)),
    );
    return { items: Items, lastKey: LastEvaluatedKey };
  }

  /** A range page by page. */
  async *pages(range: Range<N>, options: PageOptions = {}): AsyncGenerator<Item[]> {
    let start = options.start;
    do {
      const page = await this.page(range, { ...options, start });
      yield page.items;
      start = page.lastKey;
    } while (start);
  }

  /** Every item of a range. */
  async all(range: Range<N>, options: QueryOptions = {}): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of this.pages(range, options)) items.push(...page);
    return items;
  }

  /** How many items a range has. @param limit counts no further than so many, in one request. */
  async count(range: Range<N>, { limit, ...options }: QueryOptions & { readonly limit?: number } = {}) {
    let count = 0;
    let start: Item | undefined;
    do {
      const { Count = 0, LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          ...this.#query(range, { ...options, ...(limit !== undefined && { limit }), start }),
          Select: 'COUNT',
        }),
      );
      count += Count;
      start = limit === undefined ? LastEvaluatedKey : undefined;
    } while (start);
    return count;
  }

  /** The write that puts an item in the place of what stands there. */
  put(key: Key<N>, attributes: Item, guard?: Guard): GuardedWrite {
    return new GuardedWrite(
      { Put: { TableName: this.#name, Item: { ...attributes, ...keyOf(key) }, ...conditionOf(guard) } },
      guard?.otherwise,
      key.witnessed && { Update: witnessOfPut(this.#name, key, attributes) },
    );
  }

  /** The write that puts an item, on condition that there is none. */
  putNew(key: Key<N>, attributes: Item, otherwise?: () => Error): GuardedWrite {
    return this.put(key, attributes, { when: isNew, otherwise });
  }

  /** The write that changes attributes of an item; without a guard it makes one that is not there. */
  update(key: Key<N>, { set, ...guard }: Change): GuardedWrite {
    const Update = {
      TableName: this.#name,
      Key: keyOf(key),
      UpdateExpression: set,
      ...conditionOf(guard),
    };
    const witness = key.witnessed && { Update: witnessOfUpdate(this.#name, key, Update) };
    return new GuardedWrite({ Update }, guard?.otherwise, witness);
  }

  /** The write that takes an item away; without a guard one that is not there is fine. */
  remove(key: Key<N>, guard?: Guard): GuardedWrite {
    return new GuardedWrite(
      { Delete: { TableName: this.#name, Key: keyOf(key), ...conditionOf(guard) } },
      guard?.otherwise,
      key.witnessed && { Update: witnessOfRemoval(this.#name, key) },
    );
  }

  /** The check, for a transaction, that a guard holds. */
  check(key: Key<N>, guard: Guard): GuardedWrite {
    const ConditionCheck = {
      TableName: this.#name,
      Key: keyOf(key),
      ConditionExpression: guard.when,
      ...placeholders(guard),
    };
    return new GuardedWrite({ ConditionCheck }, guard?.otherwise);
  }

  /** Does writes of this and of other tables, all or nothing; see `writeAll`. */
  async transact(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.#client, writes);
  }

  /** Does a write alone. @throws what its guard says, or ConditionalCheckFailedException. */
  async write(write: GuardedWrite): Promise<void> {
    try {
      await this.#send(write);
    } catch (error) {
      throw error instanceof ConditionalCheckFailedException ? (write.onConditionFailed?.() ?? error) : error;
    }
  }

  /** Does a write alone. @returns whether its guard held; if not, nothing has changed. */
  async tryWrite(write: GuardedWrite): Promise<boolean> {
    try {
      await this.#send(write);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Does an update alone. @returns the item as it is then, or undefined when the guard did not hold. */
  async tryUpdate(key: Key<N>, change: Change): Promise<Item | undefined> {
    const write = alone(this.update(key, change));
    const { Update } = GuardedWrite.itemOf(write);
    if (!Update?.UpdateExpression) return undefined;
    try {
      const command = new UpdateCommand({ ...Update, ReturnValues: 'ALL_NEW' });
      const { Attributes } = await writeOne(() => this.#client.send(command));
      return Attributes;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const standing = mayHaveBeenDone(error) ? await this.get(key) : undefined;
      return isResultOf(write, standing) ? standing : undefined;
    }
  }

  /** Puts an item alone. @returns undefined, or what stands in its place when the guard did not hold. */
  async putOrSee(key: Key<N>, attributes: Item, guard: Guard): Promise<Item | undefined> {
    const write = alone(this.put(key, attributes, guard));
    const { Put } = GuardedWrite.itemOf(write);
    if (!Put) return undefined;
    try {
      const command = new PutCommand({ ...Put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
      await writeOne(() => this.#client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (mayHaveBeenDone(error) && isResultOf(write, error.Item)) return undefined;
      return error.Item ?? {};
    }
  }

  async #send(write: GuardedWrite): Promise<void> {
    try {
      await this.#sendOnce(write);
    } catch (error) {
      if (!mayHaveBeenDone(error) || !isResultOf(write, await this.#standing(write))) throw error;
    }
  }

  /** What stands where a write was to be done. */
  async #standing(write: GuardedWrite): Promise<Item | undefined> {
    const { Put, Update, Delete } = GuardedWrite.itemOf(write);
    const { pk, sk } = Put?.Item ?? (Update ?? Delete)?.Key ?? {};
    const command = new GetCommand({ TableName: this.#name, Key: { pk, sk }, ConsistentRead: true });
    return (await this.#client.send(command)).Item;
  }

  async #sendOnce(write: GuardedWrite): Promise<void> {
    const items = GuardedWrite.itemsOf(write);
    if (items.length > 1) {
      const [item = {}, witness] = items;
      await writeAll(this.#client, [new GuardedWrite(item, conditionFailed, witness)]);
      return;
    }
    const { Put, Update, Delete } = GuardedWrite.itemOf(write);
    if (Put) await writeOne(() => this.#client.send(new PutCommand(Put)));
    else if (Update) await writeOne(() => this.#client.send(new UpdateCommand(Update)));
    else if (Delete) await writeOne(() => this.#client.send(new DeleteCommand(Delete)));
    else throw new Error('a check is no write of its own');
  }

  #query(range: Range<N>, options: PageOptions): QueryCommandInput {
    const key = conditionOn(range);
    const { names, values } = options;
    const { limit, start, newestFirst = false, filter } = options;
    return {
      TableName: this.#name,
      ...(range.index !== undefined && { IndexName: range.index }),
      KeyConditionExpression: key.condition,
      ...(filter !== undefined && { FilterExpression: filter }),
      ...(newestFirst && { ScanIndexForward: false }),
      ...(limit !== undefined && { Limit: limit }),
      ...(start && { ExclusiveStartKey: start }),
      ...reading(options, range.index === undefined),
      ...placeholders({ ...(names && { names }), values: { ...key.values, ...values } }),
    };
  }
}

/** A write that is sent without its transaction. @throws Error for one that leaves a witness. */
function alone(write: GuardedWrite): GuardedWrite {
  if (GuardedWrite.itemsOf(write).length > 1)
    throw new Error('a row with a witness is written by a transaction');
  return write;
}

/** What a failed condition of a transaction of one write is, as if it had been sent alone. */
function conditionFailed(): Error {
  return new ConditionalCheckFailedException({ message: 'the condition failed', $metadata: {} });
}

/** Every table that an environment names; others are no property. */
export type TablesOf<E> = {
  readonly [N in TableName as TableVariable<N> extends keyof E ? N : never]: Table<N>;
};

/** The tables of an environment, on one client. */
export function openTables<E extends Readonly<Record<string, unknown>>>(
  environment: E,
  client: DynamoDBDocumentClient = documentClient(),
): TablesOf<E> {
  const tables = Object.entries(environment).flatMap(([variable, name]) =>
    variable.endsWith('_TABLE')
      ? [[variable.slice(0, -6).toLowerCase(), new Table(client, String(name))]]
      : [],
  );
  // They are those whose variables the environment has.
  return Object.fromEntries(tables) as TablesOf<E>;
}

/** A key alone, of what may have more to it. */
export function keyOf({ pk, sk }: Key): { pk: string; sk: string } {
  return { pk, sk };
}

function conditionOf(guard: Partial<Guard> | undefined) {
  return {
    ...(guard?.when !== undefined && { ConditionExpression: guard.when }),
    ...placeholders(guard ?? {}),
  };
}

function placeholders({ names, values }: Placeholders) {
  return {
    ...(names && { ExpressionAttributeNames: { ...names } }),
    ...(values && { ExpressionAttributeValues: { ...values } }),
  };
}

/** Members of a request to read. */
export function reading({ shows, consistent, ...rest }: ReadOptions, canBeConsistent: boolean) {
  return {
    ...(shows !== undefined && { ProjectionExpression: shows }),
    ...(canBeConsistent && consistent !== false && { ConsistentRead: true }),
    ...placeholders(rest),
  };
}

/** Key condition of a range, and the values in it. */
export function conditionOn({ partition: [attribute, value], sort, bounds }: Range): {
  readonly condition: string;
  readonly values: Readonly<Record<string, string>>;
} {
  const within = bounds && boundsOf(sort, bounds);
  return {
    condition: `${attribute} = :pk${within ? ` AND ${within.condition}` : ''}`,
    values: { ':pk': value, ...within?.values },
  };
}

function boundsOf(sort: string, bounds: Bounds): { condition: string; values: Record<string, string> } {
  if ('prefix' in bounds) {
    return { condition: `begins_with(${sort}, :prefix)`, values: { ':prefix': bounds.prefix } };
  }
  if ('from' in bounds) {
    const values = { ':from': bounds.from, ':to': bounds.to };
    return { condition: `${sort} BETWEEN :from AND :to`, values };
  }
  if ('before' in bounds) return { condition: `${sort} < :before`, values: { ':before': bounds.before } };
  return { condition: `${sort} <= :upTo`, values: { ':upTo': bounds.upTo } };
}
