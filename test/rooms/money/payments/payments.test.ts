import { verify } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { showBankAccount } from '../../../../functions/filing/bank-accounts/account-view.ts';
import { decidePayment } from '../../../../functions/money/payments/decide-payment.ts';
import { makePaymentFile } from '../../../../functions/money/payments/make-payment-file.ts';
import { type Payment, paymentFileOf } from '../../../../functions/money/payments/payment.ts';
import { paymentFileContent } from '../../../../functions/money/payments/payment-file-content.ts';
import { PaymentStore } from '../../../../functions/money/payments/payment-store.ts';
import { readRows } from '../../../../functions/money/payments/read-rows.ts';
import { readResults } from '../../../../functions/money/payments/result-rows.ts';
import type { VerdictRequest } from '../../../../functions/money/payments/verdict-rules.ts';
import { ledgerFaults } from '../../../../functions/money/pools/ledger-calculation.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import type { Signature } from '../../../../functions/shared/signing.ts';
import type { GuardedWrite } from '../../../../functions/shared/transaction.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { paymentKeys } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { clawbackApprover, noticedRound, openTreasury, treasurer } from '../../../support/settle.ts';
import { toldSecurity } from '../../../support/told-security.ts';

let database: TestDynamoDb;
let room: BudgetRoom;
let treasury: ReturnType<typeof openTreasury>;
let pools = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
  const { tables, parts } = room;
  treasury = openTreasury({ tables, policy: parts.policy, clock: parts.clock });
});
afterAll(() => database?.stop());

/** An issued order of awards for the amounts given, whose enterprise has an account. */
async function issuedOrder(amountsFen: readonly number[]) {
  pools += 1;
  const { poolId, ids, roundId } = await noticedRound(room, treasury, `pool-${pools}`, amountsFen);
  await treasury.bank(ids[0] ?? '');
  return { poolId, ids, roundId, orderId: await treasury.ordered(roundId) };
}

/** The same with its payments under way. */
async function underWay(amountsFen: readonly number[]) {
  const order = await issuedOrder(amountsFen);
  const payments = await treasury.file(order.orderId);
  const ids = payments.map(({ paymentId }) => paymentId);
  return { ...order, payments, paymentIds: ids, first: ids[0] ?? '' };
}

const application = (id = '') => room.parts.applications.require(id);
const paid = async (poolId: string) => (await room.parts.pools.require(poolId)).paidFen;

async function booksAreRight(poolId: string): Promise<void> {
  const pool = await room.parts.pools.require(poolId);
  expect(ledgerFaults(pool, await room.parts.pools.entries(poolId))).toEqual([]);
}

const bytesOf = (signature: Signature | undefined) => Buffer.from(signature?.value ?? '', 'base64');

