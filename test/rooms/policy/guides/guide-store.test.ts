import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Guide } from '../../../../functions/policy/guides/guide-schema.ts';
import { DynamoGuideSource } from '../../../../functions/policy/guides/guide-store.ts';
import { PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { guidePartsOn, publishGuide } from '../../../support/guides.ts';
import { compiled, today } from '../../../support/rooms.ts';

const [sample] = compiled.guides;
if (!sample) throw new Error('there is no sample guide');
const [item] = sample.items;
if (!item) throw new Error('the sample guide has no item');

/** The sample guide with one item, under another version. */
const guideOf = (version: string, changes: Partial<Guide> = {}): Guide => ({
  ...sample,
  items: [item],
  version,
  year: Number(version.slice(0, 4)),
  ...changes,
});

let database: TestDynamoDb;
let client: DynamoDBDocumentClient;
let table: string;
let now: Date;
const clock = () => now;
const open = () => new DynamoGuideSource(new Table(client, table), clock);
const publish = (guide: Guide, by: Parameters<typeof publishGuide>[2] = {}) =>
  publishGuide(guidePartsOn(new Table(client, table), clock), guide, by);

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

describe('publishing a guide', () => {
  it('gives back whole, to the fen, what was published, with who, when and the hash of the content', async () => {
    const guide = { ...sample, version: '2031.1', year: 2031 };
    const { proposalId } = await publish(guide);
    const published = await open().require('2031.1');
    expect(published).toEqual({
      guide,
      proposalId,
      publishedAt: today.toISOString(),
      effectiveFrom: today.toISOString(),
      publishedBy: { id: 'operator-1', role: 'operator' },
      confirmedBy: { id: 'approver-1', role: 'budget-approver' },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      previous: expect.stringMatching(/^[0-9a-f]{64}$/),
      hash: await open().newest(),
    });
    const { items, ...header } = guide;
    expect(await open().header('2031.1')).toEqual(header);
    for (const one of items) expect(await open().item('2031.1', one.id)).toEqual(one);
  });

  it('links each publication to the one before', async () => {
    const before = await open().newest();
    await publish(guideOf('2032.1'));
    expect(await open().require('2032.1')).toMatchObject({ previous: before, hash: await open().newest() });
  });
});

describe('published guides', () => {
  it('are listed as people count, not as letters sort', async () => {
    for (const version of ['2034.1', '2034.2', '2034.10']) {
      await publish(guideOf(version));
    }
    const versions = (await open().list()).map(({ guide }) => guide.version);
    expect(versions.filter((version) => version.startsWith('2034.'))).toEqual([
      '2034.1',
      '2034.2',
      '2034.10',
    ]);
  });

  it('are not listed before they count', async () => {
    const later = new Date(today.getTime() + 60_000);
    await publish(guideOf('2035.1'), { effectiveFrom: later.toISOString() });
    const versions = async () => (await open().headers()).map(({ version }) => version);
    expect(await versions()).not.toContain('2035.1');
    now = later;
    expect(await versions()).toContain('2035.1');
  });

  it('that nobody published are not there', async () => {
    expect(await open().header('1999.1')).toBeUndefined();
    expect(await open().item('1999.1', item.id)).toBeUndefined();
    await expect(open().require('1999.1')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leave an application with the guide that it was filed under', async () => {
    const book = new PolicyBook(compiled, open());
    await publish(guideOf('2099.1'));
    expect((await book.openItem(item.id, today))?.guide.version).toBe('2099.1');
    const filed = await book.requireItem('2099.1', item.id);

    const changed = { ...item, materials: item.materials.slice(0, 1) };
    await publish(guideOf('2099.2', { items: [changed] }));
    now = new Date(today.getTime() + 5_000);
    expect((await book.openItem(item.id, today))?.item).toEqual(changed);
    expect(await book.requireItem('2099.1', item.id)).toEqual(filed);
    expect(await new PolicyBook(compiled, open()).requireItem('2099.1', item.id)).toEqual(filed);
  });
});

describe('reading guides', () => {
  it('asks for a version and its items once, and for the list every five seconds', async () => {
    await publish(guideOf('2036.1'));
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
    await publish(guideOf('2037.1'));
    expect(await source.item('2037.1', item.id)).toEqual(item);
    expect((await source.headers()).map(({ version }) => version)).toContain('2037.1');
  });

  it('sees at once what it published itself', async () => {
    const source = open();
    await source.headers();
    await publishGuide(
      { ...guidePartsOn(new Table(client, table), clock), guides: source },
      guideOf('2038.1'),
    );
    expect((await source.headers()).map(({ version }) => version)).toContain('2038.1');
  });
});
