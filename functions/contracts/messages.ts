import * as z from 'zod';
import { ContactSchema } from '../news/messages/contact.ts';
import { NotificationViewSchema, UnreadSchema } from '../news/messages/notification-view.ts';
import { roles } from '../shared/actor.ts';
import type { RouteContract } from '../shared/route.ts';
import { InstantSchema, PageQuerySchema, pageOf } from '../shared/schemas.ts';
import { webhookRoutes } from './webhooks.ts';

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
