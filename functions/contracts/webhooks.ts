import * as z from 'zod';
import { eventTypes } from '../news/domain-events/domain-event.ts';
import { AttemptSchema, deliveryStatuses } from '../news/webhooks/delivery.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  UlidSchema,
} from '../shared/schemas.ts';
import { both, lineOf, textOf } from '../shared/text.ts';
import { listed } from '../shared/vocabulary.ts';

const WebhookParams = z.object({ webhookId: UlidSchema });
const DeliveryIdSchema = z.string().regex(/^evt_[0-9a-f]{32}$/, {
  error: both('应为推送编号', 'is the id of a delivery'),
});

const SecretSchema = z.string().meta({
  description: 'Signs the messages (Standard Webhooks, HMAC-SHA256); shown once and never again',
});

export const WebhookViewSchema = z
  .object({
    webhookId: UlidSchema,
    status: z.enum(['active', 'failing', 'ended']).meta({
      description: 'failing: no attempt has succeeded for two days. ended: nothing is sent any more',
    }),
    url: z.string(),
    eventTypes: z.array(listed(eventTypes)),
    description: z.string(),
    createdAt: InstantSchema,
    createdBy: z.string(),
    failingSince: InstantSchema.optional().meta({ description: 'First failure since the last success' }),
    endedAt: InstantSchema.optional(),
    endedBy: z.enum(['operator', 'receiver']).optional(),
  })
  .meta({ id: 'Webhook' });

export const WebhookDeliverySchema = z
  .object({
    deliveryId: DeliveryIdSchema.meta({ description: 'webhook-id of the message' }),
    eventType: listed(eventTypes),
    status: z.enum(deliveryStatuses),
    createdAt: InstantSchema,
    attempts: z.int().meta({ description: 'Attempts since it was made or replayed' }),
    nextAttemptAt: InstantSchema.optional(),
    attemptLog: z.array(AttemptSchema).meta({ description: 'The last attempts, oldest first' }),
  })
  .meta({ id: 'WebhookDelivery' });

/** Routes of operators who let other systems hear of events. */
export const webhookRoutes = {
  createWebhook: {
    method: 'POST',
    path: '/v1/webhooks',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '订阅事件推送', en: 'Have events sent to a URL, signed' },
    headers: IdempotencyKeySchema,
    body: z.strictObject({
      url: lineOf(1, 2048).meta({
        description: 'https, to public addresses, on port 443 or 8443; it may hold no password',
      }),
      eventTypes: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length),
      description: textOf(2, 200).meta({ description: 'Whose system it is, and what for' }),
    }),
    response: {
      status: 201,
      body: WebhookViewSchema.extend({
        secret: SecretSchema.optional().meta({
          description: 'Only in the first answer: a repeated request gets none, and POST …/secret a new one',
        }),
      }),
    },
    problems: ['idempotency-key-reused', 'concurrent-change'],
  },
  listWebhooks: {
    method: 'GET',
    path: '/v1/webhooks',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '事件推送订阅', en: 'Subscriptions, ended ones too, in the order of their creation' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(WebhookViewSchema) },
    problems: [],
  },
  getWebhook: {
    method: 'GET',
    path: '/v1/webhooks/{webhookId}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '事件推送订阅详情', en: 'A subscription and whether it works' },
    params: WebhookParams,
    response: { status: 200, body: WebhookViewSchema },
    problems: ['not-found'],
  },
  endWebhook: {
    method: 'DELETE',
    path: '/v1/webhooks/{webhookId}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '终止事件推送', en: 'End a subscription; what is not delivered yet is cancelled' },
    params: WebhookParams,
    response: { status: 204 },
    problems: ['not-found', 'concurrent-change'],
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/secret',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '更换签名密钥', en: 'Make a new secret; the old one signs beside it for a while' },
    params: WebhookParams,
    body: z.strictObject({
      overlapHours: z
        .int()
        .min(0)
        .max(168)
        .default(24)
        .meta({ description: 'How long the old secret still signs; 0 when others know it' }),
    }),
    response: {
      status: 200,
      body: z.object({ secret: SecretSchema, previousEndsAt: InstantSchema }).meta({ id: 'WebhookSecret' }),
    },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  testWebhook: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/test',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '发送测试事件', en: 'Send an event of the type ping within a minute' },
    params: WebhookParams,
    response: { status: 202, body: WebhookDeliverySchema },
    problems: ['not-found', 'not-in-this-state'],
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhooks/{webhookId}/deliveries',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '推送记录', en: 'Deliveries of one status with their attempts, newest first' },
    params: WebhookParams,
    query: PageQuerySchema.extend({ status: z.enum(deliveryStatuses).default('dead') }),
    response: { status: 200, body: pageOf(WebhookDeliverySchema) },
    problems: ['not-found'],
  },
  replayWebhookDeliveries: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/replay',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '重新推送', en: 'Send one delivery again, or all dead ones' },
    params: WebhookParams,
    body: z.strictObject({
      deliveryId: DeliveryIdSchema.optional().meta({
        description: 'A dead or delivered one. Without it: every dead one',
      }),
    }),
    response: {
      status: 202,
      body: z
        .object({
          replayed: z.int(),
          more: z.boolean().meta({ description: 'Dead ones are left: ask again' }),
        })
        .meta({ id: 'WebhookReplay' }),
    },
    problems: ['not-found', 'not-in-this-state'],
  },
} as const satisfies Record<string, RouteContract>;
