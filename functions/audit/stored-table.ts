import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Key, Range } from '../shared/keys.ts';
import { conditionOn, type Projection } from '../shared/table.ts';
import type { TableName } from '../shared/tables.ts';

/** An item as DynamoDB JSON. */
export type StoredItem = Record<string, AttributeValue>;

/** Texts of a key, as a cursor has them. */
type PlainKey = Readonly<Record<string, string | undefined>>;

export interface StoredPage {
  readonly items: StoredItem[];
  /** Key of the last item when more may follow. */
  readonly lastKey: PlainKey | undefined;
}

/**
 * A table of the catalogue as it is stored, for auditors: no schema is between, which would drop what does not belong
 * there, and no conversion of numbers, which would round. Reads are consistent.
 */
export class StoredTable<N extends TableName> {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  /** @param name the one that the environment gives the table. */
  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** An item, or undefined. */
  async get({ pk, sk }: Key<N>, shown: Projection = {}): Promise<StoredItem | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#name,
        Key: { pk: { S: pk }, sk: { S: sk } },
        ConsistentRead: true,
        ...reading(shown),
      }),
    );
    return Item;
  }

  /** One page of a range of the table itself. */
  async page(
    range: Range<N>,
    { limit, start }: { readonly limit: number; readonly start: PlainKey | undefined },
  ): Promise<StoredPage> {
    const { condition, values } = conditionOn(range);
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: texts(values),
        Limit: limit,
        ConsistentRead: true,
        ExclusiveStartKey: start && texts(start),
      }),
    );
    return { items: Items, lastKey: plainKey(LastEvaluatedKey) };
  }

  /** One page of the table, or what a filter leaves of it, which ends after 1 MB, so that it can be empty with more to follow. */
  async scan({
    filter,
    start,
    ...shown
  }: Projection & { readonly filter?: string; readonly start: PlainKey | undefined }): Promise<StoredPage> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new ScanCommand({
        TableName: this.#name,
        ...(filter !== undefined && { FilterExpression: filter }),
        ConsistentRead: true,
        ExclusiveStartKey: start && texts(start),
        ...reading(shown),
      }),
    );
    return { items: Items, lastKey: plainKey(LastEvaluatedKey) };
  }
}

function reading({ shows, names, values }: Projection) {
  return {
    ...(shows !== undefined && { ProjectionExpression: shows }),
    ...(names && { ExpressionAttributeNames: { ...names } }),
    ...(values && { ExpressionAttributeValues: texts(values) }),
  };
}

function texts(values: Readonly<Record<string, unknown>>): StoredItem {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, { S: String(text) }]));
}

function plainKey(key: StoredItem | undefined): PlainKey | undefined {
  return key && Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value.S]));
}
