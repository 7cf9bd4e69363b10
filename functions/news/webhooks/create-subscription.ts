import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { messages } from '../../shared/tables.ts';
import { DestinationError, findDestination, type Networks, type Resolve } from './destination.ts';
import type { NewSecret } from './signature.ts';
import { type ActiveSubscription, type Subscription, SubscriptionSchema } from './subscription.ts';
import type { SubscriptionStore } from './subscription-store.ts';

const { subscriptionAnswer } = messages.entities;

/**
 * Makes a subscription. The same key makes one, and only the answer that made it holds the secret: who loses it rotates.
 * @throws DomainError invalid-request on `url` with the rule that it breaks, idempotency-key-reused.
 */
export async function createSubscription(
  parts: {
    readonly subscriptions: SubscriptionStore;
    readonly records: IdempotencyRecords;
    readonly networks: Networks;
    readonly resolve: Resolve;
    readonly clock: Clock;
    readonly newId: NewId;
    readonly newSecret: NewSecret;
  },
  actor: Actor,
  request: {
    readonly url: string;
    readonly eventTypes: readonly string[];
    readonly description: string;
    readonly idempotencyKey: string;
  },
): Promise<{ subscription: Subscription; secret?: string }> {
  const { idempotencyKey, ...content } = request;
  const keyed = { key: subscriptionAnswer.key({ person: actor.id, idempotencyKey }), content };
  return decideAgainOnConflict(async () => {
    const given = await parts.records.answer(keyed, SubscriptionSchema);
    if (given) return { subscription: given };
    const { url } = await destinationOf(parts, request.url);
    const subscription: ActiveSubscription = {
      status: 'active',
      subscriptionId: parts.newId(),
      url: url.href,
      eventTypes: [...new Set(request.eventTypes)],
      description: request.description,
      createdAt: parts.clock().toISOString(),
      createdBy: { id: actor.id, role: 'operator' },
      secretNumber: 1,
    };
    const secret = parts.newSecret();
    await parts.subscriptions.write([
      ...parts.subscriptions.creation(subscription, secret),
      parts.records.record(keyed, subscription),
    ]);
    return { subscription, secret };
  });
}

async function destinationOf(
  { networks, resolve }: { readonly networks: Networks; readonly resolve: Resolve },
  url: string,
) {
  try {
    return await findDestination(url, networks, resolve);
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    throw new DomainError('invalid-request', { faults: [error.fault('url')] });
  }
}
