import * as z from 'zod';
import { ContradictionSchema, leftOutReasons } from '../money/orders/order.ts';
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
import { BilingualSchema, lineOf } from '../shared/text.ts';
import {
  ApplicationIdSchema,
  ClawbackIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  PaymentFileIdSchema,
  PoolIdSchema,
  RoundIdSchema,
} from '../shared/vocabulary.ts';

const OrderParams = z.object({ orderId: OrderIdSchema });
const FileParams = z.object({ paymentFileId: PaymentFileIdSchema });
const ClawbackParams = z.object({ clawbackId: ClawbackIdSchema });
/** The word of the bank that a decision is about, as the line of the order shows it, and why. */
const word = {
  ...ContradictionSchema.pick({ result: true, amountFen: true }).shape,
  ...{ paymentId: GivenSchema, reference: GivenSchema },
  reason: ReasonTextSchema,
};
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

const OrderLineViewSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema,
    organisationName: z.string(),
    item: SlugSchema,
    awardFen: FenSchema.meta({ description: 'The amount that was noticed' }),
    fen: FenSchema.meta({ description: 'The amount to be paid' }),
    reason: z.string().optional(),
    status: z.enum(['drafted', 'left-out', 'ordered']),
    leftOut: z
      .enum(leftOutReasons)
      .optional()
      .meta({ description: 'Why it was not ordered; a later order may have it' }),
    paidFen: FenSchema.optional(),
    payment: z.string().optional().meta({ description: 'The payment that is under way' }),
    held: z.array(ContradictionSchema).optional().meta({
      description: 'Words of the bank that contradict earlier ones: nothing is paid before a decision',
    }),
  })
  .meta({ id: 'OrderLine' });

const PaymentFileViewSchema = z
  .object({
    paymentFileId: PaymentFileIdSchema,
    orderId: OrderIdSchema,
    status: z.enum(['making', 'made']),
    createdAt: InstantSchema,
    madeBy: z.string(),
    paymentCount: z.int().optional(),
    totalFen: FenSchema.optional(),
  })
  .meta({ id: 'PaymentFile' });

const ResultsReportSchema = z
  .object({
    rows: z.int(),
    imported: z.int(),
    unchanged: z.int().meta({ description: 'Rows that were imported before' }),
    faults: z.array(
      z.object({
        row: z.int().meta({ description: 'Line of the file, the header being 1' }),
        column: z.string(),
        rule: z.string(),
        messages: BilingualSchema,
      }),
    ),
    faultsLeftOut: z.int().optional().meta({ description: 'How many faults there are beside `faults`' }),
  })
  .meta({ id: 'PaymentResultsReport' });

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
    problems: [...decisions, 'version-mismatch'],
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
  makePaymentFile: {
    method: 'POST',
    path: '/v1/orders/{orderId}/payment-files',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '生成付款批次',
      en: 'Make payments of whatever an order has still to pay and is not under way',
    },
    params: OrderParams,
    headers: IdempotencyKeySchema,
    response: {
      status: 201,
      body: PaymentFileViewSchema.extend({
        withoutAccount: z
          .array(z.object({ applicationId: ApplicationIdSchema, organisationName: z.string() }))
          .meta({ description: 'Awards that were left out, since their enterprise has put no bank account' }),
        leftOut: z
          .array(
            z.object({
              applicationId: ApplicationIdSchema,
              organisationName: z.string(),
              why: z.enum(['no-account', 'account-returned', 'held']),
            }),
          )
          .meta({
            description:
              'Awards that were left out, and why: no account; one that a payment came back from and that was not put again since; or the bank contradicts itself',
          }),
      }),
    },
    problems: ['not-found', 'not-in-this-state', 'idempotency-key-reused', 'concurrent-change'],
  },
  listPaymentFiles: {
    method: 'GET',
    path: '/v1/orders/{orderId}/payment-files',
    roles: officials,
    owner: 'none',
    summary: { zh: '付款批次', en: 'The payment files of an order, oldest first' },
    params: OrderParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(PaymentFileViewSchema) },
    problems: [],
  },
  getPaymentFileContent: {
    method: 'GET',
    path: '/v1/payment-files/{paymentFileId}/content',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '下载付款文件（含账户，读取留痕）',
      en: 'The payment file for the bank, with accounts in clear; who reads it is kept',
    },
    params: FileParams,
    response: { status: 200, contentType: 'text/csv; charset=utf-8' },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  importPaymentResults: {
    method: 'POST',
    path: '/v1/payment-results',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '导入银行回执', en: "Import the bank's answers to payments (CSV with a control total)" },
    text: { contentType: 'text/csv', maxBytes: 1_000_000 },
    response: { status: 200, body: ResultsReportSchema },
    problems: ['payload-too-large', 'unsupported-media-type', 'concurrent-change'],
  },
  decidePayment: {
    method: 'POST',
    path: '/v1/orders/{orderId}/lines/{applicationId}/payment-decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: {
      zh: '银行回执前后矛盾时，决定以哪一回执为准',
      en: 'Decide which word of the bank is right when it contradicts itself, by somebody else than who imported it',
    },
    params: OrderParams.extend({ applicationId: ApplicationIdSchema }),
    body: z.discriminatedUnion('outcome', [
      z.strictObject({
        outcome: z.literal('booked'),
        ...word,
        bookedFen: FenSchema.meta({ description: 'What counts as paid, beyond what the books have' }),
      }),
      z.strictObject({ outcome: z.literal('dismissed'), ...word }),
    ]),
    response: { status: 200, body: OrderLineViewSchema },
    problems: [...decisions, 'amount-too-high'],
  },
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
    problems: ['not-found', 'not-in-this-state', 'amount-too-high', 'concurrent-change'],
  },
} as const satisfies Record<string, RouteContract>;
