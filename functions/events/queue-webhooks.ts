import * as z from 'zod';
import { parseEvent, withoutPersons } from '../news/domain-events/domain-event.ts';
import { createAttemptParts } from '../news/webhooks/create-attempt-parts.ts';
import { queueWebhooks } from '../news/webhooks/queue-webhooks.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';

const BusEventSchema = z.object({ 'detail-type': z.string(), detail: z.unknown() });

const parts = createAttemptParts(readEnvironment('events/queue-webhooks'));

/** An event came over the bus: it is sent to whoever subscribed to its type. */
export const handler = taskDoor('queue-webhooks', BusEventSchema, (busEvent) => {
  const event = parseEvent(busEvent['detail-type'], busEvent.detail);
  const { id, type, at } = event;
  return queueWebhooks(parts, { id, type, at, data: withoutPersons<unknown>(event) });
});
