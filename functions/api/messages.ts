import { messagesRoutes } from '../contracts/messages.ts';
import { channelsOf } from '../messages/channel.ts';
import { ContactStore } from '../messages/contact-store.ts';
import { countUnread, listNotifications, markRead } from '../messages/list-notifications.ts';
import { NotificationStore } from '../messages/notification-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { DomainError } from '../shared/errors.ts';
import { httpDoor } from '../shared/http-door.ts';
import { documentClient } from '../shared/transaction.ts';

const { MESSAGES_TABLE } = readEnvironment('api/messages');
const client = documentClient();
const store = new NotificationStore(client, MESSAGES_TABLE);
const contacts = new ContactStore(client, MESSAGES_TABLE);

/** Messages to everybody who can log in. */
export const handler = httpDoor(messagesRoutes, {
  listNotifications: async ({ actor, query }) => ({ body: await listNotifications(store, actor, query) }),
  countUnread: async ({ actor }) => ({ body: await countUnread(store, actor) }),
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
    const channels = channelsOf(actor).map(([, channel]) => channel);
    await contacts.set(actor.id, body, channels);
    return { body };
  },
  removeContact: async ({ actor }) => {
    await contacts.remove(actor.id);
    return {};
  },
});
