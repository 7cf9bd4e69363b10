/** The budget's part: an operator's pools, imports and rounds, and a second person's approval. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Appropriation, appropriations, cases } from './cases.ts';
import { type ApiClient, waitFor } from './client.ts';
import { companyOf } from './companies.ts';
import type { Bilingual, Say } from './progress.ts';
import { formatYuan } from './table.ts';

const operator = 'operator-1';
const approver = 'approver-1';

const poolSchema = z.object({ poolId: z.string() });
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
const simulationSchema = z.object({
  sharedFen: z.int(),
  plannedFen: z.int(),
  losing: z.int(),
  unserved: z.int(),
});
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
interface Share {
  readonly applicationId: string;
  readonly shareFen: number;
  readonly explanation: Bilingual;
}

/** A round whose plan is approved. */
export interface Round {
  readonly roundId: string;
  readonly poolId: string;
  readonly shares: readonly Share[];
}

/** Plays a round of a pool from its opening to the approval of its plan, the first of which may be refused. */
export async function approveRound(
  client: ApiClient,
  { poolId, doubt }: Appropriation,
  say: Say,
): Promise<Round> {
  const { roundId } = await client.call('POST', '/v1/rounds', {
    user: operator,
    idempotencyKey: randomUUID(),
    body: { poolId },
    answer: roundSchema,
  });
  await client.call('POST', `/v1/rounds/${roundId}/closing`, { user: operator, answer: roundSchema });
  say(`${poolId}：分配轮次截止，开始测算`, 'round closed, the plan is being computed');
  const decide = (planHash: string, decision: object) =>
    client.call('POST', `/v1/rounds/${roundId}/approval`, {
      user: approver,
      body: { planHash, ...decision },
      answer: roundSchema,
    });
  if (doubt) {
    const { planHash } = await waitForRound(client, roundId, 'planned');
    await decide(planHash, { outcome: 'refuse', reason: doubt.reason.zh });
    say(`${poolId}：方案被 ${approver} 退回：${doubt.reason.zh}`, `plan refused: ${doubt.reason.en}`);
    await simulate(client, { poolId, roundId }, doubt.availableFen, say);
    await client.call('POST', `/v1/rounds/${roundId}/replanning`, {
      user: operator,
      body: { reason: '已附减少一成的测算结果' },
      answer: roundSchema,
    });
  }
  const { planHash } = await waitForRound(client, roundId, 'planned');
  const shares = await client.list(`/v1/rounds/${roundId}/plan`, { user: approver, answer: planLineSchema });
  const plannedFen = shares.reduce((sum, { shareFen }) => sum + shareFen, 0);
  say(
    `${poolId}：分配方案 ${shares.length} 项共 ${formatYuan(plannedFen)} 元，由 ${approver} 审批`,
    'the plan goes to a second person',
  );
  await decide(planHash, { outcome: 'approve' });
  return { roundId, poolId, shares };
}

/** Asks what would be if the pool had other money. Nothing of the round changes. */
async function simulate(
  client: ApiClient,
  { poolId, roundId }: Pick<Round, 'poolId' | 'roundId'>,
  availableFen: number,
  say: Say,
): Promise<void> {
  const { sharedFen, plannedFen, losing, unserved } = await client.call(
    'POST',
    `/v1/rounds/${roundId}/simulations`,
    { user: operator, body: { availableFen }, answer: simulationSchema },
  );
  say(
    `${poolId}：模拟测算，若预算为 ${formatYuan(availableFen)} 元，则分配 ${formatYuan(sharedFen)} 元` +
      `（方案 ${formatYuan(plannedFen)} 元），${losing} 项减少，${unserved} 项落空`,
    'what if there were less money: nothing is changed by asking',
  );
}

/** Waits until a round is as wanted. Rejects when it can get there no more. */
export function waitForRound(client: ApiClient, roundId: string, wanted: string) {
  return waitFor(`round ${roundId} is ${wanted}`, async () => {
    const round = await client.call('GET', `/v1/rounds/${roundId}`, { user: operator, answer: roundSchema });
    if (round.status === 'failed' || round.status === 'abandoned') {
      throw new Error(`round ${roundId} is ${round.status}: ${round.reason}`);
    }
    return round.status === wanted ? round : undefined;
  });
}
