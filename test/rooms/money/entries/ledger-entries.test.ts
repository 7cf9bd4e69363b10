import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideEntry } from '../../../../functions/money/entries/decide-entry.ts';
import {
  EntryViewSchema,
  LedgerEntryViewSchema,
  listEntries,
  listLedger,
} from '../../../../functions/money/entries/ledger-view.ts';
import { type EntryRequest, proposeEntry } from '../../../../functions/money/entries/propose-entry.ts';
import { proposeYearEnd } from '../../../../functions/money/entries/propose-year-end.ts';
import { yearReport } from '../../../../functions/money/entries/year-report.ts';
import { YearReportSchema, yearReportFile } from '../../../../functions/money/entries/year-report-view.ts';
import { createPool } from '../../../../functions/money/pools/create-pool.ts';
import { ledgerFaults } from '../../../../functions/money/pools/ledger-calculation.ts';
import type { Movement } from '../../../../functions/money/pools/pool.ts';
import { failRound } from '../../../../functions/money/rounds/fail-round.ts';
import { openRound } from '../../../../functions/money/rounds/open-round.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { compilePolicy } from '../../../../policy/compile.ts';
import { approver, type BudgetRoom, openBudget, operator, retried } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

const otherApprover: Actor = { id: 'approver-2', roles: ['budget-approver'] };

let database: TestDynamoDb;
let room: BudgetRoom;
let parts: BudgetRoom['parts'];
beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
  parts = { ...room.parts, policy: twoYears() };
});
afterAll(() => database?.stop());

/** Pools of two years: `carried-N-2026` goes into `carried-N-2027`, `lapsing-N-2026` lapses, `stuck-N-2026` into its own year. */
function twoYears(): PolicyBook {
  const compiled = compilePolicy();
  const [guide] = compiled.guides;
  const [pool] = guide?.pools ?? [];
  if (!guide || !pool) throw new Error('the sample guide has no pool');
  const pools = Array.from({ length: 40 }, (_, n) => [
    {
      ...{ ...pool, id: `carried-${n}-2026`, direction: '项目资助' },
      yearEnd: { unspent: 'carry-over', into: `carried-${n}-2027` } as const,
    },
    { ...pool, id: `carried-${n}-2027`, fiscalYear: 2027, yearEnd: { unspent: 'lapse' } as const },
    { ...pool, id: `lapsing-${n}-2026`, yearEnd: { unspent: 'lapse' } as const },
    {
      ...{ ...pool, id: `stuck-${n}-2026` },
      yearEnd: { unspent: 'carry-over', into: `carried-${n}-2026` } as const,
    },
  ]).flat();
  return new PolicyBook(compiled, guidesInMemory([{ ...guide, pools }]));
}

let pools = 0;
/** A new pool of a kind with so much in it; its id. */
async function pool(kind: 'carried' | 'lapsing' | 'stuck', amountFen: number): Promise<string> {
  const poolId = `${kind}-${++pools}-2026`;
  await createPool(parts, operator, poolId);
  if (amountFen > 0) await room.appropriate(poolId, amountFen);
  return poolId;
}

const appropriation = (amountFen: number) => ({ kind: 'appropriation', amountFen: fen(amountFen) }) as const;
const adjustment = (direction: 'increase' | 'decrease', amountFen: number) =>
  ({ kind: 'adjustment', direction, amountFen: fen(amountFen) }) as const;
const request = (poolId: string, change: EntryRequest['change'], key: string = newUlid()): EntryRequest => ({
  poolId,
  idempotencyKey: key,
  change,
  cause: '穗财〔2026〕1号',
});
const confirm = (poolId: string, entryId: string, actor: Actor = approver) =>
  decideEntry(parts, actor, { poolId, entryId }, { outcome: 'confirm' });

async function booked(poolId: string, change: EntryRequest['change']): Promise<void> {
  const { entryId } = await proposeEntry(parts, operator, request(poolId, change));
  await confirm(poolId, entryId);
}

/** Moves money of a pool as rounds, payments and clawbacks do. */
async function move(
  poolId: string,
  ...movements: readonly Pick<Extract<Movement, { kind: 'reservation' }>, 'kind' | 'amountFen'>[]
): Promise<void> {
  const at = '2026-11-23T02:00:00.000Z';
  const all = movements.map(
    (movement) =>
      ({
        ...movement,
        actor: { id: 'system', role: 'system' },
        at,
        cause: 'a test',
        key: 'a-test',
      }) as Movement,
  );
  await parts.pools.write(parts.pools.movement(await parts.pools.require(poolId), all));
}
const committed = async (poolId: string, amount: number) => {
  await move(poolId, { kind: 'reservation', amountFen: fen(amount) });
  await move(poolId, { kind: 'commitment', amountFen: fen(amount) } as never);
};

