import * as z from 'zod';
import { DuplicateCheckSchema } from '../duplicates/screening/duplicate-check.ts';
import { CounterpartSchema } from '../filing/applications/suspicion.ts';
import type { RouteContract } from '../shared/route.ts';
import { PageQuerySchema, pageOf, UlidSchema } from '../shared/schemas.ts';
import { ApplicationParams, applicants } from './documents.ts';
import { reviewers, TaskParams } from './inbox.ts';

const [AwardSchema] = CounterpartSchema.options;

/** A duplicate check as the applicant sees it. */
export const ShownDuplicateCheckSchema = DuplicateCheckSchema.pick({ submission: true, at: true })
  .extend({
    outcome: DuplicateCheckSchema.shape.outcome.exclude(['held']),
    registryVersion: z.int().meta({
      description: 'What the registry of awards held then: the number of its changes',
    }),
    tests: z.array(DuplicateCheckSchema.shape.tests.element.omit({ compared: true })),
    findings: z.array(
      z.object({
        test: z.string(),
        finding: z.enum(['duplicate', 'suspected', 'topped-up']),
        award: AwardSchema.pick({ scheme: true, awardId: true, level: true, year: true, projectName: true })
          .optional()
          .meta({ description: 'Public data of another scheme' }),
        applicationId: UlidSchema.optional().meta({ description: 'An application of your own' }),
      }),
    ),
  })
  .meta({ id: 'ShownDuplicateCheck' });

/** What duplicate checks looked at, for applicants. */
export const ownCheckRoutes = {
  listOwnDuplicateChecks: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/duplicate-checks',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '查重结果', en: 'What duplicate checks came to, with the public data of other schemes' },
    params: ApplicationParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ShownDuplicateCheckSchema) },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;

const everything = {
  summary: { zh: '查重记录', en: 'All that duplicate checks looked at and came to, newest first' },
  query: PageQuerySchema,
  response: { status: 200, body: pageOf(DuplicateCheckSchema) },
} as const;

/** What duplicate checks looked at, for those who have a task on the application. */
export const taskCheckRoutes = {
  listDuplicateChecksOfTask: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/duplicate-checks',
    roles: [...reviewers, 'adjudicator'],
    owner: 'department',
    params: TaskParams,
    problems: ['not-found', 'forbidden'],
    ...everything,
  },
} as const satisfies Record<string, RouteContract>;

/** What duplicate checks looked at, for auditors. */
export const auditedCheckRoutes = {
  listDuplicateChecks: {
    method: 'GET',
    path: '/v1/audit/applications/{applicationId}/duplicate-checks',
    roles: ['auditor'],
    owner: 'none',
    params: ApplicationParams,
    problems: [],
    ...everything,
  },
} as const satisfies Record<string, RouteContract>;
