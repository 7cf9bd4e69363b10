/** The treasury's part: accounts, orders, payment files, and money that comes back. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { showApplication } from './applying.ts';
import { accountOf, payFile } from './bank.ts';
import { type Round, waitForRound } from './budgeting.ts';
import { cases, type Entry } from './cases.ts';
import { type ApiClient, inParallel, waitFor } from './client.ts';
import { showHistory } from './explaining.ts';
import type { Say } from './progress.ts';
import { formatYuan } from './table.ts';

const operator = 'operator-1';
// Neither of them approved the plan, nor decided on an objection to the award.
const orderApprover = 'approver-3';
const clawbackApprover = 'approver-2';
/** Releases payment files and confirms what the bank answers. */
const releaser = 'approver-4';

const orderSchema = z.object({
  orderId: z.string(),
  status: z.string(),
  contentHash: z.string(),
  lineCount: z.int(),
  totalFen: z.int(),
  reason: z.string().default(''),
});
const orderLineSchema = z.object({ applicationId: z.string(), fen: z.int(), paidFen: z.int() });
const paymentFileSchema = z.object({
  paymentFileId: z.string(),
  paymentCount: z.int(),
  totalFen: z.int(),
  repaymentCount: z.int(),
  contentHash: z.string(),
  withoutAccount: z.array(z.object({ organisationName: z.string() })),
});
const broughtSchema = z.object({ importId: z.string(), contentHash: z.string(), paidOutFen: z.int() });
const resultsSchema = z.object({ imported: z.int(), unchanged: z.int(), faults: z.array(z.unknown()) });
const clawbackSchema = z.object({
  clawbackId: z.string(),
  applicationId: z.string(),
  status: z.string(),
  recoveredFen: z.int(),
});

/** What became of an award by its application. */
export interface Payment {
  readonly applicationId: string;
  readonly orderedFen: number;
  readonly paidFen: number;
}

/**
 * Has every company with an award to come agree on its bank account: the preparer proposes it, the administrator confirms
 * it. One gives a wrong one; of one the administrator proposes alone, and its district confirms.
 */
export async function putAccounts(client: ApiClient, say: Say): Promise<void> {
  const paid = cases.filter(({ ending }) => ending === 'closed');
  const wrong = new Set(paid.filter((story) => story.putsWrongAccount).map(({ company }) => company));
  const companies = [...new Set(paid.map(({ company }) => company))];
  await inParallel(companies, 4, async (company) => {
    const account = accountOf(company);
    // The bank knows no such number.
    const accountNumber = wrong.has(company) ? '6200000000999999' : account.accountNumber;
    await agreeAccount(client, company, { ...account, accountNumber }, company === companies[0]);
  });
  say(
    '收款账户由申报人提出、企业管理员确认，冷静期满后生效，加密保存；仅有一名企业管理员提出的，由区工信部门核实后确认',
    'preparers propose bank accounts, administrators confirm them, and they cool off; one is confirmed by its district',
  );
}

const accountSchema = z.object({
  account: z.object({ version: z.int() }).optional(),
  change: z.object({ contentHash: z.string(), version: z.int(), district: z.string().optional() }).optional(),
});

/** Has two people agree on an account, and waits until it counts. @param alone whether its only administrator proposes it */
async function agreeAccount(client: ApiClient, company: number, body: object, alone = false): Promise<void> {
  const admin = `admin-${company}`;
  const user = alone ? admin : `preparer-${company}`;
  const { change } = await client.call('PUT', '/v1/bank-account', { user, body, answer: accountSchema });
  if (!change) throw new Error(`the account of company ${company} does not wait`);
  const { contentHash, version, district } = change;
  if (alone) {
    const { organisation } = await client.call('GET', '/v1/me', {
      ...{ user: admin, answer: z.object({ organisation: z.string() }) },
    });
    await client.call('POST', `/v1/bank-account-changes/${organisation}/decision`, {
      user: `${district}-1`,
      body: { decision: 'confirm', contentHash, reason: '已与企业法定代表人电话核实' },
      answer: z.unknown(),
    });
  } else {
    await client.call('POST', '/v1/bank-account/decision', {
      ...{ user: admin, body: { decision: 'confirm', contentHash }, answer: z.unknown() },
    });
  }
  await waitFor(`the account of company ${company} counts`, async () => {
    const { account } = await client.call('GET', '/v1/bank-account', { user: admin, answer: accountSchema });
    return account?.version === version || undefined;
  });
}

/** Orders and pays the awards of a round when their notices have ended, until everything is paid. */
export async function payRound(
  client: ApiClient,
  { roundId, poolId, shares }: Round,
  entries: readonly Entry[],
  say: Say,
): Promise<readonly Payment[]> {
  await inParallel(entries, 4, (entry) => waitForNoticeEnd(client, entry));
  const amounts = entries.flatMap(({ id: applicationId, story: { orderCut } }) => {
    if (!orderCut) return [];
    const share = shares.find((one) => one.applicationId === applicationId);
    const amountFen = (share?.shareFen ?? 0) - orderCut.lessFen;
    return [{ applicationId, amountFen, reason: orderCut.reason.zh }];
  });
  const { orderId, contentHash } = await client.call('POST', '/v1/orders', {
    user: operator,
    idempotencyKey: randomUUID(),
    body: { roundId, amounts },
    answer: orderSchema,
  });
  await client.call('POST', `/v1/orders/${orderId}/approval`, {
    user: orderApprover,
    body: { outcome: 'approve', contentHash },
    answer: orderSchema,
  });
  const { lineCount, totalFen } = await waitFor(`order ${orderId} is issued`, async () => {
    const order = await client.call('GET', `/v1/orders/${orderId}`, { user: operator, answer: orderSchema });
    if (order.status === 'failed') throw new Error(`order ${orderId} failed: ${order.reason}`);
    return order.status === 'issued' ? order : undefined;
  });
  say(
    `${poolId}：公示期满，下达 ${lineCount} 项共 ${formatYuan(totalFen)} 元，由 ${orderApprover} 审批`,
    'the notices are over, the awards are ordered by two people',
  );
  const returned = await payOut(client, poolId, orderId, say);
  for (const { story, label } of entries) {
    if (!story.putsWrongAccount) continue;
    if (!returned.includes(accountOf(story.company).holder)) {
      throw new Error(`${label}: the bank paid to an account that it does not know`);
    }
    await agreeAccount(client, story.company, accountOf(story.company));
    say(`${label}：付款被银行退回，企业更正账户后重新拨付`, 'returned by the bank, and paid again');
  }
  if (returned.length > 0) await payOut(client, poolId, orderId, say);
  await waitForRound(client, roundId, 'closed');
  const lines = await client.list(`/v1/orders/${orderId}/lines`, { user: operator, answer: orderLineSchema });
  return lines.map(({ applicationId, fen: orderedFen, paidFen }) => ({ applicationId, orderedFen, paidFen }));
}