describe('an entry', () => {
  it('moves nothing until a second person confirms it, and then keeps who did what, when and why', async () => {
    const poolId = await pool('lapsing', 0);
    const { entryId } = await proposeEntry(parts, operator, request(poolId, appropriation(500), 'key-00001'));
    expect(await room.balances(poolId)).toEqual([0, 0, 0]);
    expect(await parts.pools.entries(poolId)).toEqual([]);
    expect(await confirm(poolId, entryId)).toMatchObject({ status: 'confirmed', decision: { version: 2 } });
    expect(await room.balances(poolId)).toEqual([500, 0, 0]);
    expect(await parts.pools.entries(poolId)).toMatchObject([
      {
        ...{ version: 2, line: 1 },
        movement: {
          ...{ kind: 'appropriation', amountFen: 500, cause: '穗财〔2026〕1号', key: 'key-00001', entryId },
          actor: { id: 'operator-1', role: 'operator' },
          confirmedBy: { id: 'approver-1', role: 'budget-approver' },
          at: '2026-11-23T02:00:00.000Z',
        },
      },
    ]);
  });

  it('is never confirmed by the person who entered it', async () => {
    const poolId = await pool('lapsing', 0);
    const both: Actor = { id: 'both', roles: ['operator', 'budget-approver'] };
    const { entryId } = await proposeEntry(parts, both, request(poolId, appropriation(500)));
    for (const decision of [{ outcome: 'confirm' }, { outcome: 'refuse', reason: '金额有误' }] as const) {
      await expect(decideEntry(parts, both, { poolId, entryId }, decision)).rejects.toMatchObject({
        code: 'same-person',
      });
    }
    await expect(confirm(poolId, entryId, operator)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await room.balances(poolId)).toEqual([0, 0, 0]);
  });

  it('is entered once under a key that comes again and eight times at once, whatever happened since', async () => {
    const poolId = await pool('lapsing', 0);
    const send = () => proposeEntry(parts, operator, request(poolId, appropriation(500), 'key-00001'));
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(new Set(answers.map(({ entryId }) => entryId)).size).toBe(1);
    const [first] = answers;
    await confirm(poolId, first?.entryId ?? '');
    expect(await send()).toEqual(first);
    const { items } = await listEntries(parts, poolId, { limit: 100 });
    expect(items).toMatchObject([{ status: 'confirmed', decidedBy: 'approver-1', version: 2 }]);
    for (const [actor, change] of [
      [operator, appropriation(501)],
      [operator, adjustment('increase', 500)],
      [{ ...operator, id: 'operator-2' }, appropriation(500)],
    ] as const) {
      await expect(proposeEntry(parts, actor, request(poolId, change, 'key-00001'))).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
    }
  });

  it('is booked once, whoever confirms it and however often', async () => {
    const poolId = await pool('lapsing', 0);
    const { entryId } = await proposeEntry(parts, operator, request(poolId, appropriation(500)));
    const people = [approver, otherApprover, approver, otherApprover, approver, otherApprover];
    const answers = await Promise.allSettled(people.map((actor) => confirm(poolId, entryId, actor)));
    const deciders = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value.decision.by] : [],
    );
    expect(new Set(deciders).size).toBe(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not-in-this-state' });
    }
    expect(await room.balances(poolId)).toEqual([500, 0, 0]);
    expect(await parts.pools.entries(poolId)).toHaveLength(1);
  });

  it('is either booked or refused when both are decided at once', async () => {
    const poolId = await pool('lapsing', 0);
    const { entryId } = await proposeEntry(parts, operator, request(poolId, appropriation(500)));
    const refuse = { outcome: 'refuse', reason: '文号有误' } as const;
    const answers = await Promise.allSettled([
      confirm(poolId, entryId),
      decideEntry(parts, otherApprover, { poolId, entryId }, refuse),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const proposal = await parts.proposals.require(poolId, entryId);
    expect(await room.balances(poolId)).toEqual([proposal.status === 'confirmed' ? 500 : 0, 0, 0]);
  });

  it('that was refused is kept with the reason, and is not booked later', async () => {
    const poolId = await pool('lapsing', 0);
    const { entryId } = await proposeEntry(parts, operator, request(poolId, appropriation(500)));
    const refuse = () =>
      decideEntry(parts, approver, { poolId, entryId }, { outcome: 'refuse', reason: '文号有误' });
    expect(await refuse()).toEqual(await refuse());
    await expect(confirm(poolId, entryId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    const { items } = await listEntries(parts, poolId, { limit: 10 });
    expect(items.map((item) => EntryViewSchema.parse(item))).toMatchObject([
      { status: 'refused', reason: '文号有误', decidedBy: 'approver-1', proposedBy: 'operator-1' },
    ]);
    expect(await parts.pools.entries(poolId)).toEqual([]);
  });

  it('may take away what nobody holds, and no more, at its entering and at its confirmation', async () => {
    const poolId = await pool('lapsing', 1000);
    await committed(poolId, 300);
    await move(poolId, { kind: 'reservation', amountFen: fen(200) });
    await expect(
      proposeEntry(parts, operator, request(poolId, adjustment('decrease', 501))),
    ).rejects.toMatchObject({ code: 'insufficient-funds' });
    const late = await proposeEntry(parts, operator, request(poolId, adjustment('decrease', 500)));
    await move(poolId, { kind: 'reservation', amountFen: fen(1) });
    await expect(confirm(poolId, late.entryId)).rejects.toMatchObject({ code: 'insufficient-funds' });
    expect(await parts.proposals.require(poolId, late.entryId)).toMatchObject({ status: 'proposed' });
    await booked(poolId, adjustment('decrease', 499));
    await booked(poolId, adjustment('increase', 7));
    expect(await room.balances(poolId)).toEqual([508, 201, 300]);
  });

  it('is refused for a pool that is not there, and above what can be held exactly', async () => {
    await expect(
      proposeEntry(parts, operator, request('carried-0-2099', appropriation(1))),
    ).rejects.toMatchObject({ code: 'not-found' });
    const poolId = await pool('lapsing', Number.MAX_SAFE_INTEGER);
    await expect(proposeEntry(parts, operator, request(poolId, appropriation(1)))).rejects.toMatchObject({
      code: 'amount-too-high',
    });
    await expect(confirm(poolId, newUlid())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('does not get lost among others at the same time', async () => {
    const poolId = await pool('lapsing', 0);
    const amounts = [1, 20, 300, 4000];
    const proposals = await Promise.all(
      amounts.map((amount) => proposeEntry(parts, operator, request(poolId, appropriation(amount)))),
    );
    await Promise.all(proposals.map(({ entryId }) => confirm(poolId, entryId)));
    expect(await room.balances(poolId)).toEqual([4321, 0, 0]);
    const entries = await parts.pools.entries(poolId);
    expect(ledgerFaults(await parts.pools.require(poolId), entries)).toEqual([]);
  });
});

describe('listings', () => {
  it('show the ledger newest first, page by page, with the balances after each version', async () => {
    const poolId = await pool('lapsing', 1000);
    await committed(poolId, 300);
    await move(poolId, { kind: 'payment', direction: 'out', amountFen: fen(100) } as never);
    const first = await listLedger(parts, poolId, { limit: 3 });
    const second = await listLedger(parts, poolId, { limit: 3, cursor: first.nextCursor });
    expect(second.nextCursor).toBeUndefined();
    const entries = [...first.items, ...second.items].map((item) => LedgerEntryViewSchema.parse(item));
    expect(entries.map(({ version, kind, balances }) => [version, kind, Object.values(balances)])).toEqual([
      [5, 'payment', [1000, 0, 300, 100, 700]],
      [4, 'commitment', [1000, 0, 300, 0, 700]],
      [3, 'reservation', [1000, 300, 0, 0, 700]],
      [2, 'appropriation', [1000, 0, 0, 0, 1000]],
    ]);
    const other = await pool('lapsing', 1);
    await expect(listLedger(parts, other, { limit: 3, cursor: first.nextCursor })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(listLedger(parts, 'carried-0-2099', { limit: 3 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('show pools of one year with all that they are of', async () => {
    const poolId = await pool('carried', 70);
    const next = poolId.replace('2026', '2027');
    await createPool(parts, operator, next);
    const found = [];
    let cursor: string | undefined;
    do {
      const page = await parts.pools.page({ limit: 1, year: 2027, cursor });
      found.push(...page.pools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found.map(({ poolId: id }) => id)).toEqual([next]);
    expect(await parts.pools.require(poolId)).toMatchObject({
      ...{ fiscalYear: 2026, topic: '软件和信息技术服务业', direction: '项目资助' },
    });
    const { nextCursor } = await parts.pools.page({ limit: 1, year: 2026 });
    await expect(parts.pools.page({ limit: 1, cursor: nextCursor })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('the end of a year', () => {
  const end = (poolId: string, key: string = newUlid()) =>
    proposeYearEnd(parts, operator, { poolId, idempotencyKey: key, cause: '年终结转' });

  it('carries what no award holds into the pool of the next year, in one step of both', async () => {
    const poolId = await pool('carried', 1000);
    const next = poolId.replace('2026', '2027');
    await committed(poolId, 400);
    await expect(end(poolId)).rejects.toMatchObject({ code: 'not-found', detail: { zh: /尚未建立/ } });
    await createPool(parts, operator, next);
    const { entryId, change } = await end(poolId);
    expect(change).toEqual({ kind: 'carry-over', into: next, amountFen: 600 });
    expect(await room.balances(poolId)).toEqual([1000, 0, 400]);
    const answers = await Promise.allSettled(
      [approver, otherApprover, approver].map((actor) => confirm(poolId, entryId, actor)),
    );
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await room.balances(poolId)).toEqual([400, 0, 400]);
    expect(await room.balances(next)).toEqual([600, 0, 0]);
    const [out, into] = [await parts.pools.entries(poolId), await parts.pools.entries(next)];
    expect(out.at(-1)?.movement).toMatchObject({
      ...{ kind: 'carry-over', direction: 'out', amountFen: 600, otherPoolId: next, entryId },
    });
    expect(into.map(({ movement }) => movement)).toMatchObject([
      { kind: 'carry-over', direction: 'in', amountFen: 600, otherPoolId: poolId, entryId },
    ]);
    expect(await parts.pools.require(poolId)).toMatchObject({ closedAt: '2026-11-23T02:00:00.000Z' });
  });

  it('lets it lapse where the guide says so, and closes a pool of which nothing is left too', async () => {
    const lapsing = await pool('lapsing', 1000);
    const { entryId, change } = await end(lapsing);
    expect(change).toEqual({ kind: 'carry-over', amountFen: 1000 });
    await confirm(lapsing, entryId);
    expect(await room.balances(lapsing)).toEqual([0, 0, 0]);
    const empty = await pool('lapsing', 0);
    await confirm(empty, (await end(empty)).entryId);
    expect(await parts.pools.require(empty)).toMatchObject({ version: 2, closedAt: expect.any(String) });
    await expect(end(empty)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('leaves awards to be paid, and carries over what they give back later', async () => {
    const poolId = await pool('carried', 1000);
    const next = poolId.replace('2026', '2027');
    await createPool(parts, operator, next);
    await committed(poolId, 400);
    await confirm(poolId, (await end(poolId)).entryId);
    await move(poolId, { kind: 'payment', direction: 'out', amountFen: fen(400) } as never);
    await move(poolId, { kind: 'clawback', amountFen: fen(150) } as never);
    await confirm(poolId, (await end(poolId)).entryId);
    expect(await room.balances(poolId)).toEqual([250, 0, 250]);
    expect(await room.balances(next)).toEqual([750, 0, 0]);
  });

  it('lets nothing more in, and no further round', async () => {
    const poolId = await pool('lapsing', 1000);
    const late = await proposeEntry(parts, operator, request(poolId, appropriation(5)));
    await confirm(poolId, (await end(poolId)).entryId);
    const closed = { code: 'not-in-this-state' };
    await expect(confirm(poolId, late.entryId)).rejects.toMatchObject(closed);
    await expect(proposeEntry(parts, operator, request(poolId, appropriation(5)))).rejects.toMatchObject(
      closed,
    );
    await expect(openRound(parts, operator, { poolId, idempotencyKey: newUlid() })).rejects.toMatchObject(
      closed,
    );
  });

  it('waits for rounds under way and reserved money', async () => {
    const poolId = await pool('lapsing', 60_000);
    const { entryId } = await end(poolId);
    await room.enter(poolId, [30_000]);
    const under = { ...room.parts, policy: parts.policy };
    const { roundId } = await openRound(under, operator, { poolId, idempotencyKey: newUlid() });
    await expect(end(poolId)).rejects.toMatchObject({ code: 'not-in-this-state', detail: { zh: /轮次/ } });
    await expect(confirm(poolId, entryId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await retried(() => failRound(room.parts, { roundId, error: 'Error', cause: '' }));
    await move(poolId, { kind: 'reservation', amountFen: fen(1) });
    await expect(confirm(poolId, entryId)).rejects.toMatchObject({ detail: { zh: /预留/ } });
    await move(poolId, { kind: 'release', of: 'reservation', amountFen: fen(1) } as never);
    await confirm(poolId, entryId);
    expect(await room.balances(poolId)).toEqual([0, 0, 0]);
  });

  it('never meets a round that is opened at the same time', async () => {
    for (let run = 0; run < 6; run += 1) {
      const poolId = await pool('lapsing', 1000);
      const { entryId } = await end(poolId);
      const [round, year] = await Promise.allSettled([
        openRound(parts, operator, { poolId, idempotencyKey: newUlid() }),
        confirm(poolId, entryId),
      ]);
      expect([round.status, year.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
      const { closedAt } = await parts.pools.require(poolId);
      expect(closedAt !== undefined).toBe(year.status === 'fulfilled');
    }
  });

  it('is confirmed for the amount that was proposed alone', async () => {
    const poolId = await pool('lapsing', 1000);
    const { entryId } = await end(poolId, 'key-of-the-year');
    await room.appropriate(poolId, 1);
    await expect(confirm(poolId, entryId)).rejects.toMatchObject({ code: 'basis-changed' });
    expect((await end(poolId, 'key-of-the-year')).entryId).toBe(entryId);
    await confirm(poolId, (await end(poolId)).entryId);
    expect(await room.balances(poolId)).toEqual([0, 0, 0]);
  });

  it('goes into no pool of the same year, and into none that is closed', async () => {
    const stuck = await pool('stuck', 10);
    await createPool(parts, operator, stuck.replace('stuck', 'carried'));
    await expect(end(stuck)).rejects.toMatchObject({ code: 'not-in-this-state', detail: { zh: /以后年度/ } });
    const poolId = await pool('carried', 10);
    const next = poolId.replace('2026', '2027');
    await createPool(parts, operator, next);
    await confirm(next, (await end(next)).entryId);
    await expect(end(poolId)).rejects.toMatchObject({
      code: 'not-in-this-state',
      detail: { zh: /不再接受/ },
    });
  });
});

describe('the report of a year', () => {
  it('adds up, line by line out of the ledger', async () => {
    const poolId = await pool('carried', 1000);
    const next = poolId.replace('2026', '2027');
    await createPool(parts, operator, next);
    await booked(poolId, adjustment('increase', 300));
    await booked(poolId, adjustment('decrease', 100));
    await committed(poolId, 800);
    await move(poolId, { kind: 'payment', direction: 'out', amountFen: fen(500) } as never);
    await move(poolId, { kind: 'payment', direction: 'return', amountFen: fen(120) } as never);
    await move(poolId, { kind: 'clawback', amountFen: fen(80) } as never);
    const before = YearReportSchema.parse(await yearReport(parts, poolId));
    expect(before).toMatchObject({ availableFen: 480, totalFen: 1200, usedFen: 1200, balanced: true });
    const request = { poolId, idempotencyKey: newUlid(), cause: '年终结转' };
    await confirm(poolId, (await proposeYearEnd(parts, operator, request)).entryId);
    const report = YearReportSchema.parse(await yearReport(parts, poolId));
    expect(report).toMatchObject({
      ...{ appropriatedFen: 1000, increasedFen: 300, decreasedFen: 100, carriedInFen: 0, totalFen: 1200 },
      ...{ paidOutFen: 500, returnedFen: 120, recoveredFen: 80, committedUnpaidFen: 420, reservedFen: 0 },
      ...{ carriedOutFen: 480, lapsedFen: 0, availableFen: 0, usedFen: 1200, balanced: true },
    });
    expect(await yearReport(parts, next)).toMatchObject({
      carriedInFen: 480,
      totalFen: 480,
      availableFen: 480,
    });
    const file = yearReportFile(await yearReport(parts, poolId));
    const rows = file.slice(1).trimEnd().split('\r\n');
    expect(rows[0]).toBe('counts,line,项目,item,yuan');
    expect(rows).toContain('plus,carriedOut,结转下年,Carried out,4.80');
    // Whoever adds the file up by its first column comes to its totals.
    let sum = 0;
    for (const row of rows.slice(1, -1)) {
      const [counts, , , , amount] = row.split(',');
      const inFen = Math.round(Number(amount) * 100);
      if (counts === 'total') expect(sum).toBe(inFen);
      sum = counts === 'total' ? 0 : sum + (counts === 'minus' ? -inFen : inFen);
    }
  });

  it('says so when the pool says something else than its ledger', async () => {
    const poolId = await pool('lapsing', 1000);
    const key = { pk: `POOL#${poolId}`, sk: 'STATE' };
    const { budget } = room.tables;
    await budget.write(budget.update(key, { set: 'SET appropriatedFen = :fen', values: { ':fen': 1001 } }));
    expect(await yearReport(parts, poolId)).toMatchObject({ totalFen: 1000, usedFen: 1001, balanced: false });
  });
});
