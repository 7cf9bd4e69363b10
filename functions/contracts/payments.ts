import * as z from 'zod';
import { ContradictionSchema, leftOutReasons } from '../money/orders/order.ts';
import { PaymentFileViewSchema, PaymentViewSchema } from '../money/payments/payment-view.ts';
import { ResultsSummarySchema, ResultsViewSchema } from '../money/payments/results-view.ts';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  GivenSchema,
  IdempotencyKeySchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  SlugSchema,
} from '../shared/schemas.ts';
import { both, lineOf } from '../shared/text.ts';
import {
  ApplicationIdSchema,
  ImportIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  PaymentFileIdSchema,
} from '../shared/vocabulary.ts';

const OrderParams = z.object({ orderId: OrderIdSchema });
const FileParams = z.object({ paymentFileId: PaymentFileIdSchema });
const ResultsParams = z.object({ importId: ImportIdSchema });
/** The word of the bank that a decision is about, as the line of the order shows it, and why. */
const word = {
  ...ContradictionSchema.pick({ result: true, amountFen: true }).shape,
  ...{ paymentId: GivenSchema, reference: GivenSchema },
  reason: ReasonTextSchema,
};
/** What a second person decides on something that they name by its hash. */
const DecisionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('confirm'), contentHash: GivenSchema }),
  z.strictObject({ outcome: z.literal('refuse'), contentHash: GivenSchema, reason: ReasonTextSchema }),
]);
const EvidenceSchema = z
  .strictObject({
    statement: lineOf(2, 100).meta({ description: 'Number of the bank statement that shows it' }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, {
      error: both('SHA-256 为 64 位小写十六进制', 'a SHA-256 has 64 digits of 0-9 and a-f'),
    }),
  })
  .meta({ description: 'Of money that came back: where the bank tells of it, and the hash of the document' });
const officials = ['operator', 'budget-approver'] as const;
const decisions = [
  'not-found',
  'not-in-this-state',
  'same-person',
  'conflict-of-interest',
  'concurrent-change',
] as const;

export const OrderLineViewSchema = z
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
    account: z
      .object({ holder: z.string(), bank: z.string(), lastFour: z.string() })
      .optional()
      .meta({ description: 'Where it is to be paid; absent where the enterprise had put no account' }),
    holderIsOrganisation: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the account is in the name of the enterprise' }),
    payment: z.string().optional().meta({ description: 'The payment that is under way' }),
    held: z.array(ContradictionSchema).optional().meta({
      description: 'Words of the bank that contradict earlier ones: nothing is paid before a decision',
    }),
  })
  .meta({ id: 'OrderLine' });

/** Routes of payment files and of the bank's answers: one person makes or brings them, a second one lets them count. */
export const paymentRoutes = {
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
    problems: [...decisions, 'idempotency-key-reused'],
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
  getPaymentFile: {
    method: 'GET',
    path: '/v1/payment-files/{paymentFileId}',
    roles: officials,
    owner: 'none',
    summary: { zh: '付款文件', en: 'A payment file: what it pays, what of it again, and its hash' },
    params: FileParams,
    response: { status: 200, body: PaymentFileViewSchema },
    problems: ['not-found'],
  },
  listPayments: {
    method: 'GET',
    path: '/v1/payment-files/{paymentFileId}/payments',
    roles: officials,
    owner: 'none',
    summary: {
      zh: '付款文件明细（户名、开户行、账号后四位）',
      en: 'The payments of a file, with holder, bank and the last four digits of each account',
    },
    params: FileParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(PaymentViewSchema) },
    personal: ['account'],
    problems: ['not-found'],
  },
  decidePaymentFile: {
    method: 'POST',
    path: '/v1/payment-files/{paymentFileId}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: {
      zh: '放行或退回付款文件（复核）',
      en: 'Release a payment file or refuse it, by a second person who names its hash',
    },
    params: FileParams,
    body: DecisionSchema,
    response: { status: 200, body: PaymentFileViewSchema },
    problems: [...decisions, 'version-mismatch'],
  },
  getPaymentFileContent: {
    method: 'GET',
    path: '/v1/payment-files/{paymentFileId}/content',
    roles: officials,
    owner: 'none',
    summary: {
      zh: '下载已放行的付款文件（含账户，读取留痕）；复核人放行前亦可查看',
      en: 'The released payment file for the bank, with accounts in clear; a second person sees it before. Who reads it is kept',
    },
    params: FileParams,
    response: { status: 200, contentType: 'text/csv; charset=utf-8' },
    personal: ['account'],
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  proposeResults: {
    method: 'POST',
    path: '/v1/payment-results',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '提交银行回执（待复核）',
      en: "Bring the bank's answers to payments (CSV with a control total); they count once a second person confirms them",
    },
    headers: z.object({
      'x-bank-signature': z
        .base64({ error: both('编码格式有误', 'a signature is sent in base64') })
        .max(2000)
        .optional()
        .meta({ description: "The bank's signature over the bytes of the body, in base64" }),
    }),
    text: { contentType: 'text/csv', maxBytes: 1_000_000 },
    response: { status: 201, body: ResultsViewSchema },
    problems: ['payload-too-large', 'unsupported-media-type', 'conflict-of-interest', 'concurrent-change'],
  },
  listResults: {
    method: 'GET',
    path: '/v1/payment-results',
    roles: officials,
    owner: 'none',
    summary: { zh: '银行回执清单', en: "The bank's answers that were brought, oldest first" },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ResultsSummarySchema) },
    problems: [],
  },
  getResults: {
    method: 'GET',
    path: '/v1/payment-results/{importId}',
    roles: officials,
    owner: 'none',
    summary: {
      zh: '银行回执及其将引起的变化',
      en: "The bank's answers: which payments they change to what, and what became of them",
    },
    params: ResultsParams,
    response: { status: 200, body: ResultsViewSchema },
    problems: ['not-found'],
  },
  decideResults: {
    method: 'POST',
    path: '/v1/payment-results/{importId}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: {
      zh: '复核银行回执：确认入账或退回',
      en: "Confirm the bank's answers, which books them, or refuse them, by a second person who names their hash",
    },
    params: ResultsParams,
    body: DecisionSchema,
    response: { status: 200, body: ResultsViewSchema },
    problems: [...decisions, 'version-mismatch'],
  },
  decidePayment: {
    method: 'POST',
    path: '/v1/orders/{orderId}/lines/{applicationId}/payment-decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: {
      zh: '银行回执前后矛盾时，决定以哪一回执为准；款项退回须有凭证',
      en: 'Decide which word of the bank is right when it contradicts itself, by somebody else than who brought it; on evidence, whether money came back',
    },
    params: OrderParams.extend({ applicationId: ApplicationIdSchema }),
    body: z.discriminatedUnion('outcome', [
      z.strictObject({
        outcome: z.literal('booked'),
        ...word,
        bookedFen: FenSchema.meta({
          description: 'What counts as paid, beyond what the books have; or as come back, of what they have',
        }),
        evidence: EvidenceSchema.optional(),
      }),
      z.strictObject({ outcome: z.literal('dismissed'), ...word }),
    ]),
    response: { status: 200, body: OrderLineViewSchema },
    personal: ['account'],
    problems: [...decisions, 'amount-too-high'],
  },
} as const satisfies Record<string, RouteContract>;
