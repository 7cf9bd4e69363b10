import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dcmmContent } from '../../builders/content.ts';
import { type Doors, openDoors } from '../../support/doors.ts';
import { people } from '../../support/rooms.ts';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors?.stop());

/** Lambda hands over six megabytes at most; nobody reads a hundredth of that. */
const readable = 150_000;
const many = 60_000;
const list = (entry: unknown) => Array.from({ length: many }, () => entry);
const names = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 0]));

const proposed = (guide: object) => ({ guide, cause: '年度申报' });

describe('an answer lists some of its faults and counts the others:', () => {
  it.each([
    ['a guide whose items are numbers', 'proposeGuide', proposed({ items: list(0) })],
    ['a guide whose pools are numbers', 'proposeGuide', proposed({ pools: list(0) })],
    ['a guide whose items are empty', 'proposeGuide', proposed({ items: list({}) })],
    ['a guide whose items are one', 'proposeGuide', proposed({ items: list({ id: 'a' }) })],
    ['a guide of unknown fields', 'proposeGuide', proposed(names(many))],
    ['a pool of unknown fields', 'createPool', names(many)],
    ['a simulation of unknown fields', 'simulateRound', names(many)],
    ['a webhook of unknown fields', 'createWebhook', names(many)],
    ['an order of unknown fields', 'draftOrder', names(many)],
    ['a mapping with wrong words', 'putMapping', { levelWords: names(many), revokedWords: list(0) }],
  ])('%s', async (_, route, body) => {
    const { status, text, json } = await doors.call(route, {
      actor: people.operator,
      params: { roundId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', scheme: '穗示范〔2024〕1号' },
      headers: { 'idempotency-key': 'many-faults' },
      body,
    });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(readable);
    const { errors, errorsLeftOut } = json as { errors: unknown[]; errorsLeftOut: number };
    expect(errors).toHaveLength(100);
    expect(errorsLeftOut).toBeGreaterThanOrEqual(15_000);
  });

  it('facts that the guide does not ask for, of a draft and before there is one', async () => {
    const content = { ...dcmmContent(), facts: names(20_000) };
    for (const route of ['assessEligibility', 'createApplication']) {
      const { status, text, json } = await doors.call(route, { actor: people.admin, body: content });
      expect([200, 400]).toContain(status);
      expect(text.length).toBeLessThan(readable);
      expect(Object.keys(json as object).some((key) => key.endsWith('LeftOut'))).toBe(true);
    }
  });

  it('a guide whose values stand deep in each other', async () => {
    const text = `{"guide":{"items":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`;
    const { status, json } = await doors.call('proposeGuide', { actor: people.operator, text });
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });

  it('long words that were sent are cut in it', async () => {
    const { status, text } = await doors.call('createPool', {
      actor: people.operator,
      body: { ['x'.repeat(900_000)]: 1 },
    });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(2_000);
  });

  it('a small file of awards, and one whose headings are all unknown', async () => {
    const send = (text: string) =>
      doors.call('importAwards', { actor: people.operator, query: { scheme: '穗示范〔2024〕1号' }, text });
    const headings = Array.from({ length: 190 }, (_, index) => `${'h'.repeat(400)}${index}`).join();
    const unknown = await send(`${headings}\n`);
    expect(unknown.status).toBe(400);
    expect(unknown.text.length).toBeLessThan(readable);
    expect(unknown.json).toMatchObject({ errorsLeftOut: expect.any(Number) });
    const long = await send(`${'h'.repeat(900_000)}\n`);
    expect(long.status).toBe(400);
    expect(long.text.length).toBeLessThan(readable);
  });

  it("the bank's answers", async () => {
    const rows = Array.from({ length: 1000 }, () => 'a,b,1.00,c,d e,');
    const total = 'TOTAL,1000,1000.00';
    const csv = ['payment_id,result,amount_yuan,date,reference,reason', ...rows, total].join('\n');
    const { status, json, text } = await doors.call('proposeResults', {
      actor: people.operator,
      text: csv,
    });
    expect({ status, text: text.slice(0, 300) }).toMatchObject({ status: 201 });
    expect(json).toMatchObject({ rows: 1000, faultsLeftOut: 3900 });
    const wrong = rows.map((row) => row.replace('1.00', 'x'));
    const refused = await doors.call('proposeResults', {
      actor: people.operator,
      text: ['payment_id,result,amount_yuan,date,reference,reason', ...wrong, total].join('\n'),
    });
    expect(refused).toMatchObject({ status: 400, json: { errorsLeftOut: 900 } });
  });
});
