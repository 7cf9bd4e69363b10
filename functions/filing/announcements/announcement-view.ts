import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { type Announcement, AnnouncementSchema } from './announcement.ts';

export const AnnouncementViewSchema = AnnouncementSchema.pick({
  announcementId: true,
  item: true,
  title: true,
  text: true,
  sentBy: true,
  sentAt: true,
})
  .extend({
    status: z.enum(['sending', 'sent']),
    told: z.int().meta({
      description: 'Drafts and applications that were told so far; an organisation gets one message',
    }),
    finishedAt: InstantSchema.optional(),
  })
  .meta({ id: 'Announcement' });

/** What operators see of an announcement. */
export function announcementView({
  pages: _,
  last: __,
  ...shown
}: Announcement): z.input<typeof AnnouncementViewSchema> {
  return { ...shown, status: shown.finishedAt === undefined ? 'sending' : 'sent' };
}
