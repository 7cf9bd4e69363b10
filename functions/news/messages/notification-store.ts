import type { Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';
import { messages } from '../../shared/tables.ts';
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

const { message, notified, readMarker } = messages.entities;
/** Behind every message of a channel. */
const lastPlace = `${message.prefix}~`;

/** Messages by channel, and how far each person has read each channel. */
export class NotificationStore {
  readonly #table: Table<'messages'>;

  constructor(table: Table<'messages'>) {
    this.#table = table;
  }

  /**
   * Keeps a message in its channels, all or none, once for an event.
   * @returns false when the event had its message already.
   */
  async add(notification: Notification, channels: readonly Channel[]): Promise<boolean> {
    const expiresAt = Math.floor(Date.parse(notification.receivedAt) / 1000) + keptSeconds;
    const once = notified.key({ matter: notification.id });
    try {
      await this.#table.transact([
        this.#table.putNew(once, { expiresAt }, () => new AlreadyNotified()),
        ...[...new Set(channels)].map((place) =>
          this.#table.put(message.key({ place, ...notification }), { notification, expiresAt }),
        ),
      ]);
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
    const { items } = await this.#table.page(
      message.of({ place: channel }, { from: message.prefix, to: before ?? lastPlace }),
      {
        consistent: false,
        newestFirst: true,
        // A range takes in its end, which has been shown.
        limit: before === undefined ? limit : limit + 1,
      },
    );
    return items
      .filter((item) => item['sk'] !== before)
      .slice(0, limit)
      .map((item) => NotificationSchema.parse(item['notification']));
  }

  /** How many messages a channel has had since an instant; counts no further than `mostCounted`. */
  async countSince(channel: Channel, readUpTo: string | undefined): Promise<number> {
    // Behind every message of that instant.
    const from = readUpTo === undefined ? message.prefix : `${message.prefix}${readUpTo}~`;
    return this.#table.count(message.of({ place: channel }, { from, to: lastPlace }), {
      consistent: false,
      limit: mostCounted,
    });
  }

  /** Up to which instant a person has read each channel; a channel never read is absent. */
  async readMarkers(person: string, channels: readonly Channel[]): Promise<ReadonlyMap<Channel, string>> {
    const keys = channels.map((channel) => readMarker.key({ person, channel }));
    const items = await getMany(this.#table, keys, { attempts: 4 });
    const upTo = new Map(items.map((item) => [item['sk'], String(item['upTo'])]));
    return new Map(
      channels.flatMap((channel) => {
        const instant = upTo.get(readMarker.sk({ channel }));
        return instant === undefined ? [] : [[channel, instant] as const];
      }),
    );
  }

  /** Notes that a person has read a channel up to an instant; a marker never goes back. */
  async markRead(person: string, channel: Channel, upTo: string, now: Date): Promise<void> {
    await this.#table.tryWrite(
      this.#table.update(readMarker.key({ person, channel }), {
        set: 'SET upTo = :upTo, expiresAt = :expires',
        when: 'attribute_not_exists(upTo) OR upTo < :upTo',
        values: {
          ':upTo': upTo,
          // What it hides is gone by then.
          ':expires': Math.floor(now.getTime() / 1000) + keptSeconds,
        },
      }),
    );
  }
}

/** Place of a message among those of any channel. */
export function placeOf({ receivedAt, id }: Pick<Notification, 'receivedAt' | 'id'>): string {
  return message.sk({ receivedAt, id });
}
