import * as z from 'zod';
import { BilingualSchema } from '../../shared/text.ts';
import { worded } from '../../shared/vocabulary.ts';
import type { EventType } from '../domain-events/domain-event.ts';

/** A message of the system as one channel keeps it. */
export const NotificationSchema = z.object({
  /** Id of the event that it tells of. */
  id: z.string(),
  type: worded<EventType>(z.string()),
  title: BilingualSchema,
  text: BilingualSchema,
  /** Path in the portal. */
  link: z.string(),
  /** When it happened. */
  at: z.string(),
  /** When the message was there to be read. */
  receivedAt: z.string(),
});
export type Notification = z.output<typeof NotificationSchema>;
