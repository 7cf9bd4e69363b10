import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  SlugSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';

const PoolParams = z.object({ poolId: SlugSchema });
const EntryParams = PoolParams.extend({ entryId: UlidSchema });

const SomethingSchema = FenSchema.refine((amount) => amount > 0, {
  error: 'an entry moves more than nothing',
});
const CauseSchema = z
  .string()
  .trim()
  .min(2)
  .max(200)
  .meta({ description: 'Why, e.g. the number of the budget document' });

/** Balances of a pool, in fen. */
const balances = {
  appropriatedFen: FenSchema,
  reservedFen: FenSchema.meta({ description: 'Held by rounds that are being committed' }),
  committedFen: FenSchema.meta({ description: 'Awarded; what is paid of it included' }),
  paidFen: FenSchema,
  availableFen: FenSchema.meta({ description: 'Appropriated less reserved and committed' }),
};

export const PoolViewSchema = z
  .object({
    poolId: SlugSchema,
    fund: z.string(),
    fiscalYear: z.int(),
    topic: z.string(),
    direction: z.string().optional(),
    title: BilingualSchema,
    ...balances,
    version: z.int(),
    createdAt: InstantSchema,
    closedAt: InstantSchema.optional().meta({ description: 'When its year was ended' }),
    ledgerHash: z.string().meta({ description: 'Hash of its newest ledger entry' }),
  })
  .meta({ id: 'Pool' });

const EntryRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('appropriation'), amountFen: SomethingSchema, cause: CauseSchema }),
  z.strictObject({
    kind: z.literal('adjustment'),
    direction: z.enum(['increase', 'decrease']),
    amountFen: SomethingSchema,
    cause: CauseSchema,
  }),
]);

export const EntryViewSchema = z
  .object({
    entryId: UlidSchema,
    poolId: SlugSchema,
    status: z.enum(['proposed', 'confirmed', 'refused']),
    kind: z.enum(['appropriation', 'adjustment', 'carry-over', 'lapse']),
    direction: z.enum(['increase', 'decrease']).optional(),
    amountFen: FenSchema,
    into: SlugSchema.optional().meta({ description: 'Pool that it is carried into' }),
    cause: z.string(),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused' }),
    version: z.int().optional().meta({ description: 'Version of the pool that it led to' }),
  })
  .meta({ id: 'Entry' });

const PersonSchema = z.object({ id: z.string(), role: z.string() });

export const LedgerEntryViewSchema = z
  .object({
    version: z.int().meta({ description: 'Of the pool; entries of one version happened together' }),
    line: z.int(),
    kind: z.enum([
      ...(['appropriation', 'adjustment', 'carry-over', 'reservation'] as const),
      ...(['commitment', 'release', 'payment', 'clawback'] as const),
    ]),
    direction: z.enum(['increase', 'decrease', 'in', 'out', 'lapse', 'return']).optional(),
    of: z.enum(['reservation', 'commitment']).optional(),
    amountFen: FenSchema,
    actor: PersonSchema,
    confirmedBy: PersonSchema.optional(),
    at: InstantSchema,
    cause: z.string(),
    key: z.string(),
    entryId: z.string().optional(),
    roundId: z.string().optional(),
    applicationId: z.string().optional(),
    otherPoolId: z.string().optional(),
    balances: z.object(balances).meta({ description: 'After the version' }),
    hash: z.string().meta({ description: 'SHA-256 of the entry, in which that of the one before stands' }),
  })
  .meta({ id: 'LedgerEntry' });

/** What a pool had in its year and what became of it; the two totals are equal as long as the ledger is right. */
export const YearReportSchema = z
  .object({
    poolId: SlugSchema,
    fiscalYear: z.int(),
    version: z.int().meta({ description: 'Of the pool that the report is about' }),
    closedAt: InstantSchema.optional(),
    appropriatedFen: FenSchema,
    increasedFen: FenSchema,
    decreasedFen: FenSchema,
    carriedInFen: FenSchema,
    totalFen: z.int().meta({ description: 'appropriated + increased − decreased + carried in' }),
    paidOutFen: FenSchema,
    returnedFen: FenSchema.meta({ description: 'Payments that came back to the payer' }),
    recoveredFen: FenSchema.meta({ description: 'Clawed back' }),
    committedUnpaidFen: z.int(),
    reservedFen: z.int(),
    carriedOutFen: FenSchema,
    lapsedFen: FenSchema,
    availableFen: z.int().meta({ description: 'As the pool says of itself' }),
    usedFen: z.int().meta({
      description:
        'paid out − returned − recovered + committed, unpaid + reserved + carried out + lapsed + available',
    }),
    balanced: z
      .boolean()
      .meta({ description: 'Whether the totals are equal, and the balances those stored' }),
  })
  .meta({ id: 'YearReport' });

