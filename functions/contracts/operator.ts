import * as z from 'zod';
import { GuideProposalDetailSchema, GuideProposalViewSchema } from '../policy/guides/guide-proposal-view.ts';
import { ReopeningViewSchema } from '../review/sign-off/reopening-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { GivenSchema, InstantSchema, ReasonTextSchema } from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';
import { ApplicationIdSchema } from '../shared/vocabulary.ts';
import { announcementRoutes } from './announcements.ts';
import { lateExceptionRoutes } from './late-exceptions.ts';
import { poolRoutes } from './pools.ts';

/** A published guide in a listing. */
export const GuideEntrySchema = z
  .object({
    version: z.string(),
    year: z.int(),
    title: BilingualSchema,
    illustrative: z.boolean(),
    publishedAt: InstantSchema,
    effectiveFrom: InstantSchema.meta({ description: 'From when it counts' }),
    publishedBy: z.string().meta({ description: 'Who proposed it' }),
    confirmedBy: z.string(),
    proposalId: z.string(),
    contentHash: z.string().meta({ description: 'SHA-256 of the canonical JSON, amounts in fen' }),
  })
  .meta({ id: 'GuideEntry' });

const GuideParams = z.object({ version: GivenSchema });
const ProposalParams = z.object({ proposalId: GivenSchema.min(1) });

const ApplicationParams = z.object({ applicationId: ApplicationIdSchema });

/** Routes of operators, and of the second person who confirms what they enter. */
export const operatorRoutes = {
  ...poolRoutes,
  ...announcementRoutes,
  ...lateExceptionRoutes,
  proposeGuide: {
    method: 'POST',
    path: '/v1/guide-proposals',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '提出发布申报指南（待复核）',
      en: 'Propose a guide; it is published once a second person confirms it, and never changes then',
    },
    body: z.strictObject({
      // Its schema is loaded by the few requests a year that need it, which lists every fault at once.
      guide: z
        .record(z.string(), z.unknown())
        .meta({ description: 'The guide as in policy/guides/*.yaml, amounts in yuan' }),
      effectiveFrom: InstantSchema.optional().meta({
        description: 'From when it counts, not in the past. Default: its confirmation',
      }),
      cause: ReasonTextSchema,
    }),
    response: { status: 201, body: GuideProposalViewSchema },
    problems: ['already-exists', 'concurrent-change'],
  },
  listGuideProposals: {
    method: 'GET',
    path: '/v1/guide-proposals',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '申报指南的提出与复核情况', en: 'Proposed guides and what was decided, newest first' },
    response: { status: 200, body: z.object({ items: z.array(GuideProposalViewSchema) }) },
    problems: [],
  },
  getGuideProposal: {
    method: 'GET',
    path: '/v1/guide-proposals/{proposalId}',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: {
      zh: '待发布的申报指南及其与现行指南的差异',
      en: 'A proposed guide, whole, with every difference to what stands and whether it weakens it',
    },
    params: ProposalParams,
    response: { status: 200, body: GuideProposalDetailSchema },
    problems: ['not-found'],
  },
  decideGuide: {
    method: 'POST',
    path: '/v1/guide-proposals/{proposalId}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '复核并发布申报指南', en: 'Publish or refuse a proposed guide, by a second person' },
    params: ProposalParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm'), contentHash: GivenSchema }),
      z.strictObject({ outcome: z.literal('refuse'), contentHash: GivenSchema, reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: GuideProposalViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'same-person', 'version-mismatch'] as const),
      ...(['basis-changed', 'deadline-passed', 'already-exists', 'concurrent-change'] as const),
    ],
  },
  listGuides: {
    method: 'GET',
    path: '/v1/guides',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '已发布的申报指南', en: 'Published guides, lowest version first' },
    response: { status: 200, body: z.object({ items: z.array(GuideEntrySchema) }) },
    problems: [],
  },
  getGuide: {
    method: 'GET',
    path: '/v1/guides/{version}',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '申报指南全文', en: 'A published guide, whole' },
    params: GuideParams,
    response: {
      status: 200,
      body: GuideEntrySchema.extend({
        guide: z
          .record(z.string(), z.unknown())
          .meta({ description: 'As published; amounts in fen, under names that say so' }),
      }),
    },
    problems: ['not-found'],
  },
  getReopening: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '恢复办理情况', en: 'What was asked for and decided on the reopening of an application' },
    params: ApplicationParams,
    response: { status: 200, body: ReopeningViewSchema },
    problems: ['not-found'],
  },
  requestReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '申请恢复办理', en: 'Ask for a wrongly lapsed application to be opened again' },
    params: ApplicationParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'already-exists'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
  decideReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening/decision',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '决定是否恢复办理', en: 'Approve or refuse the reopening, by a second person' },
    params: ApplicationParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('approve'), reason: ReasonTextSchema.optional() }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
