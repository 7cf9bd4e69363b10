import * as z from 'zod';
import { AnnouncementViewSchema } from '../filing/announcements/announcement-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { IdempotencyKeySchema, PageQuerySchema, pageOf, SlugSchema, UlidSchema } from '../shared/schemas.ts';
import { lineOf, textOf } from '../shared/text.ts';

const inBoth = <S extends z.ZodType>(text: S) => z.strictObject({ zh: text, en: text });

/** Routes by which operators write to everybody of an item. */
export const announcementRoutes = {
  announce: {
    method: 'POST',
    path: '/v1/items/{item}/announcements',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '向某事项的全部申报单位发送消息',
      en: 'Write to everybody with a draft or an application of an item, in both languages, once under a key',
    },
    params: z.object({ item: SlugSchema }),
    headers: IdempotencyKeySchema,
    body: z.strictObject({ title: inBoth(lineOf(2, 100)), text: inBoth(textOf(2, 2000)) }),
    response: { status: 202, body: AnnouncementViewSchema },
    problems: ['not-found', 'idempotency-key-reused', 'concurrent-change'],
  },
  listAnnouncements: {
    method: 'GET',
    path: '/v1/announcements',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '已发送的消息', en: 'What was written to everybody of an item, newest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(AnnouncementViewSchema) },
    problems: [],
  },
  getAnnouncement: {
    method: 'GET',
    path: '/v1/announcements/{announcementId}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '消息及其发送进度', en: 'Such a message, who sent it, and how far it has come' },
    params: z.object({ announcementId: UlidSchema }),
    response: { status: 200, body: AnnouncementViewSchema },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;