describe('a payment file', () => {
  it('pays what is neither paid nor under way, and reads the same each time', async () => {
    const { orderId, payments, first } = await underWay([10_000, 20_000]);
    expect(payments.map(({ fen }) => fen)).toEqual([10_000, 20_000]);
    const { content, signature, applications } = await paymentFileContent(
      treasury.parts,
      treasurer,
      paymentFileOf(first),
    );
    expect(applications).toEqual(payments.map(({ applicationId }) => applicationId));
    expect(verify('sha256', Buffer.from(content), paymentKeys.publicKey, bytesOf(signature))).toBe(true);
    expect(content.split('\r\n')).toEqual([
      '\uFEFFpayment_id,holder,bank,branch_code,account_number,amount_yuan,purpose',
      expect.stringMatching(`^${first},.+,102581000013,6222020000001234,100.00,奖补资金 `),
      expect.stringContaining(',200.00,'),
      expect.stringMatching(/^TOTAL,2,300.00,[0-9a-f]{64}$/),
      '',
    ]);
    const again = await paymentFileContent(treasury.parts, treasurer, paymentFileOf(first));
    expect(again).toEqual({ content, signature, applications });
    const none = treasury.file(orderId);
    await expect(none).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('is the same file for the same key, and two at once never pay one award twice', async () => {
    const { orderId } = await issuedOrder(Array.from({ length: 60 }, () => 1_000));
    const make = (idempotencyKey: string) =>
      makePaymentFile(treasury.parts, treasurer, { orderId, idempotencyKey });
    const key = newUlid();
    const answers = await Promise.allSettled([make(key), make(key), make(newUlid()), make(newUlid())]);
    const made = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.file] : []));
    const files = [...new Set(made.map(({ paymentFileId }) => paymentFileId))];
    const payments = (await Promise.all(files.map((id) => treasury.parts.payments.payments(id)))).flat();
    expect(payments).toHaveLength(60);
    expect(new Set(payments.map(({ applicationId }) => applicationId)).size).toBe(60);
    const { files: listed } = await treasury.parts.payments.page(orderId, { limit: 100 });
    expect(listed.map(({ paymentFileId }) => paymentFileId)).toEqual(expect.arrayContaining(files));
    // Whoever was refused has no file: what was under way then was another one.
    const [ofKey] = answers
      .slice(0, 2)
      .flatMap((one) => (one.status === 'fulfilled' ? [one.value.file] : []));
    if (ofKey) expect((await make(key)).file).toMatchObject({ paymentFileId: ofKey.paymentFileId });
    else await expect(make(key)).rejects.toMatchObject({ code: 'not-in-this-state' });
  }, 30_000);

  it('that broke off is ended by another request of anybody, once nobody can be writing it', async () => {
    const { orderId } = await issuedOrder([1_000, 2_000]);
    let left = 1;
    class Dying extends PaymentStore {
      override async write(writes: readonly GuardedWrite[]): Promise<void> {
        left -= 1;
        if (left < 0) throw new Error('gone');
        await super.write(writes);
      }
    }
    const payments = new Dying(room.tables.budget);
    const request = () => ({ orderId, idempotencyKey: newUlid() });
    const broken = makePaymentFile({ ...treasury.parts, payments }, treasurer, request());
    await expect(broken).rejects.toThrow('gone');
    const again = makePaymentFile(treasury.parts, treasurer, request());
    await expect(again).rejects.toMatchObject({ code: 'not-in-this-state' });
    const later = () => new Date(treasury.parts.clock().getTime() + 61_000);
    const second = { ...treasurer, id: 'second-treasurer' };
    const { file } = await makePaymentFile({ ...treasury.parts, clock: later }, second, request());
    expect(file).toMatchObject({ status: 'made', paymentCount: 2, totalFen: 3_000 });
    expect(file).toMatchObject({ madeBy: treasurer.id, continuedBy: ['second-treasurer'] });
    await expect(treasury.file(orderId)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('leaves out and names what has no account', async () => {
    const { orderId, ids } = await issuedOrder([1_000, 2_000]);
    const { accounts, ...others } = treasury.parts;
    const without = {
      standing: async () => undefined,
      returned: async () => undefined,
    } as unknown as typeof accounts;
    const request = { orderId, idempotencyKey: newUlid() };
    const nobody = makePaymentFile({ ...others, accounts: without }, treasurer, request);
    const faults = ids.map((path) => ({ path, rule: 'no-account' }));
    await expect(nobody).rejects.toMatchObject({ code: 'not-in-this-state', faults });
  });

  it('keeps no account in clear anywhere', async () => {
    await underWay([1_000]);
    for (const table of Object.values(room.tableNames)) {
      const { Items } = await room.client.send(new ScanCommand({ TableName: table }));
      expect(JSON.stringify(Items)).not.toContain('6222020000001234');
    }
  });
});

describe("the bank's answers", () => {
  it('are booked everywhere, close what is paid in full, and wake its review', async () => {
    const { poolId, ids, roundId, orderId, first } = await underWay([10_000]);
    const report = await treasury.answer({ paymentId: first, amountFen: 10_000 });
    expect(report).toEqual({ imported: 1, held: 0, unchanged: 0, faults: [] });
    const [id = ''] = ids;
    expect(await application(id)).toMatchObject({ status: 'closed', paidFen: 10_000 });
    expect(await paid(poolId)).toBe(10_000);
    expect(await treasury.parts.orders.line(orderId, id)).toMatchObject({ paidFen: 10_000, revision: 3 });
    expect((await room.parts.applications.history(id, 0, 20)).at(-1)).toMatchObject({ event: 'paid' });
    const resumed = { type: 'resume', waitId: waitIds.payment(id, 1), output: { outcome: 'closed' } };
    expect(await room.messages(waitIds.payment(id, 1))).toEqual([resumed]);
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'closed' });
    await booksAreRight(poolId);
  });

  it('change nothing when they are imported again, even at once', async () => {
    const { poolId, paymentIds } = await underWay(Array.from({ length: 25 }, () => 1_000));
    const answers = paymentIds.map((paymentId) => ({ paymentId, amountFen: 1_000 }));
    const reports = await Promise.all([1, 2, 3].map(() => treasury.answer(...answers)));
    // The same bytes are the same answers, whoever confirms them how often.
    for (const report of reports) expect(report).toMatchObject({ imported: 25, unchanged: 0, faults: [] });
    expect(await treasury.answer(...answers)).toMatchObject({ imported: 0, unchanged: 25, faults: [] });
    expect(await paid(poolId)).toBe(25_000);
    await booksAreRight(poolId);
  }, 30_000);

  it('are known by their reference, if they were booked while they were read, and no fault', async () => {
    const { first } = await underWay([1_000]);
    const { parts } = treasury;
    const brought = await treasury.brought({ paymentId: first, amountFen: 1_000 });
    const { rows } = readResults(await parts.results.text(brought.importId));
    const line = vi.spyOn(parts.orders, 'line').mockImplementationOnce(async (...of) => {
      await treasury.confirm(brought);
      return parts.orders.line(...of);
    });
    const [read] = await readRows(parts, brought.importId, rows);
    line.mockRestore();
    expect(read).toMatchObject({ payment: { status: 'under-way' }, line: { paidFen: 1_000 }, isOwn: true });
  });

  it('of a part leave the rest to be paid by a next file', async () => {
    const { poolId, ids, orderId, first } = await underWay([10_000]);
    await treasury.answer({ paymentId: first, amountFen: 4_000, result: 'partial' });
    expect(await application(ids[0])).toMatchObject({ status: 'ordered', paidFen: 4_000 });
    const [next] = await treasury.file(orderId);
    expect(next?.fen).toBe(6_000);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 6_000 });
    expect(await application(ids[0])).toMatchObject({ status: 'closed', paidFen: 10_000 });
    expect(await paid(poolId)).toBe(10_000);
  });

  it('of money that never arrived book nothing, and it can be paid again', async () => {
    const { poolId, ids, orderId, first } = await underWay([10_000]);
    const told = toldSecurity();
    await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
    expect(told()).toEqual(['security.payment-returned']);
    expect(await application(ids[0])).toMatchObject({ status: 'ordered', paidFen: 0 });
    expect(await paid(poolId)).toBe(0);
    await treasury.bank(ids[0] ?? '');
    const [next] = await treasury.file(orderId);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 10_000 });
    expect(await paid(poolId)).toBe(10_000);
    await booksAreRight(poolId);
  });

  it('of money that came back after it was booked hold the award until evidence was seen, then it is paid again', async () => {
    const { poolId, ids, orderId, first } = await underWay([10_000]);
    // One after the other within one file: the second is about what the first has done.
    const report = await treasury.answer(
      { paymentId: first, amountFen: 10_000, reference: 'OUT' },
      { paymentId: first, amountFen: 10_000, reference: 'BACK', result: 'returned' },
    );
    expect(report).toMatchObject({ imported: 1, held: 1, faults: [{ rule: 'came-back' }] });
    expect(await application(ids[0])).toMatchObject({ status: 'closed', paidFen: 10_000 });
    expect(await treasury.parts.orders.line(orderId, ids[0] ?? '')).toMatchObject({
      held: [{ reference: 'BACK', result: 'returned' }],
    });
    await expect(treasury.file(orderId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    const place = { orderId, applicationId: ids[0] ?? '' };
    const back = { paymentId: first, reference: 'BACK', result: 'returned', amountFen: fen(10_000) } as const;
    const decide = (changes: Partial<VerdictRequest>, actor = clawbackApprover) =>
      decidePayment(treasury.parts, actor, place, {
        ...{ ...back, reason: '已核对对账单', outcome: 'booked', bookedFen: fen(10_000) },
        ...changes,
      } as VerdictRequest);
    await expect(decide({})).rejects.toMatchObject({ faults: [{ rule: 'evidence' }] });
    const evidence = { statement: 'ST-2026-11', sha256: 'a'.repeat(64) };
    const tooMuch = decide({ evidence, bookedFen: fen(10_001) });
    await expect(tooMuch).rejects.toMatchObject({ code: 'amount-too-high' });
    const both = { ...treasurer, roles: ['budget-approver'] } as const;
    await expect(decide({ evidence }, both)).rejects.toMatchObject({ code: 'same-person' });
    const line = await decide({ evidence });
    expect(await decide({ evidence })).toEqual(line);
    expect(await treasury.parts.payments.verdict(back)).toMatchObject({ evidence, bookedFen: 10_000 });
    expect(await application(ids[0])).toMatchObject({ status: 'ordered', paidFen: 0 });
    expect(await paid(poolId)).toBe(0);
    const entries = await room.parts.pools.entries(poolId);
    expect(entries.slice(-2).map(({ movement }) => movement)).toMatchObject([
      { kind: 'payment', direction: 'out' },
      { kind: 'payment', direction: 'return' },
    ]);
    await expect(treasury.file(orderId)).rejects.toMatchObject({ faults: [{ rule: 'account-returned' }] });
    await treasury.bank(ids[0] ?? '');
    const made = await treasury.made(orderId);
    expect(made).toMatchObject({ repaymentCount: 1, repaymentFen: 10_000 });
    const [next] = await treasury.parts.payments.payments(made.paymentFileId);
    expect(next).toMatchObject({ repays: first });
    await treasury.release(made);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 10_000 });
    expect(await application(ids[0])).toMatchObject({ status: 'closed', paidFen: 10_000 });
    await booksAreRight(poolId);
  });

  it('that break a rule are told with row and rule, and the good ones are imported', async () => {
    const { poolId, paymentIds } = await underWay([1_000, 1_000, 1_000, 1_000]);
    const [a = '', b = '', c = '', d = ''] = paymentIds;
    await treasury.answer({ paymentId: a, amountFen: 1_000, reference: 'A' });
    const report = await treasury.answer(
      { paymentId: a, amountFen: 900, reference: 'A' },
      { paymentId: a, amountFen: 1_000, reference: 'A-2' },
      { paymentId: a, amountFen: 1_001, reference: 'A-3', result: 'returned' },
      { paymentId: b, amountFen: 1_001 },
      { paymentId: c, amountFen: 1_000, result: 'partial' },
      { paymentId: `${newUlid()}-0001`, amountFen: 1 },
      { paymentId: d, amountFen: 999 },
      { paymentId: d, amountFen: 1_000 },
    );
    expect(report.faults.map(({ row, rule }) => [row, rule])).toEqual([
      [2, 'reference-known'],
      [3, 'contradicts'],
      [4, 'above-paid'],
      [5, 'above-payment'],
      [6, 'amount-differs'],
      [7, 'unknown-payment'],
      [8, 'amount-differs'],
    ]);
    expect(report).toMatchObject({ imported: 1, held: 1, unchanged: 0 });
    expect(await paid(poolId)).toBe(2_000);
  });
});

