import type { Clock } from '../../shared/clock.ts';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import { type DeliveryStore, deliveriesOf } from './delivery-store.ts';
import { requireActive } from './manage-subscription.ts';
import { messageOf } from './queue-webhooks.ts';
import { pingType } from './subscription.ts';
import type { SubscriptionStore } from './subscription-store.ts';

interface Parts {
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
}

/** Deliveries that one request replays: each is a write, and the request has half a minute. */
const replayLimit = 1000;
const writesAtOnce = 50;

/** One page of a subscription's deliveries, newest first. @throws DomainError not-found, invalid-request. */
export async function listDeliveries(
  parts: Parts,
  subscriptionId: string,
  page: {
    readonly status: DeliveryStatus;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<{ deliveries: Delivery[]; nextCursor: string | undefined }> {
  await parts.subscriptions.require(subscriptionId);
  const { status, limit, cursor } = page;
  const scope = scopeOf(deliveriesOf(subscriptionId, status));
  const start = decodeCursor(cursor, scope);
  const { deliveries, lastKey } = await parts.deliveries.page(subscriptionId, status, limit, start);
  return { deliveries, nextCursor: encodeCursor(lastKey, scope) };
}

/** Queues an event that means nothing, so that a receiver can be tried out. @throws DomainError not-found, not-in-this-state. */
export async function pingSubscription(
  parts: Parts & { readonly newId: NewId },
  subscriptionId: string,
): Promise<Delivery> {
  await requireActive(parts, subscriptionId);
  const now = parts.clock();
  const message = messageOf({
    id: parts.newId(),
    type: pingType,
    at: now.toISOString(),
    data: { subscriptionId },
  });
  await parts.deliveries.create({ subscriptionId, ...message }, now);
  const delivery = await parts.deliveries.get({ subscriptionId, deliveryId: message.deliveryId });
  if (!delivery) throw new DomainError('not-found');
  return delivery;
}

/**
 * Makes one delivery due again, or all dead ones of a subscription. A receiver knows a replayed message by its id.
 * @param deliveryId a dead or delivered one. Undefined: every dead one, at most a thousand in one request.
 * @returns how many are due again, and whether dead ones are left.
 * @throws DomainError not-found, not-in-this-state.
 */
export async function replayDeliveries(
  parts: Parts,
  subscriptionId: string,
  deliveryId: string | undefined,
): Promise<{ replayed: number; more: boolean }> {
  await requireActive(parts, subscriptionId);
  if (deliveryId !== undefined) {
    await replayOne(parts, subscriptionId, deliveryId);
    return { replayed: 1, more: false };
  }
  let replayed = 0;
  let seen = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await parts.deliveries.page(subscriptionId, 'dead', writesAtOnce, start);
    const revived = await Promise.all(
      page.deliveries.map((delivery) => parts.deliveries.revive(delivery, ['dead'], parts.clock())),
    );
    replayed += revived.filter(Boolean).length;
    seen += page.deliveries.length;
    start = page.lastKey;
  } while (start && seen < replayLimit);
  return { replayed, more: start !== undefined };
}

async function replayOne(parts: Parts, subscriptionId: string, deliveryId: string): Promise<void> {
  const key = { subscriptionId, deliveryId };
  if (await parts.deliveries.revive(key, ['dead', 'delivered'], parts.clock())) return;
  if (!(await parts.deliveries.get(key))) throw new DomainError('not-found');
  throw new DomainError('not-in-this-state', {
    detail: { zh: '仅可重发已失败或已送达的投递', en: 'only what is dead or delivered can be replayed' },
  });
}
