import * as z from 'zod';
import { parseEvent } from '../news/domain-events/domain-event.ts';
import { NotificationStore } from '../news/messages/notification-store.ts';
import { notify } from '../news/messages/notify.ts';
import { readLaw } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const BusEventSchema = z.object({ 'detail-type': z.string(), detail: z.unknown() });

const tables = openTables(readEnvironment('events/notify'));
const parts = {
  store: new NotificationStore(tables.messages),
  notice: readLaw(import.meta.url).notice,
  clock: systemClock,
};

/** Tells people of a domain event in the portal. */
export const handler = taskDoor('notify', BusEventSchema, (event) =>
  notify(parts, parseEvent(event['detail-type'], event.detail)),
);