describe('an account that a payment came back from', () => {
  it('is not paid again before its enterprise has put it again, in any order', async () => {
    const { ids, orderId, first } = await underWay([10_000]);
    const other = await issuedOrder([5_000]);
    await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
    for (const unpaid of [orderId, other.orderId]) {
      await expect(treasury.file(unpaid)).rejects.toMatchObject({
        code: 'not-in-this-state',
        faults: [{ rule: 'account-returned' }],
      });
    }
    await treasury.bank(ids[0] ?? '');
    expect(await treasury.file(orderId)).toMatchObject([{ fen: 10_000, account: { lastFour: '1234' } }]);
    expect(await treasury.file(other.orderId)).toHaveLength(1);
  });

  it('is shown to its enterprise as one to confirm', async () => {
    const { ids, first } = await underWay([10_000]);
    const { organisation } = await application(ids[0]);
    const admin: Actor = { id: 'admin', roles: ['organisation-admin'], organisation };
    const toConfirm = async () => (await showBankAccount(treasury.parts, admin)).toConfirm;
    expect(await toConfirm()).toBe(false);
    await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
    expect(await toConfirm()).toBe(true);
    await treasury.bank(ids[0] ?? '');
    expect(await toConfirm()).toBe(false);
  });

  it('is not paid by a file that was begun before the return was known', async () => {
    const { first } = await underWay([10_000]);
    const { orderId } = await issuedOrder([5_000]);
    let answered = false;
    class Slow extends PaymentStore {
      override async payments(paymentFileId: string): Promise<Payment[]> {
        if (!answered) await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
        answered = true;
        return super.payments(paymentFileId);
      }
    }
    const payments = new Slow(room.tables.budget);
    const request = { orderId, idempotencyKey: newUlid() };
    const late = makePaymentFile({ ...treasury.parts, payments }, treasurer, request);
    await expect(late).rejects.toMatchObject({ faults: [{ rule: 'account-returned' }] });
    expect(await treasury.parts.payments.page(orderId, { limit: 10 })).toMatchObject({ files: [] });
  });
});

