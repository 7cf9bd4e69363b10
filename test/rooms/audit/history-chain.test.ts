import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedKinds, findBreak } from '../../../functions/audit/find-break.ts';
import type { StoredHistories } from '../../../functions/audit/stored-histories.ts';
import { withdrawApplication } from '../../../functions/endings/withdraw-application.ts';
import type { Application } from '../../../functions/filing/applications/application.ts';
import { createApplication, editApplication } from '../../../functions/filing/applications/edit-draft.ts';
import { listHistory } from '../../../functions/filing/applications/list-applications.ts';
import { submitApplication } from '../../../functions/filing/submission/submit-application.ts';
import { dcmmContent } from '../../builders/content.ts';
import { type Json, storedHistoriesOn, storedHistory } from '../../builders/stored-history.ts';
import { variants } from '../../builders/tampering.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../support/rooms.ts';
import { applicationKey, historyKey } from '../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let histories: StoredHistories;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  histories = storedHistoriesOn(new DynamoDBClient(database.clientConfig), database);
});
afterAll(() => database.stop());

async function changed(application: Application, note: object = {}): Promise<void> {
  const at = rooms.clock().toISOString();
  const next = { ...application, version: application.version + 1, updatedAt: at };
  const row = { at, actor: { id: 'reviewer', role: 'lead-reviewer' }, event: 'signed-off', ...note } as const;
  await rooms.store.write(rooms.store.transition(application, next, row));
}

