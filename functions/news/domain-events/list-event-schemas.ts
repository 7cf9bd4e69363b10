import * as z from 'zod';
import { eventSchemas, eventSource, eventTypes, withoutPersons } from './domain-event.ts';

/** The JSON Schema of every event, as subscribers may count on it: fields can be added, so others are allowed. Who is meant is said on the bus alone. */
export function listEventSchemas() {
  return {
    source: eventSource,
    events: eventTypes.map((type) => {
      const { shape, description = type } = eventSchemas[type];
      const schema = z.toJSONSchema(z.object(withoutPersons<z.ZodType>(shape)), { io: 'input' });
      return { type, description, schema };
    }),
  };
}
