import type { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decideClawback,
  proposeClawback,
  receiveClawback,
} from '../../../../functions/money/clawbacks/claw-back.ts';
import { ClawbackStore } from '../../../../functions/money/clawbacks/clawback-store.ts';
import { clawbackView } from '../../../../functions/money/clawbacks/clawback-view.ts';
import { decidePayment } from '../../../../functions/money/payments/decide-payment.ts';
import { ledgerFaults } from '../../../../functions/money/pools/ledger-calculation.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { approver, type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import {
  clawbackApprover,
  openTreasury,
  orderApprover,
  releaser,
  treasurer,
} from '../../../support/settle.ts';

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

/** An award of 100 yuan that is paid in full. */
async function paidAward() {
  pools += 1;
  const poolId = `pool-${pools}`;
  await room.fund(poolId, 10_000);
  const [applicationId = ''] = await room.enter(poolId, [10_000]);
  const roundId = await room.close(poolId);
  await room.play(roundId);
  await treasury.clear(applicationId);
  await treasury.bank(applicationId);
  const [payment] = await treasury.file(await treasury.ordered(roundId));
  const paymentId = payment?.paymentId ?? '';
  await treasury.answer({ paymentId, amountFen: 10_000, reference: 'OUT' });
  return { poolId, applicationId, paymentId };
}

const propose = (applicationId: string, amountFen: number, actor: Actor = treasurer, key = newUlid()) =>
  proposeClawback(treasury.parts, actor, {
    applicationId,
    amountFen: fen(amountFen),
    reason: '材料不实',
    citation: '二(二)6',
    idempotencyKey: key,
  });
const confirm = (clawbackId: string, actor: Actor = clawbackApprover) =>
  decideClawback(treasury.parts, actor, clawbackId, { outcome: 'confirm' });
/** Lets somebody decide, on evidence, that money of a payment came back by the bank, as its answers say. */
async function comeBack(applicationId: string, paymentId: string, amountFen: number): Promise<void> {
  const application = await room.parts.applications.require(applicationId);
  const { orderId } = 'order' in application ? application.order : { orderId: '' };
  const word = { paymentId, reference: 'BACK', result: 'returned', amountFen: fen(amountFen) } as const;
  await decidePayment(
    treasury.parts,
    releaser,
    { orderId, applicationId },
    {
      ...{ ...word, reason: '已核对对账单', outcome: 'booked', bookedFen: fen(amountFen) },
      evidence: { statement: 'ST-1', sha256: 'a'.repeat(64) },
    },
  );
}
const receive = (clawbackId: string, amountFen: number, reference: string, actor: Actor = treasurer) =>
  receiveClawback(treasury.parts, actor, clawbackId, {
    ...{ amountFen: fen(amountFen), reference, date: '2026-11-23' },
  });
async function demanded(applicationId: string, amountFen: number): Promise<string> {
  const { clawbackId } = await propose(applicationId, amountFen);
  await confirm(clawbackId);
  return clawbackId;
}
const balances = async (poolId: string) => {
  const pool = await room.parts.pools.require(poolId);
  expect(ledgerFaults(pool, await room.parts.pools.entries(poolId))).toEqual([]);
  return [pool.appropriatedFen, pool.committedFen, pool.paidFen];
};