/** An application with every kind of row there is: of drafts, with all that a department can note, of the end. */
async function withHistory(): Promise<string> {
  const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
  await editApplication(rooms, people.preparer, applicationId, { ifMatch: '"1"', body: dcmmContent() });
  await rooms.acceptMaterials(applicationId, 'dcmm');
  await submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`);
  await changed(await rooms.store.require(applicationId), {
    ...{ stage: 'step-1', department: 'gz-miit', basisHash: 'b'.repeat(64), note: '同意' },
    reasons: [
      { code: 'level-3', citation: '二(二)6', message: { zh: '等级不足', en: 'the level is too low' } },
      { code: 'other', citation: '2026.1', message: { zh: '材料', en: 'documents' } },
    ],
  });
  await withdrawApplication(rooms, people.admin, applicationId, '改期申报');
  return applicationId;
}

const stored = (applicationId: string) => storedHistory(database, applicationId);

describe('a history', () => {
  it('is whole as the use cases write it, and names the guide in every row', async () => {
    const applicationId = await withHistory();
    const { items, head } = await stored(applicationId);
    expect(items).toHaveLength(5);
    expect(findBreak(auditedKinds.application(applicationId), items, head)).toBeUndefined();
    const rows = await rooms.historyRows(applicationId);
    expect(rows.map(({ event }) => event)).toEqual([
      ...['created', 'edited', 'submitted', 'signed-off', 'withdrawn'],
    ]);
    expect(new Set(rows.map(({ guide }) => guide))).toEqual(new Set(['2026.1']));
    expect(rows.map(({ previous }) => previous).slice(1)).toEqual(rows.map(({ hash }) => hash).slice(0, -1));
  });

  it('breaks at the row in which a single character, name or attribute is another', async () => {
    const applicationId = await withHistory();
    const { items, head } = await stored(applicationId);
    let tried = 0;
    for (const [index, item] of items.entries()) {
      for (const variant of variants(item)) {
        tried += 1;
        const found = findBreak(auditedKinds.application(applicationId), items.with(index, variant), head);
        if (found?.row !== historyKey(index + 1)) {
          expect.fail(`${JSON.stringify(variant)} is taken for whole, or for ${found?.row}`);
        }
      }
    }
    expect(tried).toBeGreaterThan(2000);
  });

  it('breaks where a row is missing, stands twice, or in the place of another', async () => {
    const applicationId = await withHistory();
    const { items, head } = await stored(applicationId);
    const [first, second, third, ...rest] = items as [Json, Json, Json, ...Json[]];
    const breakOf = (changed: Json[]) =>
      findBreak(auditedKinds.application(applicationId), changed, head)?.row;
    for (const index of items.keys()) {
      expect(breakOf(items.toSpliced(index, 1))).toBe(historyKey(index + 1));
    }
    expect(breakOf([first, third, second, ...rest])).toBe(historyKey(2));
    // The contents of two rows change places, each under the other's key.
    const under = (key: Json, content: Json) => ({ ...(content as object), sk: (key as { sk: Json }).sk });
    expect(breakOf([first, under(second, third), under(third, second), ...rest])).toBe(historyKey(2));
    expect(breakOf([first, under(second, first), third, ...rest])).toBe(historyKey(2));
    const other = await stored(await withHistory());
    expect(breakOf([other.items[0] as Json, second, third, ...rest])).toBe(historyKey(1));
    expect(
      findBreak(auditedKinds.application(applicationId), [...items, under(first, first)], head)?.row,
    ).toBe(historyKey(6));
    expect(findBreak(auditedKinds.application(applicationId), [], head)?.row).toBe(historyKey(1));
  });

  it('breaks where the application says anything else of its last row', async () => {
    const applicationId = await withHistory();
    const { items, head } = await stored(applicationId);
    let tried = 0;
    for (const variant of variants(head)) {
      tried += 1;
      const found = findBreak(auditedKinds.application(applicationId), items, variant);
      if (found?.row !== 'STATE' && found?.row !== historyKey(6)) {
        expect.fail(`${JSON.stringify(variant)} is taken for whole, or for ${found?.row}`);
      }
    }
    expect(tried).toBeGreaterThan(500);
    expect(findBreak(auditedKinds.application(applicationId), items, undefined)?.row).toBe('STATE');
  });

  it.each([
    ['who decided', 'deciders', { M: { somebody: { S: 'step-1' } } }, 'state.deciders'],
    ['the facts', 'content', { M: {} }, 'state.content'],
    ['a field more', 'openObjections', { L: [{ S: 'x' }] }, 'state.openObjections'],
  ])('names %s where the application itself was altered', async (_, field, value, named) => {
    const applicationId = await withHistory();
    const { items, head } = await stored(applicationId);
    const item = head as { state: { M: Record<string, Json> } };
    const altered = { ...item, state: { M: { ...item.state.M, [field]: value } } };
    const found = findBreak(auditedKinds.application(applicationId), items, altered);
    expect(found).toEqual({ row: 'STATE', fault: `it was altered: ${named}` });
  });

  it('keeps hashes of what a step changed, and no copies', async () => {
    const applicationId = await withHistory();
    const { items } = await stored(applicationId);
    const sizes = items.map((item) => JSON.stringify((item as { row: { M: Json } }).row.M).length);
    expect(Math.max(...sizes)).toBeLessThan(3_000);
  });

  it.each([
    ['a number that a computer would round', { N: `1.${'0'.repeat(30)}1` }],
    ['a number written in another way', { N: '01' }],
    ['a number that is a text', { S: '1' }],
    ['a set', { SS: ['a'] }],
    ['a binary', { B: 'AA==' }],
  ])('breaks at %s', async (_, version) => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const { items, head } = await stored(applicationId);
    const item = items[0] as { row: { M: Record<string, Json> } };
    const row = { M: { ...item.row.M, version } };
    expect(findBreak(auditedKinds.application(applicationId), [{ ...item, row }], head)?.row).toBe(
      historyKey(1),
    );
  });

  it('of one who changes the table shows as well', async () => {
    const applicationId = await withHistory();
    const Key = { pk: applicationKey(applicationId).pk, sk: historyKey(4) };
    const TableName = rooms.tableNames.applications;
    const found = async () => {
      const { items, head } = await histories.history(
        { kind: 'application', id: applicationId },
        { limit: 100 },
      );
      return findBreak(auditedKinds.application(applicationId), items, head);
    };
    await rooms.client.send(
      new UpdateCommand({
        ...{ TableName, Key, UpdateExpression: 'SET #row.#note = :note' },
        ExpressionAttributeNames: { '#row': 'row', '#note': 'note' },
        ExpressionAttributeValues: { ':note': '同義' },
      }),
    );
    expect(await found()).toMatchObject({ row: historyKey(4), fault: expect.stringContaining('altered') });
    await rooms.client.send(new DeleteCommand({ TableName, Key }));
    expect(await found()).toMatchObject({ row: historyKey(4), fault: expect.stringContaining('missing') });
  });
});

describe('the store', () => {
  it('refuses what is based on another history than the stored one, and the chain stays whole', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const fresh = await rooms.store.require(applicationId);
    const stale = { ...fresh, historyHash: 'f'.repeat(64) };
    const { historyHash: _, ...unlinked } = fresh;
    for (const old of [stale, unlinked as Application]) {
      await expect(changed(old)).rejects.toMatchObject({ code: 'concurrent-change' });
    }
    const { items, head } = await stored(applicationId);
    expect(items).toHaveLength(1);
    expect(findBreak(auditedKinds.application(applicationId), items, head)).toBeUndefined();
  });

  it('lets one of several writers at once go on with the chain', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const draft = await rooms.store.require(applicationId);
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => changed(draft, { note: `writer ${n}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { items, head } = await stored(applicationId);
    expect(items).toHaveLength(2);
    expect(findBreak(auditedKinds.application(applicationId), items, head)).toBeUndefined();
  });

  it('keeps the attributes of its indexes beside the linked state', async () => {
    const applicationId = await withHistory();
    const { Items = [] } = await rooms.client.send(
      new QueryCommand({
        TableName: rooms.tableNames.applications,
        IndexName: 'byOrganisation',
        KeyConditionExpression: 'organisation = :organisation',
        ExpressionAttributeValues: { ':organisation': people.admin.organisation },
      }),
    );
    const listed = Items.find((item) => item['pk'] === applicationKey(applicationId).pk);
    expect(listed?.['state']).toEqual(await rooms.store.require(applicationId));
  });
});

