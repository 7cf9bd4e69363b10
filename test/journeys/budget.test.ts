import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { runOps } from '../support/ops.ts';
import { eventually, type Json, json, Story, samplePdf } from '../support/story.ts';
import { visitAsPublic } from './portal/public-visitor.ts';

/** Two pools of this journey, and the one that the first is carried into. */
const [projects, platforms, nextYear] = [
  'software-projects-2026',
  'software-platforms-2026',
  'software-projects-2027',
];
const platformItem = 'four-modernisations-platform';

let system: JourneyInstance;
let story: Story;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'budget-journey-'));
  system = await startJourneyInstance();
  story = new Story(system);
}, 120_000);
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Yuan in fen. */
const yuan = (amount: number) => amount * 100;

interface Sent {
  readonly body?: unknown;
  readonly key?: string;
}

const send = (user: string | undefined, method: string, path: string, { body, key }: Sent = {}) =>
  system.call(user, method, path, {
    ...(body !== undefined && { body }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });

/** Sends what has to be answered with success. */
async function done(user: string | undefined, method: string, path: string, sent: Sent = {}): Promise<Json> {
  const answer = await send(user, method, path, sent);
  expect([200, 201, 202], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
  return json(answer);
}

/** Sends what has to be refused. @returns the problem's code */
async function refused(user: string | undefined, method: string, path: string, sent: Sent = {}) {
  const answer = await send(user, method, path, sent);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeGreaterThanOrEqual(400);
  return json(answer)['code'];
}

const look = async (user: string, path: string) => json(await system.call(user, 'GET', path));
const itemsOf = async (user: string, path: string) => (await look(user, path))['items'] as Json[];
const poolOf = (poolId: string) => look('operator-1', `/v1/pools/${poolId}`);

/** A pool's balances in yuan. */
async function balances(poolId: string) {
  const { appropriatedFen, reservedFen, committedFen, paidFen, availableFen } = (await poolOf(
    poolId,
  )) as Record<string, number>;
  const inYuan = (amount: number | undefined) => (amount ?? Number.NaN) / 100;
  return {
    appropriated: inYuan(appropriatedFen),
    reserved: inYuan(reservedFen),
    committed: inYuan(committedFen),
    paid: inYuan(paidFen),
    available: inYuan(availableFen),
  };
}

/** Amounts of lines in yuan, by application. */
const byApplication = (lines: readonly Json[], field: string): Record<string, number> =>
  Object.fromEntries(lines.map((line) => [String(line['applicationId']), Number(line[field]) / 100]));

const noticeEnded = (firm: number, applicationId: string) =>
  eventually(
    () => story.events(firm, applicationId),
    (events) => events.includes('notice-ended'),
  );

/** A guide of this journey's own: notices of the one item that are long enough to object, of the other of seconds. */
async function publishGuide(): Promise<void> {
  const text = readFileSync(new URL('../../policy/guides/2026.yaml', import.meta.url), 'utf8');
  const guide = parse(text) as { items: Json[]; pools: (Json & { id: string })[] };
  const item = (id: string, changes: Json): Json => ({
    ...guide.items.find((one) => one['id'] === id),
    ...changes,
  });
  const items = [
    item('dcmm', { pool: projects, notice: { seconds: 20 } }),
    item(platformItem, {
      notice: { seconds: 2 },
      deduplication: { levels: ['municipal'], mode: 'bar', similarNames: false },
    }),
  ];
  const [first, second] = [projects, platforms].map((id) => guide.pools.find((pool) => pool.id === id));
  const pools = [{ ...first, yearEnd: { unspent: 'carry-over', into: nextYear } }, second];
  await story.publishGuide({ ...guide, version: '2026.2', pools, items });

  const window = { opensAt: '2028-07-01T08:00:00+08:00', closesAt: '2028-08-01T08:00:00+08:00' };
  const later = {
    ...{ version: '2027.1', year: 2027, items: [item('dcmm', { pool: nextYear, window })] },
    pools: [{ ...first, id: nextYear, fiscalYear: 2027, title: { zh: '次年资金池', en: 'Next year' } }],
  };
  await story.publishGuide({ ...guide, ...later });
  await eventually(
    () => look('operator-1', `/v1/measures/${platformItem}`),
    ({ guide: version }) => version === '2026.2',
  );
}

/** What an operator enters and a second person confirms. */
async function enter(poolId: string, body: Json): Promise<void> {
  const path = `/v1/pools/${poolId}/entries`;
  const key = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32);
  const { entryId } = await done('operator-1', 'POST', path, { body, key });
  expect((await done('operator-1', 'POST', path, { body, key }))['entryId']).toBe(entryId);
  const decision = { body: { outcome: 'confirm' } };
  expect(await refused('operator-1', 'POST', `${path}/${entryId}/decision`, decision)).toBe('forbidden');
  await done('approver-1', 'POST', `${path}/${entryId}/decision`, decision);
}

/** Money for both pools: what was entered counts once a second person has confirmed it. */
async function fund(): Promise<void> {
  for (const poolId of [projects, platforms, nextYear]) {
    await done('operator-1', 'POST', '/v1/pools', { body: { poolId } });
  }
  const path = `/v1/pools/${projects}/entries`;
  const mistaken = { kind: 'appropriation', amountFen: yuan(6_800_000), cause: '年度预算' };
  const { entryId } = await done('operator-1', 'POST', path, { body: mistaken, key: 'one-nought-too-many' });
  expect(await balances(projects)).toMatchObject({ appropriated: 0, available: 0 });
  const refusal = { body: { outcome: 'refuse', reason: '金额多一个零' } };
  await done('approver-1', 'POST', `${path}/${entryId}/decision`, refusal);

  await enter(projects, { kind: 'appropriation', amountFen: yuan(680_000), cause: '年度预算' });
  const adjustment = { kind: 'adjustment', cause: '年中调整' };
  await enter(projects, { ...adjustment, direction: 'increase', amountFen: yuan(30_000) });
  await enter(projects, { ...adjustment, direction: 'decrease', amountFen: yuan(10_000) });
  await enter(platforms, { kind: 'appropriation', amountFen: yuan(2_510_000), cause: '年度预算' });
  expect(await balances(projects)).toMatchObject({ appropriated: 700_000, available: 700_000 });
}

/** An application that was signed off for an amount and waits in the pool. */
const pooledFor = (firm: number, amount: number) => story.pooled(firm, {}, { amountFen: yuan(amount) });

/** A platform in the pool that two experts have scored. */
async function scoredPlatform(firm: number, amount: number, points: number): Promise<string> {
  const content = (await story.qualifying(firm, platformItem)) as { facts: Json };
  const platformName = `示例赋能平台 ${firm}`;
  const body = { ...content, projectName: platformName, facts: { ...content.facts, platformName } };
  const applicationId = await story.completeDraft(firm, body);
  await story.submit(firm, applicationId);
  const taskId = await story.task(applicationId);
  for (const expert of ['expert-1', 'expert-2']) {
    const { invitationId } = await done('reviewer-miit-1', 'POST', `/v1/tasks/${taskId}/invitations`, {
      body: { expert },
    });
    const path = `/v1/invitations/${invitationId}`;
    const { contentHash } = await look(expert, path);
    const given = { technology: points, reach: points, openness: points / 2 };
    await done(expert, 'PUT', `${path}/score`, { body: { points: given, contentHash } });
  }
  const answer = await story.decide(taskId, { outcome: 'approve', amountFen: yuan(amount) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  await story.reaches(firm, applicationId, 'pooled');
  return applicationId;
}

const planOf = async (roundId: unknown) => itemsOf('operator-1', `/v1/rounds/${roundId}/plan?limit=100`);

/** By application: what the plan gives, in yuan. */
const sharesOf = async (roundId: unknown) => byApplication(await planOf(roundId), 'shareFen');

interface Firms {
  /** Of companies 1 to 5, by their numbers less one. */
  readonly ids: readonly string[];
}

/**
 * Proportion, refused and planned again. Of 700,000 among 500,000, 400,000, 300,000, 200,000 and 100,000 everybody gets
 * 7/15; without the fourth 7/13. What the rounding down to yuan leaves goes to the largest remainders.
 */
async function firstRound({ ids }: Firms): Promise<string> {
  const [a = '', b = '', c = '', d = '', e = ''] = ids;
  const planned = await story.plannedRound(projects);
  const roundId = String(planned['roundId']);
  const path = `/v1/rounds/${roundId}`;
  expect(planned).toMatchObject({
    candidateCount: 5,
    plannedFen: yuan(700_000),
    residueFen: 0,
    planNumber: 1,
  });
  const first = { [a]: 233_333, [b]: 186_667, [c]: 140_000, [d]: 93_333, [e]: 46_667 };
  expect(await sharesOf(roundId)).toEqual(first);

  const { planHash } = planned;
  const refusal = { outcome: 'refuse', planHash, reason: '第四家已来函撤回' };
  expect(await refused('operator-1', 'POST', `${path}/approval`, { body: refusal })).toBe('forbidden');
  expect(await done('approver-1', 'POST', `${path}/approval`, { body: refusal })).toMatchObject({
    status: 'refused',
    reason: '第四家已来函撤回',
  });
  await done('admin-4', 'POST', `/v1/applications/${d}/withdrawal`, { body: {} });
  await done('operator-1', 'POST', `${path}/replanning`, { body: { reason: '剔除撤回的申报' } });
  const again = await eventually(
    () => look('operator-1', path),
    ({ status, planNumber }) => status === 'planned' && planNumber === 2,
  );
  expect(again).toMatchObject({ plannedFen: yuan(700_000), residueFen: 0 });
  expect(await sharesOf(roundId)).toEqual({ [a]: 269_231, [b]: 215_385, [c]: 161_538, [d]: 0, [e]: 53_846 });
  const excluded = (await planOf(roundId)).find(({ applicationId }) => applicationId === d);
  expect(excluded).toMatchObject({ status: 'excluded' });

  await simulate(path, { a, b, c, e });
  const late = { outcome: 'approve', planHash };
  expect(await refused('approver-1', 'POST', `${path}/approval`, { body: late })).toBe('version-mismatch');
  expect((await look('operator-1', path))['planHash']).toBe(again['planHash']);
  expect((await story.approvePlan(again)).status).toBe(200);
  await story.round(roundId, 'noticed');
  expect(await balances(projects)).toEqual({
    ...{ appropriated: 700_000, reserved: 0, committed: 700_000, paid: 0, available: 0 },
  });
  return roundId;
}

/** What if: half of every ceiling, and everything. Neither changes the plan. */
async function simulate(
  path: string,
  { a, b, c, e }: Readonly<Record<'a' | 'b' | 'c' | 'e', string>>,
): Promise<void> {
  const half = await done('approver-1', 'POST', `${path}/simulations`, {
    body: { availableFen: yuan(650_000), unit: 'ten-thousand-yuan', residue: 'keep' },
  });
  expect(half).toMatchObject({
    ...{ sharedFen: yuan(650_000), residueFen: 0, plannedFen: yuan(700_000) },
    ...{ gaining: 0, losing: 4, unserved: 0 },
  });
  const lines = await itemsOf('auditor-1', `${path}/simulations/${half['simulationId']}/lines?limit=100`);
  expect(byApplication(lines, 'shareFen')).toEqual({ [a]: 250_000, [b]: 200_000, [c]: 150_000, [e]: 50_000 });
  expect(byApplication(lines, 'plannedFen')).toEqual({
    ...{ [a]: 269_231, [b]: 215_385, [c]: 161_538, [e]: 53_846 },
  });
  const whole = await done('operator-1', 'POST', `${path}/simulations`, {
    body: { availableFen: yuan(2_000_000) },
  });
  expect(whole).toMatchObject({
    sharedFen: yuan(1_300_000),
    residueFen: yuan(700_000),
    gaining: 4,
    losing: 0,
  });
  expect(await itemsOf('operator-1', `${path}/simulations`)).toHaveLength(2);
}

const objector = {
  ...{ kind: 'person', name: '陈示例', identifier: 'E12345678' },
  ...{ phone: '020-81234567', email: 'objector@example.org' },
};

/** A contact with the code that came to it, as the people of this machine see it. */
async function confirmation(via: 'phone' | 'email', address: string) {
  const body = { via, address };
  const { confirmationId } = await done(undefined, 'POST', '/v1/objection-confirmations', { body });
  return { via, confirmationId, code: await codeTo(address) };
}

/** The code that came to a contact. */
function codeTo(address: string): Promise<string> {
  return eventually(
    async () => {
      const page = await (await fetch(system.current.mailUrl)).text();
      const [, behind = ''] = page.split(`→ ${address}<`);
      return /确认码 (\d{6})/.exec(behind)?.[1] ?? '';
    },
    (seen) => seen !== '',
  );
}

/** Who objects is read for a reason that auditors see; who reports wrongdoing, by nobody who decides. */
async function readWhose(objection: Json, report: Json): Promise<void> {
  const [mine, theirs] = [objection, report].map(
    ({ objectionId }) => `/v1/objections/${objectionId}/identity-readings`,
  );
  const sent = { body: { reason: '向异议人核实线索' } };
  expect(await refused('operator-2', 'POST', String(theirs), sent)).toBe('forbidden');
  expect(await refused('operator-2', 'POST', String(mine), { body: {} })).toBe('invalid-request');
  expect(await done('operator-2', 'POST', String(mine), sent)).toMatchObject({ objector });
  expect(await done('auditor-1', 'POST', String(theirs), sent)).toMatchObject({ objector });
  const audited = await itemsOf('auditor-1', `/v1/audit/objections/${objection['objectionId']}/history`);
  expect(audited.at(-1)).toMatchObject({
    ...{ event: 'identity-read', actor: { id: 'operator-2' }, note: '向异议人核实线索' },
  });
  const listed = await system.call('auditor-1', 'GET', '/v1/objections?limit=100');
  expect(JSON.stringify([listed.body, audited])).not.toContain(objector.name);
}

/** An objection by its award, and what its objector keeps. */
interface Filed {
  readonly objectionId: string;
  readonly receipt: string;
}

/** Objections against the first three awards, while their notices are open; the third with evidence. */
async function object([a, b, c]: readonly string[]): Promise<readonly [Filed, Filed, Filed]> {
  const file = samplePdf();
  const evidence = {
    ...{ fileName: '判决书.pdf', contentType: 'application/pdf', bytes: file.length },
    sha256: createHash('sha256').update(file).digest('hex'),
  };
  const request = (applicationId: string | undefined, grounds: string, more: Json) => ({
    body: { applicationId, objector, grounds, ...more },
    key: `objection-${applicationId}`,
  });
  const byPhone = { confirmation: await confirmation('phone', objector.phone) };
  const byMail = { confirmation: await confirmation('email', objector.email) };
  const unreal = request(a, '申报单位与公示信息不一致，请予核查。', byPhone);
  const invented = { confirmation: { ...byPhone.confirmation, code: '000000' } };
  const unconfirmed = request(b, '申报项目的投入金额与实际不符，应予核减。', invented);
  expect(await refused(undefined, 'POST', '/v1/objections', unconfirmed)).toBe('invalid-request');
  const [first, second, third] = await Promise.all([
    done(undefined, 'POST', '/v1/objections', unreal),
    done(undefined, 'POST', '/v1/objections', request(b, '申报项目的投入金额与实际不符，应予核减。', byMail)),
    done(
      'preparer-19',
      'POST',
      '/v1/me/objections',
      request(c, '证书系借用他人名义取得，附判决书。', { kind: 'report', evidence: [evidence] }),
    ),
  ]);
  expect((await done(undefined, 'POST', '/v1/objections', unreal))['objectionId']).toBe(first['objectionId']);

  const [upload] = third['uploads'] as { url: string; headers: Record<string, string> }[];
  const put = await fetch(String(upload?.url), {
    method: 'PUT',
    headers: upload?.headers ?? {},
    body: new Uint8Array(file),
  });
  expect(put.status).toBe(200);
  const detail = await eventually(
    () => look('operator-2', `/v1/objections/${third['objectionId']}`),
    ({ evidence }) => (evidence as Json[]).every(({ status }) => status === 'accepted'),
  );
  expect(detail).toMatchObject({ kind: 'report', admitted: false, exOfficio: false });
  const [shown] = detail['evidence'] as { url: string }[];
  const opened = await fetch(String(shown?.url));
  expect(Buffer.from(await opened.arrayBuffer()).equals(file)).toBe(true);
  await readWhose(first, third);
  const kept = ({ objectionId, receipt }: Json): Filed => ({
    objectionId: String(objectionId),
    receipt: String(receipt),
  });
  return [kept(first), kept(second), kept(third)];
}

/** One is dismissed, one lowers the award by 15,385 to 200,000, one takes 161,538 back whole. */
async function decideObjections(filed: readonly [Filed, Filed, Filed], { ids }: Firms): Promise<void> {
  const [dismissed, changed, upheld] = filed.map(({ objectionId }) => `/v1/objections/${objectionId}`);
  const ground = { reason: { zh: '经核查属实' }, citation: '三(三)' };
  // Their notices are over, and nobody has looked at them yet.
  for (const path of [dismissed, changed, upheld]) await done('operator-2', 'POST', `${path}/admission`);
  const raise = { body: { outcome: 'changed', amountFen: yuan(215_386), ...ground } };
  expect(await refused('operator-2', 'POST', `${changed}/proposal`, raise)).toBe('amount-too-high');
  const proposals = [
    [dismissed, { outcome: 'dismissed', reason: { zh: '经核查，信息一致' }, citation: '三(三)' }],
    [changed, { outcome: 'changed', amountFen: yuan(100_000), ...ground }],
    [upheld, { outcome: 'upheld', ...ground }],
  ] as const;
  for (const [path, body] of proposals) await done('operator-2', 'POST', `${path}/proposal`, { body });
  // Nothing has an effect before a second person agrees, who is not the one that approved the plan.
  expect(await balances(projects)).toMatchObject({ committed: 700_000, available: 0 });
  const confirm = { body: { outcome: 'confirm' } };
  expect(await refused('approver-1', 'POST', `${upheld}/decision`, confirm)).toBe('same-person');
  await done('approver-2', 'POST', `${changed}/decision`, {
    body: { outcome: 'return', reason: '核减过多，应为二十万元' },
  });
  await done('operator-2', 'POST', `${changed}/proposal`, {
    body: { outcome: 'changed', amountFen: yuan(200_000), ...ground },
  });
  for (const path of [dismissed, changed, upheld])
    await done('approver-2', 'POST', `${path}/decision`, confirm);
  expect(await balances(projects)).toEqual({
    ...{ appropriated: 700_000, reserved: 0, committed: 523_077, paid: 53_846, available: 176_923 },
  });

  expect(await story.application(3, ids[2] ?? '')).toMatchObject({
    status: 'cancelled',
    reasons: [{ code: 'objection-upheld', citation: '三(三)' }],
  });
  expect(await story.application(2, ids[1] ?? '')).toMatchObject({ awardFen: yuan(200_000) });
  const standing = async (place: 0 | 1 | 2, receipt = filed[place].receipt) =>
    json(
      await system.call(undefined, 'GET', `/v1/objections/${filed[place].objectionId}/standing`, {
        headers: { 'objection-receipt': receipt },
      }),
    );
  expect(await standing(0)).toMatchObject({ status: 'decided', outcome: 'dismissed' });
  expect(await standing(2)).toMatchObject({ status: 'decided', outcome: 'upheld' });
  expect(await standing(1, filed[0].receipt)).toMatchObject({ code: 'not-found' });
}

/**
 * By rank of 2,510,000: 1,500,000 and 1,000,000 in full; the 10,000 that are left for the third are below the minimum
 * payable of 20,000.
 */
async function rankedRound([first = '', second = '', third = '']: readonly string[]): Promise<string> {
  const planned = await story.plannedRound(platforms);
  const roundId = String(planned['roundId']);
  expect(planned).toMatchObject({ candidateCount: 3, plannedFen: yuan(2_500_000), residueFen: yuan(10_000) });
  expect(await sharesOf(roundId)).toEqual({ [first]: 1_500_000, [second]: 1_000_000, [third]: 0 });
  expect((await story.approvePlan(planned)).status).toBe(200);
  await story.round(roundId, 'noticed');
  expect(await balances(platforms)).toMatchObject({ committed: 2_500_000, available: 10_000 });
  expect((await story.application(8, third))['status']).toBe('pooled');
  return roundId;
}

const treasurers = ['operator-3', 'approver-3'] as const;

/** An order that one person drafts and another approves, issued to its end. */
async function order(roundId: string, name: string, amounts: readonly Json[] = []): Promise<Json> {
  const changes = amounts.length > 0 ? { amounts } : {};
  const key = `order-${name}`;
  const drafted = await done('operator-3', 'POST', '/v1/orders', { body: { roundId, ...changes }, key });
  const { orderId, contentHash } = drafted;
  const decision = { body: { outcome: 'approve', contentHash } };
  // Whoever approved the plan does not order what it pays.
  expect(await refused('approver-1', 'POST', `/v1/orders/${orderId}/approval`, decision)).toBe('same-person');
  return story.ordered(roundId, changes, treasurers, key);
}

const accountOf = (firm: number) => `44011${String(firm).padStart(11, '0')}`;
const bank = { branchCode: '105581000000' };

async function putAccount(firm: number): Promise<void> {
  const view = await story.bankAccount(firm, { ...bank, accountNumber: accountOf(firm) });
  expect(view).toMatchObject({ accountNumber: `****${accountOf(firm).slice(-4)}` });
}

interface Payment {
  readonly firm: number;
  readonly applicationId: string;
  readonly amount: number;
}

/** Makes a payment file and compares it with what has to be in it. @returns the payments' ids by application */
async function paymentFile(
  orderId: unknown,
  key: string,
  payments: readonly Payment[],
): Promise<Record<string, string>> {
  const file = await story.paymentFile(String(orderId), 'operator-3', key);
  const total = payments.reduce((sum, { amount }) => sum + amount, 0);
  expect(file.view).toMatchObject({
    status: 'released',
    paymentCount: payments.length,
    totalFen: yuan(total),
  });
  expect(file.view['signature']).toMatchObject({ algorithm: 'ECDSA_SHA_256' });
  const again = await story.paymentFile(String(orderId), 'operator-3', key);
  expect(again).toEqual(file);
  expect(file.header).toBe('payment_id,holder,bank,branch_code,account_number,amount_yuan,purpose');
  const body = file.lines.map((line) => `${line}\r\n`).join('');
  const hash = createHash('sha256').update(body).digest('hex');
  expect(file.control).toBe(`TOTAL,${payments.length},${total}.00,${hash}`);
  const expected = await Promise.all(
    payments.map(async ({ firm, applicationId, amount }) => {
      const { name } = await story.company(firm);
      return [
        name,
        '示例银行广州分行',
        bank.branchCode,
        accountOf(firm),
        `${amount}.00`,
        `奖补资金 ${applicationId}`,
      ];
    }),
  );
  expect(file.payments.map(({ cells }) => cells).sort()).toEqual(expected.sort());
  return Object.fromEntries(
    file.payments.map(({ paymentId, cells }) => [cells.at(-1)?.split(' ')[1], paymentId]),
  );
}

interface Answer {
  readonly payment: string | undefined;
  readonly result: 'paid' | 'partial' | 'returned';
  readonly amount: number;
  readonly reference: string;
}

/** Imports the bank's answers, twice: the second time changes nothing. */
async function bankAnswers(...given: readonly Answer[]): Promise<void> {
  const answers = given.map(({ payment = '', amount, ...answer }) => {
    const reason = answer.result === 'returned' ? '户名不符' : '';
    return { ...answer, paymentId: payment, yuan: `${amount}.00`, reason };
  });
  const wrong = await story.bankAnswers(answers, 'operator-3', 1);
  expect(wrong).toMatchObject({ code: 'invalid-request', errors: [{ rule: 'control-total' }] });
  const rows = answers.length;
  const report = (imported: number) => ({ rows, imported, unchanged: rows - imported, faults: [] });
  expect(await story.bankAnswers(answers, 'operator-3')).toMatchObject(report(rows));
  expect(await story.bankAnswers(answers, 'operator-3')).toMatchObject(report(0));
}

/** What was reported as paid comes back: the award is held until somebody else has seen the evidence. */
async function moneyBack(
  orderId: unknown,
  { applicationId, paymentId, amount }: Json & { applicationId: string; paymentId: string; amount: number },
): Promise<void> {
  const answer = { paymentId, result: 'returned', yuan: `${amount}.00`, reference: 'B-5' } as const;
  const report = await story.bankAnswers([answer], 'operator-3');
  expect(report).toMatchObject({ imported: 0, heldRows: 1, faults: [{ rule: 'came-back' }] });
  expect(await balances(projects)).toMatchObject({ paid: 353_846 });
  const path = `/v1/orders/${orderId}/lines/${applicationId}/payment-decision`;
  const { yuan: _, ...word } = answer;
  const body = {
    ...word,
    amountFen: yuan(amount),
    outcome: 'booked',
    bookedFen: yuan(amount),
    reason: '已核对',
  };
  const without = await send('approver-4', 'POST', path, { body });
  expect(json(without)).toMatchObject({ code: 'invalid-request', errors: [{ path: 'evidence' }] });
  const evidence = { statement: '对账单 2026-11', sha256: 'a'.repeat(64) };
  await done('approver-4', 'POST', path, { body: { ...body, evidence } });
}

/** The fifth award alone, since objections hold the others; its payment comes back and is paid again. */
async function payUnopposed(roundId: string, { ids }: Firms): Promise<void> {
  const applicationId = ids[4] ?? '';
  await noticeEnded(5, applicationId);
  const late = { applicationId, objector, grounds: '公示结束后才发现的问题，请予核查。' };
  expect(await refused('preparer-19', 'POST', '/v1/me/objections', { body: late, key: 'too-late' })).toBe(
    'deadline-passed',
  );
  const issued = await order(roundId, 'unopposed');
  expect(issued).toMatchObject({ lineCount: 1, orderedCount: 1, orderedFen: yuan(53_846) });
  const { orderId } = issued;
  const early = await send('operator-3', 'POST', `/v1/orders/${orderId}/payment-files`, {
    key: 'no-account',
  });
  expect(json(early)).toMatchObject({
    code: 'not-in-this-state',
    errors: [{ path: applicationId, rule: 'no-account' }],
  });
  await putAccount(5);
  const payment = { firm: 5, applicationId, amount: 53_846 };
  const first = await paymentFile(orderId, 'first-attempt', [payment]);
  const { amount } = payment;
  await bankAnswers({ payment: first[applicationId], result: 'returned', amount, reference: 'B-1' });
  expect(await balances(projects)).toMatchObject({ committed: 700_000, paid: 0 });
  expect((await story.application(5, applicationId))['status']).toBe('ordered');
  const unconfirmed = await send('operator-3', 'POST', `/v1/orders/${orderId}/payment-files`, {
    key: 'unconfirmed',
  });
  expect(json(unconfirmed)).toMatchObject({
    code: 'not-in-this-state',
    errors: [{ path: applicationId, rule: 'account-returned' }],
  });
  await putAccount(5);
  const second = await paymentFile(orderId, 'second-attempt', [payment]);
  await bankAnswers({ payment: second[applicationId], result: 'paid', amount, reference: 'B-2' });
  expect(await balances(projects)).toMatchObject({ committed: 700_000, paid: 53_846 });
  await story.reaches(5, applicationId, 'closed');
}

/**
 * The other two: 260,000 of the 269,231 are ordered, which gives 9,231 back, and paid in two parts; 200,000 are paid,
 * come back after they were booked, and are paid again.
 */
async function payDecided(roundId: string, { ids: [a = '', b = ''] }: Firms): Promise<void> {
  await Promise.all([noticeEnded(1, a), noticeEnded(2, b)]);
  const above = [{ applicationId: a, amountFen: yuan(269_232), reason: '超出公示金额' }];
  const tooMuch = { body: { roundId, amounts: above }, key: 'order-above' };
  expect(await refused('operator-3', 'POST', '/v1/orders', tooMuch)).toBe('amount-too-high');
  const lower = [{ applicationId: a, amountFen: yuan(260_000), reason: '按实际支出核减' }];
  const issued = await order(roundId, 'decided', lower);
  expect(issued).toMatchObject({ lineCount: 2, orderedCount: 2, orderedFen: yuan(460_000) });
  const { orderId } = issued;
  expect(await balances(projects)).toMatchObject({ committed: 513_846, paid: 53_846, available: 186_154 });
  expect(await story.round(roundId, 'ordered')).toMatchObject({ committedFen: yuan(700_000) });

  await Promise.all([putAccount(1), putAccount(2)]);
  const [first, second] = [
    { firm: 1, applicationId: a, amount: 260_000 },
    { firm: 2, applicationId: b, amount: 200_000 },
  ];
  const made = await paymentFile(orderId, 'both-awards', [first, second]);
  await bankAnswers(
    { payment: made[a], result: 'partial', amount: 100_000, reference: 'B-3' },
    { payment: made[b], result: 'paid', amount: 200_000, reference: 'B-4' },
  );
  expect(await balances(projects)).toMatchObject({ committed: 513_846, paid: 353_846 });
  expect((await story.application(1, a))['status']).toBe('ordered');
  await story.reaches(2, b, 'closed');
  await moneyBack(orderId, { applicationId: b, paymentId: String(made[b]), amount: 200_000 });
  expect(await balances(projects)).toMatchObject({ committed: 513_846, paid: 153_846 });
  expect((await story.application(2, b))['status']).toBe('ordered');

  await putAccount(2);
  const rest = await paymentFile(orderId, 'what-is-left', [{ ...first, amount: 160_000 }, second]);
  await bankAnswers(
    { payment: rest[a], result: 'paid', amount: 160_000, reference: 'B-6' },
    { payment: rest[b], result: 'paid', amount: 200_000, reference: 'B-7' },
  );
  expect(await balances(projects)).toEqual({
    ...{ appropriated: 700_000, reserved: 0, committed: 513_846, paid: 513_846, available: 186_154 },
  });
  await Promise.all([story.reaches(1, a, 'closed'), story.reaches(2, b, 'closed')]);
  await story.round(roundId, 'closed');
}

/** The first platform is paid; the second has no account yet, and stays unpaid. */
async function payPlatforms(roundId: string, [first = '', second = '']: readonly string[]): Promise<void> {
  await Promise.all([noticeEnded(6, first), noticeEnded(7, second)]);
  const issued = await order(roundId, 'platforms');
  expect(issued).toMatchObject({ orderedCount: 2, orderedFen: yuan(2_500_000) });
  await putAccount(6);
  const payment = { firm: 6, applicationId: first, amount: 1_500_000 };
  const made = await paymentFile(issued['orderId'], 'platforms', [payment]);
  await bankAnswers({ payment: made[first], result: 'paid', amount: 1_500_000, reference: 'B-8' });
  expect(await balances(platforms)).toMatchObject({ committed: 2_500_000, paid: 1_500_000 });
}

/** 20,000 of the 53,846 come back in two receipts. */
async function clawBack({ ids }: Firms): Promise<void> {
  const applicationId = ids[4] ?? '';
  const path = `/v1/applications/${applicationId}/clawbacks`;
  const ground = { reason: '项目未按期完成', citation: '三(三)' };
  const all = { body: { amountFen: yuan(53_846) + 1, ...ground }, key: 'clawback-above' };
  expect(await refused('operator-1', 'POST', path, all)).toBe('amount-too-high');
  const part = { body: { amountFen: yuan(20_000), ...ground }, key: 'clawback-part' };
  const { clawbackId } = await done('operator-1', 'POST', path, part);
  const approval = `/v1/clawbacks/${clawbackId}/approval`;
  const confirm = { body: { outcome: 'confirm' } };
  // Whoever ordered the award does not decide on it again.
  expect(await refused('approver-3', 'POST', approval, confirm)).toBe('same-person');
  expect(await done('approver-2', 'POST', approval, confirm)).toMatchObject({
    ...{ status: 'demanded', recoveredFen: 0, overdue: false, dueAt: expect.any(String) },
  });
  const receive = (amount: number, reference: string) =>
    send('operator-1', 'POST', `/v1/clawbacks/${clawbackId}/receipts`, {
      body: { amountFen: yuan(amount), reference, date: shanghaiDate(new Date()) },
    });
  for (const _ of ['booked', 'sent again']) {
    expect(json(await receive(5_000, 'C-1'))).toMatchObject({
      ...{ status: 'partly-recovered', recoveredFen: yuan(5_000) },
    });
  }
  expect(json(await receive(15_001, 'C-2'))['code']).toBe('amount-too-high');
  expect(json(await receive(15_000, 'C-2'))).toMatchObject({
    ...{ status: 'recovered', recoveredFen: yuan(20_000) },
  });
  expect(json(await receive(1, 'C-3'))['code']).toBe('not-in-this-state');
  expect(await balances(projects)).toEqual({
    ...{ appropriated: 700_000, reserved: 0, committed: 493_846, paid: 493_846, available: 206_154 },
  });
}

/**
 * The minimum payable: of 206,154 among 100,000, 100,000 and 21,000 the last would get 19,589, below the minimum of
 * 20,000, and leaves; then the others are paid in full.
 */
async function minimumRound(): Promise<void> {
  const amounts = [
    [9, 100_000],
    [10, 100_000],
    [11, 21_000],
  ] as const;
  const [a = '', b = '', c = ''] = await Promise.all(
    amounts.map(([firm, amount]) => pooledFor(firm, amount)),
  );
  const planned = await story.plannedRound(projects);
  expect(planned).toMatchObject({ plannedFen: yuan(200_000), residueFen: yuan(6_154) });
  expect(await sharesOf(planned['roundId'])).toEqual({ [a]: 100_000, [b]: 100_000, [c]: 0 });
  const line = (await planOf(planned['roundId'])).find(({ applicationId }) => applicationId === c);
  expect(JSON.stringify(line?.['explanation'])).toMatch(/20,?000/);
  expect(await refused('operator-1', 'POST', `/v1/pools/${projects}/year-end`, yearEnd)).toBe(
    'not-in-this-state',
  );
  expect((await story.approvePlan(planned)).status).toBe(200);
  await story.round(String(planned['roundId']), 'noticed');
  expect((await story.application(11, c))['status']).toBe('pooled');
  expect(await balances(projects)).toMatchObject({ committed: 693_846, paid: 493_846, available: 6_154 });
}

const yearEnd = { body: { cause: '年终结转' }, key: 'end-of-2026' };

/** One pool carries what no award holds into the next year, the other lets it lapse; both reports add up. */
async function endYear(): Promise<void> {
  for (const [poolId, change] of [
    [projects, { kind: 'carry-over', amountFen: yuan(6_154), into: nextYear }],
    [platforms, { kind: 'lapse', amountFen: yuan(10_000) }],
  ] as const) {
    const proposed = await done('operator-1', 'POST', `/v1/pools/${poolId}/year-end`, yearEnd);
    expect(proposed).toMatchObject({ status: 'proposed', ...change });
    const path = `/v1/pools/${poolId}/entries/${proposed['entryId']}/decision`;
    await done('approver-2', 'POST', path, { body: { outcome: 'confirm' } });
    expect(await poolOf(poolId)).toMatchObject({ availableFen: 0, closedAt: expect.any(String) });
    const opening = { body: { poolId }, key: `after-the-year-of-${poolId}`.slice(0, 64) };
    expect(await refused('operator-1', 'POST', '/v1/rounds', opening)).toBe('not-in-this-state');
  }
  expect(await balances(nextYear)).toMatchObject({ committed: 0, available: 6_154 });

  expect(await look('auditor-1', `/v1/pools/${projects}/year-report`)).toMatchObject({
    ...{ appropriatedFen: yuan(680_000), increasedFen: yuan(30_000), decreasedFen: yuan(10_000) },
    ...{ carriedInFen: 0, totalFen: yuan(700_000) },
    ...{ paidOutFen: yuan(713_846), returnedFen: yuan(200_000), recoveredFen: yuan(20_000) },
    ...{ committedUnpaidFen: yuan(200_000), reservedFen: 0, carriedOutFen: yuan(6_154), lapsedFen: 0 },
    ...{ availableFen: 0, usedFen: yuan(700_000), balanced: true },
  });
  expect(await look('auditor-1', `/v1/pools/${platforms}/year-report`)).toMatchObject({
    ...{ totalFen: yuan(2_510_000), paidOutFen: yuan(1_500_000), returnedFen: 0, recoveredFen: 0 },
    ...{ committedUnpaidFen: yuan(1_000_000), carriedOutFen: 0, lapsedFen: yuan(10_000) },
    ...{ usedFen: yuan(2_510_000), balanced: true },
  });
  expect(await look('auditor-1', `/v1/pools/${nextYear}/year-report`)).toMatchObject({
    ...{ carriedInFen: yuan(6_154), totalFen: yuan(6_154), availableFen: yuan(6_154), balanced: true },
  });
}

/** What anybody sees: awards under notice and ordered, no more than what was ordered, paid and recovered of them. */
async function readRegister({ ids }: Firms, ranked: readonly string[]): Promise<void> {
  const [a = '', b = '', c = '', , e = ''] = ids;
  const [first = '', second = ''] = ranked;
  const awards = (await look('operator-1', '/v1/awards?limit=100'))['items'] as Json[];
  const shown = byApplication(awards, 'awardFen');
  expect(shown).toMatchObject({ [a]: 269_231, [b]: 200_000, [e]: 53_846, [first]: 1_500_000 });
  const statusOf = new Map(awards.map(({ applicationId, status }) => [applicationId, status]));
  expect([statusOf.get(a), statusOf.get(c)]).toEqual(['closed', 'cancelled']);

  const entries = (await look('operator-1', '/v1/register?limit=100'))['items'] as Json[];
  const told = entries.map(({ event, applicationId, amountFen }) =>
    [event, applicationId, Number(amountFen) / 100].join(' '),
  );
  expect(told.sort()).toEqual(
    [
      ...[`ordered ${a} 260000`, `ordered ${b} 200000`, `ordered ${e} 53846`],
      ...[`ordered ${first} 1500000`, `ordered ${second} 1000000`],
      ...[`paid ${a} 100000`, `paid ${a} 160000`, `paid ${b} 200000`, `paid ${b} 200000`, `paid ${e} 53846`],
      `paid ${first} 1500000`,
      `returned ${b} 200000`,
      ...[`recovered ${e} 5000`, `recovered ${e} 15000`],
    ].sort(),
  );
  const { uscc } = await story.company(5);
  for (const secret of [uscc, accountOf(5), objector.name]) {
    expect(JSON.stringify(entries)).not.toContain(secret);
  }
}

const download = async (query: string) =>
  Buffer.from(await (await fetch(`${system.current.url}/v1/register/download?${query}`)).arrayBuffer());

/** The books as they are stored, and the register as anybody downloads it, checked by the programs. */
async function verify(): Promise<void> {
  const audit = await runOps(system.current, 'auditor-1', 'audit', 'verify', '--env', 'local', '--json');
  expect(JSON.parse(audit.out)).toMatchObject({ breaks: [] });
  expect(audit.code, audit.err + audit.out).toBe(0);
  expect(JSON.parse(audit.out).witnessed).toBeGreaterThan(60);
  // Everything that a year has made is as its histories say, and its heads are signed and kept.
  const name = system.current.functionNames.find((one) => one.includes('verify-audit'));
  const { payload } = await system.current.invoke(String(name), { again: true });
  expect(payload).toMatchObject({ breaks: 0, unverified: null });
  expect(Number(Object(payload).heads)).toBeGreaterThan(100);
  const ledger = await runOps(system.current, 'auditor-1', 'ledger', 'verify', '--env', 'local', '--json');
  expect(ledger.code, ledger.err + ledger.out).toBe(0);
  expect(JSON.parse(ledger.out)).toMatchObject({ pools: 3, rounds: 3, breaks: [] });

  const { items } = await look('operator-1', '/v1/register/roots');
  const { root } = (items as Json[]).at(-1) ?? {};
  for (const format of ['csv', 'json']) {
    const file = join(folder, `register.${format}`);
    const content = await download(`format=${format}`);
    writeFileSync(file, content);
    const sound = await runOps(system.current, 'auditor-1', 'register', 'verify', file, '--env', 'local');
    expect(sound.code, sound.err + sound.out).toBe(0);
    expect(sound.out).toContain(String(root));
    writeFileSync(file, content.toString().replace('26000000', '26000001'));
    const changed = await runOps(system.current, 'auditor-1', 'register', 'verify', file, '--env', 'local');
    expect(changed.code, changed.out).toBe(1);
  }
}

// Many steps, each with patience of its own.
it('money goes from the budget to the bank and back, and every fen of it is accounted for', {
  timeout: 300_000,
}, async () => {
  await publishGuide();
  await fund();
  const [ids, ranked] = await Promise.all([
    Promise.all([500_000, 400_000, 300_000, 200_000, 100_000].map((amount, n) => pooledFor(n + 1, amount))),
    Promise.all([
      scoredPlatform(6, 1_500_000, 36),
      scoredPlatform(7, 1_000_000, 32),
      scoredPlatform(8, 500_000, 28),
    ]),
  ]);
  const firms = { ids };
  const roundId = await firstRound(firms);
  await Promise.all([1, 2, 3, 5].map((firm) => story.reaches(firm, ids[firm - 1] ?? '', 'noticed')));
  const filed = await object(ids);
  const rankedId = await rankedRound(ranked);
  await payUnopposed(roundId, firms);
  await decideObjections(filed, firms);
  await payDecided(roundId, firms);
  await payPlatforms(rankedId, ranked);
  await clawBack(firms);
  await minimumRound();
  await endYear();
  await readRegister(firms, ranked);
  await verify();
  const { name } = await story.company(1);
  await visitAsPublic(system.current.url, name, codeTo);
});