describe('a clawback', () => {
  it('is looked for without an empty prefix, which DynamoDB refuses', async () => {
    const send = async ({ input }: QueryCommand) => {
      expect(Object.values(input.ExpressionAttributeValues ?? {})).not.toContain('');
      return { Items: [] };
    };
    const client = { send } as unknown as DynamoDBDocumentClient;
    expect(await new ClawbackStore(new Table(client, 'budget')).of(newUlid())).toEqual([]);
  });

  it('is demanded by two people, due as the guide says, and gives money back to the pool', async () => {
    const { poolId, applicationId } = await paidAward();
    const { clawbackId, status } = await propose(applicationId, 6_000);
    expect(status).toBe('proposed');
    const due = await confirm(clawbackId);
    // 30 calendar days, of which 23 November is the first.
    expect(due).toMatchObject({ status: 'demanded', dueAt: '2026-12-22T16:00:00.000Z' });
    expect(await receive(clawbackId, 2_000, 'IN-1')).toMatchObject({ status: 'partly-recovered' });
    expect(await receive(clawbackId, 4_000, 'IN-2')).toMatchObject({
      ...{ status: 'recovered', recoveredFen: 6_000 },
    });
    expect(await balances(poolId)).toEqual([10_000, 4_000, 4_000]);
    const application = await room.parts.applications.require(applicationId);
    expect(application).toMatchObject({
      ...{ status: 'closed', paidFen: 10_000, recoveredFen: 6_000 },
      deciders: { [clawbackApprover.id]: 'clawback' },
    });
    const history = await room.parts.applications.history(applicationId, 0, 30);
    expect(history.slice(-3).map(({ event }) => event)).toEqual([
      ...['clawback-demanded', 'clawback-received', 'clawback-received'],
    ]);
    const { clawbacks } = await treasury.parts.clawbacks.page({ limit: 100 });
    expect(clawbacks.map((one) => one.clawbackId)).toContain(clawbackId);
  });

  it('is overdue from its date on, without anybody making it so', async () => {
    const { applicationId } = await paidAward();
    const clawbackId = await demanded(applicationId, 1_000);
    const clawback = await treasury.parts.clawbacks.require(clawbackId);
    const overdueAt = (instant: string) => clawbackView(clawback, new Date(instant)).overdue;
    expect(overdueAt('2026-12-22T15:59:59.999Z')).toBe(false);
    expect(overdueAt('2026-12-22T16:00:00.000Z')).toBe(true);
    const done = await receive(clawbackId, 1_000, 'IN');
    expect(clawbackView(done, new Date('2027-01-01T00:00:00Z')).overdue).toBe(false);
  });

  it('is received by nobody whom it concerns', async () => {
    const { applicationId } = await paidAward();
    const clawbackId = await demanded(applicationId, 1_000);
    const { organisation } = await room.parts.applications.require(applicationId);
    const relative: Actor = { ...treasurer, id: 'relative' };
    await declareInterest(treasury.parts, relative, { organisation, kind: 'kinship' });
    for (const actor of [relative, { ...treasurer, organisation }]) {
      const refused = receive(clawbackId, 1_000, 'IN', actor);
      await expect(refused).rejects.toMatchObject({ code: 'conflict-of-interest' });
    }
    await receive(clawbackId, 1_000, 'IN');
  });

  it('is at most what was paid and nobody has demanded yet', async () => {
    const { applicationId } = await paidAward();
    const high = { code: 'amount-too-high' };
    await expect(propose(applicationId, 10_001)).rejects.toMatchObject(high);
    await expect(propose(applicationId, 0)).rejects.toMatchObject(high);
    const proposals = await Promise.all([propose(applicationId, 6_000), propose(applicationId, 6_000)]);
    const decided = await Promise.allSettled(proposals.map(({ clawbackId }) => confirm(clawbackId)));
    expect(decided.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(propose(applicationId, 4_001)).rejects.toMatchObject(high);
    await propose(applicationId, 4_000);
  });

  it('is the same person’s to confirm when another follows', async () => {
    const { applicationId, poolId } = await paidAward();
    for (const amountFen of [1_000, 2_000]) {
      await receive(await demanded(applicationId, amountFen), amountFen, 'IN');
    }
    expect(await balances(poolId)).toEqual([10_000, 7_000, 7_000]);
  });

  it('takes a second person who was not involved, and can be refused', async () => {
    const { applicationId, poolId } = await paidAward();
    const { clawbackId } = await propose(applicationId, 1_000);
    for (const actor of [approver, orderApprover]) {
      await expect(confirm(clawbackId, actor)).rejects.toMatchObject({ code: 'same-person' });
    }
    const both: Actor = { ...treasurer, roles: ['operator', 'budget-approver'] };
    await expect(confirm(clawbackId, both)).rejects.toMatchObject({ code: 'same-person' });
    await expect(confirm(clawbackId, treasurer)).rejects.toMatchObject({ code: 'forbidden' });
    const refusal = { outcome: 'refuse', reason: '证据不足' } as const;
    await decideClawback(treasury.parts, clawbackApprover, clawbackId, refusal);
    await expect(receive(clawbackId, 1_000, 'IN')).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await balances(poolId)).toEqual([10_000, 10_000, 10_000]);
  });

  it('is proposed once for a key, and each reference is booked once', async () => {
    const { applicationId, poolId } = await paidAward();
    const key = newUlid();
    const both = await Promise.all([1, 2].map(() => propose(applicationId, 5_000, treasurer, key)));
    expect(new Set(both.map(({ clawbackId }) => clawbackId)).size).toBe(1);
    const [{ clawbackId = '' } = {}] = both;
    await confirm(clawbackId);
    await Promise.all([1, 2, 3].map(() => receive(clawbackId, 2_000, 'IN')));
    expect(await balances(poolId)).toEqual([10_000, 8_000, 8_000]);
    const other = receive(clawbackId, 1_000, 'IN');
    await expect(other).rejects.toMatchObject({ faults: [{ rule: 'reference-known' }] });
    await expect(receive(clawbackId, 3_001, 'IN-2')).rejects.toMatchObject({ code: 'amount-too-high' });
  });

  it('is of nothing that is not ordered', async () => {
    pools += 1;
    await room.fund(`pool-${pools}`, 100);
    const [applicationId = ''] = await room.enter(`pool-${pools}`, [100]);
    await expect(propose(applicationId, 1)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(propose(newUlid(), 1)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('money that comes back by the bank and by a clawback at once', () => {
  it('comes back once: whichever is second is refused what is not there any more', async () => {
    const { applicationId, paymentId, poolId } = await paidAward();
    const clawbackId = await demanded(applicationId, 8_000);
    await treasury.answer({ paymentId, amountFen: 10_000, reference: 'BACK', result: 'returned' });
    const [received, returned] = await Promise.allSettled([
      receive(clawbackId, 8_000, 'IN'),
      comeBack(applicationId, paymentId, 10_000),
    ]);
    const booked = returned.status === 'fulfilled';
    expect(booked).toBe(received.status === 'rejected');
    expect(await balances(poolId)).toEqual(booked ? [10_000, 10_000, 0] : [10_000, 2_000, 2_000]);
    if (!booked) expect(returned.reason).toMatchObject({ code: 'amount-too-high' });
  });

  it('leaves the rest to come back, which can be paid again', async () => {
    const { applicationId, paymentId, poolId } = await paidAward();
    await receive(await demanded(applicationId, 8_000), 8_000, 'IN');
    const back = { paymentId, amountFen: 2_000, reference: 'BACK', result: 'returned' } as const;
    expect(await treasury.answer(back)).toMatchObject({ held: 1 });
    await comeBack(applicationId, paymentId, 2_000);
    expect(await balances(poolId)).toEqual([10_000, 2_000, 0]);
    const application = await room.parts.applications.require(applicationId);
    if (application.status !== 'ordered') throw new Error(`it is ${application.status}`);
    await treasury.bank(applicationId);
    const [next] = await treasury.file(application.order.orderId);
    expect(next?.fen).toBe(2_000);
    await treasury.answer({ paymentId: next?.paymentId ?? '', amountFen: 2_000 });
    expect(await balances(poolId)).toEqual([10_000, 2_000, 2_000]);
  });
});
