import * as z from 'zod';
import { ApplicationViewSchema } from '../filing/applications/application-view.ts';
import { TaskViewSchema } from '../review/tasks/task-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { GivenSchema, remarkOf } from '../shared/schemas.ts';
import { lineOf, textOf } from '../shared/text.ts';
import { ApplicationParams } from './documents.ts';
import { reviewers, TaskParams } from './tasks.ts';

/** Routes of those who are refused and want it reconsidered, and of those who do that. */
export const reconsiderationRoutes = {
  requestReconsideration: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reconsideration',
    roles: ['organisation-admin'],
    owner: 'organisation',
    summary: {
      zh: '申请复核不予支持的决定',
      en: 'Ask for a refusal to be reconsidered, once and in the days that it gave, by people who had no part in it',
    },
    params: ApplicationParams,
    body: z.strictObject({ grounds: textOf(10, 4000) }),
    response: { status: 200, body: ApplicationViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'already-exists', 'deadline-passed'] as const),
      ...(['same-person', 'calendar-missing', 'concurrent-change'] as const),
    ],
  },
  decideReconsideration: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/reconsideration',
    roles: reviewers,
    owner: 'department',
    summary: {
      zh: '作出复核决定',
      en: 'Uphold a refusal, or overturn it: the application is then in its course again',
    },
    params: TaskParams,
    body: z.strictObject({
      outcome: z.enum(['uphold', 'overturn']),
      reason: remarkOf(2000).meta({ description: 'Why, at least in Chinese' }),
      citation: lineOf(1, 200).meta({ description: "One of the task's `citations`" }),
      contentHash: GivenSchema.meta({ description: 'Content that the task showed' }),
    }),
    response: { status: 200, body: TaskViewSchema },
    problems: [
      ...(['not-found', 'forbidden', 'not-in-this-state', 'task-decided', 'task-expired'] as const),
      ...(['task-closed', 'task-assigned', 'basis-changed', 'taken-meanwhile'] as const),
      ...(['same-person', 'conflict-of-interest', 'calendar-missing', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
