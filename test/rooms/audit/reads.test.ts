import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadStore } from '../../../functions/audit/read-store.ts';
import type { Actor } from '../../../functions/shared/actor.ts';
import type { PersonalRead } from '../../../functions/shared/personal-read.ts';
import { Table } from '../../../functions/shared/table.ts';
import { type Doors, openDoors } from '../../support/doors.ts';

let doors: Doors;
let client: DynamoDBClient;
let store: ReadStore;
beforeAll(async () => {
  doors = await openDoors();
  client = new DynamoDBClient(doors.database.clientConfig);
  store = new ReadStore(new Table(DynamoDBDocumentClient.from(client), doors.database.tableNames.reads));
}, 120_000);
afterAll(async () => {
  client?.destroy();
  await doors?.stop();
});

const auditor: Actor = { id: 'reads-auditor', roles: ['auditor'] };
const lead: Actor = { id: 'reads-lead', roles: ['department-lead'], department: 'gz-miit' as never };

async function kept(query: Readonly<Record<string, string>>): Promise<readonly PersonalRead[]> {
  const found: PersonalRead[] = [];
  let cursor: string | undefined;
  do {
    const { status, json } = await doors.call('listReads', {
      actor: auditor,
      query: { limit: '2', ...query, ...(cursor !== undefined && { cursor }) },
    });
    expect(status).toBe(200);
    const page = json as { items: PersonalRead[]; nextCursor?: string };
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const read = (over: Partial<PersonalRead>): PersonalRead => ({
  ...{ requestId: 'r', at: '2026-11-02T04:00:00.000Z', person: 'reader-1', roles: ['lead-reviewer'] },
  ...{ grants: ['g-1'], route: 'GET /v1/tasks/{taskId}', personal: ['enterprise'], of: {} },
  ...{ applications: [], documents: [] },
  ...over,
});

describe('an answer with personal data of others', () => {
  it('leaves who read it by which grant, what, when and through which request; once, however often it is handed on', async () => {
    const request = { actor: lead, requestId: 'request-of-lead', timeEpoch: Date.now() };
    for (const _ of [1, 2]) expect((await doors.call('listMembers', request)).status).toBe(200);
    expect(await kept({ person: lead.id })).toEqual([
      {
        ...{ requestId: 'request-of-lead', at: new Date(request.timeEpoch).toISOString(), person: lead.id },
        ...{ roles: ['department-lead'], grants: [expect.any(String)], route: 'GET /v1/department/members' },
        ...{ personal: ['people'], of: {}, applications: [], documents: [] },
      },
    ]);
    expect((await doors.call('countTasks', { actor: { ...lead, roles: ['lead-reviewer'] } })).status).toBe(
      200,
    );
    expect(await kept({ person: lead.id })).toHaveLength(1);
  });

  it('says what was asked for, and leaves nothing where it was refused', async () => {
    const query = { partition: 'APPLICATION#01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    const asked = { actor: auditor, params: { table: 'applications' }, query };
    expect((await doors.call('listStoredRows', asked)).status).toBe(200);
    expect(await kept({ person: auditor.id })).toMatchObject([
      {
        ...{ personal: ['stored'], of: { table: 'applications', ...query } },
        applications: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'],
      },
    ]);
    const unknown = { actor: auditor, params: { applicationId: 'nothing' } };
    expect((await doors.call('getStoredHistory', unknown)).status).toBe(404);
    expect((await doors.call('listStoredRows', { ...asked, actor: lead })).status).toBe(403);
    expect(await kept({ person: auditor.id })).toHaveLength(1);
  });

  it('is found by person, application and day, those that told of several with the others', async () => {
    const [one, other] = ['01BX5ZZKBKACTAV9WEVGEMMVRZ', '01BX5ZZKBKACTAV9WEVGEMMVS0'];
    const all = [
      read({ requestId: 'r-1', applications: [one] }),
      read({ requestId: 'r-2', at: '2026-11-02T17:00:00.000Z', applications: [one, other], reason: '核实' }),
      read({ requestId: 'r-3', person: 'reader-2', applications: [other] }),
      read({ requestId: 'r-4', at: '2026-11-03T15:59:59.999Z', applications: [one] }),
      read({ requestId: 'r-5', at: '2026-11-03T16:00:00.000Z', applications: [one] }),
      read({ requestId: 'r-6', at: '2026-11-02T16:00:00.000Z' }),
    ];
    for (const row of all) await store.record(row);
    const ids = async (query: Readonly<Record<string, string>>) =>
      (await kept(query)).map(({ requestId }) => requestId);
    expect(await ids({ person: 'reader-1' })).toEqual(['r-5', 'r-4', 'r-2', 'r-6', 'r-1']);
    // A day in Shanghai is not one of UTC.
    expect(await ids({ day: '2026-11-03' })).toEqual(['r-4', 'r-2', 'r-6']);
    expect(await ids({ person: 'reader-1', day: '2026-11-03' })).toEqual(['r-4', 'r-2', 'r-6']);
    expect(await ids({ application: one })).toEqual(['r-5', 'r-4', 'r-1', 'r-2']);
    expect(await ids({ application: other })).toEqual(['r-3', 'r-2']);
    expect(await ids({ application: one, day: '2026-11-03' })).toEqual(['r-4', 'r-2']);
    expect(await ids({ application: one, person: 'reader-1' })).toEqual(['r-5', 'r-4', 'r-2', 'r-1']);
    expect((await kept({ application: other })).at(-1)).toEqual(all[1]);
    expect((await doors.call('listReads', { actor: lead })).status).toBe(403);
    const foreign = { application: one, cursor: 'several_nonsense' };
    expect((await doors.call('listReads', { actor: auditor, query: foreign })).status).toBe(400);
  });

  it('refuses another read under the same request', async () => {
    const row = read({ requestId: 'taken', person: 'reader-3' });
    await store.record(row);
    await store.record(row);
    await expect(store.record({ ...row, route: 'GET /v1/tasks/{taskId}/case' })).rejects.toThrow('taken');
    expect(await kept({ person: 'reader-3' })).toHaveLength(1);
  });

  it('is not given where that cannot be kept', async () => {
    const [requestId, at] = ['another-was-here', '2026-11-05T04:00:00.000Z'];
    await store.record(read({ requestId, at, person: lead.id }));
    const request = { actor: lead, requestId, timeEpoch: Date.parse(at) };
    const { status, text } = await doors.call('listMembers', request);
    expect(status).toBe(500);
    expect(text).not.toContain(lead.id);
    expect((await doors.call('getMe', { ...request })).status).toBe(200);
  });
});
