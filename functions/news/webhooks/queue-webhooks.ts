import { contentHash } from '../../shared/hash.ts';
import { type AttemptParts, attemptDelivery } from './attempt-delivery.ts';

/** An event as receivers get it. */
export interface Announcement {
  /** The same whenever the same event comes again. */
  readonly id: string;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Makes a delivery of an event for each subscription that wants its type, and tries each once; what fails, or what this
 * run does not come to, is left to the next one. An event that comes again makes no second delivery.
 */
export async function queueWebhooks(
  parts: AttemptParts,
  event: Announcement,
): Promise<{ queued: number; delivered: number }> {
  const wanting = await parts.subscriptions.wanting(event.type);
  const message = messageOf(event);
  // Every delivery stands before the first attempt: attempts may take longer than the function has.
  const queued = await Promise.all(
    wanting.map(async (subscription) => ({
      subscription,
      isNew: await parts.deliveries.create(
        { subscriptionId: subscription.subscriptionId, ...message },
        parts.clock(),
      ),
    })),
  );
  // A receiver that is down is only waited for by the scheduled run, which events do not wait behind.
  const promising = queued.filter(
    ({ subscription, isNew }) => isNew && subscription.failingSince === undefined,
  );
  const outcomes = await Promise.all(
    promising.map(({ subscription: { subscriptionId } }) =>
      attemptDelivery(parts, { subscriptionId, deliveryId: message.deliveryId }),
    ),
  );
  return {
    queued: queued.filter(({ isNew }) => isNew).length,
    delivered: outcomes.filter((outcome) => outcome === 'delivered').length,
  };
}

/** The message of an event: type, time and data, as the Standard Webhooks specification recommends. */
export function messageOf({ id, type, at, data }: Announcement) {
  return {
    // Signed with full stops around it, and part of paths and headers: an id of letters and digits, whatever events have.
    deliveryId: `evt_${contentHash([type, id]).slice(0, 32)}`,
    eventType: type,
    body: JSON.stringify({ type, timestamp: at, data }),
  };
}
