import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeRegisterDay, yearRoots } from '../../../functions/register/close-register-day.ts';
import { downloadRegister, listEntries } from '../../../functions/register/list-entries.ts';
import { type RegisteredEvent, registerEntries } from '../../../functions/register/register-entry.ts';
import { RegisterFileSchema } from '../../../functions/register/register-file.ts';
import { RegisterStore } from '../../../functions/register/register-store.ts';
import { genesisRoot } from '../../../functions/register/root.ts';
import { registerSums } from '../../../functions/register/sum-register.ts';
import { recompute } from '../../../functions/register/verify-register.ts';
import { fen } from '../../../functions/shared/money.ts';
import type { Table } from '../../../functions/shared/table.ts';
import { orderedEvent } from '../../builders/register.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { openRooms, policy, type Rooms } from '../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let table: Table<'budget'>;
let store: RegisterStore;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  table = rooms.tables.budget;
  store = new RegisterStore(table);
});
afterAll(() => database?.stop());

const at = (now: string) => ({ store, clock: () => new Date(now) });
const enter = (...events: RegisteredEvent[]) =>
  table.transact(registerEntries({ table, notice: policy.notice }, events));

async function entriesOf(year: number) {
  const { text } = await downloadRegister(at(`${year}-12-31T00:00:00Z`), { year, format: 'json' });
  return RegisterFileSchema.parse(JSON.parse(text));
}

