import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Guide } from '../../../../functions/policy/guides/guide-schema.ts';
import { DynamoGuideSource } from '../../../../functions/policy/guides/guide-store.ts';
import { PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, today } from '../../../support/rooms.ts';

const operator = { id: 'operator-1', roles: ['operator'] } as const;
const otherOperator = { id: 'operator-2', roles: ['operator'] } as const;

const [sample] = compiled.guides;
if (!sample) throw new Error('there is no sample guide');
const [item] = sample.items;
if (!item) throw new Error('the sample guide has no item');

/** The sample guide with one item, under another version. */
const guideOf = (version: string, changes: Partial<Guide> = {}): Guide => ({
  ...sample,
  items: [item],
  version,
  ...changes,
});

let database: TestDynamoDb;
let client: DynamoDBDocumentClient;
let table: string;
let now: Date;
const clock = () => now;
const open = () => new DynamoGuideSource(new Table(client, table), clock);

beforeAll(async () => {
  database = await startTestDynamoDb();
  client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  table = database.tableNames.policy;
});
beforeEach(() => {
  now = today;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => database?.stop());

async function rowsOf(version: string): Promise<unknown[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.filter((row) => row['pk'] === `GUIDE#${version}` || row['sk'] === version).sort((a, b) =>
    String(a['sk']) < String(b['sk']) ? -1 : 1,
  );
}

describe('publishing a guide', () => {
  it('gives back whole, to the fen, what was published, with who, when and the hash of the content', async () => {
    const guide = { ...sample, version: '2031.1' };
    const published = await open().publish(guide, operator, clock);
    expect(published).toEqual({
      publishedAt: today.toISOString(),
      publishedBy: { id: 'operator-1', role: 'operator' },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await open().require('2031.1')).toEqual({ ...published, guide });
    const { items, ...header } = guide;
    expect(await open().header('2031.1')).toEqual(header);
    for (const one of items) expect(await open().item('2031.1', one.id)).toEqual(one);
  });

  it('again with the same content answers the same and changes nothing', async () => {
    const first = await open().publish(guideOf('2031.2'), operator, clock);
    const rows = await rowsOf('2031.2');
    now = new Date(today.getTime() + 60_000);
    expect(await open().publish(structuredClone(guideOf('2031.2')), otherOperator, clock)).toEqual(first);
    expect(await rowsOf('2031.2')).toEqual(rows);
  });

  it('never changes a version: other content is refused, and says who published the first', async () => {
    await open().publish(guideOf('2031.3'), operator, clock);
    const rows = await rowsOf('2031.3');
    const other = guideOf('2031.3', { illustrative: false });
    const refusal = await open()
      .publish(other, otherOperator, clock)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({
      code: 'already-exists',
      detail: { en: expect.stringMatching(/operator-1.*give yours a new one/) },
    });
    expect(await rowsOf('2031.3')).toEqual(rows);
  });

  it('by two at once with different contents lets exactly one through, whole', async () => {
    for (const round of [1, 2, 3, 4, 5]) {
      const version = `2032.${round}`;
      const guides = [2026, 2027, 2028, 2029].map((year) => guideOf(version, { year, items: sample.items }));
      const outcomes = await Promise.allSettled(
        guides.map((guide) => open().publish(guide, operator, clock)),
      );
      const won = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
      expect(won).toHaveLength(1);
      expect((await open().require(version)).guide).toEqual(guides[won[0] ?? 0]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'already-exists' });
      }
    }
  });

  it('by two at once with the same content lets both through, as one publication', async () => {
    const guide = guideOf('2033.1');
    const [one, two] = await Promise.all([
      open().publish(guide, operator, clock),
      open().publish(guide, otherOperator, clock),
    ]);
    expect(one).toEqual(two);
  });
});

describe('published guides', () => {
  it('are listed as people count, not as letters sort', async () => {
    for (const version of ['2034.10', '2034.2', '2034.1']) {
      await open().publish(guideOf(version), operator, clock);
    }
    const versions = (await open().list()).map(({ guide }) => guide.version);
    expect(versions.filter((version) => version.startsWith('2034.'))).toEqual([
      '2034.1',
      '2034.2',
      '2034.10',
    ]);
  });

  it('that nobody published are not there', async () => {
    expect(await open().header('1999.1')).toBeUndefined();
    expect(await open().item('1999.1', item.id)).toBeUndefined();
    await expect(open().require('1999.1')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leave an application with the guide that it was filed under', async () => {
    const book = new PolicyBook(compiled, open());
    await open().publish(guideOf('2099.1'), operator, clock);
    expect((await book.openItem(item.id, today))?.guide.version).toBe('2099.1');
    const filed = await book.requireItem('2099.1', item.id);

    const changed = { ...item, materials: item.materials.slice(0, 1) };
    await open().publish(guideOf('2099.2', { items: [changed] }), operator, clock);
    now = new Date(today.getTime() + 5_000);
    expect((await book.openItem(item.id, today))?.item).toEqual(changed);
    expect(await book.requireItem('2099.1', item.id)).toEqual(filed);
    expect(await new PolicyBook(compiled, open()).requireItem('2099.1', item.id)).toEqual(filed);
  });
});

describe('reading guides', () => {
  it('asks for a version and its items once, and for the list every five seconds', async () => {
    await open().publish(guideOf('2036.1'), operator, clock);
    const source = open();
    const sent = vi.spyOn(client, 'send');
    for (let time = 0; time < 3; time += 1) {
      await source.header('2036.1');
      await source.item('2036.1', item.id);
      await source.headers();
    }
    expect(sent).toHaveBeenCalledTimes(3);

    now = new Date(today.getTime() + 4_999);
    await source.headers();
    expect(sent).toHaveBeenCalledTimes(3);
    now = new Date(today.getTime() + 5_000);
    await Promise.all([source.headers(), source.headers()]);
    expect(sent).toHaveBeenCalledTimes(4);
  });

  it('does not keep that something was missing, nor that the list could not be read', async () => {
    const source = open();
    expect(await source.item('2037.1', item.id)).toBeUndefined();
    vi.spyOn(client, 'send').mockRejectedValueOnce(new Error('the connection broke'));
    await expect(source.headers()).rejects.toThrow('the connection broke');
    await open().publish(guideOf('2037.1'), operator, clock);
    expect(await source.item('2037.1', item.id)).toEqual(item);
    expect((await source.headers()).map(({ version }) => version)).toContain('2037.1');
  });

  it('sees at once what it published itself', async () => {
    const source = open();
    await source.headers();
    await source.publish(guideOf('2038.1'), operator, clock);
    expect((await source.headers()).map(({ version }) => version)).toContain('2038.1');
  });
});
