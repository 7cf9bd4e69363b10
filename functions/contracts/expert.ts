import * as z from 'zod';
import {
  InvitationDetailSchema,
  InvitationViewSchema,
  PointsSchema,
  ScoreViewSchema,
} from '../review/experts/invitation-view.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  GivenSchema,
  InstantSchema,
  InvitationIdSchema,
  PageQuerySchema,
  PersonIdSchema,
  pageOf,
  ReasonTextSchema,
  TaskIdSchema,
} from '../shared/schemas.ts';
import { textOf } from '../shared/text.ts';
import { ApplicationIdSchema } from '../shared/vocabulary.ts';

const InvitationParams = z.object({ invitationId: InvitationIdSchema });
const CommentSchema = textOf(1, 2000);

const ScoredSchema = InvitationViewSchema.pick({ invitationId: true, status: true }).extend({
  score: ScoreViewSchema.optional(),
});

/** Routes of experts. */
export const expertRoutes = {
  listMyInvitations: {
    method: 'GET',
    path: '/v1/invitations',
    roles: ['expert'],
    owner: 'person',
    summary: { zh: '我的评审邀请', en: 'My invitations to score, open ones first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(InvitationViewSchema) },
    problems: [],
  },
  getInvitation: {
    method: 'GET',
    path: '/v1/invitations/{invitationId}',
    roles: ['expert'],
    owner: 'person',
    summary: { zh: '评审材料', en: 'What the guide lets an expert see of an application' },
    params: InvitationParams,
    response: { status: 200, body: InvitationDetailSchema },
    personal: ['enterprise', 'documents'],
    problems: ['not-found'],
  },
  scoreApplication: {
    method: 'PUT',
    path: '/v1/invitations/{invitationId}/score',
    roles: ['expert'],
    owner: 'person',
    summary: { zh: '评分', en: 'Score by every criterion; may be changed until the department approves' },
    params: InvitationParams,
    body: z.strictObject({
      points: PointsSchema,
      comment: CommentSchema.optional().meta({ description: 'Kept with the score; not for the applicant' }),
      contentHash: GivenSchema.meta({ description: 'Of what was seen: a score of anything else is refused' }),
    }),
    response: { status: 200, body: ScoredSchema },
    problems: [
      'not-found',
      'forbidden',
      'not-in-this-state',
      'basis-changed',
      'same-person',
      'conflict-of-interest',
      'concurrent-change',
    ],
  },
  declineInvitation: {
    method: 'POST',
    path: '/v1/invitations/{invitationId}/decline',
    roles: ['expert'],
    owner: 'person',
    summary: { zh: '谢绝评审或申请回避', en: 'Decline, for want of time or because of an interest' },
    params: InvitationParams,
    body: z.strictObject({
      reason: ReasonTextSchema,
      interest: z
        .literal(true)
        .optional()
        .meta({ description: 'Declares an interest in the organisation, for all of its applications' }),
    }),
    response: { status: 200, body: InvitationViewSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
} as const satisfies Record<string, RouteContract>;

const TaskParams = z.object({ taskId: TaskIdSchema });
const OfDepartmentSchema = InvitationViewSchema.extend({
  applicationId: ApplicationIdSchema,
  expert: z.string(),
  invitedBy: z.string(),
  settledAt: InstantSchema.optional(),
  score: ScoreViewSchema.optional(),
  comment: z.string().optional(),
  reason: z.string().optional().meta({ description: 'Why the expert declined' }),
}).meta({ id: 'InvitationOfDepartment' });
const refusals = ['not-found', 'forbidden', 'task-decided', 'task-expired', 'task-closed'] as const;

/** Routes by which the departments that decide ask experts; the reviewers' function serves them. */
export const invitationRoutes = {
  inviteExpert: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/invitations',
    roles: ['lead-reviewer'],
    owner: 'department',
    summary: { zh: '邀请专家评审', en: 'Invite an expert to score the application of my open task' },
    params: TaskParams,
    body: z.strictObject({
      expert: PersonIdSchema.meta({
        description: "Account of the expert: the subject of the expert's tokens",
      }),
    }),
    response: {
      status: 201,
      body: OfDepartmentSchema.extend({
        link: z.string().meta({ description: 'Path at which the expert finds it' }),
      }),
    },
    personal: ['people'],
    problems: [...refusals, 'not-in-this-state', 'same-person', 'conflict-of-interest', 'concurrent-change'],
  },
  listInvitations: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/invitations',
    roles: ['lead-reviewer'],
    owner: 'department',
    summary: { zh: '专家邀请与评分', en: 'Experts invited to the application, and their scores' },
    params: TaskParams,
    response: { status: 200, body: z.object({ items: z.array(OfDepartmentSchema) }) },
    personal: ['people'],
    problems: ['not-found', 'forbidden'],
  },
  revokeInvitation: {
    method: 'DELETE',
    path: '/v1/tasks/{taskId}/invitations/{invitationId}',
    roles: ['lead-reviewer'],
    owner: 'department',
    summary: { zh: '撤回邀请', en: 'Take back an invitation that was not answered' },
    params: TaskParams.extend(InvitationParams.shape),
    response: { status: 204 },
    problems: [...refusals, 'not-in-this-state', 'same-person', 'conflict-of-interest', 'concurrent-change'],
  },
} as const satisfies Record<string, RouteContract>;
