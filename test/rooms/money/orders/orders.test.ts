import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { decideOrder, resumeOrder } from '../../../../functions/money/orders/decide-order.ts';
import { draftOrder } from '../../../../functions/money/orders/draft-order.ts';
import {
  batchOrder,
  failOrder,
  finishOrder,
  issueBatch,
} from '../../../../functions/money/orders/issue-order.ts';
import { ledgerFaults } from '../../../../functions/money/pools/ledger-calculation.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { compilePolicy } from '../../../../policy/compile.ts';
import { approver, type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { creditParts } from '../../../builders/guide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { recordListing } from '../../../support/listing.ts';
import { openTreasury, orderApprover, noticedRound as roundOf, treasurer } from '../../../support/settle.ts';

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

/** A round, in a pool of its own, whose awards have been noticed, each for the amount given. */
function noticedRound(amountsFen: readonly number[]) {
  pools += 1;
  return roundOf(room, treasury, `pool-${pools}`, amountsFen);
}

const lines = async (orderId: string) =>
  (await treasury.parts.orders.lines(orderId)).map((line) =>
    line.status === 'left-out' ? line.leftOut : line.status,
  );
const application = (id = '') => room.parts.applications.require(id);

/** Changes a noticed application beside its status. */
async function change(id: string | undefined, changes: Partial<ApplicationIn<'noticed'>>): Promise<void> {
  const before = await application(id);
  if (before.status !== 'noticed') throw new Error(`it is ${before.status}`);
  const after = { ...before, ...changes, version: before.version + 1 };
  const note = { at: before.updatedAt, actor: { id: 'system', role: 'system' }, event: 'edited' } as const;
  await room.parts.applications.write(room.parts.applications.transition(before, after, note));
}

/** Takes a noticed award back, with its money. */
async function withdraw(id: string | undefined): Promise<void> {
  const before = await application(id);
  if (before.status !== 'noticed') throw new Error(`it is ${before.status}`);
  const { parts } = room;
  const at = before.updatedAt;
  const actor = { id: 'admin', role: 'organisation-admin' } as const;
  const { applicationId, organisation, guide, createdAt, createdBy, preparedBy, content, award } = before;
  const pool = await parts.pools.require(before.pool);
  await parts.applications.write([
    ...parts.applications.transition(
      before,
      {
        ...{ applicationId, organisation, guide, createdAt, createdBy, preparedBy, content },
        ...{ status: 'withdrawn', version: before.version + 1, updatedAt: at, withdrawnFrom: 'noticed' },
      },
      { at, actor, event: 'withdrawn' },
    ),
    ...parts.pools.movement(pool, [
      {
        ...{ kind: 'release', of: 'commitment', amountFen: award.fen, at, actor },
        ...{ cause: 'withdrawn', key: `withdrawal#${applicationId}`, applicationId },
      },
    ]),
  ]);
}

async function booksAreRight(poolId: string): Promise<void> {
  const pool = await room.parts.pools.require(poolId);
  expect(ledgerFaults(pool, await room.parts.pools.entries(poolId))).toEqual([]);
}

describe('an order', () => {
  it('orders every award of its round, by two people, and says so everywhere', async () => {
    const { poolId, ids, roundId } = await noticedRound([10_000, 20_000]);
    const orderId = await treasury.approved(roundId);
    expect(await room.messages(orderId)).toEqual([{ type: 'start-order', orderId, attempt: 1 }]);
    await treasury.issue(orderId);
    expect(await treasury.parts.orders.require(orderId)).toMatchObject({
      ...{ status: 'issued', orderedCount: 2, orderedFen: 30_000 },
    });
    expect(await application(ids[1])).toMatchObject({
      status: 'ordered',
      order: { orderId, fen: 20_000 },
      paidFen: 0,
      deciders: { [orderApprover.id]: 'order' },
    });
    const history = await room.parts.applications.history(ids[0] ?? '', 0, 20);
    expect(history.at(-1)).toMatchObject({ event: 'ordered', actor: { id: orderApprover.id } });
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'ordered' });
    expect(await room.balances(poolId)).toEqual([30_000, 0, 30_000]);
    const { client, tableNames } = room;
    const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableNames.budget }));
    const register = Items.filter((item) => String(item['pk']).startsWith('REGISTER#')).map(
      (item) => item['entry'] as { applicationId: string; event: string; amountFen: number },
    );
    expect(register.filter(({ applicationId }) => applicationId === ids[1])).toEqual([
      expect.objectContaining({ event: 'ordered', amountFen: 20_000 }),
    ]);
  });

  it('may say less than the award for a reason, and the rest goes back to the pool', async () => {
    const { poolId, ids, roundId } = await noticedRound([10_000, 20_000]);
    const [applicationId = ''] = ids;
    const amounts = [{ applicationId, amountFen: fen(4_000), reason: '部分不予支持' }];
    await treasury.ordered(roundId, { amounts });
    expect(await application(applicationId)).toMatchObject({
      order: { fen: 4_000, reason: '部分不予支持' },
      award: { fen: 10_000 },
    });
    expect(await room.balances(poolId)).toEqual([30_000, 0, 24_000]);
    const entry = (await room.parts.pools.entries(poolId)).at(-1);
    expect(entry?.movement).toMatchObject({ kind: 'release', of: 'commitment', amountFen: 6_000 });
    await booksAreRight(poolId);
  });

  it('is never above the award, names the line, and is never nothing', async () => {
    const { ids, roundId } = await noticedRound([10_000, 20_000]);
    const [applicationId = ''] = ids;
    const drafted = (amounts: { applicationId: string; amountFen: number }[]) =>
      treasury.draft(roundId, {
        amounts: amounts.map((one) => ({ ...one, amountFen: fen(one.amountFen), reason: '理由' })),
      });
    for (const amountFen of [10_001, 0]) {
      const fault = {
        path: 'amounts.0.amountFen',
        message: { en: expect.stringContaining(applicationId) },
      };
      await expect(drafted([{ applicationId, amountFen }])).rejects.toMatchObject({
        ...{ code: 'amount-too-high', faults: [fault] },
      });
    }
    const twice = { applicationId, amountFen: 1 };
    await expect(drafted([twice, twice])).rejects.toMatchObject({ faults: [{ rule: 'orderable' }] });
    const stranger = { applicationId: newUlid(), amountFen: 1 };
    await expect(drafted([stranger])).rejects.toMatchObject({ faults: [{ rule: 'orderable' }] });
  });

  it('of some items takes those, and the same key makes one order', async () => {
    const { roundId } = await noticedRound([10_000]);
    const none = treasury.draft(roundId, { items: ['first-release'] });
    await expect(none).rejects.toMatchObject({ code: 'not-in-this-state' });
    const request = { roundId, items: ['dcmm'], idempotencyKey: newUlid() };
    const both = await Promise.all([1, 2].map(() => draftOrder(treasury.parts, treasurer, request)));
    expect(new Set(both.map(({ orderId }) => orderId)).size).toBe(1);
    expect(both.every((order) => order.list?.lineCount === 1)).toBe(true);
    const other = draftOrder(treasury.parts, treasurer, { ...request, items: ['open-source'] });
    await expect(other).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('lists more lines than one transaction holds, and pages through them', async () => {
    const { roundId } = await noticedRound(Array.from({ length: 120 }, () => 1_000));
    const orderId = await treasury.ordered(roundId);
    expect((await batchOrder(treasury.parts, orderId).catch(({ code }) => code)) as string).toBe(
      'not-in-this-state',
    );
    const { orders } = treasury.parts;
    const first = await orders.linePage(orderId, { limit: 100 });
    const second = await orders.linePage(orderId, { limit: 100, cursor: first.nextCursor });
    expect([first.lines.length, second.lines.length, second.nextCursor]).toEqual([100, 20, undefined]);
    const page = await orders.page({ limit: 100 });
    expect(page.orders.map((order) => order.orderId)).toContain(orderId);
  }, 30_000);
});

