import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { attemptLimit, pauseAfter, type Random } from './back-off.ts';
import type { Attempt, Delivery, DeliveryKey } from './delivery.ts';
import type { DeliveryStore, Settlement } from './delivery-store.ts';
import type { Reply, Send } from './sender.ts';
import { signatureHeaders } from './signature.ts';
import type { ActiveSubscription } from './subscription.ts';
import type { SubscriptionStore } from './subscription-store.ts';

export interface AttemptParts {
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryStore;
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
}

/** `taken`: another run has it, or it is not due. `failed`: it will be tried again. */
export type AttemptOutcome = 'delivered' | 'failed' | 'dead' | 'cancelled' | 'taken';

/** The receiver wants nothing more, for good. */
const gone = 410;

/**
 * Makes one attempt at a due delivery. Two runs at once make one attempt between them; one whose function ends before
 * its outcome is written is made again, so that a receiver may get a message twice and never not at all.
 */
export async function attemptDelivery(parts: AttemptParts, key: DeliveryKey): Promise<AttemptOutcome> {
  const { subscriptions, deliveries, clock } = parts;
  const claimed = await deliveries.claim(key, clock());
  if (!claimed) return 'taken';
  const subscription = await subscriptions.get(claimed.subscriptionId);
  if (subscription?.status !== 'active') return settle(parts, claimed, { status: 'cancelled' });
  if (claimed.attempts > attemptLimit) {
    // The last attempt was begun and its outcome never written.
    return settle(parts, claimed, { status: 'dead' });
  }
  const secrets = await subscriptions.secrets(claimed.subscriptionId, clock());
  // It ended since it was read: nothing leaves unsigned.
  if (secrets.length === 0) return settle(parts, claimed, { status: 'cancelled' });
  const at = clock();
  const reply = await parts.send({
    url: subscription.url,
    headers: signatureHeaders({ id: claimed.deliveryId, at, body: claimed.body }, secrets),
    body: claimed.body,
    attempt: claimed.attempts,
  });
  const attempt: Attempt = {
    at: at.toISOString(),
    ...('error' in reply ? { error: reply.error } : { statusCode: reply.statusCode }),
    durationMs: clock().getTime() - at.getTime(),
  };
  const outcome = await settle(parts, claimed, settlementOf(parts, claimed, reply, attempt));
  await learn(parts, subscription, reply);
  return outcome;
}

function settlementOf(
  { clock, random }: AttemptParts,
  { attempts }: Delivery,
  reply: Reply,
  attempt: Attempt,
): Settlement {
  if (isSuccess(reply)) return { status: 'delivered', attempt };
  if (attempt.statusCode === gone) return { status: 'cancelled', attempt };
  const askedFor = 'error' in reply ? undefined : reply.retryAfterMs;
  const pause = pauseAfter(attempts, random, askedFor);
  if (pause === undefined) return { status: 'dead', attempt };
  return { status: 'pending', attempt, nextAttemptAt: new Date(clock().getTime() + pause) };
}

async function settle(
  { deliveries }: AttemptParts,
  claimed: Delivery,
  settlement: Settlement,
): Promise<AttemptOutcome> {
  const { status, attempt } = settlement;
  const fields = {
    subscription: claimed.subscriptionId,
    delivery: claimed.deliveryId,
    attempt: claimed.attempts,
    status: attempt?.statusCode,
    error: attempt?.error,
  };
  if (!(await deliveries.settle(claimed, settlement))) return 'taken';
  switch (status) {
    case 'delivered':
      log.info('webhook.delivered', fields);
      return status;
    case 'pending':
      log.info('webhook.failed', fields);
      return 'failed';
    case 'dead':
      log.warn('webhook.dead', fields);
      return status;
    case 'cancelled':
      log.info('webhook.cancelled', fields);
      return status;
  }
}

/** What an answer says of the receiver beyond the one message. */
async function learn(
  { subscriptions, clock }: AttemptParts,
  subscription: ActiveSubscription,
  reply: Reply,
): Promise<void> {
  if ('statusCode' in reply && reply.statusCode === gone) {
    const { subscriptionId } = subscription;
    await decideAgainOnConflict(async () =>
      subscriptions.end(await subscriptions.require(subscriptionId), clock(), 'receiver'),
    );
    log.warn('webhook.ended', { subscription: subscriptionId });
    return;
  }
  await subscriptions.noteHealth(subscription, isSuccess(reply), clock());
}

function isSuccess(reply: Reply): boolean {
  return 'statusCode' in reply && reply.statusCode >= 200 && reply.statusCode < 300;
}
