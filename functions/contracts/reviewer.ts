import * as z from 'zod';
import {
  CeilingSchema,
  ContentSchema,
  CorrectionSchema,
  EligibilityResultSchema,
  SignOffDecisionSchema,
  SignOffSchema,
} from '../applications/application.ts';
import type { GuideItem, SupportKind } from '../policy/schema.ts';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import { BilingualSchema } from '../shared/text.ts';
import { InstantSchema, PageQuerySchema, pageOf, SlugSchema, UlidSchema } from './schemas.ts';

// Written out here, since the schemas of the policy would cost every cold start their making.
const supportKinds = [
  'paid',
  'by-guide',
  'matching',
  'recognition',
  'referral',
  'outside',
] as const satisfies readonly SupportKind[];
const amountKinds = [
  'fixed',
  'ratio',
  'tiers',
  'at-sign-off',
  'none',
] as const satisfies readonly GuideItem['amount']['kind'][];

const reviewers = ['lead-reviewer', 'district-reviewer'] as const;

/** A task's id: application, submission, step, department and attempt. */
const TaskParams = z.object({ taskId: z.string().regex(/^[0-9A-Z]{26}\.\d+\.\d+\.[a-z0-9-]+\.\d+$/) });

export const TaskViewSchema = z
  .object({
    taskId: z.string(),
    applicationId: UlidSchema,
    organisationName: z.string(),
    item: SlugSchema,
    department: SlugSchema,
    status: z.enum(['open', 'decided', 'expired', 'closed']),
    createdAt: InstantSchema,
    dueAt: InstantSchema,
  })
  .meta({ id: 'Task' });

export const TaskDetailSchema = TaskViewSchema.extend({
  content: ContentSchema,
  eligibility: EligibilityResultSchema,
  supportKind: z.enum(supportKinds).meta({ description: 'How the item supports' }),
  amountKind: z
    .enum(amountKinds)
    .meta({ description: 'How the guide fixes the amount; `none` is approved without one' }),
  claimedInputFen: FenSchema.optional().meta({
    description: 'Project input that the applicant states, where the guide pays a share of it',
  }),
  verifiedInputFen: FenSchema.optional().meta({ description: 'What this department verified of it' }),
  limitFen: FenSchema.meta({
    description: 'The most that may be approved; a share counts of the claimed input until it is verified',
  }),
  limits: CeilingSchema.shape.limits.meta({
    description: 'Every limit; the smallest is the one that counts',
  }),
  contentHash: z.string(),
  submission: z.int().meta({ description: 'Number of the submission; above 1 it is a correction' }),
  changed: z.array(z.string()).meta({ description: 'Places that changed since the submission before it' }),
  corrections: z.array(CorrectionSchema.omit({ warnAt: true, warnedAt: true })),
  decisions: z
    .array(SignOffSchema.omit({ taskId: true, decision: true }).extend({ decision: SignOffDecisionSchema }))
    .meta({ description: 'What departments have decided, with what it was based on' }),
  documents: z.array(
    z.object({
      documentId: UlidSchema,
      material: SlugSchema,
      fileName: z.string(),
      contentType: z.string(),
      bytes: z.int(),
      sha256: z.string(),
      url: z.url().meta({ description: 'Opens the file for a few minutes' }),
    }),
  ),
}).meta({ id: 'TaskDetail' });

const RemarkSchema = BilingualSchema.partial({ en: true });
const seen = {
  contentHash: z.string().meta({
    description: 'Content that the task showed: a decision on anything else is refused with what has changed',
  }),
};

const DecisionBodySchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('approve'),
    amountFen: FenSchema.optional().meta({
      description: 'Amount signed off, in fen; recognition and referral take none',
    }),
    verifiedInputFen: FenSchema.optional().meta({
      description: 'Project input verified, in fen: where the guide pays a share of it, and only there',
    }),
    reason: RemarkSchema.optional().meta({
      description: 'Why more input is verified than was claimed, at least in Chinese',
    }),
    ...seen,
  }),
  z.strictObject({ outcome: z.literal('recommend'), reason: RemarkSchema.optional(), ...seen }),
  z.strictObject({ outcome: z.literal('opine'), favourable: z.boolean(), opinion: RemarkSchema, ...seen }),
  z.strictObject({
    outcome: z.literal('refuse'),
    reason: RemarkSchema.meta({ description: 'Why, at least in Chinese' }),
    citation: z.string().trim().min(1).max(200),
    contentHash: z.string().optional(),
  }),
  z.strictObject({
    outcome: z.literal('return'),
    items: z
      .array(
        z.strictObject({
          path: z.string().max(100).meta({
            description:
              '`facts.<id>`, `documents.<material>`, `enterprise`, `projectName`, `direction` or `requestedFen`',
          }),
          reason: RemarkSchema,
          citation: z.string().trim().min(1).max(200).optional(),
        }),
      )
      .min(1, { error: 'name at least one place that has to be corrected' })
      .max(50),
    dueDays: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "Days, of the guide's kind; default: all it gives" }),
    contentHash: z.string().optional(),
  }),
  z.strictObject({
    outcome: z.literal('abstain'),
    reason: z.string().trim().min(2).max(500).meta({ description: 'Nature of the interest; it is kept' }),
  }),
]);

/** Routes of lead departments. */
export const reviewerRoutes = {
  listTasks: {
    method: 'GET',
    path: '/v1/tasks',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '本部门待办', en: 'Open tasks of my department, the most urgent first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(TaskViewSchema) },
    problems: [],
  },
  getTask: {
    method: 'GET',
    path: '/v1/tasks/{taskId}',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '任务详情', en: 'A task with the application and its documents' },
    params: TaskParams,
    response: { status: 200, body: TaskDetailSchema },
    problems: ['not-found', 'forbidden'],
  },
  decideTask: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/decision',
    roles: reviewers,
    owner: 'department',
    summary: {
      zh: '作出决定',
      en: 'Approve, recommend, give an opinion, refuse, return for correction or abstain',
    },
    params: TaskParams,
    body: DecisionBodySchema,
    response: { status: 200, body: TaskViewSchema },
    problems: [
      'not-found',
      'forbidden',
      'task-decided',
      'task-expired',
      'task-closed',
      'task-assigned',
      'basis-changed',
      'same-person',
      'conflict-of-interest',
      'scores-missing',
      'correction-rounds-used',
      'amount-too-high',
      'concurrent-change',
    ],
  },
} as const satisfies Record<string, RouteContract>;
