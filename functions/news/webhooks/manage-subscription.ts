import type { Clock } from '../../shared/clock.ts';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { NewSecret } from './signature.ts';
import type { ActiveSubscription, Subscription } from './subscription.ts';
import { allSubscriptions, type SubscriptionStore } from './subscription-store.ts';

const scope = scopeOf(allSubscriptions);
const hourMs = 3_600_000;

/** One page of subscriptions, ended ones too, in the order of their creation. @throws DomainError invalid-request */
export async function listSubscriptions(
  parts: { readonly subscriptions: SubscriptionStore },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ subscriptions: Subscription[]; nextCursor: string | undefined }> {
  const start = decodeCursor(page.cursor, scope);
  const { subscriptions, lastKey } = await parts.subscriptions.page(page.limit, start);
  return { subscriptions, nextCursor: encodeCursor(lastKey, scope) };
}

/** Ends a subscription; what is still to be delivered is cancelled. Ending twice changes nothing. @throws DomainError not-found */
export async function endSubscription(
  parts: { readonly subscriptions: SubscriptionStore; readonly clock: Clock },
  subscriptionId: string,
): Promise<void> {
  await decideAgainOnConflict(async () => {
    const subscription = await parts.subscriptions.require(subscriptionId);
    await parts.subscriptions.end(subscription, parts.clock(), 'operator');
  });
}

/**
 * Gives a subscription a new secret; messages are signed with both until the old one's time is over.
 * @param overlapHours none when the old secret is known to others.
 * @throws DomainError not-found, not-in-this-state, concurrent-change.
 */
export async function rotateSecret(
  parts: {
    readonly subscriptions: SubscriptionStore;
    readonly clock: Clock;
    readonly newSecret: NewSecret;
  },
  subscriptionId: string,
  overlapHours: number,
): Promise<{ secret: string; previousEndsAt: string }> {
  const subscription = await requireActive(parts, subscriptionId);
  const secret = parts.newSecret();
  const endsAt = new Date(parts.clock().getTime() + overlapHours * hourMs);
  await parts.subscriptions.replaceSecret(subscription, secret, endsAt);
  return { secret, previousEndsAt: endsAt.toISOString() };
}

/** The subscription, on condition that it has not ended. @throws DomainError not-found, not-in-this-state. */
export async function requireActive(
  parts: { readonly subscriptions: SubscriptionStore },
  subscriptionId: string,
): Promise<ActiveSubscription> {
  const subscription = await parts.subscriptions.require(subscriptionId);
  if (subscription.status === 'ended') {
    throw new DomainError('not-in-this-state', {
      detail: { zh: '该订阅已终止', en: 'the subscription has ended' },
    });
  }
  return subscription;
}
