import * as z from 'zod';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

const said = { announcementId: UlidSchema, title: BilingualSchema, text: BilingualSchema };

/** What an operator wrote to everybody with a draft or an application of an item, and how far it has been sent. */
export const AnnouncementSchema = z.object({
  ...said,
  item: SlugSchema,
  sentBy: z.string(),
  sentAt: InstantSchema,
  /** Pages of applications that were told. */
  pages: z.int().min(0),
  /** Drafts and applications that were told. */
  told: z.int().min(0),
  /** Key that the last page ended with, where more follow. */
  last: z.record(z.string(), z.string()).optional(),
  finishedAt: InstantSchema.optional(),
});
export type Announcement = z.output<typeof AnnouncementSchema>;

/** An announcement beside an application that is told it: never changed, and the same whenever it is written. */
export const AnnouncedSchema = z.object({ ...said, at: InstantSchema });
export type Announced = z.output<typeof AnnouncedSchema>;
