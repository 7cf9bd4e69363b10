import * as z from 'zod';
import { ApplicationViewSchema } from '../filing/applications/application-view.ts';
import { StatedContentSchema } from '../filing/applications/content.ts';
import { DraftBodySchema } from '../filing/applications/draft-body.ts';
import { ShownHistoryRowSchema } from '../filing/applications/history-view.ts';
import { CopyViewSchema } from '../filing/copies/copy-view.ts';
import { AssessmentSchema } from '../filing/eligibility/assessment-view.ts';
import { OpenItemSchema } from '../filing/eligibility/open-item-view.ts';
import { CertificateViewSchema } from '../publicity/certificates/certificate-view.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  IdempotencyKeySchema,
  IfMatchSchema,
  PageQuerySchema,
  PersonIdSchema,
  pageOf,
  ReasonTextSchema,
} from '../shared/schemas.ts';
import { ownAccountRoutes } from './bank-accounts.ts';
import { ApplicationParams, applicants } from './documents.ts';
import { ownCheckRoutes } from './duplicate-checks.ts';

/** Routes of companies. An application of another organisation is not found, whatever its state. */
export const applicantRoutes = {
  listOpenItems: {
    method: 'GET',
    path: '/v1/items',
    roles: applicants,
    owner: 'none',
    summary: { zh: '可申报事项', en: 'Items that take applications now' },
    response: { status: 200, body: z.object({ items: z.array(OpenItemSchema) }) },
    problems: [],
  },
  assessEligibility: {
    method: 'POST',
    path: '/v1/eligibility-checks',
    roles: applicants,
    owner: 'none',
    summary: { zh: '申报前自查', en: 'Check eligibility before there is a draft; nothing is kept' },
    body: StatedContentSchema,
    response: { status: 200, body: AssessmentSchema },
    problems: ['item-not-open'],
  },
  ...ownAccountRoutes,
  createApplication: {
    method: 'POST',
    path: '/v1/applications',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '新建申报草稿', en: 'Create a draft application; under an Idempotency-Key, once' },
    headers: IdempotencyKeySchema.partial(),
    body: DraftBodySchema,
    response: { status: 201, body: ApplicationViewSchema },
    // Not found is the draft that was made under the key, once it is deleted.
    problems: [
      'quota-exceeded',
      ...(['not-found', 'item-not-open', 'uscc-check-digit'] as const),
      ...(['idempotency-key-reused', 'concurrent-change'] as const),
    ],
  },
  listApplications: {
    method: 'GET',
    path: '/v1/applications',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '本单位的申报', en: 'Applications of my organisation, newest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ApplicationViewSchema) },
    problems: [],
  },
  getApplication: {
    method: 'GET',
    path: '/v1/applications/{applicationId}',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '查看申报', en: 'See an application and its status' },
    params: ApplicationParams,
    response: { status: 200, body: ApplicationViewSchema },
    problems: ['not-found'],
  },
  getForm: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/form',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '申报表：本申报所依指南要求填报的内容和材料',
      en: 'The form of an application: facts and materials that its own guide asks for',
    },
    params: ApplicationParams,
    response: { status: 200, body: OpenItemSchema },
    problems: ['not-found'],
  },
  assessDraft: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/eligibility',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '草稿自查', en: 'Check the eligibility of a draft as it stands' },
    params: ApplicationParams,
    response: { status: 200, body: AssessmentSchema },
    problems: ['not-found', 'not-in-this-state', 'item-not-open'],
  },
  editApplication: {
    method: 'PUT',
    path: '/v1/applications/{applicationId}',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '修改草稿或补正内容', en: 'Edit a draft, or what was returned for correction' },
    params: ApplicationParams,
    headers: IfMatchSchema,
    body: DraftBodySchema,
    response: { status: 200, body: ApplicationViewSchema },
    problems: [
      'not-found',
      'not-in-this-state',
      'deadline-passed',
      'item-not-open',
      'uscc-check-digit',
      'precondition-required',
      'version-mismatch',
      'same-person',
    ],
  },
  submitApplication: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/submission',
    roles: ['organisation-admin'],
    owner: 'organisation',
    summary: { zh: '提交申报或补正', en: 'Submit an application, or its correction' },
    params: ApplicationParams,
    query: z.strictObject({
      without: z
        .string()
        .regex(/^[0-9A-Z]{26}(,[0-9A-Z]{26})*$/)
        .optional()
        .meta({
          description:
            'Ids of documents, with commas between, that are still being sent and that it is submitted without',
        }),
    }),
    headers: IdempotencyKeySchema,
    response: { status: 202, body: ApplicationViewSchema },
    problems: [
      'not-found',
      'not-in-this-state',
      'deadline-passed',
      'item-not-open',
      'incomplete',
      'same-person',
      'idempotency-key-reused',
    ],
  },
  copyApplication: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/copies',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '以本单位以往的申报新建草稿；材料须重新提交',
      en: 'Copy an earlier application into a new draft, once under a key; documents are handed in again',
    },
    params: ApplicationParams,
    headers: IdempotencyKeySchema,
    response: { status: 201, body: CopyViewSchema },
    problems: [
      ...(['not-found', 'item-not-open', 'idempotency-key-reused', 'concurrent-change'] as const),
      'quota-exceeded',
    ],
  },
  offerHandover: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/handover',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '将草稿或补正移交同事办理', en: 'Offer a draft or a correction to a colleague' },
    params: ApplicationParams,
    body: z.strictObject({ to: PersonIdSchema.meta({ description: 'Account of the colleague' }) }),
    response: { status: 200, body: ApplicationViewSchema },
    problems: ['not-found', 'not-in-this-state', 'same-person', 'concurrent-change'],
  },
  takeOver: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/handover/acceptance',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '接办同事移交的申报', en: 'Take over an application that a colleague offered' },
    params: ApplicationParams,
    response: { status: 200, body: ApplicationViewSchema },
    problems: ['not-found', 'not-in-this-state', 'same-person', 'concurrent-change'],
  },
  getCertificate: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/certificate',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '认定、推荐证明', en: 'The certificate of a recognition or referral' },
    params: ApplicationParams,
    response: { status: 200, body: CertificateViewSchema },
    problems: ['not-found', 'not-in-this-state'],
  },
  getHistory: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/history',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '办理过程', en: 'What happened to an application' },
    params: ApplicationParams,
    query: PageQuerySchema,
    response: {
      status: 200,
      body: pageOf(ShownHistoryRowSchema),
    },
    problems: ['not-found'],
  },
  ...ownCheckRoutes,
  withdrawApplication: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/withdrawal',
    roles: ['organisation-admin'],
    owner: 'organisation',
    summary: { zh: '撤回申报', en: 'Withdraw an application' },
    params: ApplicationParams,
    body: z.strictObject({ reason: ReasonTextSchema.optional() }),
    response: { status: 200, body: ApplicationViewSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
} as const satisfies Record<string, RouteContract>;
