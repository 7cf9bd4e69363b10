import * as z from 'zod';
import {
  BankAccountViewSchema,
  ShownAccountRowSchema,
  WaitingAccountSchema,
} from '../filing/bank-accounts/account-view.ts';
import { BankAccountSchema } from '../filing/bank-accounts/bank-account.ts';
import type { RouteContract } from '../shared/route.ts';
import { GivenSchema, PageQuerySchema, pageOf, ReasonTextSchema } from '../shared/schemas.ts';
import { OrganisationCodeSchema } from '../shared/vocabulary.ts';
import { applicants } from './documents.ts';

const contentHash = GivenSchema.meta({ description: 'Of the change as it was shown' });

/** Routes by which the people of an enterprise change the account that awards are paid to. */
export const ownAccountRoutes = {
  proposeBankAccount: {
    method: 'PUT',
    path: '/v1/bank-account',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '提出收款账户或其变更，由本单位另一人确认；账号此后只显示末四位',
      en: 'Propose the account that awards are paid to; another person of the enterprise confirms it, or its district',
    },
    body: BankAccountSchema,
    response: { status: 200, body: BankAccountViewSchema },
    problems: ['already-exists', 'concurrent-change'],
  },
  getBankAccount: {
    method: 'GET',
    path: '/v1/bank-account',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '收款账户末四位，以及待确认或冷静期内的变更',
      en: 'The last four digits of the account that awards are paid to, and what is to take its place',
    },
    response: { status: 200, body: BankAccountViewSchema },
    problems: [],
  },
  decideBankAccount: {
    method: 'POST',
    path: '/v1/bank-account/decision',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '由本单位另一人确认或否决收款账户变更，或由提出人撤回',
      en: 'Confirm a proposed account as another administrator, refuse it as anybody else, or withdraw it',
    },
    body: z.discriminatedUnion('decision', [
      z.strictObject({ decision: z.literal('confirm'), contentHash }),
      z.strictObject({ decision: z.literal('refuse'), contentHash, reason: ReasonTextSchema }),
      z.strictObject({
        decision: z.literal('withdraw'),
        contentHash,
        reason: ReasonTextSchema.optional(),
      }),
    ]),
    response: { status: 200, body: BankAccountViewSchema },
    problems: [
      ...(['not-found', 'forbidden', 'same-person', 'basis-changed', 'not-in-this-state'] as const),
      ...(['calendar-missing', 'concurrent-change'] as const),
    ],
  },
  listBankAccountHistory: {
    method: 'GET',
    path: '/v1/bank-account/history',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '收款账户的变更经过', en: 'What happened to the account, oldest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ShownAccountRowSchema) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;

/** Routes by which a district confirms accounts of enterprises with one administrator. */
export const districtAccountRoutes = {
  listWaitingBankAccounts: {
    method: 'GET',
    path: '/v1/bank-account-changes',
    roles: ['district-reviewer'],
    owner: 'department',
    summary: {
      zh: '待本区确认的收款账户变更',
      en: 'Accounts that wait for my district, since their enterprises have one administrator, oldest first',
    },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(WaitingAccountSchema) },
    personal: ['account'],
    problems: ['forbidden'],
  },
  decideWaitingBankAccount: {
    method: 'POST',
    path: '/v1/bank-account-changes/{organisation}/decision',
    roles: ['district-reviewer'],
    owner: 'department',
    summary: {
      zh: '由区工信部门确认或否决收款账户变更，须说明理由',
      en: 'Confirm or refuse such an account for the district, with a reason',
    },
    params: z.object({ organisation: OrganisationCodeSchema }),
    body: z.strictObject({
      decision: z.enum(['confirm', 'refuse']),
      contentHash,
      reason: ReasonTextSchema.meta({ description: 'How it was checked, e.g. with whom of the enterprise' }),
    }),
    response: { status: 200, body: WaitingAccountSchema },
    personal: ['account'],
    problems: [
      ...([
        'forbidden',
        'same-person',
        'conflict-of-interest',
        'basis-changed',
        'not-in-this-state',
      ] as const),
      ...(['calendar-missing', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
