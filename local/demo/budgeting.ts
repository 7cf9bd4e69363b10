/** The money's part: an operator's pools, imports and rounds, and a second person's approval. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { appropriations, cases } from './cases.ts';
import { type ApiClient, waitFor } from './client.ts';
import { companyOf } from './companies.ts';
import type { PoolBalance, PublishedAward } from './money.ts';
import type { Bilingual, Say } from './progress.ts';
import { formatYuan } from './table.ts';

const operator = 'operator-1';
const approver = 'approver-1';

const poolSchema = z.object({
  poolId: z.string(),
  appropriatedFen: z.int(),
  reservedFen: z.int(),
  committedFen: z.int(),
  availableFen: z.int(),
});
const entrySchema = z.object({ entryId: z.string() });
const roundSchema = z.object({
  roundId: z.string(),
  status: z.string(),
  planHash: z.string().default(''),
  reason: z.string().default(''),
});
const planLineSchema = z.object({
  applicationId: z.string(),
  shareFen: z.int(),
  explanation: z.object({ zh: z.string(), en: z.string() }),
});
const publicAwardSchema = z.object({ applicationId: z.string(), awardFen: z.int(), status: z.string() });
const importReportSchema = z.object({ imported: z.int(), faults: z.array(z.unknown()) });

/** Opens the pools, puts the money in, and imports what another scheme has paid. */
export async function prepareBudget(client: ApiClient, say: Say): Promise<void> {
  for (const { poolId, amountFen, cause } of appropriations) {
    await client.call('POST', '/v1/pools', { user: operator, body: { poolId }, answer: poolSchema });
    const entries = `/v1/pools/${poolId}/entries`;
    const { entryId } = await client.call('POST', entries, {
      user: operator,
      idempotencyKey: randomUUID(),
      body: { kind: 'appropriation', amountFen, cause },
      answer: entrySchema,
    });
    await client.call('POST', `${entries}/${entryId}/decision`, {
      user: approver,
      body: { outcome: 'confirm' },
      answer: entrySchema,
    });
    say(
      `资金池 ${poolId} 下达预算 ${formatYuan(amountFen)} 元，由 ${approver} 复核`,
      'pool opened, budget appropriated and confirmed by a second person',
    );
  }
  await importOtherAwards(client, false, say);
}

/** Imports awards of the other scheme: those known from the beginning, or those that come late. */
export async function importOtherAwards(client: ApiClient, late: boolean, say: Say): Promise<void> {
  const rows = late ? otherAwards(true) : [...earlierAwards(), ...otherAwards(false)];
  const report = await client.call('POST', `/v1/registry/imports?scheme=${encodeURIComponent(otherScheme)}`, {
    user: operator,
    csv: `${[csvHeader, ...rows].join('\n')}\n`,
    answer: importReportSchema,
  });
  if (report.imported !== rows.length) {
    throw new Error(`imported ${report.imported} of ${rows.length}: ${JSON.stringify(report.faults)}`);
  }
  say(`导入 ${otherScheme} 的奖补记录 ${report.imported} 条`, "another scheme's awards imported");
}

/** Document number of the other scheme whose awards are imported. */
const otherScheme = '穗示例规〔2025〕1号';

const csvHeader =
  'award_id,uscc,name,level,year,matter_kind,matter_detail,project_name,evidence,amount_yuan,status';

/** The other scheme's awards, as the rows of its CSV file. */
function earlierAwards(): string[] {
  return cases.flatMap(({ company, item, projectName, paidBefore }) => {
    if (!paidBefore) return [];
    const { level, matterDetail, evidence, amountYuan } = paidBefore;
    const { uscc, name } = companyOf(company);
    const matter = [item, matterDetail, projectName, evidence];
    return [[`DEMO-${company}`, uscc, name, level, '2025', ...matter, amountYuan, 'granted'].join(',')];
  });
}

/** Awards of whoever got them, in the same form. */
function otherAwards(late: boolean): string[] {
  const all = cases.flatMap((one) => one.otherAwards ?? []);
  return all
    .filter((award) => (award.late ?? false) === late)
    .map(({ company, matterKind, matterDetail, projectName, evidence = '', amountYuan }) => {
      const { uscc, name } = companyOf(company);
      const id = `DEMO-${matterDetail.replaceAll(/[^\w-]/g, '')}`;
      const matter = [matterKind, matterDetail, projectName, evidence];
      return [id, uscc, name, 'municipal', '2024', ...matter, amountYuan, 'granted'].join(',');
    });
}

/** An application's part in a round. */
interface PlayedShare {
  readonly pool: string;
  readonly explanation: Bilingual;
}

/** Plays a round of every pool, from its opening to the commitment. Gives the shares by application. */
export async function playRounds(client: ApiClient, say: Say): Promise<ReadonlyMap<string, PlayedShare>> {
  const rounds = await Promise.all(appropriations.map(({ poolId }) => playRound(client, poolId, say)));
  return new Map(rounds.flat());
}

async function playRound(client: ApiClient, poolId: string, say: Say): Promise<[string, PlayedShare][]> {
  const { roundId } = await client.call('POST', '/v1/rounds', {
    user: operator,
    idempotencyKey: randomUUID(),
    body: { poolId },
    answer: roundSchema,
  });
  await client.call('POST', `/v1/rounds/${roundId}/closing`, { user: operator, answer: roundSchema });
  say(`${poolId}：分配轮次截止，开始测算`, 'round closed, the plan is being computed');
  const { planHash } = await waitForRound(client, roundId, 'planned');
  const lines = await client.list(`/v1/rounds/${roundId}/plan`, { user: approver, answer: planLineSchema });
  const plannedFen = lines.reduce((sum, { shareFen }) => sum + shareFen, 0);
  say(
    `${poolId}：分配方案 ${lines.length} 项共 ${formatYuan(plannedFen)} 元，由 ${approver} 审批`,
    'the plan goes to a second person',
  );
  await client.call('POST', `/v1/rounds/${roundId}/approval`, {
    user: approver,
    body: { outcome: 'approve', planHash },
    answer: roundSchema,
  });
  await waitForRound(client, roundId, 'committed');
  say(`${poolId}：方案已批准，资金已安排，进入公示`, 'approved and committed, public notice begins');
  return lines.map(({ applicationId, explanation }) => [applicationId, { pool: poolId, explanation }]);
}

function waitForRound(client: ApiClient, roundId: string, wanted: string) {
  return waitFor(`round ${roundId} is ${wanted}`, async () => {
    const round = await client.call('GET', `/v1/rounds/${roundId}`, { user: operator, answer: roundSchema });
    if (round.status === 'failed' || round.status === 'refused') {
      throw new Error(`round ${roundId} is ${round.status}: ${round.reason}`);
    }
    return round.status === wanted ? round : undefined;
  });
}

/** The balances of every pool there is. */
export async function showPools(client: ApiClient): Promise<readonly PoolBalance[]> {
  const pools = await client.list('/v1/pools', { user: operator, answer: poolSchema });
  return pools.map(({ poolId: id, availableFen: remainingFen, ...balance }) => ({
    id,
    ...balance,
    remainingFen,
  }));
}

/** The awards as the public reads them. */
export function showPublishedAwards(client: ApiClient): Promise<readonly PublishedAward[]> {
  return client.list('/v1/awards', { answer: publicAwardSchema });
}
