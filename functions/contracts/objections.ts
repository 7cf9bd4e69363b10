import * as z from 'zod';
import { ObjectorSchema } from '../publicity/objections/objection.ts';
import {
  ObjectionDetailSchema,
  ObjectionStandingSchema,
  ObjectionViewSchema,
} from '../publicity/objections/objection-view.ts';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  DateSchema,
  GivenSchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  remarkOf,
} from '../shared/schemas.ts';
import { ObjectionIdSchema, OrganisationCodeSchema } from '../shared/vocabulary.ts';

const ObjectionParams = z.object({ objectionId: ObjectionIdSchema });
const RemarkSchema = remarkOf(2000);

const CreditListingSchema = z
  .object({
    uscc: OrganisationCodeSchema,
    listed: z.boolean(),
    since: DateSchema,
    source: z.string(),
    version: z.int(),
    at: InstantSchema,
    by: z.string(),
    confirmedBy: z.string().optional(),
  })
  .meta({ id: 'CreditListing' });

const ListingProposalViewSchema = z
  .object({
    uscc: OrganisationCodeSchema,
    status: z.enum(['proposed', 'confirmed', 'refused']),
    listed: z.boolean(),
    since: DateSchema,
    source: z.string(),
    contentHash: z.string().meta({ description: 'What a decision names' }),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused' }),
    standing: CreditListingSchema.optional().meta({ description: 'What is recorded now' }),
  })
  .meta({ id: 'CreditListingProposal' });

/** Routes of objections to awards under public notice, and of the list that their end asks. */
export const objectionRoutes = {
  getObjectionStanding: {
    method: 'GET',
    path: '/v1/objections/{objectionId}/standing',
    roles: [],
    owner: 'none',
    summary: { zh: '凭回执查询异议办理情况', en: 'How an objection stands, for whoever holds its receipt' },
    params: ObjectionParams,
    // In a header: addresses are kept in logs and histories.
    headers: z.object({ 'objection-receipt': GivenSchema }),
    response: {
      status: 200,
      body: ObjectionStandingSchema,
    },
    problems: ['not-found'],
  },
  listObjections: {
    method: 'GET',
    path: '/v1/objections',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '异议列表（不含异议人信息）', en: 'Objections, newest first, without who objects' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ObjectionViewSchema) },
    problems: [],
  },
  getObjection: {
    method: 'GET',
    path: '/v1/objections/{objectionId}',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '异议详情', en: 'An objection with its evidence, without who objects' },
    params: ObjectionParams,
    response: { status: 200, body: ObjectionDetailSchema },
    personal: ['documents'],
    problems: ['not-found'],
  },
  admitObjection: {
    method: 'POST',
    path: '/v1/objections/{objectionId}/admission',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '受理异议；受理后下达暂缓，直至处理完毕',
      en: 'Admit an objection: it is to be decided, and holds the order of its award until then',
    },
    params: ObjectionParams,
    response: { status: 200, body: ObjectionViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
  readObjector: {
    method: 'POST',
    path: '/v1/objections/{objectionId}/identity-readings',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: {
      zh: '查阅异议人身份（须说明理由，留痕）',
      en: 'Read who brought it up, for a reason that is recorded; of a report, auditors alone',
    },
    params: ObjectionParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: z.object({ objector: ObjectorSchema }) },
    personal: ['objector'],
    problems: ['not-found', 'same-person', 'conflict-of-interest', 'concurrent-change'],
  },
  proposeOutcome: {
    method: 'POST',
    path: '/v1/objections/{objectionId}/proposal',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '拟定异议处理意见', en: 'Propose how an objection is decided' },
    params: ObjectionParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({
        outcome: z.literal('dismissed'),
        reason: RemarkSchema,
        citation: ReasonTextSchema,
      }),
      z.strictObject({ outcome: z.literal('upheld'), reason: RemarkSchema, citation: ReasonTextSchema }),
      z.strictObject({
        outcome: z.literal('inadmissible').meta({ description: 'Of what nobody has admitted, as `merged`' }),
        reason: RemarkSchema,
        citation: ReasonTextSchema,
      }),
      z.strictObject({
        outcome: z.literal('merged'),
        into: ObjectionIdSchema.meta({ description: 'With which one it is answered' }),
        reason: RemarkSchema,
        citation: ReasonTextSchema,
      }),
      z.strictObject({
        outcome: z.literal('changed'),
        amountFen: FenSchema,
        reason: RemarkSchema,
        citation: ReasonTextSchema,
      }),
    ]),
    response: { status: 200, body: ObjectionViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'amount-too-high'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
  decideObjection: {
    method: 'POST',
    path: '/v1/objections/{objectionId}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '审定异议处理意见', en: 'Agree to the proposal or return it, by a second person' },
    params: ObjectionParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm') }),
      z.strictObject({ outcome: z.literal('return'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ObjectionViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'amount-too-high'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change', 'calendar-missing'] as const),
    ],
  },
  proposeListing: {
    method: 'PUT',
    path: '/v1/credit-list/{uscc}',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '登记严重失信名单情况（待复核）',
      en: 'Propose to put an enterprise on the list of serious dishonesty or to take it off; it counts once a second person confirms it',
    },
    params: z.object({ uscc: OrganisationCodeSchema }),
    body: z.strictObject({ listed: z.boolean(), since: DateSchema, source: ReasonTextSchema }),
    response: { status: 202, body: ListingProposalViewSchema },
    problems: ['not-in-this-state', 'conflict-of-interest', 'concurrent-change'],
  },
  getListingProposal: {
    method: 'GET',
    path: '/v1/credit-list/{uscc}/proposal',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: {
      zh: '查询待复核的失信名单登记',
      en: 'What was proposed last of an enterprise, beside what stands',
    },
    params: z.object({ uscc: OrganisationCodeSchema }),
    response: { status: 200, body: ListingProposalViewSchema },
    problems: ['not-found'],
  },
  decideListing: {
    method: 'POST',
    path: '/v1/credit-list/{uscc}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: {
      zh: '复核失信名单登记',
      en: 'Confirm or refuse a listing, by a second person who names its hash',
    },
    params: z.object({ uscc: OrganisationCodeSchema }),
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm'), contentHash: GivenSchema }),
      z.strictObject({ outcome: z.literal('refuse'), contentHash: GivenSchema, reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ListingProposalViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'same-person', 'conflict-of-interest'] as const),
      ...(['version-mismatch', 'basis-changed', 'concurrent-change'] as const),
    ],
  },
  getCreditListing: {
    method: 'GET',
    path: '/v1/credit-list/{uscc}',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '查询严重失信名单情况', en: 'Whether an enterprise is on the list, as recorded' },
    params: z.object({ uscc: OrganisationCodeSchema }),
    response: { status: 200, body: CreditListingSchema },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;