describe('auditors', () => {
  it('see a history page by page, as it is stored', async () => {
    const applicationId = await withHistory();
    const sortKeys: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const page = await histories.history({ kind: 'application', id: applicationId }, { limit: 2, cursor });
      expect(page.head).toMatchObject({ state: { M: { version: { N: '5' }, status: { S: 'withdrawn' } } } });
      sortKeys.push(...page.items.map((item) => item['sk']?.S));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(sortKeys).toEqual([1, 2, 3, 4, 5].map(historyKey));
    await expect(
      histories.history({ kind: 'application', id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, { limit: 2 }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('find every application, drafts and what is left of deleted ones, over pages that may be empty', async () => {
    const draft = await createApplication(rooms, people.preparer, dcmmContent());
    const withdrawn = await withHistory();
    const orphan = await withHistory();
    const TableName = rooms.tableNames.applications;
    await rooms.client.send(new DeleteCommand({ TableName, Key: applicationKey(orphan) }));
    // More than the megabyte that one page reads.
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const Item = { pk: `SEARCH#${number}`, sk: 'X', text: 'x'.repeat(380_000) };
      await rooms.client.send(new PutCommand({ TableName, Item }));
    }
    const statuses = new Map<string, string | undefined>();
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await histories.applications(cursor);
      for (const { applicationId, status } of page.items) {
        statuses.set(applicationId, status ?? statuses.get(applicationId));
      }
      pages += 1;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(2);
    expect(statuses.get(draft.applicationId)).toBe('draft');
    expect(statuses.get(withdrawn)).toBe('withdrawn');
    expect([...statuses]).toContainEqual([orphan, undefined]);
    const { items, head } = await histories.history({ kind: 'application', id: orphan }, { limit: 100 });
    expect(findBreak(auditedKinds.application(orphan), items, head)?.row).toBe('STATE');
  });
});

describe('applicants', () => {
  it('see what happened, and neither persons nor what departments wrote for themselves', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    await rooms.acceptMaterials(applicationId, 'dcmm');
    await submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`);
    const internal = { department: 'gz-sti', basisHash: 'b'.repeat(64), note: '内部意见' };
    for (const event of ['opined', 'expert-invited', 'abstained', 'recommended']) {
      await changed(await rooms.store.require(applicationId), { event, ...internal });
    }
    await withdrawApplication(rooms, people.admin, applicationId, '改期申报');
    const { items } = await listHistory(rooms.store, people.admin, applicationId, { limit: 100 });
    expect(items).toEqual([
      expect.objectContaining({ event: 'created', role: 'preparer', to: 'draft' }),
      expect.objectContaining({ event: 'submitted', role: 'organisation-admin' }),
      expect.objectContaining({ event: 'recommended', department: 'gz-sti', role: 'lead-reviewer' }),
      expect.objectContaining({ event: 'withdrawn', note: '改期申报' }),
    ]);
    const text = JSON.stringify(items);
    for (const hidden of ['reviewer"', '内部意见', 'bbbb', '"hash"', '"previous"']) {
      expect(text.replaceAll('lead-reviewer', '')).not.toContain(hidden);
    }
  });

  it('page through their part without a gap, whatever is left out between', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    for (const event of ['opined', 'opined', 'opined', 'recommended']) {
      await changed(await rooms.store.require(applicationId), { event });
    }
    const events: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listHistory(rooms.store, people.admin, applicationId, { limit: 2, cursor });
      events.push(...page.items.map(({ event }) => event));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(events).toEqual(['created', 'recommended']);
  });
});
