import * as z from 'zod';
import { OtherApplicationSchema } from '../review/sign-off/list-applications-of-task.ts';
import { TaskSubmissionSchema } from '../review/sign-off/show-submission.ts';
import { TaskDetailSchema } from '../review/sign-off/task-detail.ts';
import { TaskViewSchema } from '../review/tasks/task-view.ts';
import { FenSchema } from '../shared/money.ts';
import { ProblemSchema } from '../shared/problem.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  GivenSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  remarkOf,
  TaskIdSchema,
} from '../shared/schemas.ts';
import { both, lineOf } from '../shared/text.ts';
import { districtAccountRoutes } from './bank-accounts.ts';
import { taskCheckRoutes } from './duplicate-checks.ts';
import { invitationRoutes } from './expert.ts';
import { inboxRoutes } from './inbox.ts';
import { reviewers, TaskParams } from './tasks.ts';

/** All remarks on an application stand in one item of its table. */
const RemarkSchema = remarkOf(2000);
const seen = {
  contentHash: GivenSchema.meta({
    description: 'Content that the task showed: a decision on anything else is refused with what has changed',
  }),
};

const RecommendSchema = z.strictObject({
  outcome: z.literal('recommend'),
  reason: RemarkSchema.optional(),
  ...seen,
});

const DecisionBodySchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('approve'),
    amountFen: FenSchema.optional().meta({
      description: 'Amount signed off, in fen; recognition and referral take none',
    }),
    verifiedInputFen: FenSchema.optional().meta({
      description: 'Project input verified, in fen: where the guide pays a share of it, and only there',
    }),
    confirmName: z.boolean().optional().meta({
      description:
        "Confirms the enterprise's stated name, where the task shows one: it is the application's then",
    }),
    reason: RemarkSchema.optional().meta({
      description: 'Why more input is verified than was claimed, at least in Chinese',
    }),
    ...seen,
  }),
  RecommendSchema,
  z.strictObject({ outcome: z.literal('opine'), favourable: z.boolean(), opinion: RemarkSchema, ...seen }),
  z.strictObject({
    outcome: z.literal('refuse'),
    reason: RemarkSchema.meta({ description: 'Why, at least in Chinese' }),
    /** One of the task's `citations`. */
    citation: lineOf(1, 200),
    contentHash: GivenSchema.optional(),
  }),
  z.strictObject({
    outcome: z.literal('return'),
    items: z
      .array(
        z.strictObject({
          path: GivenSchema.meta({
            description:
              '`facts.<id>`, `documents.<material>`, `enterprise`, `projectName`, `direction` or `requestedFen`',
          }),
          reason: remarkOf(300),
          citation: lineOf(1, 200).optional(),
        }),
      )
      .min(1, {
        error: both('请至少指出一处需要补正的内容', 'name at least one place that has to be corrected'),
      })
      .max(50),
    dueDays: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "Days, of the guide's kind; default: all it gives" }),
    contentHash: GivenSchema.optional(),
  }),
  z.strictObject({
    outcome: z.literal('abstain'),
    reason: ReasonTextSchema.meta({ description: 'Nature of the interest; it is kept' }),
  }),
]);

/** Routes of districts and lead departments. */
export const reviewerRoutes = {
  getTask: {
    method: 'GET',
    path: '/v1/tasks/{taskId}',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '任务详情', en: 'A task with the application and its documents' },
    params: TaskParams,
    response: { status: 200, body: TaskDetailSchema },
    personal: ['enterprise', 'documents'],
    problems: ['not-found', 'forbidden'],
  },
  getTaskSubmission: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/submissions/{submission}',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '历次提交内容', en: 'One submission of the application as it was made' },
    params: TaskParams.extend({
      submission: z.coerce
        .number()
        .int()
        .min(1)
        .max(99)
        .meta({ description: 'Number of the submission, from 1' }),
    }),
    response: { status: 200, body: TaskSubmissionSchema },
    personal: ['enterprise', 'documents'],
    problems: ['not-found', 'forbidden'],
  },
  listApplicationsOfTask: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/applications',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '该单位的其他申报', en: 'What the enterprise has applied for beside, newest first' },
    params: TaskParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(OtherApplicationSchema) },
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
      'dishonesty-listed',
      'scores-missing',
      'correction-rounds-used',
      'calendar-missing',
      'amount-too-high',
      'concurrent-change',
    ],
  },
  recommendTasks: {
    method: 'POST',
    path: '/v1/task-decisions',
    roles: reviewers,
    owner: 'department',
    summary: {
      zh: '批量推荐',
      en: 'Recommend up to 500 tasks; each row has its own result, and the same batch may be sent again',
    },
    body: z.strictObject({
      decisions: z
        .array(z.strictObject({ taskId: TaskIdSchema, decision: RecommendSchema }))
        .min(1)
        .max(500)
        .refine((rows) => new Set(rows.map(({ taskId }) => taskId)).size === rows.length, {
          error: both('同一任务在一批中只能出现一次', 'a task stands in a batch once'),
        }),
    }),
    response: {
      status: 200,
      body: z.object({
        results: z.array(
          z.object({
            taskId: z.string(),
            status: z.enum(['done', 'failed', 'not-reached']).meta({
              description: '`not-reached`: there was no time for it, or for its answer; send it again',
            }),
            problem: ProblemSchema.omit({ requestId: true }).optional(),
          }),
        ),
      }),
    },
    problems: [],
  },
  ...inboxRoutes,
  ...districtAccountRoutes,
  ...taskCheckRoutes,
  ...invitationRoutes,
} as const satisfies Record<string, RouteContract>;
