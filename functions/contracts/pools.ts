import * as z from 'zod';
import { EntryViewSchema, LedgerEntryViewSchema } from '../money/entries/ledger-view.ts';
import { YearReportSchema } from '../money/entries/year-report-view.ts';
import { PoolViewSchema } from '../money/pools/pool-view.ts';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import { IdempotencyKeySchema, PageQuerySchema, pageOf, ReasonTextSchema } from '../shared/schemas.ts';
import { both, textOf } from '../shared/text.ts';
import { EntryIdSchema, PoolIdSchema } from '../shared/vocabulary.ts';

const PoolParams = z.object({ poolId: PoolIdSchema });
const EntryParams = PoolParams.extend({ entryId: EntryIdSchema });

const SomethingSchema = FenSchema.refine((amount) => amount > 0, {
  error: both('金额应大于零', 'an entry moves more than nothing'),
});
const CauseSchema = textOf(2, 200).meta({ description: 'Why, e.g. the number of the budget document' });

const EntryRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('appropriation'), amountFen: SomethingSchema, cause: CauseSchema }),
  z.strictObject({
    kind: z.literal('adjustment'),
    direction: z.enum(['increase', 'decrease']),
    amountFen: SomethingSchema,
    cause: CauseSchema,
  }),
]);

/** Routes of pools and their ledgers: an operator enters, a second person confirms. */
export const poolRoutes = {
  createPool: {
    method: 'POST',
    path: '/v1/pools',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '建立资金池', en: 'Open a pool that the guide defines' },
    body: z.strictObject({ poolId: PoolIdSchema }),
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
