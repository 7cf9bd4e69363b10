import type * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { channelsOf } from './channel.ts';
import { mostCounted, type NotificationStore, placeOf } from './notification-store.ts';
import type { NotificationViewSchema, UnreadSchema } from './notification-view.ts';

/** Messages of all channels of a person as one list, newest first; one that came by two channels stands once. */
export async function listNotifications(
  store: NotificationStore,
  actor: Actor,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: z.input<typeof NotificationViewSchema>[]; nextCursor: string | undefined }> {
  const channels = channelsOf(actor);
  const scope = { partition: Object.fromEntries(channels), place: ['receivedAt', 'id'] };
  const { receivedAt, id } = decodeCursor(page.cursor, scope) ?? {};
  // Made anew, so that it is a place among messages whatever the cursor says.
  const before = receivedAt !== undefined && id !== undefined ? placeOf({ receivedAt, id }) : undefined;
  const markers = await store.readMarkers(
    actor.id,
    channels.map(([, channel]) => channel),
  );
  const pages = await Promise.all(
    channels.map(async ([kind, channel]) =>
      (await store.page(channel, page.limit + 1, before)).map((notification) => {
        const upTo = markers.get(channel);
        const read = upTo !== undefined && notification.receivedAt <= upTo;
        return { ...notification, channel: kind, read };
      }),
    ),
  );
  const byPlace = new Map(pages.flat().map((notification) => [placeOf(notification), notification]));
  const merged = [...byPlace].sort(([a], [b]) => (a < b ? 1 : -1));
  const shown = merged.slice(0, page.limit);
  const last = merged.length > page.limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(([, notification]) => notification),
    nextCursor: encodeCursor(last?.[1], scope),
  };
}

/** How many messages of each channel a person has not read. */
export async function countUnread(
  store: NotificationStore,
  actor: Actor,
): Promise<z.input<typeof UnreadSchema>> {
  const channels = channelsOf(actor);
  const markers = await store.readMarkers(
    actor.id,
    channels.map(([, channel]) => channel),
  );
  const counts = await Promise.all(
    channels.map(async ([kind, channel]) => ({
      kind,
      count: await store.countSince(channel, markers.get(channel)),
    })),
  );
  return {
    unread: counts.reduce((sum, { count }) => sum + count, 0),
    more: counts.some(({ count }) => count === mostCounted),
    channels: Object.fromEntries(counts.map(({ kind, count }) => [kind, count])),
  };
}

/**
 * Notes that a person has read everything received up to an instant. What is still to come stays unread, however far
 * ahead the instant lies.
 */
export async function markRead(
  { store, clock }: { readonly store: NotificationStore; readonly clock: Clock },
  actor: Actor,
  upTo: string,
): Promise<void> {
  const now = clock();
  const instant = new Date(Math.min(Date.parse(upTo), now.getTime())).toISOString();
  await Promise.all(channelsOf(actor).map(([, channel]) => store.markRead(actor.id, channel, instant, now)));
}
