import * as z from 'zod';
import { eventSchemas, eventSource, eventTypes } from './domain-event.ts';

/** The JSON Schema of every event, as subscribers may count on it: fields can be added, so others are allowed. */
export function listEventSchemas() {
  return {
    source: eventSource,
    events: eventTypes.map((type) => {
      const { title: _, description = type, ...schema } = z.toJSONSchema(eventSchemas[type], { io: 'input' });
      return { type, description, schema };
    }),
  };
}
