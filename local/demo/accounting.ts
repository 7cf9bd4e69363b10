/** The accounts' part: the end of a pool's year, what every pool says of itself, and the public register. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { appropriations } from './cases.ts';
import type { ApiClient } from './client.ts';
import type { PoolYear, PublishedAward, RegisteredAward } from './money.ts';
import type { Say } from './progress.ts';
import { formatYuan } from './table.ts';

const operator = 'operator-1';
const approver = 'approver-1';

const entrySchema = z.object({ entryId: z.string(), amountFen: z.int() });
const reportSchema = z.object({
  totalFen: z.int(),
  paidOutFen: z.int(),
  returnedFen: z.int(),
  recoveredFen: z.int(),
  committedUnpaidFen: z.int(),
  reservedFen: z.int(),
  carriedOutFen: z.int(),
  lapsedFen: z.int(),
  availableFen: z.int(),
  balanced: z.boolean(),
});
const publicAwardSchema = z.object({ applicationId: z.string(), awardFen: z.int(), status: z.string() });
const registerSchema = z.object({
  applicationId: z.string(),
  event: z.enum(['ordered', 'paid', 'returned', 'recovered']),
  amountFen: z.int(),
});
const rootsSchema = z.object({ items: z.array(z.object({ day: z.string(), root: z.string() })) });

/** Ends the year of the pools whose story says so: what no award holds lapses. */
export async function endYears(client: ApiClient, say: Say): Promise<void> {
  for (const { poolId } of appropriations.filter(({ endsYear }) => endsYear)) {
    const { entryId, amountFen } = await client.call('POST', `/v1/pools/${poolId}/year-end`, {
      user: operator,
      idempotencyKey: randomUUID(),
      body: { cause: '2026 年度决算（演示）' },
      answer: entrySchema,
    });
    await client.call('POST', `/v1/pools/${poolId}/entries/${entryId}/decision`, {
      user: approver,
      body: { outcome: 'confirm' },
      answer: entrySchema,
    });
    say(
      `${poolId}：年终注销结余 ${formatYuan(amountFen)} 元，由 ${approver} 复核`,
      'the year of the pool ends: what is left lapses, as the guide says',
    );
  }
}

/** The year of every pool, as its report adds it up from the ledger. */
export function showYears(client: ApiClient): Promise<readonly PoolYear[]> {
  return Promise.all(
    appropriations.map(async ({ poolId }) => {
      const report = await client.call('GET', `/v1/pools/${poolId}/year-report`, {
        user: operator,
        answer: reportSchema,
      });
      const { recoveredFen, reservedFen, lapsedFen, balanced } = report;
      return {
        id: poolId,
        appropriatedFen: report.totalFen,
        paidFen: report.paidOutFen - report.returnedFen,
        recoveredFen,
        unpaidFen: report.committedUnpaidFen,
        reservedFen,
        carriedOverFen: report.carriedOutFen,
        lapsedFen,
        remainingFen: report.availableFen,
        balanced,
      };
    }),
  );
}

/** The awards as the public reads them. */
export function showPublishedAwards(client: ApiClient): Promise<readonly PublishedAward[]> {
  return client.list('/v1/awards', { answer: publicAwardSchema });
}

/** What the public register says of every award, entries added up. */
export async function showRegister(client: ApiClient): Promise<readonly RegisteredAward[]> {
  const entries = await client.list('/v1/register', { answer: registerSchema });
  const awards = Map.groupBy(entries, ({ applicationId }) => applicationId);
  return [...awards].map(([applicationId, own]) => {
    const sum = (wanted: string) =>
      own.reduce((total, { event, amountFen }) => total + (event === wanted ? amountFen : 0), 0);
    return {
      applicationId,
      orderedFen: sum('ordered'),
      paidFen: sum('paid') - sum('returned'),
      recoveredFen: sum('recovered'),
    };
  });
}

/** The register's newest root hash. */
export async function showRegisterRoot(client: ApiClient): Promise<{ day: string; root: string }> {
  const { items } = await client.call('GET', '/v1/register/roots', { answer: rootsSchema });
  const newest = items.at(-1);
  if (!newest) throw new Error('the register has no root');
  return newest;
}
