import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  DateSchema,
  GivenSchema,
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  SlugSchema,
} from '../shared/schemas.ts';
import { lineOf } from '../shared/text.ts';
import {
  ApplicationIdSchema,
  ClawbackIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  PoolIdSchema,
  RoundIdSchema,
} from '../shared/vocabulary.ts';
import { OrderLineViewSchema, paymentRoutes } from './payments.ts';

const OrderParams = z.object({ orderId: OrderIdSchema });
const ClawbackParams = z.object({ clawbackId: ClawbackIdSchema });
const officials = ['operator', 'budget-approver'] as const;
const decisions = [
  'not-found',
  'not-in-this-state',
  'same-person',
  'conflict-of-interest',
  'concurrent-change',
] as const;

const OrderViewSchema = z
  .object({
    orderId: OrderIdSchema,
    roundId: RoundIdSchema,
    poolId: PoolIdSchema,
    status: z.enum(['drafted', 'refused', 'approved', 'failed', 'issued']),
    items: z.array(SlugSchema).optional(),
    createdAt: InstantSchema,
    draftedBy: z.string(),
    lineCount: z.int().optional(),
    totalFen: FenSchema.optional(),
    contentHash: z.string().optional().meta({ description: 'What an approval is given for' }),
    decidedBy: z.string().optional(),
    orderedCount: z.int().optional(),
    orderedFen: FenSchema.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Order' });

const ClawbackViewSchema = z
  .object({
    clawbackId: ClawbackIdSchema,
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema,
    organisationName: z.string(),
    item: SlugSchema,
    status: z.enum(['proposed', 'refused', 'demanded', 'partly-recovered', 'recovered']),
    amountFen: FenSchema,
    recoveredFen: FenSchema,
    reason: z.string(),
    citation: z.string(),
    createdAt: InstantSchema,
    proposedBy: z.string(),
    decidedBy: z.string().optional(),
    refusal: z.string().optional(),
    dueAt: InstantSchema.optional(),
    overdue: z.boolean(),
  })
  .meta({ id: 'Clawback' });

/** Routes of orders, of payments and of money that comes back. */
export const treasuryRoutes = {
  draftOrder: {
    method: 'POST',
    path: '/v1/orders',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '拟定资金下达', en: 'Draft the order of awards of a round whose notices have ended' },
    headers: IdempotencyKeySchema,
    body: z.strictObject({
      roundId: RoundIdSchema,
      items: z.array(SlugSchema).min(1).max(50).optional().meta({ description: 'Default: every item' }),
      amounts: z
        .array(
          z.strictObject({
            applicationId: ApplicationIdSchema,
            amountFen: FenSchema,
            reason: ReasonTextSchema,
          }),
        )
        .max(1000)
        .optional()
        .meta({ description: 'Awards of which less is to be paid, and why' }),
    }),
    response: { status: 201, body: OrderViewSchema },
    problems: [...decisions, 'amount-too-high', 'idempotency-key-reused'],
  },
  listOrders: {
    method: 'GET',
    path: '/v1/orders',
    roles: officials,
    owner: 'none',
    summary: { zh: '资金下达清单', en: 'Orders, oldest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(OrderViewSchema) },
    problems: [],
  },
  getOrder: {
    method: 'GET',
    path: '/v1/orders/{orderId}',
    roles: officials,
    owner: 'none',
    summary: { zh: '资金下达', en: 'An order and its state' },
    params: OrderParams,
    response: { status: 200, body: OrderViewSchema },
    problems: ['not-found'],
  },
  listOrderLines: {
    method: 'GET',
    path: '/v1/orders/{orderId}/lines',
    roles: officials,
    owner: 'none',
    summary: { zh: '资金下达明细', en: 'The awards of an order, what is paid of them and what was left out' },
    params: OrderParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(OrderLineViewSchema) },
    personal: ['account'],
    problems: ['not-found'],
  },
  decideOrder: {
    method: 'POST',
    path: '/v1/orders/{orderId}/approval',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '审批资金下达', en: 'Approve or refuse an order, by a second person' },
    params: OrderParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('approve'), contentHash: GivenSchema }),
      z.strictObject({
        outcome: z.literal('refuse'),
        contentHash: GivenSchema,
        reason: ReasonTextSchema,
      }),
    ]),
    response: { status: 200, body: OrderViewSchema },
    problems: [...decisions, 'version-mismatch', 'basis-changed'],
  },
  resumeOrder: {
    method: 'POST',
    path: '/v1/orders/{orderId}/resumption',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '继续失败的下达', en: 'Have an order that failed issued to its end' },
    params: OrderParams,
    response: { status: 202, body: OrderViewSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  ...paymentRoutes,
  proposeClawback: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/clawbacks',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '提出追回', en: 'Propose that an enterprise pays money back' },
    params: z.object({ applicationId: ApplicationIdSchema }),
    headers: IdempotencyKeySchema,
    body: z.strictObject({
      amountFen: FenSchema,
      reason: ReasonTextSchema,
      citation: lineOf(1, 100),
    }),
    response: { status: 201, body: ClawbackViewSchema },
    problems: [...decisions, 'amount-too-high', 'idempotency-key-reused'],
  },
  listClawbacks: {
    method: 'GET',
    path: '/v1/clawbacks',
    roles: officials,
    owner: 'none',
    summary: { zh: '追回清单及期限', en: 'Clawbacks with their due dates, oldest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ClawbackViewSchema) },
    problems: [],
  },
  decideClawback: {
    method: 'POST',
    path: '/v1/clawbacks/{clawbackId}/approval',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '审批追回', en: 'Confirm or refuse a clawback, by a second person' },
    params: ClawbackParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm') }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ClawbackViewSchema },
    problems: [...decisions, 'amount-too-high', 'calendar-missing'],
  },
  receiveClawback: {
    method: 'POST',
    path: '/v1/clawbacks/{clawbackId}/receipts',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '登记追回到账', en: 'Book money that came back; the same reference books it once' },
    params: ClawbackParams,
    body: z.strictObject({
      amountFen: FenSchema,
      reference: z.string().regex(/^[\w./-]{1,64}$/),
      date: DateSchema,
    }),
    response: { status: 200, body: ClawbackViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'amount-too-high'] as const),
      ...(['conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
