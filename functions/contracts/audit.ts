import * as z from 'zod';
import { ReadSchema } from '../audit/read-store.ts';
import {
  AuditedApplicationSchema,
  AuditedHistorySchema,
  AuditedPoolSchema,
  auditedKindNames,
  HolderSchema,
  StoredHistorySchema,
  StoredLedgerSchema,
  StoredRowsSchema,
  witnessedTables,
} from '../audit/stored-view.ts';
import { ObjectionRowSchema } from '../publicity/objections/objection.ts';
import type { RouteContract } from '../shared/route.ts';
import { DateSchema, PageQuerySchema, PersonIdSchema, pageOf } from '../shared/schemas.ts';
import { both } from '../shared/text.ts';
import { ApplicationIdSchema, ObjectionIdSchema } from '../shared/vocabulary.ts';
import { auditedCheckRoutes } from './duplicate-checks.ts';

// Any text: what stands under a broken id has to be seen as well.
/** Any id, also one that the system never made: what stands under it has to be seen. Half a character is none. */
const StoredPlaceSchema = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^\P{Cs}*$/u, { error: both('含有不完整的字符', 'it has half a character') });
const StoredIdSchema = StoredPlaceSchema.max(200);
const ApplicationParams = z.object({ applicationId: StoredIdSchema });

const PoolParams = z.object({ poolId: StoredIdSchema });

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
    personal: ['stored'],
    problems: ['not-found'],
  },
  listAuditedHistories: {
    method: 'GET',
    path: '/v1/audit/histories',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '全部轮次、下达、付款批次、追回和异议',
      en: 'Every round, order, payment file, clawback and objection; a page can be short or empty',
    },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(AuditedHistorySchema) },
    problems: [],
  },
  listAuditedAccess: {
    method: 'GET',
    path: '/v1/audit/access',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '全部人员的授权',
      en: 'Everybody who is or was granted a role; one can stand on two pages, and a page can be empty',
    },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(AuditedHistorySchema) },
    personal: ['people'],
    problems: [],
  },
  getStoredHistoryOf: {
    method: 'GET',
    path: '/v1/audit/histories/{kind}/{id}',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '变更历史原始记录', en: 'The history of one of them as it is stored, oldest first' },
    params: z.object({ kind: z.enum(auditedKindNames), id: StoredIdSchema }),
    query: PageQuerySchema,
    response: { status: 200, body: StoredHistorySchema },
    personal: ['stored'],
    problems: ['not-found'],
  },
  listStoredRows: {
    method: 'GET',
    path: '/v1/audit/rows/{table}',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '带见证的原始记录及其见证',
      en: 'Rows that have witnesses, and the witnesses, as they are stored: of a page of a table, or of a partition',
    },
    params: z.object({ table: z.enum(witnessedTables) }),
    query: PageQuerySchema.extend({ partition: StoredPlaceSchema.optional() }),
    response: { status: 200, body: StoredRowsSchema },
    personal: ['stored'],
    problems: [],
  },
  ...auditedCheckRoutes,
  listAuditedPools: {
    method: 'GET',
    path: '/v1/audit/pools',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '全部资金池', en: 'Every pool; one can stand on two pages, and a page can be empty' },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(AuditedPoolSchema) },
    problems: [],
  },
  getStoredLedger: {
    method: 'GET',
    path: '/v1/audit/pools/{poolId}/ledger',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '资金台账原始记录', en: 'The ledger of a pool as it is stored, oldest first' },
    params: PoolParams,
    query: PageQuerySchema,
    response: { status: 200, body: StoredLedgerSchema },
    problems: ['not-found'],
  },
  listObjectionHistory: {
    method: 'GET',
    path: '/v1/audit/objections/{objectionId}/history',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '异议办理记录（含身份查阅）',
      en: 'Everything that happened to an objection, oldest first: who read whose it is, too, and why',
    },
    params: z.object({ objectionId: ObjectionIdSchema }),
    response: { status: 200, body: z.object({ items: z.array(ObjectionRowSchema) }) },
    problems: ['not-found'],
  },
  listReads: {
    method: 'GET',
    path: '/v1/audit/reads',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '查阅他人资料的记录：按人员、申报件或日期，最近的在前',
      en: 'Who was given personal data of others: by person, application or day, newest first; a page can be short or empty',
    },
    query: PageQuerySchema.extend({
      person: PersonIdSchema.optional(),
      application: ApplicationIdSchema.optional().meta({
        description: 'Of which it told; before those that told of several come those that told of it alone',
      }),
      day: DateSchema.optional().meta({ description: 'In Shanghai. Default, without any other: today' }),
    }),
    response: { status: 200, body: pageOf(ReadSchema) },
    problems: [],
  },
  listReservations: {
    method: 'GET',
    path: '/v1/audit/rounds',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '各轮次占用资金', en: 'Rounds with what they hold of their pools; a page can be empty' },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(HolderSchema) },
    problems: [],
  },
  listCommitments: {
    method: 'GET',
    path: '/v1/audit/awards',
    roles: ['auditor'],
    owner: 'none',
    summary: {
      zh: '各申报件占用资金',
      en: 'Applications with what they hold of their pools; a page can be empty',
    },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(HolderSchema) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
