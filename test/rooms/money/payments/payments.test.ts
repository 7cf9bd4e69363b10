import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePaymentFile } from '../../../../functions/money/payments/make-payment-file.ts';
import { paymentFileOf } from '../../../../functions/money/payments/payment.ts';
import { paymentFileContent } from '../../../../functions/money/payments/payment-file-content.ts';
import { PaymentStore } from '../../../../functions/money/payments/payment-store.ts';
import { ledgerFaults } from '../../../../functions/money/pools/ledger-calculation.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import type { GuardedWrite } from '../../../../functions/shared/transaction.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { noticedRound, openTreasury, treasurer } from '../../../support/settle.ts';

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

describe('a payment file', () => {
  it('pays what is neither paid nor under way, and reads the same each time', async () => {
    const { orderId, payments, first } = await underWay([10_000, 20_000]);
    expect(payments.map(({ fen }) => fen)).toEqual([10_000, 20_000]);
    const content = await paymentFileContent(treasury.parts, treasurer, paymentFileOf(first));
    expect(content.split('\r\n')).toEqual([
      '\uFEFFpayment_id,holder,bank,branch_code,account_number,amount_yuan,purpose',
      expect.stringMatching(`^${first},.+,102581000013,6222020000001234,100.00,奖补资金 `),
      expect.stringContaining(',200.00,'),
      expect.stringMatching(/^TOTAL,2,300.00,[0-9a-f]{64}$/),
      '',
    ]);
    expect(await paymentFileContent(treasury.parts, treasurer, paymentFileOf(first))).toBe(content);
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
    expect((await make(key)).file).toEqual(made.find((file) => file.paymentFileId === files[0]));
  }, 30_000);

  it('that broke off is ended by another request of anybody, once nobody can be writing it', async () => {
    const { orderId } = await issuedOrder([1_000, 2_000]);
    let left = 2;
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
    await expect(treasury.file(orderId)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('leaves out and names what has no account', async () => {
    const { orderId, ids } = await issuedOrder([1_000, 2_000]);
    const { accounts, ...others } = treasury.parts;
    const without = { get: async () => undefined } as unknown as typeof accounts;
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
    expect(report).toEqual({ rows: 1, imported: 1, unchanged: 0, faults: [] });
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
    expect(reports.reduce((sum, { imported }) => sum + imported, 0)).toBe(25);
    expect(reports.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(50);
    expect(await treasury.answer(...answers)).toMatchObject({ imported: 0, unchanged: 25, faults: [] });
    expect(await paid(poolId)).toBe(25_000);
    await booksAreRight(poolId);
  }, 30_000);

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
    await treasury.answer({ paymentId: first, amountFen: 10_000, result: 'returned' });
    expect(await application(ids[0])).toMatchObject({ status: 'ordered', paidFen: 0 });
    expect(await paid(poolId)).toBe(0);
    const [next] = await treasury.file(orderId);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 10_000 });
    expect(await paid(poolId)).toBe(10_000);
    await booksAreRight(poolId);
  });

  it('of money that came back after it was booked take it back, and it can be paid again', async () => {
    const { poolId, ids, orderId, first } = await underWay([10_000]);
    // One after the other within one file: the second is about what the first has done.
    const report = await treasury.answer(
      { paymentId: first, amountFen: 10_000, reference: 'OUT' },
      { paymentId: first, amountFen: 10_000, reference: 'BACK', result: 'returned' },
    );
    expect(report).toMatchObject({ imported: 2, faults: [] });
    expect(await application(ids[0])).toMatchObject({ status: 'ordered', paidFen: 0 });
    expect(await paid(poolId)).toBe(0);
    const entries = await room.parts.pools.entries(poolId);
    expect(entries.slice(-2).map(({ movement }) => movement)).toMatchObject([
      { kind: 'payment', direction: 'out' },
      { kind: 'payment', direction: 'return' },
    ]);
    const [next] = await treasury.file(orderId);
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
      [3, 'payment-settled'],
      [4, 'above-paid'],
      [5, 'above-payment'],
      [6, 'amount-differs'],
      [7, 'unknown-payment'],
      [8, 'amount-differs'],
    ]);
    expect(report).toMatchObject({ rows: 8, imported: 1, unchanged: 0 });
    expect(await paid(poolId)).toBe(2_000);
  });
});