describe('the second person', () => {
  it('is another, decides on what was shown, and was not involved before', async () => {
    const { roundId } = await noticedRound([10_000]);
    const { orderId, list } = await treasury.draft(roundId);
    const { contentHash } = list;
    const decide = (actor: typeof orderApprover, hash = contentHash) =>
      decideOrder(treasury.parts, actor, orderId, { outcome: 'approve', contentHash: hash });
    const both = { ...treasurer, roles: ['operator', 'budget-approver'] as const };
    await expect(decide(both)).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide(approver)).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide(treasurer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(orderApprover, 'other')).rejects.toMatchObject({ code: 'version-mismatch' });
    await decide(orderApprover);
    await expect(decide(orderApprover)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('refuses with a reason, and nothing is issued; another order may follow', async () => {
    const { ids, roundId } = await noticedRound([10_000]);
    const { orderId, list } = await treasury.draft(roundId);
    const refusal = { outcome: 'refuse', contentHash: list.contentHash, reason: '金额有误' } as const;
    const refused = await decideOrder(treasury.parts, orderApprover, orderId, refusal);
    expect(refused).toMatchObject({ status: 'refused', decision: { reason: '金额有误' } });
    expect(await room.messages(orderId)).toEqual([]);
    await expect(treasury.issue(orderId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await treasury.ordered(roundId);
    expect(await application(ids[0])).toMatchObject({ status: 'ordered' });
  });

  it('decides once, whoever else does at the same time', async () => {
    const { roundId } = await noticedRound([10_000]);
    const { orderId, list } = await treasury.draft(roundId);
    const decision = { outcome: 'approve', contentHash: list.contentHash } as const;
    const answers = await Promise.allSettled(
      ['approver-2', 'approver-9'].map((id) =>
        decideOrder(treasury.parts, { id, roles: ['budget-approver'] }, orderId, decision),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await room.messages(orderId)).toHaveLength(1);
  });
});

describe('lines that can no longer be ordered', () => {
  it('are left out with the reason, the others are ordered, and a later order has what is free again', async () => {
    const { poolId, ids, roundId } = await noticedRound([1_000, 2_000, 3_000, 4_000, 5_000]);
    const orderId = await treasury.approved(roundId);
    await change(ids[0], { openObjections: [newUlid()] });
    await withdraw(ids[2]);
    await change(ids[3], { deciders: { ...(await noticed(ids[3])).deciders, 'approver-2': 'objection' } });
    await treasury.issue(orderId);
    expect(await lines(orderId)).toEqual(['objected', 'ordered', 'withdrawn', 'same-person', 'ordered']);
    expect(await room.balances(poolId)).toEqual([15_000, 0, 12_000]);
    await change(ids[0], { openObjections: [] });
    const later = await treasury.draft(roundId);
    expect(later.list).toMatchObject({ lineCount: 2, totalFen: 5_000 });
    await booksAreRight(poolId);
  });

  it('keep no round waiting when nothing of it is left to order', async () => {
    const { ids, roundId } = await noticedRound([1_000, 2_000]);
    for (const id of ids) await withdraw(id);
    await expect(treasury.draft(roundId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'closed' });
  });

  it('are those of an award that was changed, and of one that another order has', async () => {
    const { ids, roundId } = await noticedRound([10_000, 20_000]);
    const [first, second] = [await treasury.approved(roundId), await treasury.approved(roundId)];
    await change(ids[0], { award: { ...(await noticed(ids[0])).award, fen: fen(9_000) } });
    await treasury.issue(first);
    expect(await lines(first)).toEqual(['award-changed', 'ordered']);
    await treasury.issue(second);
    expect(await lines(second)).toEqual(['award-changed', 'ordered-before']);
  });

  it.each<[what: string, changes: Partial<ApplicationIn<'noticed'>>]>([
    ['an objection', { openObjections: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'] }],
    ['another decision', { deciders: { 'approver-2': 'objection' } }],
    ['a decision of who drafted it', { deciders: { [treasurer.id]: 'adjudication' } }],
  ])('whatever comes first, an order or %s: what it holds is not ordered', async (_, changes) => {
    const { poolId, ids, roundId } = await noticedRound(Array.from({ length: 6 }, () => 1_000));
    const orderId = await treasury.approved(roundId);
    const changed = Promise.allSettled(ids.map((id) => change(id, changes)));
    await treasury.issue(orderId);
    const held = new Set(
      (await changed).flatMap(({ status }, index) => (status === 'fulfilled' ? [ids[index]] : [])),
    );
    for (const line of await treasury.parts.orders.lines(orderId)) {
      expect(line.status).toBe(held.has(line.applicationId) ? 'left-out' : 'ordered');
    }
    await booksAreRight(poolId);
  });

  it('whatever comes first, an order or a withdrawal: the award is paid or given back, never both', async () => {
    const { poolId, ids, roundId } = await noticedRound(Array.from({ length: 6 }, () => 1_000));
    const orderId = await treasury.approved(roundId);
    const withdrawals = Promise.allSettled(ids.map(async (id) => withdraw(id)));
    await treasury.issue(orderId);
    const gone = (await withdrawals).filter(({ status }) => status === 'fulfilled').length;
    const settled = await lines(orderId);
    expect(settled.filter((line) => line === 'ordered')).toHaveLength(6 - gone);
    expect(await room.balances(poolId)).toEqual([6_000, 0, (6 - gone) * 1_000]);
    await booksAreRight(poolId);
  });
});

describe('the list of serious dishonesty', () => {
  const asks = (): PolicyBook => {
    const compiled = compilePolicy();
    const guides = compiled.guides.map((guide) => ({
      ...guide,
      items: guide.items.map((item) =>
        item.id === 'dcmm'
          ? {
              ...item,
              facts: [...item.facts, creditParts.fact],
              conditions: [...item.conditions, creditParts.condition],
            }
          : item,
      ),
    }));
    return new PolicyBook(compiled, guidesInMemory(guides));
  };
  const listed = (uscc: string, isListed: boolean) =>
    recordListing(treasury.parts, { uscc, listed: isListed, since: '2026-11-20', source: '公示' });

  it('keeps an award out of the draft, and out of the order where it came since', async () => {
    const { ids, roundId } = await noticedRound([10_000]);
    const { organisation } = await application(ids[0]);
    const parts = { ...treasury.parts, policy: asks() };
    const draft = () => draftOrder(parts, treasurer, { roundId, idempotencyKey: newUlid() });
    await listed(organisation, true);
    await expect(draft()).rejects.toMatchObject({
      code: 'not-in-this-state',
      detail: { en: expect.stringContaining('serious dishonesty') },
    });
    await listed(organisation, false);
    const { orderId, list } = await draft();
    await decideOrder(parts, orderApprover, orderId, {
      outcome: 'approve',
      contentHash: list?.contentHash ?? '',
    });
    await listed(organisation, true);
    expect(await issueBatch(parts, { orderId, batch: 0 })).toEqual({ ordered: 0, leftOut: 1 });
    expect(await lines(orderId)).toEqual(['dishonesty-listed']);
    expect(await application(ids[0])).toMatchObject({ status: 'noticed' });
    await listed(organisation, false);
  });
});

describe('an order that breaks off', () => {
  it('goes on where it was, by whoever and however often', async () => {
    const { poolId, roundId } = await noticedRound(Array.from({ length: 20 }, () => 1_000));
    const orderId = await treasury.approved(roundId);
    const { batches } = await batchOrder(treasury.parts, orderId);
    expect(batches).toHaveLength(2);
    const [batch = { orderId, batch: 0 }] = batches;
    const at = await Promise.all([1, 2, 3].map(() => issueBatch(treasury.parts, batch)));
    expect(at).toEqual([1, 2, 3].map(() => ({ ordered: 16, leftOut: 0 })));
    await expect(finishOrder(treasury.parts, orderId)).rejects.toThrow('not settled yet');
    await failOrder(treasury.parts, { orderId, error: 'Error', cause: 'stopped' });
    expect(await treasury.parts.orders.require(orderId)).toMatchObject({ status: 'failed' });
    await expect(issueBatch(treasury.parts, { orderId, batch: 1 })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await resumeOrder(treasury.parts, treasurer, orderId);
    expect(await room.messages(orderId)).toContainEqual({ type: 'start-order', orderId, attempt: 2 });
    await treasury.issue(orderId);
    await treasury.issue(orderId).catch(({ code }) => expect(code).toBe('not-in-this-state'));
    expect(await lines(orderId)).toEqual(Array.from({ length: 20 }, () => 'ordered'));
    expect(await room.balances(poolId)).toEqual([20_000, 0, 20_000]);
    const again = resumeOrder(treasury.parts, treasurer, orderId);
    await expect(again).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('without a word is issued again after an hour, and not before', async () => {
    const { roundId } = await noticedRound([1_000]);
    const orderId = await treasury.approved(roundId);
    const resumedAfter = (ms: number) => {
      const clock = () => new Date(treasury.parts.clock().getTime() + ms);
      return resumeOrder({ ...treasury.parts, clock }, treasurer, orderId);
    };
    await expect(resumedAfter(3_600_000)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await resumedAfter(3_600_001)).toMatchObject({ status: 'approved', attempt: 2 });
    await treasury.issue(orderId);
    expect(await lines(orderId)).toEqual(['ordered']);
  });
});

async function noticed(id = ''): Promise<ApplicationIn<'noticed'>> {
  const found = await application(id);
  if (found.status !== 'noticed') throw new Error(`it is ${found.status}`);
  return found;
}
