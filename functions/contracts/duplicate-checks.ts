import { ShownDuplicateCheckSchema } from '../duplicates/cases/shown-check.ts';
import { DuplicateCheckSchema } from '../duplicates/screening/duplicate-check.ts';
import type { RouteContract } from '../shared/route.ts';
import { PageQuerySchema, pageOf } from '../shared/schemas.ts';
import { ApplicationParams, applicants } from './documents.ts';
import { reviewers, TaskParams } from './tasks.ts';

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