/** Hands what an order has still to pay to the bank, and its answers back, by two people; twice, which changes nothing more. */
async function payOut(
  client: ApiClient,
  poolId: string,
  orderId: string,
  say: Say,
): Promise<readonly string[]> {
  const file = await client.call('POST', `/v1/orders/${orderId}/payment-files`, {
    ...{ user: operator, idempotencyKey: randomUUID(), answer: paymentFileSchema },
  });
  const { paymentFileId, paymentCount, totalFen, repaymentCount, contentHash, withoutAccount } = file;
  if (withoutAccount.length > 0) throw new Error(`no account: ${JSON.stringify(withoutAccount)}`);
  const path = `/v1/payment-files/${paymentFileId}`;
  await client.call('POST', `${path}/decision`, {
    ...{ user: releaser, body: { outcome: 'confirm', contentHash }, answer: z.unknown() },
  });
  const again = repaymentCount > 0 ? `，其中重新拨付 ${repaymentCount} 笔` : '';
  say(
    `${poolId}：付款文件 ${paymentCount} 笔共 ${formatYuan(totalFen)} 元${again}，由 ${releaser} 核对哈希 ${contentHash.slice(0, 12)}… 后放行并签名`,
    'a second person releases the payment file by its hash, and it is signed',
  );
  const { csv, payments, returned } = payFile(await client.download(`${path}/content`, operator));
  for (const _ of ['booked', 'known']) {
    const { importId, ...brought } = await client.call('POST', '/v1/payment-results', {
      ...{ user: operator, csv, answer: broughtSchema },
    });
    const { imported, unchanged, faults } = await client.call(
      'POST',
      `/v1/payment-results/${importId}/decision`,
      {
        ...{ user: releaser, body: { outcome: 'confirm', contentHash: brought.contentHash } },
        answer: resultsSchema,
      },
    );
    if (imported + unchanged !== payments || faults.length > 0) {
      throw new Error(`${imported} + ${unchanged} of ${payments} results: ${JSON.stringify(faults)}`);
    }
  }
  say(
    `${poolId}：银行回执：${payments - returned.length} 笔已付，${returned.length} 笔退回，由 ${releaser} 复核入账；重复导入不变`,
    "the bank's answers come in, and count once a second person confirms them",
  );
  return returned;
}

/** An award that was taken back has no order to wait for. */
async function waitForNoticeEnd(client: ApiClient, entry: Entry): Promise<void> {
  await waitFor(`the notice of ${entry.label} ends`, async () => {
    const { status } = await showApplication(client, entry);
    if (status === 'cancelled') return true;
    const rows = await showHistory(client, entry);
    return rows.some(({ event }) => event === 'notice-ended') || undefined;
  });
}

/** Demands back what the story says, and books it when it comes. */
export async function clawBack(client: ApiClient, { id, label, story }: Entry, say: Say): Promise<void> {
  if (!story.clawback) return;
  const { amountFen, reason, citation } = story.clawback;
  const { clawbackId } = await client.call('POST', `/v1/applications/${id}/clawbacks`, {
    user: operator,
    idempotencyKey: randomUUID(),
    body: { amountFen, reason: reason.zh, citation },
    answer: clawbackSchema,
  });
  const path = `/v1/clawbacks/${clawbackId}`;
  await client.call('POST', `${path}/approval`, {
    user: clawbackApprover,
    body: { outcome: 'confirm' },
    answer: clawbackSchema,
  });
  say(`${label}：追回 ${formatYuan(amountFen)} 元：${reason.zh}（${citation}）`, 'money is demanded back');
  const { status } = await client.call('POST', `${path}/receipts`, {
    user: operator,
    body: {
      amountFen,
      reference: 'BANK-RECEIPT-1',
      date: new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }),
    },
    answer: clawbackSchema,
  });
  if (status !== 'recovered') throw new Error(`${label}: the clawback is ${status}`);
  say(`${label}：追回款项 ${formatYuan(amountFen)} 元到账`, 'and has come back to the pool');
}

/** What was recovered of each award, by its application. */
export async function showRecovered(client: ApiClient): Promise<ReadonlyMap<string, number>> {
  const clawbacks = await client.list('/v1/clawbacks', { user: operator, answer: clawbackSchema });
  const recovered = new Map<string, number>();
  for (const { applicationId, recoveredFen } of clawbacks) {
    recovered.set(applicationId, (recovered.get(applicationId) ?? 0) + recoveredFen);
  }
  return recovered;
}
