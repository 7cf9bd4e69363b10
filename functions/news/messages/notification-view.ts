import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { listed } from '../../shared/vocabulary.ts';
import { eventTypes } from '../domain-events/domain-event.ts';
import { channelKinds } from './channel.ts';

export const NotificationViewSchema = z
  .object({
    id: z.string().meta({ description: 'Id of the event that it tells of' }),
    type: listed(eventTypes).meta({ description: 'Type of the event, e.g. ApplicationReturned' }),
    channel: z.enum(channelKinds).meta({ description: 'Whom it was sent to: all of the organisation, …' }),
    title: BilingualSchema,
    text: BilingualSchema,
    link: z.string().meta({ description: 'Path in the portal' }),
    at: InstantSchema.meta({ description: 'When it happened' }),
    receivedAt: InstantSchema.meta({
      description: 'When the message came; `upTo` of reading is one of these',
    }),
    read: z.boolean(),
  })
  .meta({ id: 'Notification' });

export const UnreadSchema = z
  .object({
    unread: z.int(),
    more: z.boolean().meta({ description: 'There are more: no channel is counted beyond 100' }),
    channels: z.partialRecord(z.enum(channelKinds), z.int()),
  })
  .meta({ id: 'Unread' });
