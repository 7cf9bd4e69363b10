import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  SlugSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';

const RoundParams = z.object({ roundId: UlidSchema });

export const RoundViewSchema = z
  .object({
    roundId: UlidSchema,
    poolId: SlugSchema,
    status: z.enum([
      ...(['open', 'frozen', 'planned', 'refused', 'approved', 'committed'] as const),
      ...(['noticed', 'ordered', 'closed', 'abandoned', 'failed'] as const),
    ]),
    createdAt: InstantSchema,
    openedBy: z.string(),
    candidateCount: z.int().optional(),
    candidatesHash: z.string().optional(),
    planNumber: z.int().optional(),
    planHash: z.string().optional(),
    plannedFen: FenSchema.optional(),
    residueFen: FenSchema.optional(),
    committedFen: FenSchema.optional(),
    replannings: z.array(z.object({ by: z.string(), at: InstantSchema, reason: z.string() })).optional(),
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
    status: z.enum(['planned', 'committed', 'dropped', 'carried-over', 'excluded']),
    explanation: BilingualSchema,
  })
  .meta({ id: 'PlanLine' });

/** What a simulation changes; what it leaves out is as in the round. */
export const SimulationInputSchema = z.strictObject({
  availableFen: FenSchema.optional().meta({ description: 'Money of the pool; default: what it has now' }),
  mode: z.enum(['pro-rata', 'ranked']).optional(),
  residue: z.enum(['keep', 'largest-remainder', 'quota-monotone']).optional(),
  unit: z.enum(['fen', 'yuan', 'hundred-yuan', 'ten-thousand-yuan']).optional(),
  minimumPayableFen: FenSchema.optional(),
  guide: z.string().max(64).optional().meta({ description: 'A guide whose rule for the pool is taken' }),
});

export const SimulationSchema = z
  .object({
    simulationId: UlidSchema,
    roundId: UlidSchema,
    at: InstantSchema,
    by: z.string(),
    terms: z.object({
      mode: z.string(),
      residue: z.string(),
      unit: z.string(),
      minimumPayableFen: FenSchema,
    }),
    availableFen: FenSchema,
    sharedFen: FenSchema,
    residueFen: FenSchema,
    plannedFen: FenSchema.optional().meta({ description: 'What the plan that stood then shares' }),
    gaining: z.int().meta({ description: 'Candidates that would get more than in the plan' }),
    losing: z.int(),
    unserved: z.int().meta({ description: 'Candidates that would get nothing' }),
    resultHash: z.string().meta({ description: 'SHA-256 of every share: the same inputs give the same' }),
  })
  .meta({ id: 'Simulation' });

export const SimulatedLineSchema = z
  .object({
    applicationId: UlidSchema,
    organisationName: z.string(),
    item: SlugSchema,
    ceilingFen: FenSchema,
    plannedFen: FenSchema.optional(),
    shareFen: FenSchema,
    explanation: BilingualSchema,
  })
  .meta({ id: 'SimulatedLine' });

/** Routes of budget rounds: operators lead them, a second person approves. */
export const roundRoutes = {
  listRounds: {
    method: 'GET',
    path: '/v1/rounds',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '分配轮次列表', en: 'Rounds, newest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(RoundViewSchema) },
    problems: [],
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
        reason: ReasonTextSchema,
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
  replanRound: {
    method: 'POST',
    path: '/v1/rounds/{roundId}/replanning',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '重新测算方案', en: 'Ask for another plan, without what has left the pool' },
    params: RoundParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 202, body: RoundViewSchema },
    problems: ['not-found', 'not-in-this-state', 'same-person', 'conflict-of-interest', 'concurrent-change'],
  },
  abandonRound: {
    method: 'POST',
    path: '/v1/rounds/{roundId}/abandonment',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '放弃轮次', en: 'Give a round up before its money is reserved' },
    params: RoundParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: RoundViewSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  simulateRound: {
    method: 'POST',
    path: '/v1/rounds/{roundId}/simulations',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: {
      zh: '模拟测算（不改变任何数据）',
      en: 'What if: other money or another rule, side by side with the plan',
    },
    params: RoundParams,
    body: SimulationInputSchema,
    response: { status: 201, body: SimulationSchema },
    problems: ['not-found', 'not-in-this-state'],
  },
  listSimulations: {
    method: 'GET',
    path: '/v1/rounds/{roundId}/simulations',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '模拟测算列表', en: 'Simulations of a round, newest first' },
    params: RoundParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(SimulationSchema) },
    problems: ['not-found'],
  },
  listSimulatedLines: {
    method: 'GET',
    path: '/v1/rounds/{roundId}/simulations/{simulationId}/lines',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '模拟测算明细', en: 'A simulation, line by line beside the plan' },
    params: RoundParams.extend({ simulationId: UlidSchema }),
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(SimulatedLineSchema) },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;
