import * as z from 'zod';
import type { RouteContract } from '../shared/route.ts';
import { auditedCheckRoutes } from './duplicate-checks.ts';
import { PageQuerySchema, pageOf } from './schemas.ts';

// Any text: what stands under a broken id has to be seen as well.
const ApplicationParams = z.object({ applicationId: z.string().min(1).max(200) });

const StoredSchema = z
  .unknown()
  .meta({ description: 'As it is stored, attribute by attribute with its type (DynamoDB JSON)' });

export const AuditedApplicationSchema = z
  .object({
    applicationId: z.string(),
    status: z.string().optional().meta({ description: 'Absent where nothing but history is left' }),
  })
  .meta({ id: 'AuditedApplication' });

export const StoredHistorySchema = pageOf(StoredSchema)
  .extend({
    head: StoredSchema.optional().meta({ description: 'Version, status and historyHash of the application' }),
  })
  .meta({ id: 'StoredHistory' });

/** Routes of auditors: everything that is kept of what happened, and nothing that could change it. */
export const auditRoutes = {
  listAuditedApplications: {
    method: 'GET',
    path: '/v1/audit/applications',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '全部申报件（含草稿）',
      en: 'Every application, drafts too; one can stand on two pages, and a page can be short or empty',
    },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(AuditedApplicationSchema) },
    problems: [],
  },
  getStoredHistory: {
    method: 'GET',
    path: '/v1/audit/applications/{applicationId}/history',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '办理历史原始记录', en: 'The history of an application as it is stored, oldest first' },
    params: ApplicationParams,
    query: PageQuerySchema,
    response: { status: 200, body: StoredHistorySchema },
    problems: ['not-found'],
  },
  ...auditedCheckRoutes,
} as const satisfies Record<string, RouteContract>;
