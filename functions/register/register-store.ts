import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../shared/table.ts';
import { entryHash, fenceKey, type RegisterEntry, RegisterEntrySchema, registerKey } from './entry.ts';
import { type RegisterRoot, RegisterRootSchema } from './root.ts';

/** The first year that the register can have entries of: the law is of it. */
const firstYear = 2023;

/** An entry with the sort key that it stands under. */
export interface StoredEntry {
  readonly sortKey: string;
  readonly entry: RegisterEntry;
}

/** Entries and roots of the public register in DynamoDB. */
export class RegisterStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'budget'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /**
   * Entries of a year, read consistently page by page.
   * @param place `after` is the sort key to go on from; `backwards` begins with the newest; `from` and `to` are days;
   * `pageSize` says how many are read at once.
   */
  async *entries(
    year: number | string,
    place: {
      readonly after?: string | undefined;
      readonly backwards?: boolean;
      readonly from?: string;
      readonly to?: string;
      readonly pageSize?: number;
    } = {},
  ): AsyncGenerator<StoredEntry> {
    const { after, backwards = false, from = '0', to = '9', pageSize = 1000 } = place;
    const pk = registerKey(year);
    let start = after === undefined ? undefined : { pk, sk: after };
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          // `~` stands behind every character of a sort key.
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': `${to}~` },
          ScanIndexForward: !backwards,
          ConsistentRead: true,
          Limit: pageSize,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of Items) {
        yield { sortKey: String(item['sk']), entry: RegisterEntrySchema.parse(item['entry']) };
      }
      start = LastEvaluatedKey && { pk, sk: String(LastEvaluatedKey['sk']) };
    } while (start);
  }

  /** Hashes of the entries of days, by day and in their order. Only hashes are held. */
  async hashes(from: string, to: string): Promise<Map<string, string[]>> {
    const byDay = new Map<string, string[]>();
    for (let year = yearOf(from); year <= yearOf(to); year += 1) {
      for await (const { entry } of this.entries(year, { from, to })) {
        const hashes = byDay.get(entry.day) ?? [];
        byDay.set(entry.day, hashes);
        hashes.push(entryHash(entry));
      }
    }
    return byDay;
  }

  /** The day that the register begins with, the first of the year of its first entry; undefined while it is empty. */
  async firstDay(today: string): Promise<string | undefined> {
    for (let year = firstYear; year <= yearOf(today); year += 1) {
      for await (const { entry } of this.entries(year, { pageSize: 1 }))
        return `${entry.day.slice(0, 4)}-01-01`;
    }
    return undefined;
  }

  /** Roots of the closed days of a year, in their order: 366 at most. */
  async roots(year: number): Promise<RegisterRoot[]> {
    return this.#roots(year);
  }

  /** Root of the last day that is closed, or undefined. */
  async lastRoot(today: string): Promise<RegisterRoot | undefined> {
    for (let year = yearOf(today); year >= firstYear; year -= 1) {
      const [root] = await this.#roots(year, { newest: true });
      if (root) return root;
    }
    return undefined;
  }

  /** Lets no entry in any more through a day. From then on what stands there is complete. */
  async fence(day: string): Promise<void> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: fenceKey,
          UpdateExpression: 'SET closedThrough = :day',
          ConditionExpression: 'attribute_not_exists(pk) OR closedThrough < :day',
          ExpressionAttributeValues: { ':day': day },
        }),
      );
    } catch (error) {
      // It stands there already, or further on.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /**
   * Publishes the root of a day, once. Another run may have done it before.
   * @throws Error when another root stands there: then entries or roots were altered.
   */
  async publish(root: RegisterRoot): Promise<void> {
    const item = { pk: rootKey(root.day.slice(0, 4)), sk: root.day, root };
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const [published] = await this.#roots(yearOf(root.day), { day: root.day });
      if (published?.root === root.root) return;
      throw new Error(`the register has another root of ${root.day}`, { cause: error });
    }
  }

  /** Roots of a year: of one day, the newest one, or all of them, some 130 kB, which come in one page. */
  async #roots(
    year: number,
    { day = '', newest = false }: { readonly day?: string; readonly newest?: boolean } = {},
  ): Promise<RegisterRoot[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :day)',
        ExpressionAttributeValues: { ':pk': rootKey(year), ':day': day || String(year) },
        ScanIndexForward: !newest,
        ConsistentRead: true,
        ...(newest && { Limit: 1 }),
      }),
    );
    return Items.map((item) => RegisterRootSchema.parse(item['root']));
  }
}

function rootKey(year: number | string): string {
  return `ROOT#${year}`;
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}
