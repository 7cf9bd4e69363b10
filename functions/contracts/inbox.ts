import * as z from 'zod';
import { draftFields, OpinionDraftSchema, TaskViewSchema } from '../review/tasks/task-view.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  IfMatchSchema,
  PageQuerySchema,
  PersonIdSchema,
  pageOf,
  SlugSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { both, lineOf } from '../shared/text.ts';
import { taskKinds } from '../shared/vocabulary.ts';
import { reviewers, TaskParams } from './tasks.ts';

/** Everyone with an inbox. */
const officers = [...reviewers, 'adjudicator'] as const;

/** A switch of a listing: given, or left out. */
const SwitchSchema = z.literal('true').optional();

const TaskQuerySchema = PageQuerySchema.extend({
  item: SlugSchema.optional(),
  kind: z.enum(taskKinds).optional(),
  district: z
    .string()
    .regex(/^\d{6}$/)
    .optional()
    .meta({ description: 'District of registration' }),
  overdue: SwitchSchema.meta({ description: 'Only tasks past their due date' }),
  mine: SwitchSchema.meta({ description: 'Only tasks that I have taken' }),
  q: lineOf(0, 100)
    .optional()
    .meta({ description: "Part of the organisation's name, two characters or more" }),
});

const CountSchema = z.int().min(0);
const CountsSchema = z.record(z.string(), CountSchema);
const TaskCountsSchema = z
  .object({
    open: CountSchema,
    overdue: CountSchema,
    dueSoon: CountSchema,
    mine: CountSchema,
    byItem: CountsSchema,
    byKind: CountsSchema,
    byDistrict: CountsSchema,
  })
  .meta({ id: 'TaskCounts' });

const RankingSchema = z
  .object({ item: SlugSchema, order: z.array(UlidSchema).meta({ description: 'The best first' }) })
  .meta({ id: 'Ranking' });

const taskEnded = ['task-decided', 'task-expired', 'task-closed'] as const;

/** Routes by which departments hand out their tasks and prepare decisions; the reviewers' function serves them. */
export const inboxRoutes = {
  listTasks: {
    method: 'GET',
    path: '/v1/tasks',
    roles: officers,
    owner: 'department',
    summary: {
      zh: '本部门待办',
      en: 'Open tasks of my department, the most urgent first; while there is a nextCursor there may be more',
    },
    query: TaskQuerySchema,
    response: { status: 200, body: pageOf(TaskViewSchema) },
    problems: [],
  },
  countTasks: {
    method: 'GET',
    path: '/v1/tasks/counts',
    roles: officers,
    owner: 'department',
    summary: { zh: '待办统计', en: 'How many open tasks my department has, by item, kind and district' },
    query: z.strictObject({
      soonDays: z.coerce
        .number()
        .int()
        .min(1)
        .max(30)
        .default(3)
        .meta({ description: 'Calendar days in which a task is due soon' }),
    }),
    response: { status: 200, body: TaskCountsSchema },
    problems: [],
  },
  takeTask: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/assignment',
    roles: officers,
    owner: 'department',
    summary: { zh: '领取任务', en: 'Take a task' },
    params: TaskParams,
    response: { status: 200, body: TaskViewSchema },
    problems: [
      'not-found',
      'forbidden',
      ...taskEnded,
      'task-assigned',
      'conflict-of-interest',
      'concurrent-change',
    ],
  },
  giveBackTask: {
    method: 'DELETE',
    path: '/v1/tasks/{taskId}/assignment',
    roles: officers,
    owner: 'department',
    summary: { zh: '退回任务', en: 'Give a task back to the department' },
    params: TaskParams,
    response: { status: 200, body: TaskViewSchema },
    problems: ['not-found', 'forbidden', ...taskEnded, 'task-assigned', 'concurrent-change'],
  },
  assignTask: {
    method: 'PUT',
    path: '/v1/tasks/{taskId}/assignment',
    roles: ['department-lead'],
    owner: 'department',
    summary: { zh: '指派任务', en: 'Hand a task to a member of my department' },
    params: TaskParams,
    body: z.strictObject({ assignee: PersonIdSchema }),
    response: { status: 200, body: TaskViewSchema },
    problems: ['not-found', 'forbidden', ...taskEnded, 'conflict-of-interest', 'concurrent-change'],
  },
  getOpinionDraft: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/draft',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '我的意见草稿', en: 'My own draft on an open task' },
    params: TaskParams,
    response: { status: 200, body: OpinionDraftSchema },
    problems: ['not-found', 'forbidden'],
  },
  saveOpinionDraft: {
    method: 'PUT',
    path: '/v1/tasks/{taskId}/draft',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '保存意见草稿', en: 'Keep what I have written on an open task so far' },
    params: TaskParams,
    body: z.strictObject({ fields: draftFields }),
    response: { status: 200, body: OpinionDraftSchema },
    problems: ['not-found', 'forbidden', ...taskEnded, 'concurrent-change'],
  },
  getRanking: {
    method: 'GET',
    path: '/v1/rankings/{item}',
    roles: ['district-reviewer'],
    owner: 'department',
    summary: { zh: '本区推荐排序', en: "My district's order of its recommendations of an item" },
    params: z.object({ item: SlugSchema }),
    response: { status: 200, body: RankingSchema },
    problems: [],
  },
  putRanking: {
    method: 'PUT',
    path: '/v1/rankings/{item}',
    roles: ['district-reviewer'],
    owner: 'department',
    summary: { zh: '保存本区推荐排序', en: "Replace my district's order of its recommendations of an item" },
    params: z.object({ item: SlugSchema }),
    headers: IfMatchSchema,
    body: z.strictObject({
      order: z
        .array(UlidSchema)
        .max(500)
        .refine((order) => new Set(order).size === order.length, {
          error: both('同一申报只能出现一次', 'an application stands in it once'),
        }),
    }),
    response: { status: 200, body: RankingSchema },
    problems: ['version-mismatch', 'precondition-required', 'conflict-of-interest', 'concurrent-change'],
  },
} as const satisfies Record<string, RouteContract>;
