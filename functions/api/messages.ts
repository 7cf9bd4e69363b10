import { messagesRoutes } from '../contracts/messages.ts';
import { ContactStore } from '../news/messages/contact-store.ts';
import { countUnread, listNotifications, markRead } from '../news/messages/list-notifications.ts';
import { NotificationStore } from '../news/messages/notification-store.ts';
import { createSubscription } from '../news/webhooks/create-subscription.ts';
import { DeliveryStore } from '../news/webhooks/delivery-store.ts';
import { systemResolve } from '../news/webhooks/destination.ts';
import { listDeliveries, pingSubscription, replayDeliveries } from '../news/webhooks/manage-deliveries.ts';
import { endSubscription, listSubscriptions, rotateSecret } from '../news/webhooks/manage-subscription.ts';
import { newSecret } from '../news/webhooks/signature.ts';
import { SubscriptionStore } from '../news/webhooks/subscription-store.ts';
import { deliveryPage, deliveryView, webhookPage, webhookView } from '../news/webhooks/webhook-view.ts';
import { createLogins } from '../people/create-logins.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { DomainError } from '../shared/errors.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/messages');
const tables = openTables(environment);
const store = new NotificationStore(tables.messages);
const contacts = new ContactStore(tables.messages);
const webhooks = {
  subscriptions: new SubscriptionStore(tables.messages),
  deliveries: new DeliveryStore(tables.messages),
  records: new IdempotencyRecords(tables.messages),
  networks: environment.WEBHOOK_NETWORKS,
  resolve: systemResolve,
  clock: systemClock,
  newId: newUlid,
  newSecret,
};

/** Messages to everybody who can log in. */
export const handler = httpDoor(messagesRoutes, createLogins(environment, tables.people), {
  listNotifications: async ({ actor, query }) => ({ body: await listNotifications(store, actor, query) }),
  countUnread: async ({ actor }) => {
    // What a portal asks whenever somebody opens it.
    await contacts.follow(actor, systemClock());
    return { body: await countUnread(store, actor) };
  },
  markRead: async ({ actor, body }) => {
    await markRead({ store, clock: systemClock }, actor, body.upTo);
    return {};
  },
  getContact: async ({ actor }) => {
    const contact = await contacts.get(actor.id);
    if (!contact) throw new DomainError('not-found');
    return { body: contact };
  },
  setContact: async ({ actor, body }) => {
    await contacts.set(actor, body, systemClock());
    return { body };
  },
  removeContact: async ({ actor }) => {
    await contacts.remove(actor.id);
    return {};
  },
  createWebhook: async ({ actor, headers, body }) => {
    const request = { ...body, idempotencyKey: headers['idempotency-key'] };
    const { subscription, secret } = await createSubscription(webhooks, actor, request);
    return { body: { ...webhookView(subscription, systemClock()), secret } };
  },
  listWebhooks: async ({ query }) => ({
    body: webhookPage(await listSubscriptions(webhooks, query), systemClock()),
  }),
  getWebhook: async ({ params }) => ({
    body: webhookView(await webhooks.subscriptions.require(params.webhookId), systemClock()),
  }),
  endWebhook: async ({ params }) => {
    await endSubscription(webhooks, params.webhookId);
    return {};
  },
  rotateWebhookSecret: async ({ params, body }) => ({
    body: await rotateSecret(webhooks, params.webhookId, body.overlapHours),
  }),
  testWebhook: async ({ params }) => ({
    body: deliveryView(await pingSubscription(webhooks, params.webhookId)),
  }),
  listWebhookDeliveries: async ({ params, query }) => ({
    body: deliveryPage(await listDeliveries(webhooks, params.webhookId, query)),
  }),
  replayWebhookDeliveries: async ({ params, body }) => ({
    body: await replayDeliveries(webhooks, params.webhookId, body.deliveryId),
  }),
});
