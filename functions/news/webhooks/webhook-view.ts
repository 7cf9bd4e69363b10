import type { Delivery } from './delivery.ts';
import type { Subscription } from './subscription.ts';

/** Time without one success after which operators are told that a receiver is failing. */
const failingAfterMs = 2 * 86_400_000;

/** A subscription as operators see it: whether it works, and no secret. */
export function webhookView(subscription: Subscription, now: Date) {
  const { subscriptionId: webhookId, createdBy, ...rest } = subscription;
  return { ...rest, webhookId, createdBy: createdBy.id, status: shownStatus(subscription, now) };
}

/** A delivery with its attempts, without its body. */
export function deliveryView({ subscriptionId: _, body: __, ...rest }: Delivery) {
  return rest;
}

/** A page of subscriptions for the API. */
export function webhookPage(
  { subscriptions, nextCursor }: { subscriptions: readonly Subscription[]; nextCursor: string | undefined },
  now: Date,
) {
  return { items: subscriptions.map((one) => webhookView(one, now)), nextCursor };
}

/** A page of deliveries for the API. */
export function deliveryPage({
  deliveries,
  nextCursor,
}: {
  deliveries: readonly Delivery[];
  nextCursor: string | undefined;
}) {
  return { items: deliveries.map(deliveryView), nextCursor };
}

function shownStatus(subscription: Subscription, now: Date): 'active' | 'failing' | 'ended' {
  if (subscription.status === 'ended') return 'ended';
  const { failingSince } = subscription;
  const failingForMs = failingSince === undefined ? 0 : now.getTime() - Date.parse(failingSince);
  return failingForMs >= failingAfterMs ? 'failing' : 'active';
}
