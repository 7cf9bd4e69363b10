import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import { BilingualSchema } from '../shared/text.ts';
import {
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  SlugSchema,
  UlidSchema,
} from './schemas.ts';

const PoolParams = z.object({ poolId: SlugSchema });
const RoundParams = z.object({ roundId: UlidSchema });

export const PoolViewSchema = z
  .object({
    poolId: SlugSchema,
    fund: z.string(),
    fiscalYear: z.int(),
    topic: z.string(),
    title: BilingualSchema,
    appropriatedFen: FenSchema,
    reservedFen: FenSchema,
    committedFen: FenSchema,
    availableFen: FenSchema.meta({ description: 'Appropriated less reserved and committed' }),
    version: z.int(),
    createdAt: InstantSchema,
  })
  .meta({ id: 'Pool' });

export const RoundViewSchema = z
  .object({
    roundId: UlidSchema,
    poolId: SlugSchema,
    status: z.enum(['open', 'frozen', 'planned', 'approved', 'committed', 'refused', 'failed']),
    createdAt: InstantSchema,
    openedBy: z.string(),
    candidateCount: z.int().optional(),
    candidatesHash: z.string().optional(),
    planNumber: z.int().optional(),
    planHash: z.string().optional(),
    plannedFen: FenSchema.optional(),
    residueFen: FenSchema.optional(),
    committedFen: FenSchema.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Round' });

export const PlanLineSchema = z
  .object({
    applicationId: UlidSchema,
    organisation: z.string(),
    organisationName: z.string(),
    item: SlugSchema,
    ceilingFen: FenSchema,
    shareFen: FenSchema,
    status: z.enum(['planned', 'committed', 'dropped', 'carried-over']),
    explanation: BilingualSchema,
  })
  .meta({ id: 'PlanLine' });

/** A published guide in a listing. */
export const GuideEntrySchema = z
  .object({
    version: z.string(),
    year: z.int(),
    title: BilingualSchema,
    illustrative: z.boolean(),
    publishedAt: InstantSchema,
    publishedBy: z.string(),
    contentHash: z.string().meta({ description: 'SHA-256 of the canonical JSON, amounts in fen' }),
  })
  .meta({ id: 'GuideEntry' });

const GuideParams = z.object({ version: z.string().max(64) });

const ReasonTextSchema = z.string().trim().min(2).max(500);
const StatedSchema = z.object({ reason: z.string(), by: z.string(), at: InstantSchema });

/** What operators see of an application that lapsed. */
export const ReopeningViewSchema = z
  .object({
    applicationId: UlidSchema,
    status: z.string(),
    item: SlugSchema,
    organisation: z.string(),
    organisationName: z.string(),
    dueAt: InstantSchema.optional().meta({ description: 'When the last correction is or was due' }),
    lapsesAt: InstantSchema.optional(),
    request: StatedSchema.optional(),
    refusal: StatedSchema.optional(),
    reopenings: z.array(StatedSchema.extend({ approvedBy: z.string(), approvedAt: InstantSchema })),
  })
  .meta({ id: 'Reopening' });

const ApplicationParams = z.object({ applicationId: UlidSchema });

/** Routes of operators and of the second person who approves plans. */
export const operatorRoutes = {
  createPool: {
    method: 'POST',
    path: '/v1/pools',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '建立资金池', en: 'Open a pool that the guide defines' },
    body: z.strictObject({ poolId: SlugSchema }),
    response: { status: 201, body: PoolViewSchema },
    problems: ['already-exists', 'not-found'],
  },
  listPools: {
    method: 'GET',
    path: '/v1/pools',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '资金池', en: 'Pools with their balances' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(PoolViewSchema) },
    problems: [],
  },
  getPool: {
    method: 'GET',
    path: '/v1/pools/{poolId}',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '资金池余额', en: 'A pool with its balances' },
    params: PoolParams,
    response: { status: 200, body: PoolViewSchema },
    problems: ['not-found'],
  },
  appropriate: {
    method: 'POST',
    path: '/v1/pools/{poolId}/appropriations',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '下达预算', en: 'Enter an appropriation' },
    params: PoolParams,
    headers: IdempotencyKeySchema,
    body: z.strictObject({ amountFen: FenSchema, cause: z.string().trim().min(2).max(200) }),
    response: { status: 201, body: PoolViewSchema },
    problems: ['not-found', 'idempotency-key-reused', 'amount-too-high', 'concurrent-change'],
  },
  openRound: {
    method: 'POST',
    path: '/v1/rounds',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '开启分配轮次', en: 'Open a budget round of a pool' },
    headers: IdempotencyKeySchema,
    body: z.strictObject({ poolId: SlugSchema }),
    response: { status: 201, body: RoundViewSchema },
    problems: [
      'not-found',
      'idempotency-key-reused',
      'same-person',
      'conflict-of-interest',
      'concurrent-change',
    ],
  },
  closeRound: {
    method: 'POST',
    path: '/v1/rounds/{roundId}/closing',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '截止并测算', en: 'Close a round to new candidates and plan it' },
    params: RoundParams,
    response: { status: 202, body: RoundViewSchema },
    problems: ['not-found', 'not-in-this-state', 'same-person', 'conflict-of-interest', 'concurrent-change'],
  },
  getRound: {
    method: 'GET',
    path: '/v1/rounds/{roundId}',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '轮次状态', en: 'A round and its state' },
    params: RoundParams,
    response: { status: 200, body: RoundViewSchema },
    problems: ['not-found'],
  },
  listPlanLines: {
    method: 'GET',
    path: '/v1/rounds/{roundId}/plan',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '分配方案', en: 'The allocation plan, line by line' },
    params: RoundParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(PlanLineSchema) },
    problems: ['not-found', 'not-in-this-state'],
  },
  decidePlan: {
    method: 'POST',
    path: '/v1/rounds/{roundId}/approval',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '审批分配方案', en: 'Approve or refuse the plan, by a second person' },
    params: RoundParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('approve'), planHash: z.string().min(1) }),
      z.strictObject({
        outcome: z.literal('refuse'),
        planHash: z.string().min(1),
        reason: z.string().trim().min(2).max(500),
      }),
    ]),
    response: { status: 200, body: RoundViewSchema },
    problems: [
      'not-found',
      'not-in-this-state',
      'same-person',
      'conflict-of-interest',
      'version-mismatch',
      'concurrent-change',
    ],
  },
  publishGuide: {
    method: 'POST',
    path: '/v1/guides',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '发布申报指南', en: 'Publish a guide; a published version never changes' },
    // Its schema is loaded by the one request a year that needs it, which lists every fault at once.
    body: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The guide as in policy/guides/*.yaml, amounts in yuan' }),
    response: { status: 201, body: GuideEntrySchema },
    problems: ['already-exists'],
  },
  listGuides: {
    method: 'GET',
    path: '/v1/guides',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '已发布的申报指南', en: 'Published guides, lowest version first' },
    response: { status: 200, body: z.object({ items: z.array(GuideEntrySchema) }) },
    problems: [],
  },
  getGuide: {
    method: 'GET',
    path: '/v1/guides/{version}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '申报指南全文', en: 'A published guide, whole' },
    params: GuideParams,
    response: {
      status: 200,
      body: GuideEntrySchema.extend({
        guide: z
          .record(z.string(), z.unknown())
          .meta({ description: 'As published; amounts in fen, under names that say so' }),
      }),
    },
    problems: ['not-found'],
  },
  getReopening: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '恢复办理情况', en: 'What was asked for and decided on the reopening of an application' },
    params: ApplicationParams,
    response: { status: 200, body: ReopeningViewSchema },
    problems: ['not-found'],
  },
  requestReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '申请恢复办理', en: 'Ask for a wrongly lapsed application to be opened again' },
    params: ApplicationParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'already-exists'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
  decideReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening/decision',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '决定是否恢复办理', en: 'Approve or refuse the reopening, by a second person' },
    params: ApplicationParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('approve'), reason: ReasonTextSchema.optional() }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
