import { systemClock } from '../../shared/clock.ts';
import type { Environment } from '../../shared/environment.ts';
import { openTables } from '../../shared/table.ts';
import type { AttemptParts } from './attempt-delivery.ts';
import { DeliveryStore } from './delivery-store.ts';
import { systemResolve } from './destination.ts';
import { createSender } from './sender.ts';
import { SubscriptionStore } from './subscription-store.ts';

/** What attempts need, on the table and the networks of a door's environment. */
export function createAttemptParts({
  MESSAGES_TABLE,
  WEBHOOK_NETWORKS,
}: Environment<'events/queue-webhooks' | 'events/deliver-webhooks'>): AttemptParts {
  const { messages } = openTables({ MESSAGES_TABLE });
  return {
    subscriptions: new SubscriptionStore(messages),
    deliveries: new DeliveryStore(messages),
    send: createSender({ networks: WEBHOOK_NETWORKS, resolve: systemResolve }),
    clock: systemClock,
    random: Math.random,
  };
}
