import * as z from 'zod';
import { channelKinds } from '../news/messages/channel.ts';
import { ContactSchema } from '../news/messages/contact.ts';
import { roles } from '../shared/actor.ts';
import type { RouteContract } from '../shared/route.ts';
import { InstantSchema, PageQuerySchema, pageOf } from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';
import { webhookRoutes } from './webhooks.ts';

export const NotificationViewSchema = z
  .object({
    id: z.string().meta({ description: 'Id of the event that it tells of' }),
    type: z.string().meta({ description: 'Type of the event, e.g. ApplicationReturned' }),
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

/** Messages of the system to its people, and where they are sent on to. */
export const messagesRoutes = {
  ...webhookRoutes,
  listNotifications: {
    method: 'GET',
    path: '/v1/notifications',
    roles,
    owner: 'recipient',
    summary: { zh: '我的消息', en: 'My messages, newest first: mine, my organisation’s, my department’s' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(NotificationViewSchema) },
    problems: [],
  },
  countUnread: {
    method: 'GET',
    path: '/v1/notifications/unread',
    roles,
    owner: 'recipient',
    summary: { zh: '未读消息数', en: 'How many messages I have not read' },
    response: { status: 200, body: UnreadSchema },
    problems: [],
  },
  markRead: {
    method: 'POST',
    path: '/v1/notifications/read',
    roles,
    owner: 'recipient',
    summary: { zh: '标记为已读', en: 'Everything received up to an instant is read' },
    body: z.strictObject({ upTo: InstantSchema }),
    response: { status: 204 },
    problems: [],
  },
  getContact: {
    method: 'GET',
    path: '/v1/me/contact',
    roles,
    owner: 'person',
    summary: { zh: '我的邮件提醒', en: 'Where my mails go' },
    response: { status: 200, body: ContactSchema },
    problems: ['not-found'],
  },
  setContact: {
    method: 'PUT',
    path: '/v1/me/contact',
    roles,
    owner: 'person',
    summary: { zh: '开通邮件提醒', en: 'Ask for mails about news' },
    body: ContactSchema,
    response: { status: 200, body: ContactSchema },
    problems: [],
  },
  removeContact: {
    method: 'DELETE',
    path: '/v1/me/contact',
    roles,
    owner: 'person',
    summary: { zh: '取消邮件提醒', en: 'No mails any more; the address is forgotten' },
    response: { status: 204 },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