// The cases follow one another through the years, as a register does.
describe('the register', () => {
  it('is empty before its first entry, and closing nothing makes no root', async () => {
    expect(await closeRegisterDay(at('2023-05-01T20:00:00Z'))).toEqual({ closed: 0 });
    expect(await yearRoots(at('2023-05-01T20:00:00Z'), 2023)).toEqual([]);
  });

  it('tells what was ordered, under the day in Shanghai, with nothing that is personal', async () => {
    const event = orderedEvent('2024-02-29T17:00:00.000Z');
    await enter(event);
    const { application } = event;
    const { items } = await listEntries(at('2024-03-01T04:00:00Z'), { limit: 20 });
    expect(items).toEqual([
      {
        day: '2024-03-01',
        applicationId: application.applicationId,
        event: 'ordered',
        number: 1,
        at: '2024-02-29T17:00:00.000Z',
        organisationName: '广州示例云帆软件有限公司',
        item: 'dcmm',
        clause: '二(二)6',
        direction: application.content.direction,
        district: '440106',
        districtName: '天河区',
        roundId: application.award.roundId,
        orderId: application.order.orderId,
        amountFen: 40_000_000,
        standing: { orderedFen: 40_000_000, paidFen: 0, recoveredFen: 0 },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(application.organisation);
  });

  it('takes the same event once, and another one of its kind', async () => {
    const event = orderedEvent('2024-03-01T02:00:00.000Z');
    await enter(event);
    await expect(enter(event)).rejects.toMatchObject({ code: 'concurrent-change' });
    const paid = { ...event, event: 'paid' as const, amountFen: fen(1) };
    await enter({ ...paid, number: 1 }, { ...paid, number: 2 });
    await expect(enter({ ...paid, number: 3 }, { ...paid, number: 2 })).rejects.toMatchObject({
      code: 'concurrent-change',
    });
    expect((await entriesOf(2024)).entries).toHaveLength(4);
  });

  it('refuses what the notice does not know, and writes nothing for no event', () => {
    const register = { table, notice: policy.notice };
    expect(() =>
      registerEntries(register, [orderedEvent('2024-03-01T02:00:00.000Z', { district: '110101' })]),
    ).toThrow('no district 110101');
    expect(registerEntries(register, [])).toEqual([]);
  });

  it('shows provisional roots until a day is closed, the quarter of an hour after midnight included', async () => {
    const late = at('2024-03-01T16:14:00Z');
    expect(await closeRegisterDay(late)).toEqual({ closed: 60 });
    const roots = await yearRoots(late, 2024);
    expect(roots.map(({ day, closedAt }) => [day, closedAt !== undefined]).slice(-3)).toEqual([
      ['2024-02-29', true],
      ['2024-03-01', false],
      ['2024-03-02', false],
    ]);
    expect(roots[0]).toMatchObject({ day: '2024-01-01', previous: genesisRoot });
    expect(await closeRegisterDay(at('2024-03-01T16:15:00Z'))).toEqual({ closed: 1 });
    const closed = await yearRoots(late, 2024);
    expect(closed.at(-2)).toEqual({ ...roots.at(-2), closedAt: '2024-03-01T16:15:00.000Z' });
  });

  it('lets nothing into a closed day; the same event goes into the next one', async () => {
    const event = orderedEvent('2024-03-01T15:59:59.999Z');
    await expect(enter(event)).rejects.toMatchObject({ code: 'concurrent-change' });
    // A transaction of two days fails as a whole.
    await expect(enter(event, orderedEvent('2024-03-01T16:30:00.000Z'))).rejects.toMatchObject({
      code: 'concurrent-change',
    });
    await enter({ ...event, at: '2024-03-01T16:30:00.000Z' });
    expect((await entriesOf(2024)).entries.map(({ day }) => day)).toEqual([
      ...Array.from({ length: 4 }, () => '2024-03-01'),
      '2024-03-02',
    ]);
  });

  it('catches up after an outage over the turn of the year, by several runs at once, to one chain', async () => {
    expect(await closeRegisterDay(at('2024-12-28T20:00:00Z'))).toEqual({ closed: 302 });
    await enter(orderedEvent('2025-01-05T02:00:00.000Z'));
    const now = at('2025-01-06T20:00:00Z');
    await Promise.all([closeRegisterDay(now), closeRegisterDay(now), closeRegisterDay(now)]);
    expect(await closeRegisterDay(now)).toEqual({ closed: 0 });
    const [before, after] = [await store.roots(2024), await store.roots(2025)];
    expect(before).toHaveLength(366);
    expect(after.map(({ day }) => day)).toEqual(
      ['01', '02', '03', '04', '05', '06'].map((day) => `2025-01-${day}`),
    );
    expect(after[0]?.previous).toBe(before.at(-1)?.root);
    for (const year of [2024, 2025]) {
      const recomputed = recompute(await entriesOf(year));
      expect(recomputed.faults).toEqual([]);
      for (const { day, root } of await store.roots(year)) expect(recomputed.roots.get(day)).toBe(root);
    }
  });

  it('closes the rest of the days after a run that broke off', async () => {
    const now = at('2025-01-09T20:00:00Z');
    const publish = vi.spyOn(store, 'publish');
    publish.mockRejectedValueOnce(new Error('the function ended'));
    await expect(closeRegisterDay(now)).rejects.toThrow('the function ended');
    publish.mockRestore();
    // The fence stands already: nothing came in between.
    await expect(enter(orderedEvent('2025-01-08T02:00:00.000Z'))).rejects.toMatchObject({
      code: 'concurrent-change',
    });
    expect(await closeRegisterDay(now)).toEqual({ closed: 3 });
  });

  it('publishes no second root of a day', async () => {
    const [first] = await store.roots(2025);
    if (!first) throw new Error('no root');
    await store.publish({ ...first, closedAt: '2030-01-01T00:00:00.000Z' });
    expect((await store.roots(2025))[0]).toEqual(first);
    await expect(store.publish({ ...first, root: 'f'.repeat(64) })).rejects.toThrow(
      'another root of 2025-01-01',
    );
  });
});

describe('its listing', () => {
  it('is narrowed by clause, district, direction and a part of the name, and pages through all', async () => {
    const names = ['云帆软件', 'ＡＢＣ科技', 'abc Labs', '珠江数据'];
    for (const [index, name] of names.entries()) {
      const district = index === 3 ? '440103' : '440106';
      await enter(orderedEvent(`2026-03-0${index + 1}T02:00:00.000Z`, { name, district }));
    }
    const now = at('2026-03-09T02:00:00Z');
    const named = async (query: object) =>
      (await listEntries(now, { limit: 20, ...query })).items.map(({ organisationName }) => organisationName);
    expect(await named({})).toEqual(names.toReversed());
    expect(await named({ q: 'Abc' })).toEqual(['abc Labs', 'ＡＢＣ科技']);
    expect(await named({ district: '440103' })).toEqual(['珠江数据']);
    expect(await named({ clause: '二(二)6' })).toHaveLength(4);
    expect(await named({ clause: '二(二)5' })).toEqual([]);
    expect(await named({ direction: 'no-direction' })).toEqual([]);
    expect(await named({ year: 2019 })).toEqual([]);

    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listEntries(now, { limit: 1, q: 'abc', cursor });
      paged.push(...page.items.map(({ organisationName }) => organisationName));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(['abc Labs', 'ＡＢＣ科技']);
    const { nextCursor } = await listEntries(now, { limit: 1 });
    await expect(listEntries(now, { limit: 1, q: 'abc', cursor: nextCursor })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('is downloaded in parts that make one register', async () => {
    const now = at('2026-03-09T02:00:00Z');
    const whole = await downloadRegister(now, { format: 'csv' });
    expect(whole.nextCursor).toBeUndefined();
    const texts: string[] = [];
    let cursor: string | undefined;
    do {
      const part = await downloadRegister(now, { format: 'csv', cursor }, 500);
      texts.push(part.text);
      cursor = part.nextCursor;
    } while (cursor !== undefined);
    expect(texts.length).toBeGreaterThan(1);
    const [head = '', ...others] = texts;
    const rows = others.map((text) => text.slice(text.indexOf('\n') + 1));
    expect(head + rows.join('')).toBe(whole.text);
  });
});

describe('its door', () => {
  it('serves the register to anybody, with how long it may be kept', async () => {
    vi.stubEnv('BUDGET_TABLE', rooms.tableNames.budget);
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    const { handler } = await import('../../../functions/api/register.ts');
    const get = async (path: string, query: Record<string, string> = {}) => {
      const event = {
        routeKey: `GET ${path}`,
        headers: {},
        queryStringParameters: query,
        requestContext: { requestId: 'request-1' },
      };
      // Of the gateway's event and the Lambda's context the door reads no more than this.
      return handler(event as unknown as Parameters<typeof handler>[0], {} as Parameters<typeof handler>[1]);
    };
    const listing = await get('/v1/register', { year: '2026', limit: '2' });
    expect(listing).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'public, max-age=60' } });
    expect(JSON.parse(String(listing.body))).toMatchObject({ items: [{ district: '440103' }, {}] });
    expect(await get('/v1/register/download', { year: '2026' })).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="register-2026.csv"',
      },
      body: expect.stringMatching(/^\uFEFFday,applicationId,.*\r\n2026-03-01,/s),
    });
    const json = await get('/v1/register/download', { year: '2026', format: 'json' });
    expect(json.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(String(json.body)).entries).toHaveLength(4);
    const totals = await get('/v1/register/totals');
    expect(JSON.parse(String(totals.body)).items[0]).toMatchObject({ year: 2026, clause: '二(二)6' });
    const roots = JSON.parse(String((await get('/v1/register/roots', { year: '2025' })).body)).items;
    expect(roots[0]).toMatchObject({ day: '2025-01-01', provisional: false });
    expect(roots.at(-1)).toMatchObject({ day: '2025-12-31', provisional: true });
    expect((await get('/v1/register', { year: 'x' })).statusCode).toBe(400);
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});

describe('its sums', () => {
  it('are those of its entries by year, clause and district, with each kind of event apart', async () => {
    const kinds = ['paid', 'returned', 'recovered'] as const;
    for (const [index, event] of kinds.entries()) {
      await enter(
        orderedEvent('2026-03-05T02:00:00.000Z', { event, number: 1, amountFen: fen(7 + index) } as object),
      );
    }
    const totals = await registerSums(at('2026-03-09T02:00:00Z'))();
    expect(totals.map(({ year, district }) => [year, district])).toEqual([
      [2026, '440106'],
      [2026, '440103'],
      [2025, '440106'],
      [2024, '440106'],
    ]);
    expect(totals[0]).toMatchObject({
      clause: '二(二)6',
      ordered: 120_000_000,
      paid: 7,
      returned: 8,
      recovered: 9,
    });
    for (const year of [2024, 2025, 2026]) {
      const { entries } = await entriesOf(year);
      for (const event of ['ordered', ...kinds] as const) {
        const summed = totals.filter((one) => one.year === year).reduce((sum, one) => sum + one[event], 0);
        const entered = entries.filter((one) => one.event === event).map(({ amountFen }) => amountFen);
        expect([year, event, summed]).toEqual([year, event, entered.reduce((sum, one) => sum + one, 0)]);
      }
    }
  });

  it('read a closed year once, and an open one again when a minute has passed', async () => {
    const read = vi.spyOn(store, 'entries');
    let now = new Date('2026-03-09T02:00:00Z');
    const sums = registerSums({ store, clock: () => now });
    const before = await sums();
    const yearsRead = () => read.mock.calls.map(([year]) => Number(year));
    read.mockClear();
    expect(await sums()).toEqual(before);
    expect(yearsRead()).toEqual([]);
    now = new Date('2026-03-09T02:01:01Z');
    await enter(orderedEvent('2026-03-09T02:01:00.000Z', { district: '440105' }));
    expect((await sums()).map(({ district }) => district)).toContain('440105');
    expect(yearsRead()).toContain(2026);
    expect(yearsRead()).not.toContain(2024);
    read.mockRestore();
  });
});
