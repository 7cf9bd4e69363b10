import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import type { Channel } from './channel.ts';
import { type Notification, NotificationSchema } from './notification.ts';

/** Messages are kept for a year. */
const keptSeconds = 365 * 86_400;

/** More unread messages than this are not counted. */
export const mostCounted = 100;

/** Already written for this event: the second delivery of an event ends here. */
class AlreadyNotified extends Error {
  override readonly name = 'AlreadyNotified';
}

/** Messages by channel, and how far each person has read each channel. */
export class NotificationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'messages'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /**
   * Keeps a message in its channels, all or none, once for an event.
   * @returns false when the event had its message already.
   */
  async add(notification: Notification, channels: readonly Channel[]): Promise<boolean> {
    const expiresAt = Math.floor(Date.parse(notification.receivedAt) / 1000) + keptSeconds;
    const once: GuardedWrite = {
      item: {
        Put: {
          TableName: this.#table,
          Item: { pk: `EVENT#${notification.id}`, sk: 'NOTIFIED', expiresAt },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      onConditionFailed: () => new AlreadyNotified(),
    };
    const sk = placeOf(notification);
    const rows = [...new Set(channels)].map(
      (pk): GuardedWrite => ({
        item: { Put: { TableName: this.#table, Item: { pk, sk, notification, expiresAt } } },
      }),
    );
    try {
      await writeAll(this.#client, [once, ...rows]);
      return true;
    } catch (error) {
      if (error instanceof AlreadyNotified) return false;
      throw error;
    }
  }

  /**
   * Messages of a channel, newest first.
   * @param before place to continue behind, as `placeOf` gives it
   */
  async page(channel: Channel, limit: number, before: string | undefined): Promise<Notification[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': channel, ':from': messagePrefix, ':to': before ?? lastPlace },
        ScanIndexForward: false,
        // BETWEEN takes in its end, which has been shown.
        Limit: before === undefined ? limit : limit + 1,
      }),
    );
    return Items.filter((item) => item['sk'] !== before)
      .slice(0, limit)
      .map((item) => NotificationSchema.parse(item['notification']));
  }

  /** How many messages a channel has had since an instant; counts no further than `mostCounted`. */
  async countSince(channel: Channel, readUpTo: string | undefined): Promise<number> {
    const { Count = 0 } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': channel,
          // Behind every message of that instant.
          ':from': readUpTo === undefined ? messagePrefix : `${messagePrefix}${readUpTo}~`,
          ':to': lastPlace,
        },
        Select: 'COUNT',
        Limit: mostCounted,
      }),
    );
    return Count;
  }

  /** Up to which instant a person has read each channel; a channel never read is absent. */
  async readMarkers(person: string, channels: readonly Channel[]): Promise<ReadonlyMap<Channel, string>> {
    const { Responses } = await this.#client.send(
      new BatchGetCommand({
        RequestItems: {
          [this.#table]: {
            Keys: channels.map((channel) => markerKey(person, channel)),
            ConsistentRead: true,
          },
        },
      }),
    );
    const upTo = new Map((Responses?.[this.#table] ?? []).map((item) => [item['sk'], String(item['upTo'])]));
    return new Map(
      channels.flatMap((channel) => {
        const instant = upTo.get(markerKey(person, channel).sk);
        return instant === undefined ? [] : [[channel, instant] as const];
      }),
    );
  }

  /** Notes that a person has read a channel up to an instant; a marker never goes back. */
  async markRead(person: string, channel: Channel, upTo: string, now: Date): Promise<void> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: markerKey(person, channel),
          UpdateExpression: 'SET upTo = :upTo, expiresAt = :expires',
          ConditionExpression: 'attribute_not_exists(upTo) OR upTo < :upTo',
          ExpressionAttributeValues: {
            ':upTo': upTo,
            // What it hides is gone by then.
            ':expires': Math.floor(now.getTime() / 1000) + keptSeconds,
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  }
}

const messagePrefix = 'MESSAGE#';
const lastPlace = `${messagePrefix}~`;

/** Place of a message among those of any channel. */
export function placeOf({ receivedAt, id }: Pick<Notification, 'receivedAt' | 'id'>): string {
  return `${messagePrefix}${receivedAt}#${id}`;
}

function markerKey(person: string, channel: Channel): { pk: string; sk: string } {
  return { pk: `PERSON#${person}`, sk: `READ#${channel}` };
}
