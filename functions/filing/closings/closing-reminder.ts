import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';

/** Said once of a draft, for each time before a closing that its guide names. */
export const ClosingReminderSchema = z.object({
  applicationId: z.string(),
  closesAt: InstantSchema,
  days: z.int().min(1),
  unit: z.enum(['working', 'calendar']),
  at: InstantSchema,
});
export type ClosingReminder = z.output<typeof ClosingReminderSchema>;
