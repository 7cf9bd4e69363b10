import * as z from 'zod';
import { CorrectionViewSchema, GrantViewSchema, ReferenceSchema } from '../people/access-view.ts';
import { PersonIdentifierSchema } from '../people/claims.ts';
import { grantedRoles } from '../people/role-rules.ts';
import type { Role } from '../shared/actor.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  DateSchema,
  PageQuerySchema,
  PersonIdSchema,
  pageOf,
  ReasonTextSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { both } from '../shared/text.ts';
import { DepartmentIdSchema } from '../shared/vocabulary.ts';

const GrantParams = z.object({ personReference: ReferenceSchema, grantId: UlidSchema });

const stated = {
  role: z.enum(grantedRoles),
  department: DepartmentIdSchema.optional().meta({
    description: 'Of roles that are had in a department, and of no others',
  }),
  until: DateSchema.optional().meta({
    description: 'Last day, in Shanghai. Default: as late as the environment allows',
  }),
  reason: ReasonTextSchema,
};

const ContentHashSchema = z.string().regex(/^[0-9a-f]{1,64}$/, {
  error: both('应原样填写所查看内容的 contentHash', 'it is the contentHash that was shown'),
});
const DecisionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('confirm'), contentHash: ContentHashSchema }),
  z.strictObject({ outcome: z.literal('refuse'), contentHash: ContentHashSchema, reason: ReasonTextSchema }),
]);

const readers = ['access-admin', 'auditor'] as const satisfies readonly Role[];

/** Routes on the roles of officials: one person proposes, another one confirms, and any of them ends. */
export const accessRoutes = {
  proposeGrant: {
    method: 'POST',
    path: '/v1/grants',
    roles: ['access-admin'],
    owner: 'none',
    summary: {
      zh: '提出授予角色（由另一人确认）',
      en: 'Propose a role for somebody, which counts once another person confirms it; of what is verified of them a hash stays',
    },
    body: z
      .strictObject({
        identifier: PersonIdentifierSchema.optional().meta({
          description: 'What is verified of the person; of both, one names them',
        }),
        personReference: ReferenceSchema.optional(),
        ...stated,
      })
      .refine(({ identifier, personReference }) => (identifier ?? personReference) !== undefined, {
        path: ['identifier'],
        error: both('须填写证件号码或人员编号', 'name the person: by an identifier or a reference'),
      })
      .refine(({ identifier, personReference }) => (identifier && personReference) === undefined, {
        path: ['personReference'],
        error: both('证件号码与人员编号只填一项', 'name the person by one of identifier and reference'),
      })
      .meta({
        examples: [{ personReference: '0'.repeat(64), role: 'expert', reason: '本年度评审' }],
      }),
    response: { status: 201, body: GrantViewSchema },
    personal: ['people'],
    problems: ['same-person', 'roles-apart', 'concurrent-change'],
  },
  decideGrant: {
    method: 'POST',
    path: '/v1/grants/{personReference}/{grantId}/decision',
    roles: ['access-admin'],
    owner: 'none',
    summary: {
      zh: '确认或否决他人提出的授权',
      en: 'Confirm or refuse a role that another person proposed, by its hash; the day that it counts until is among what it is of',
    },
    params: GrantParams,
    body: DecisionSchema,
    response: { status: 200, body: GrantViewSchema },
    personal: ['people'],
    problems: [
      ...(['not-found', 'version-mismatch', 'same-person', 'not-in-this-state'] as const),
      ...(['deadline-passed', 'roles-apart', 'concurrent-change'] as const),
    ],
  },
  revokeGrant: {
    method: 'POST',
    path: '/v1/grants/{personReference}/{grantId}/revocation',
    roles: ['access-admin'],
    owner: 'none',
    summary: {
      zh: '撤销授权（立即生效，一人即可）',
      en: 'End a role, or the proposal of one, at once; nobody has to confirm it',
    },
    params: GrantParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: GrantViewSchema },
    personal: ['people'],
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  listGrants: {
    method: 'GET',
    path: '/v1/grants',
    roles: readers,
    owner: 'none',
    summary: {
      zh: '授权清单（按人员分页）',
      en: 'Roles of everybody, by person: those in force, proposed and ended; what was done a moment ago may lack',
    },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(GrantViewSchema) },
    personal: ['people'],
    problems: [],
  },
  proposeCorrection: {
    method: 'POST',
    path: '/v1/corrections',
    roles: ['access-admin'],
    owner: 'none',
    summary: {
      zh: '提出更正账号的人员标识，或停用账号（由另一人确认）',
      en: 'Propose that a login came with the wrong identifier of a person, or, without the right one, that it is used no more',
    },
    body: z.strictObject({
      login: PersonIdSchema,
      identifier: PersonIdentifierSchema.optional().meta({
        description: 'What the login should have come with; a hash of it stays. Default: the login is closed',
      }),
      reason: ReasonTextSchema,
    }),
    response: { status: 201, body: CorrectionViewSchema },
    personal: ['people'],
    problems: ['not-found', 'same-person', 'not-in-this-state', 'concurrent-change'],
  },
  decideCorrection: {
    method: 'POST',
    path: '/v1/corrections/{personReference}/{correctionId}/decision',
    roles: ['access-admin'],
    owner: 'none',
    summary: {
      zh: '确认或否决他人提出的账号更正（双方须无授权）',
      en: 'Confirm or refuse a correction that another person proposed; neither person may have a role meanwhile',
    },
    params: z.object({ personReference: ReferenceSchema, correctionId: UlidSchema }),
    body: DecisionSchema,
    response: { status: 200, body: CorrectionViewSchema },
    personal: ['people'],
    problems: [
      ...(['not-found', 'version-mismatch', 'same-person', 'not-in-this-state'] as const),
      'concurrent-change',
    ],
  },
  listCorrections: {
    method: 'GET',
    path: '/v1/corrections',
    roles: readers,
    owner: 'none',
    summary: {
      zh: '账号更正清单',
      en: 'Corrections of logins, by person; what was done a moment ago may lack',
    },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(CorrectionViewSchema) },
    personal: ['people'],
    problems: [],
  },
  reviewAccess: {
    method: 'GET',
    path: '/v1/access-review',
    roles: readers,
    owner: 'none',
    summary: {
      zh: '权限复核表：何人持有何角色、由谁授予、最近使用、何时到期',
      en: 'For the review of access: who has what, since and until when, by whom, and when it was last used',
    },
    query: z.strictObject({ format: z.enum(['json', 'csv']).default('json') }),
    response: {
      status: 200,
      contentType: 'application/json',
      otherContentTypes: ['text/csv; charset=utf-8'],
    },
    personal: ['people'],
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
