import * as z from 'zod';
import { declarableKinds, interestKinds } from '../people/interest-kinds.ts';
import { type Role, RoleSchema, roles } from '../shared/actor.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  DateSchema,
  InstantSchema,
  PersonIdSchema,
  ReasonTextSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { textOf } from '../shared/text.ts';
import {
  DepartmentIdSchema,
  KnownDepartmentSchema,
  KnownOrganisationSchema,
  listed,
  OrganisationCodeSchema,
} from '../shared/vocabulary.ts';

/** Everyone who decides on applications, or on what becomes of them. */
const deciders = [
  'district-reviewer',
  'lead-reviewer',
  'department-lead',
  'expert',
  'adjudicator',
  'budget-approver',
  'operator',
] as const satisfies readonly Role[];

/** Those who decide for a department. */
const departmentRoles = [
  'district-reviewer',
  'lead-reviewer',
  'department-lead',
] as const satisfies readonly Role[];

export const InterestViewSchema = z
  .object({
    organisation: OrganisationCodeSchema,
    kind: listed(interestKinds),
    at: InstantSchema,
    note: z.string().optional(),
  })
  .meta({ id: 'Interest' });

export const DelegationViewSchema = z
  .object({
    delegationId: UlidSchema,
    absentee: z.string(),
    to: z.string(),
    department: DepartmentIdSchema,
    from: DateSchema.meta({ description: 'First day, in Shanghai' }),
    until: DateSchema.meta({ description: 'Last day, in Shanghai' }),
    at: InstantSchema,
  })
  .meta({ id: 'Delegation' });

/** Routes of the people who decide, on themselves: interests, absences, colleagues. */
export const personRoutes = {
  getMe: {
    method: 'GET',
    path: '/v1/me',
    roles,
    owner: 'person',
    summary: {
      zh: '我的身份、角色和所在单位',
      en: 'Who I am to the system: roles, organisation, department',
    },
    response: {
      status: 200,
      body: z
        .object({
          personId: z.string(),
          roles: z.array(RoleSchema),
          organisation: KnownOrganisationSchema.optional(),
          organisationName: z.string().optional(),
          department: KnownDepartmentSchema.optional(),
          serverTime: InstantSchema,
        })
        .meta({ id: 'Me' }),
    },
    problems: [],
  },
  declareInterest: {
    method: 'POST',
    path: '/v1/interests',
    roles: deciders,
    owner: 'person',
    summary: {
      zh: '申报利害关系（申报后本人不得撤销）',
      en: 'Declare an interest in an organisation; whoever declared it cannot end it',
    },
    body: z.strictObject({
      organisation: OrganisationCodeSchema,
      kind: z.enum(declarableKinds),
      note: textOf(2, 200).optional(),
    }),
    response: { status: 201, body: InterestViewSchema },
    problems: ['concurrent-change'],
  },
  listInterests: {
    method: 'GET',
    path: '/v1/interests',
    roles: deciders,
    owner: 'person',
    summary: { zh: '本人申报的利害关系', en: 'Interests that I declared' },
    response: { status: 200, body: z.object({ items: z.array(InterestViewSchema) }) },
    problems: [],
  },
  endInterest: {
    method: 'POST',
    path: '/v1/people/{personId}/interests/{organisation}/ending',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '解除他人申报的利害关系', en: "End another person's interest, with a reason" },
    params: z.object({ personId: PersonIdSchema, organisation: OrganisationCodeSchema }),
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 204 },
    problems: ['not-found', 'same-person', 'concurrent-change'],
  },
  delegate: {
    method: 'POST',
    path: '/v1/delegations',
    roles: departmentRoles,
    owner: 'person',
    summary: {
      zh: '外出期间委托同部门同事',
      en: 'Let a colleague of my department stand in while I am absent',
    },
    body: z.strictObject({ to: PersonIdSchema, from: DateSchema, until: DateSchema }),
    response: { status: 201, body: DelegationViewSchema },
    problems: ['already-exists', 'concurrent-change'],
  },
  listDelegations: {
    method: 'GET',
    path: '/v1/delegations',
    roles: departmentRoles,
    owner: 'person',
    summary: { zh: '本人的委托与受托', en: 'Delegations that I gave and received, now and to come' },
    response: {
      status: 200,
      body: z.object({ given: z.array(DelegationViewSchema), received: z.array(DelegationViewSchema) }),
    },
    problems: [],
  },
  endDelegation: {
    method: 'DELETE',
    path: '/v1/delegations/{delegationId}',
    roles: departmentRoles,
    owner: 'person',
    summary: { zh: '提前结束委托', en: 'End a delegation of mine at once' },
    params: z.object({ delegationId: UlidSchema }),
    response: { status: 204 },
    problems: ['not-found', 'concurrent-change'],
  },
  listMembers: {
    method: 'GET',
    path: '/v1/department/members',
    roles: ['department-lead'],
    owner: 'department',
    summary: { zh: '本部门成员', en: 'Known members of my department' },
    response: { status: 200, body: z.object({ items: z.array(z.object({ personId: z.string() })) }) },
    personal: ['people'],
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
