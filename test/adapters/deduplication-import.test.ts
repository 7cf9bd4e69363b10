import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwardRegistry } from '../../functions/deduplication/award-registry.ts';
import { importAwards } from '../../functions/deduplication/import-awards.ts';
import { evidencePartition, matterKeyOf, matterPartition } from '../../functions/deduplication/matter-key.ts';
import { type AwardRow, awardCsv } from '../builders/award-csv.ts';
import { publishedUscc } from '../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { openRooms, type Rooms } from '../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

let schemes = 0;

/** A registry and a scheme of its own. */
function setup(client: DynamoDBDocumentClient = rooms.client) {
  schemes += 1;
  const scheme = `穗规字〔2022〕${schemes}号`;
  const registry = new AwardRegistry(client, rooms.registryTable);
  const ids = async (partition: string) => {
    const { awards } = await registry.look(partition);
    return awards.filter((award) => award.scheme === scheme).map((award) => award.awardId);
  };
  return {
    scheme,
    registry,
    send: (...rows: Partial<AwardRow>[]) => importAwards({ registry }, { scheme, csv: awardCsv(...rows) }),
    underMatter: (detail: string) => ids(matterPartition(matterKeyOf('dcmm', publishedUscc, detail))),
    underEvidence: (number: string) => ids(evidencePartition({ kind: 'certificate', number }, publishedUscc)),
  };
}

const row = (award_id: string, changes: Partial<AwardRow> = {}) => ({ award_id, ...changes });

describe('an import', () => {
  it('makes awards findable by matter and by evidence', async () => {
    const { scheme, send, underMatter, underEvidence } = setup();
    const evidence = 'certificate:C-1;certificate:C-2';
    expect(await send(row('A-1', { evidence }), row('A-2', { matter_detail: '4' }))).toEqual({
      scheme,
      rows: 2,
      imported: 2,
      unchanged: 0,
      faults: [],
    });
    expect(await underMatter('3')).toEqual(['A-1']);
    expect(await underMatter('4')).toEqual(['A-2']);
    expect(await underEvidence('c1')).toEqual(['A-1']);
    expect(await underEvidence('C 2')).toEqual(['A-1']);
  });

  it('of the same file again changes nothing', async () => {
    const { send } = setup();
    await send(row('A-1'), row('A-2'));
    expect(await send(row('A-1'), row('A-2'))).toMatchObject({ imported: 0, unchanged: 2 });
  });

  it('of a mended file brings in what was faulty before', async () => {
    const { send, underMatter } = setup();
    expect(await send(row('A-1'), row('A-2', { year: 'soon' }))).toMatchObject({
      rows: 2,
      imported: 1,
      faults: [{ row: 3, column: 'year' }],
    });
    expect(await send(row('A-1'), row('A-2'))).toMatchObject({ imported: 1, unchanged: 1, faults: [] });
    expect(await underMatter('3')).toEqual(['A-1', 'A-2']);
  });

  it('that corrects an award moves it to its new matter and evidence', async () => {
    const { send, underMatter, underEvidence } = setup();
    await send(row('A-1', { evidence: 'certificate:OLD' }));
    await send(row('A-1', { matter_detail: '5', evidence: 'certificate:NEW' }));
    expect(await underMatter('3')).toEqual([]);
    expect(await underMatter('5')).toEqual(['A-1']);
    expect(await underEvidence('OLD')).toEqual([]);
    expect(await underEvidence('NEW')).toEqual(['A-1']);
  });

  it('that revokes an award is seen under every key of it', async () => {
    const { registry, send } = setup();
    await send(row('A-9', { evidence: 'certificate:R-1' }));
    await send(row('A-9', { evidence: 'certificate:R-1', status: 'revoked' }));
    const { awards } = await registry.look(
      evidencePartition({ kind: 'certificate', number: 'R-1' }, publishedUscc),
    );
    expect(awards.map((award) => award.status)).toEqual(['revoked']);
  });

  it('keeps awards of two schemes with one id apart', async () => {
    const [first, second] = [setup(), setup()];
    await first.send(row('A-1'));
    expect(await second.send(row('A-1'))).toMatchObject({ imported: 1, unchanged: 0 });
    expect(await first.underMatter('3')).toEqual(['A-1']);
    expect(await second.underMatter('3')).toEqual(['A-1']);
  });

  it('takes many rows, and none of them twice when two operators send them at once', async () => {
    const { send, underMatter } = setup();
    const rows = Array.from({ length: 300 }, (_, index) =>
      row(`B-${index}`, { matter_detail: `b${index % 7}` }),
    );
    const reports = await Promise.all([send(...rows), send(...rows)]);
    for (const report of reports) expect(report.imported + report.unchanged).toBe(300);
    const found = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((detail) => underMatter(`B${detail}`)));
    expect(new Set(found.flat()).size).toBe(300);
    expect(found.flat()).toHaveLength(300);
  });

  it('reports at most a thousand faults, and counts them all', async () => {
    const { send } = setup();
    const rows = Array.from({ length: 1200 }, (_, index) => row(`C-${index}`, { year: 'soon' }));
    const report = await send(...rows);
    expect(report).toMatchObject({ rows: 1200, imported: 0, unchanged: 0 });
    expect(report.faults).toHaveLength(1000);
  });
});

describe('a busy registry', () => {
  it('gets what it left unprocessed once more', async () => {
    const client = mockClient(DynamoDBDocumentClient);
    client.on(BatchGetCommand).resolves({});
    const accepted: unknown[] = [];
    // A throttled table takes one item of a batch and leaves the others behind.
    client.on(BatchWriteCommand).callsFake(({ RequestItems }: BatchWriteCommandInput) => {
      const [[table = '', [first, ...left] = []] = []] = Object.entries(RequestItems ?? {});
      accepted.push(first?.PutRequest?.Item?.['sk']);
      return { UnprocessedItems: left.length > 0 ? { [table]: left } : {} };
    });
    const { scheme, send } = setup(rooms.client);
    await send(row('D-1'), row('D-2'), row('D-3'));
    client.restore();
    const pointers = ['D-1', 'D-2', 'D-3'].map((id) => `AWARD#${scheme}#${id}`);
    expect(accepted).toEqual([...pointers, 'RECORD', 'RECORD', 'RECORD']);
  });

  it('that breaks off leaves no bar of an award that did not arrive, and the next import completes it', async () => {
    const client = openRooms(database).client;
    let broken = true;
    client.middlewareStack.add(
      (next) => async (args) => {
        if (broken && JSON.stringify(args.input).includes('"RECORD"') && 'RequestItems' in args.input) {
          if (JSON.stringify(args.input).includes('PutRequest')) throw new Error('broke off');
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    const { send, underMatter } = setup(client);
    await expect(send(row('E-1'))).rejects.toThrow('broke off');
    expect(await underMatter('3')).toEqual([]);
    broken = false;
    expect(await send(row('E-1'))).toMatchObject({ imported: 1 });
    expect(await underMatter('3')).toEqual(['E-1']);
  });
});
