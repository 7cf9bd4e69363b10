import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { DomainEvent } from '../domain-events/domain-event.ts';
import { describeEvent } from './describe-event.ts';
import type { NotificationStore } from './notification-store.ts';

/** Tells those an event concerns of it in the portal, once however often it is delivered. */
export async function notify(
  {
    store,
    notice,
    clock,
  }: { readonly store: NotificationStore; readonly notice: Notice; readonly clock: Clock },
  event: DomainEvent,
): Promise<void> {
  const { channels, title, text, link } = describeEvent(notice, event);
  const notification = {
    ...{ id: event.id, type: event.type, title, text, link, at: event.at },
    // Not when it happened: what comes late must not stand among what has been read.
    receivedAt: clock().toISOString(),
  };
  const added = await store.add(notification, channels);
  if (added) log.info('event.notified', { type: event.type, event: event.id, channels: channels.length });
}