describe('a payment that was returned, and paid after all', () => {
  const decide = (
    { orderId, ids }: { readonly orderId: string; readonly ids: readonly string[] },
    request: VerdictRequest,
    actor = clawbackApprover,
  ) => decidePayment(treasury.parts, actor, { orderId, applicationId: ids[0] ?? '' }, request);
  const word = (paymentId: string) =>
    ({
      paymentId,
      reference: 'AFTER-ALL',
      result: 'paid',
      amountFen: fen(10_000),
      reason: '已核实',
    }) as const;

  /** A payment that was returned and is paid after all, with its account put again. */
  async function disputed() {
    const order = await underWay([10_000]);
    const { first, ids } = order;
    await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
    await treasury.bank(ids[0] ?? '');
    return { ...order, contradict: () => treasury.answer({ ...word(first) }) };
  }

  it('is held: no file pays it, until somebody else has decided', async () => {
    const order = await disputed();
    const { orderId, ids, first, poolId } = order;
    const report = await order.contradict();
    expect(report).toMatchObject({ imported: 0, faults: [{ rule: 'contradicts', column: 'result' }] });
    const again = await Promise.all([order.contradict(), order.contradict()]);
    expect(again.map(({ imported, faults }) => [imported, faults.length])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const none = { code: 'not-in-this-state', faults: [{ path: ids[0], rule: 'held' }] };
    await expect(treasury.file(orderId)).rejects.toMatchObject(none);
    expect(await treasury.parts.orders.line(orderId, ids[0] ?? '')).toMatchObject({
      held: [{ paymentId: first, reference: 'AFTER-ALL', by: treasurer.id }],
    });
    const request = { ...word(first), outcome: 'booked', bookedFen: fen(10_000) } as const;
    await expect(decide(order, request, treasurer)).rejects.toMatchObject({ code: 'forbidden' });
    const both = { ...treasurer, roles: ['budget-approver'] } as const;
    await expect(decide(order, request, both)).rejects.toMatchObject({ code: 'same-person' });
    for (const bookedFen of [0, 10_001]) {
      const wrong = decide(order, { ...request, bookedFen: fen(bookedFen) });
      await expect(wrong).rejects.toMatchObject({ code: 'amount-too-high' });
    }
    const decided = await Promise.all([decide(order, request), decide(order, request)]);
    for (const line of decided) expect(line).toMatchObject({ paidFen: 10_000 });
    expect(decided[0]).not.toHaveProperty('held');
    expect(await application(ids[0])).toMatchObject({ status: 'closed', paidFen: 10_000 });
    expect(await paid(poolId)).toBe(10_000);
    expect(await room.messages(waitIds.payment(ids[0] ?? '', 1))).toHaveLength(1);
    expect(await order.contradict()).toMatchObject({ imported: 0, unchanged: 1, faults: [] });
    await expect(treasury.file(orderId)).rejects.toMatchObject({ faults: [] });
    const other = decide(order, { ...word(first), outcome: 'dismissed' });
    await expect(other).rejects.toMatchObject({ code: 'not-in-this-state' });
    await booksAreRight(poolId);
  });

  it('is paid again once the later word was found to be wrong', async () => {
    const order = await disputed();
    await order.contradict();
    await decide(order, { ...word(order.first), outcome: 'dismissed' });
    expect(await order.contradict()).toMatchObject({ unchanged: 1, faults: [] });
    const [next] = await treasury.file(order.orderId);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 10_000 });
    expect(await paid(order.poolId)).toBe(10_000);
    await booksAreRight(order.poolId);
  });

  it('stops the payment that was made in between, which no file brings to the bank', async () => {
    const order = await disputed();
    const { orderId, first, poolId, ids } = order;
    const [next] = await treasury.file(orderId);
    const nextId = next?.paymentId ?? '';
    const content = () => paymentFileContent(treasury.parts, treasurer, paymentFileOf(nextId));
    expect((await content()).content).toContain(nextId);
    await order.contradict();
    await expect(content()).rejects.toMatchObject({
      code: 'not-in-this-state',
      faults: [{ path: ids[0], rule: 'held' }],
    });
    await decide(order, { ...word(first), outcome: 'booked', bookedFen: fen(4_000) });
    await expect(content()).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await treasury.parts.payments.payment(nextId)).toMatchObject({ status: 'stopped' });
    expect(await treasury.parts.payments.require(paymentFileOf(nextId))).toMatchObject({
      status: 'withdrawn',
    });
    // What is left is paid by another one; that the stopped one went after all is for a person again.
    const [rest] = await treasury.file(orderId);
    expect(rest?.fen).toBe(6_000);
    const twice = await treasury.answer({ paymentId: nextId, amountFen: 10_000 });
    expect(twice.faults).toMatchObject([{ rule: 'contradicts' }]);
    await treasury.answer({ paymentId: rest?.paymentId ?? '', amountFen: 6_000 });
    expect(await application(ids[0])).toMatchObject({ paidFen: 10_000 });
    const beyond = { ...word(nextId), reference: `REF-${nextId}` };
    const tooMuch = decide(order, { ...beyond, outcome: 'booked', bookedFen: fen(10_000) });
    await expect(tooMuch).rejects.toMatchObject({ code: 'amount-too-high' });
    await decide(order, { ...beyond, outcome: 'dismissed' });
    await booksAreRight(poolId);
  });

  it('is decided on again when the payment in between is answered meanwhile', async () => {
    const order = await disputed();
    const { orderId, first, poolId, ids } = order;
    const [next] = await treasury.file(orderId);
    await order.contradict();
    const nextId = next?.paymentId ?? '';
    const { payments } = treasury.parts;
    const paymentOf = payments.payment.bind(payments);
    let isAnswered = false;
    const spy = vi.spyOn(payments, 'payment').mockImplementation(async (id) => {
      if (id === nextId && !isAnswered) {
        isAnswered = true;
        await treasury.answer({ paymentId: nextId, amountFen: 10_000 });
      }
      return paymentOf(id);
    });
    const late = decide(order, { ...word(first), outcome: 'booked', bookedFen: fen(10_000) });
    await expect(late).rejects.toMatchObject({ code: 'amount-too-high' });
    spy.mockRestore();
    expect(await application(ids[0])).toMatchObject({ paidFen: 10_000 });
    await booksAreRight(poolId);
  });

  it('may have the reference of what was booked before', async () => {
    const order = await underWay([10_000]);
    const { first, orderId, poolId } = order;
    const said = (amountFen: number, result: 'paid' | 'partial') =>
      treasury.answer({ ...word(first), amountFen, result });
    await said(4_000, 'partial');
    expect((await said(10_000, 'paid')).faults).toMatchObject([{ rule: 'contradicts' }]);
    await expect(treasury.file(orderId)).rejects.toMatchObject({ faults: [{ rule: 'held' }] });
    const line = await decide(order, { ...word(first), outcome: 'booked', bookedFen: fen(6_000) });
    expect(line).toMatchObject({ paidFen: 10_000 });
    const keys = (await room.parts.pools.entries(poolId)).map(({ movement }) => movement.key);
    expect(new Set(keys).size).toBe(keys.length);
    await booksAreRight(poolId);
  });

  it('is held also when a file begins at the same time', async () => {
    const order = await disputed();
    const [file] = await Promise.allSettled([treasury.file(order.orderId), order.contradict()]);
    const line = await treasury.parts.orders.line(order.orderId, order.ids[0] ?? '');
    expect(line).toMatchObject({ held: [{ reference: 'AFTER-ALL' }] });
    // Whichever came first: what is under way does not leave the house.
    const payments = file.status === 'fulfilled' ? file.value : [];
    for (const { paymentId } of payments) {
      const content = paymentFileContent(treasury.parts, treasurer, paymentFileOf(paymentId));
      await expect(content).rejects.toMatchObject({ code: 'not-in-this-state' });
    }
  });
});