/** Routes of pools and their ledgers: an operator enters, a second person confirms. */
export const poolRoutes = {
  createPool: {
    method: 'POST',
    path: '/v1/pools',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '建立资金池', en: 'Open a pool that the guide defines' },
    body: z.strictObject({ poolId: SlugSchema }),
    response: { status: 201, body: PoolViewSchema },
    problems: ['already-exists', 'not-found'],
  },
  listPools: {
    method: 'GET',
    path: '/v1/pools',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '资金池', en: 'Pools with their balances' },
    query: PageQuerySchema.extend({ year: z.coerce.number().int().min(2000).max(2999).optional() }),
    response: { status: 200, body: pageOf(PoolViewSchema) },
    problems: [],
  },
  getPool: {
    method: 'GET',
    path: '/v1/pools/{poolId}',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '资金池余额', en: 'A pool with its balances' },
    params: PoolParams,
    response: { status: 200, body: PoolViewSchema },
    problems: ['not-found'],
  },
  proposeEntry: {
    method: 'POST',
    path: '/v1/pools/{poolId}/entries',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '录入预算下达或调整（待复核）',
      en: 'Enter an appropriation or adjustment; it counts once a second person confirms it',
    },
    params: PoolParams,
    headers: IdempotencyKeySchema,
    body: EntryRequestSchema,
    response: { status: 201, body: EntryViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'insufficient-funds'] as const),
      ...(['idempotency-key-reused', 'amount-too-high', 'concurrent-change'] as const),
    ],
  },
  listEntries: {
    method: 'GET',
    path: '/v1/pools/{poolId}/entries',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: { zh: '录入与复核情况', en: 'What was entered and decided, newest first' },
    params: PoolParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(EntryViewSchema) },
    problems: ['not-found'],
  },
  decideEntry: {
    method: 'POST',
    path: '/v1/pools/{poolId}/entries/{entryId}/decision',
    roles: ['budget-approver'],
    owner: 'none',
    summary: { zh: '复核录入', en: 'Confirm or refuse an entry, by a second person' },
    params: EntryParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm') }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: EntryViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'same-person', 'insufficient-funds'] as const),
      ...(['basis-changed', 'amount-too-high', 'concurrent-change'] as const),
    ],
  },
  listLedger: {
    method: 'GET',
    path: '/v1/pools/{poolId}/ledger',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '资金台账', en: 'Every movement of a pool, newest first, with the balances after it' },
    params: PoolParams,
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(LedgerEntryViewSchema) },
    problems: ['not-found'],
  },
  proposeYearEnd: {
    method: 'POST',
    path: '/v1/pools/{poolId}/year-end',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '年终结转或注销结余（待复核）',
      en: 'End the year of a pool: what no award holds is carried over or lapses once a second person confirms it',
    },
    params: PoolParams,
    headers: IdempotencyKeySchema,
    body: z.strictObject({ cause: CauseSchema }),
    response: { status: 201, body: EntryViewSchema },
    problems: ['not-found', 'not-in-this-state', 'idempotency-key-reused', 'concurrent-change'],
  },
  getYearReport: {
    method: 'GET',
    path: '/v1/pools/{poolId}/year-report',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '年度收支报告', en: 'What a pool had and what became of it, with the sums checked' },
    params: PoolParams,
    response: { status: 200, body: YearReportSchema },
    problems: ['not-found'],
  },
  getYearReportFile: {
    method: 'GET',
    path: '/v1/pools/{poolId}/year-report.csv',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: { zh: '年度收支报告（CSV）', en: 'The same as CSV' },
    params: PoolParams,
    response: { status: 200, contentType: 'text/csv; charset=utf-8' },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;
