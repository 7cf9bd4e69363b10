import { createHash } from 'node:crypto';
import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AwardSchema } from '../../../../functions/filing/applications/award.ts';
import { AwardRegistry } from '../../../../functions/registry/awards/award-registry.ts';
import {
  evidencePartition,
  matterKeyOf,
  matterPartition,
} from '../../../../functions/registry/awards/matter-key.ts';
import { searchAwards } from '../../../../functions/registry/awards/search-awards.ts';
import { searchRegistry } from '../../../../functions/registry/awards/search-registry.ts';
import { decideUndo } from '../../../../functions/registry/imports/decide-undo.ts';
import { importAwards } from '../../../../functions/registry/imports/import-awards.ts';
import { fileInMemory } from '../../../../functions/registry/imports/import-files.ts';
import { ImportViewSchema, importView } from '../../../../functions/registry/imports/import-view.ts';
import {
  importReport,
  listImportFaults,
  listImports,
} from '../../../../functions/registry/imports/list-imports.ts';
import { type Mapping, MappingSchema } from '../../../../functions/registry/imports/mapping.ts';
import { proposeUndo } from '../../../../functions/registry/imports/propose-undo.ts';
import {
  csvType,
  newImport,
  type RegistryImport,
  xlsxType,
} from '../../../../functions/registry/imports/registry-import.ts';
import { requestImport } from '../../../../functions/registry/imports/request-import.ts';
import { noteCrash, runImport } from '../../../../functions/registry/imports/run-import.ts';
import { contentHash } from '../../../../functions/shared/hash.ts';
import { witnessPrefix } from '../../../../functions/shared/keys.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { type AwardRow, awardCsv } from '../../../builders/award-csv.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { workbook } from '../../../builders/workbook.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
/** A database whose whole content is compared. */
let quiet: TestDynamoDb;
let quietRooms: Rooms;

/** Gives both an empty database: whoever reads everything reads what it made itself, and not what all others made. */
async function beginEmpty(): Promise<() => Promise<void>> {
  const before = [database, rooms, quiet, quietRooms] as const;
  [database, quiet] = [await startTestDynamoDb(), await startTestDynamoDb()];
  [rooms, quietRooms] = [openRooms(database), openRooms(quiet)];
  return async () => {
    await Promise.all([database.stop(), quiet.stop()]);
    [database, rooms, quiet, quietRooms] = before;
  };
}
beforeAll(beginEmpty);

let schemes = 0;

/** A registry and a scheme of its own. */
function setup(client: DynamoDBDocumentClient = rooms.client) {
  schemes += 1;
  const scheme = `穗规字〔2022〕${schemes}号`;
  const registry = new AwardRegistry(new Table(client, rooms.tableNames.registry));
  const ids = async (partition: string) => {
    const { awards } = await registry.look(partition);
    return awards.filter((award) => award.scheme === scheme).map((award) => award.awardId);
  };
  return {
    scheme,
    registry,
    send: (...rows: Partial<AwardRow>[]) =>
      importAwards({ ...rooms, registry }, people.operator, { scheme, csv: awardCsv(...rows) }),
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
      importId: expect.any(String),
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

const never = new Date(8.64e15);
const atOnce = new Date(0);

/** An uploaded file of a scheme, and its runs. */
function upload(
  scheme: string,
  content: Uint8Array,
  contentType: RegistryImport['contentType'] = csvType,
  where: Rooms = rooms,
  dryRun = false,
) {
  const signed: string[] = [];
  const presign = async ({ key }: { key: string }) => {
    signed.push(key);
    return { method: 'PUT', url: `https://uploads.example/${key}`, headers: {}, expiresAt: '' } as const;
  };
  const asked = requestImport({ ...where, presign }, people.operator, scheme, {
    fileName: 'awards',
    contentType,
    bytes: content.byteLength,
    sha256: createHash('sha256').update(content).digest('hex'),
    confirmUscc: true,
    dryRun,
  });
  const parts = (client: DynamoDBDocumentClient) => ({
    ...where,
    registry: new AwardRegistry(new Table(client, where.tableNames.registry)),
    open: () => fileInMemory(content),
    partRows: 100,
  });
  const id = async () => (await asked).added.importId;
  return {
    signed,
    id,
    run: async (until = never, run = 'one', client = where.client) =>
      runImport(parts(client), { importId: await id(), run }, until),
    crash: async (run = 'one') => noteCrash(parts(where.client), { importId: await id(), run }),
    state: async () => where.imports.require(await id()),
    faults: async () => (await listImportFaults(where, await id(), undefined)).items,
  };
}

const manyRows = (count: number, changes: (index: number) => Partial<AwardRow> = () => ({})) =>
  Buffer.from(
    awardCsv(
      ...Array.from({ length: count }, (_, index) =>
        row(`M-${index}`, {
          matter_detail: `m${index}`,
          project_name: `第${index}号示范项目${index * 7919}`,
          ...changes(index),
        }),
      ),
    ),
  );

/** Everything that a registry holds of a scheme's awards. */
async function dump(where: Rooms, scheme: string): Promise<string[]> {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await where.client.send(
      new ScanCommand({
        TableName: where.tableNames.registry,
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items
    .filter(({ pk, sk }) => pk !== 'IMPORTS' && !String(sk).startsWith(witnessPrefix))
    .map(({ pk, sk, ...rest }) => ({ key: `${pk} ${sk}`, content: plain(rest) }))
    .filter(({ key, content }) => `${key} ${JSON.stringify(content)}`.includes(`AWARD#${scheme}#`))
    .map(({ key, content }) => `${key} ${contentHash(content)}`)
    .sort();
}

/** Every award of a scheme that the registry leads to, by the enterprise, with where it was read. */
async function awardsIn(where: Rooms, scheme: string): Promise<[id: string, content: string][]> {
  const lines = await dump(where, scheme);
  const registry = new AwardRegistry(where.tables.registry);
  const awards = (await registry.awardsOf(publishedUscc)).filter((award) => award.scheme === scheme);
  const places = (id: string) =>
    lines.filter((line) => line.includes(`#${id} `) || line.endsWith(`#${id}`)).length;
  return awards
    .map((award): [string, string] => [award.awardId, `${JSON.stringify(award)} ${places(award.awardId)}`])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Sets as sorted lists. */
function plain(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, member instanceof Set ? [...member].sort() : member]),
  );
}

/** A client that breaks off at the n-th transaction. */
function breakingClient(after: number, of = database): DynamoDBDocumentClient {
  const { client } = openRooms(of);
  let left = after;
  client.middlewareStack.add(
    (next) => async (args) => {
      if ('TransactItems' in args.input) left -= 1;
      if (left < 0) throw new Error('broke off');
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}

describe('an uploaded file', () => {
  it('is read in parts by one call after the other, each going on where the last one stopped', async () => {
    const { scheme, registry } = setup();
    const file = upload(scheme, manyRows(320));
    expect(file.signed).toEqual([]);
    const outcomes = [];
    for (let call = 0; call < 5; call += 1) outcomes.push((await file.run(atOnce)).outcome);
    expect(outcomes).toEqual(['more', 'more', 'more', 'ended', 'ended']);
    expect(file.signed).toEqual([`imports/${await file.id()}`]);
    const state = await file.state();
    expect(state).toMatchObject({ status: 'done', rows: 320, imported: 320, unchanged: 0, faulty: 0 });
    const { awards } = await registry.look(matterPartition(matterKeyOf('dcmm', publishedUscc, 'm319')));
    expect(awards.map(({ awardId }) => awardId)).toEqual(['M-319']);
  });

  it('keeps with every record whence it comes', async () => {
    const { scheme } = setup();
    const content = manyRows(2);
    const file = upload(scheme, content);
    await file.run();
    const { Item } = await rooms.client.send(
      new GetCommand({
        TableName: rooms.tableNames.registry,
        Key: { pk: `AWARD#${scheme}#M-1`, sk: 'RECORD' },
      }),
    );
    expect(Item?.['provenance']).toEqual({
      importId: await file.id(),
      fileHash: createHash('sha256').update(content).digest('hex'),
      row: 3,
      importer: 'operator',
      at: expect.any(String),
    });
  });

  it.each([0, 1, 6, 12])(
    'that broke off at transaction %i ends with the same counts and the same registry',
    async (after) => {
      const { scheme } = setup();
      const repeat = (index: number) =>
        index % 50 === 49 ? { award_id: `M-${index - 49}` } : index % 30 === 7 ? { year: '25' } : {};
      const content = manyRows(230, repeat);
      const file = upload(scheme, content, csvType, quietRooms);
      await expect(file.run(never, 'one', breakingClient(after, quiet))).rejects.toThrow('broke off');
      expect((await file.state()).status).toBe('running');
      expect(await file.crash()).toEqual({ outcome: 'more' });
      expect(await file.run()).toEqual({ outcome: 'ended' });
      const { rows, imported, unchanged, faulty, faults, crashes, status } = await file.state();
      expect({ rows, imported, unchanged, faulty, faults, crashes, status }).toEqual({
        ...{ rows: 230, imported: 218, unchanged: 0, faulty: 12, faults: 12 },
        ...{ crashes: 0, status: 'done' },
      });
      const report = await file.faults();
      expect(report.map(({ rule }) => rule).sort()).toEqual([
        ...Array.from({ length: 8 }, () => 'format'),
        ...Array.from({ length: 4 }, () => 'repeated'),
      ]);
      const before = await dump(quietRooms, scheme);
      expect(before.filter((text) => text.startsWith('AWARD#'))).toHaveLength(218);
      const again = upload(scheme, content, csvType, quietRooms);
      await again.run();
      expect(await again.state()).toMatchObject({ rows: 230, imported: 0, unchanged: 218, faulty: 12 });
      expect(await dump(quietRooms, scheme)).toEqual(before);
    },
  );

  it('asks for what is new or changed in it to be screened, and for nothing else', async () => {
    const { scheme } = setup();
    const asked = async (importId: string) => {
      const { Items = [] } = await rooms.client.send(
        new ScanCommand({
          TableName: rooms.tableNames.workflow,
          FilterExpression: 'begins_with(pk, :pk)',
          ExpressionAttributeValues: { ':pk': `SCREENING#${importId}#` },
          ConsistentRead: true,
        }),
      );
      return Items.flatMap((item): string[] => item['records']).sort();
    };
    const first = upload(scheme, manyRows(250));
    await first.run();
    expect(await asked(await first.id())).toHaveLength(250);
    const second = upload(
      scheme,
      manyRows(250, (index) => (index === 130 ? { year: '2021' } : {})),
    );
    await second.run();
    expect(await asked(await second.id())).toEqual([`AWARD#${scheme}#M-130`]);
  });

  it('that breaks off at one place again and again is given up, and says where', async () => {
    const { scheme } = setup();
    const file = upload(scheme, manyRows(20));
    const outcomes = [];
    for (let call = 0; call < 3; call += 1) {
      await expect(file.run(never, 'one', breakingClient(0))).rejects.toThrow('broke off');
      outcomes.push((await file.crash()).outcome);
    }
    expect(outcomes).toEqual(['more', 'more', 'ended']);
    expect((await file.state()).status).toBe('failed');
    expect(await file.faults()).toMatchObject([{ rule: 'broke-off', severity: 'error' }]);
    expect(await file.run()).toEqual({ outcome: 'ended' });
  });

  it('is read by the first of two runs alone', async () => {
    const { scheme } = setup();
    const file = upload(scheme, manyRows(350));
    const outcomes = await Promise.all([file.run(never, 'one'), file.run(never, 'two')]);
    expect(outcomes).toEqual([{ outcome: 'ended' }, { outcome: 'ended' }]);
    const winner = (await file.state()).run ?? '';
    expect(await file.state()).toMatchObject({ status: 'done', rows: 350, imported: 350, run: winner });
    expect(await file.crash('three')).toEqual({ outcome: 'ended' });
  });

  it('with other bytes corrects the awards that differ, and moves what points to them', async () => {
    const { scheme, registry, underMatter, underEvidence } = setup();
    const first = upload(
      scheme,
      manyRows(30, () => ({ evidence: 'certificate:K-1' })),
    );
    await first.run();
    const changed = (index: number) =>
      index === 4
        ? { evidence: 'certificate:K-2', matter_detail: 'k4', project_name: '海上风电运维调度平台' }
        : { evidence: 'certificate:K-1' };
    const second = upload(scheme, manyRows(30, changed));
    await second.run();
    expect(await second.state()).toMatchObject({ imported: 1, unchanged: 29, faulty: 0 });
    expect(await underMatter('m4')).toEqual([]);
    expect(await underMatter('k4')).toEqual(['M-4']);
    expect(await underEvidence('K-2')).toEqual(['M-4']);
    expect(await underEvidence('K-1')).toHaveLength(29);
    const found = await searchRegistry(registry, '海上风电运维调度平台', { limit: 1 });
    expect(found.awards).toMatchObject([{ scheme, awardId: 'M-4' }]);
    const old = await searchRegistry(registry, '第4号示范项目31676', { limit: 20 });
    expect(old.awards.filter((award) => award.scheme === scheme && award.awardId === 'M-4')).toEqual([]);
  });

  it('that gives an enterprise another credit code leaves nothing under the old one', async () => {
    const { scheme, registry } = setup();
    const [old, mended] = ['91440101MA5ABCDE1X', '91440101MA5ABCDE2X'];
    const ofScheme = async (uscc: string) =>
      (await registry.awardsOf(uscc)).filter((award) => award.scheme === scheme);
    await upload(
      scheme,
      manyRows(1, () => ({ uscc: old })),
    ).run();
    expect(await ofScheme(old)).toHaveLength(1);
    await upload(
      scheme,
      manyRows(1, () => ({ uscc: mended })),
    ).run();
    expect(await ofScheme(old)).toEqual([]);
    expect(await ofScheme(mended)).toMatchObject([{ awardId: 'M-0', uscc: mended }]);
  });

  it('may revoke what another one granted', async () => {
    const { scheme, registry } = setup();
    await upload(scheme, manyRows(2)).run();
    await upload(
      scheme,
      manyRows(2, (index) => (index === 1 ? { status: 'revoked' } : {})),
    ).run();
    const { awards } = await registry.look(matterPartition(matterKeyOf('dcmm', publishedUscc, 'm1')));
    const ours = awards.filter((award) => award.scheme === scheme);
    expect(ours.map(({ awardId, status }) => [awardId, status])).toEqual([['M-1', 'revoked']]);
  });

  it('and another one with the same award end with one record, whichever comes first', async () => {
    const { scheme } = setup();
    const files = ['2024', '2025'].map((year) =>
      upload(
        scheme,
        manyRows(400, () => ({ year })),
        csvType,
        quietRooms,
      ),
    );
    await Promise.all(files.map((file) => file.run()));
    for (const file of files) {
      const { imported, unchanged, faulty, rows } = await file.state();
      expect({ handled: imported + unchanged, faulty, rows }).toEqual({ handled: 400, faulty: 0, rows: 400 });
    }
    const items = await dump(quietRooms, scheme);
    for (const kind of ['AWARD#', 'MATTER#', 'ENTERPRISE#']) {
      expect(items.filter((text) => text.startsWith(kind))).toHaveLength(400);
    }
  });

  it('never shows half of an award to whoever screens meanwhile', async () => {
    const { scheme, registry } = setup();
    const evidence = 'certificate:HALF-1';
    const file = upload(
      scheme,
      manyRows(300, () => ({ evidence })),
    );
    const importing = file.run();
    let isOver = false;
    importing.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const { awards } = await registry.look(
        evidencePartition({ kind: 'certificate', number: 'HALF-1' }, publishedUscc),
      );
      const seen = awards.filter((award) => award.scheme === scheme).slice(0, 5);
      for (const award of seen) {
        const matter = matterPartition(matterKeyOf('dcmm', publishedUscc, award.matterDetail));
        const ids = (await registry.look(matter)).awards.map(({ awardId }) => awardId);
        expect(ids).toContain(award.awardId);
      }
    }
    await importing;
    expect((await file.state()).imported).toBe(300);
  });

  it('that is too large is refused with the limit', async () => {
    const { scheme } = setup();
    const presign = () => Promise.reject(new Error('must not be signed'));
    const declared = { fileName: 'a', sha256: 'a'.repeat(64), confirmUscc: false };
    for (const contentType of [csvType, xlsxType] as const) {
      const asked = { ...declared, contentType, bytes: 1_073_741_824 };
      const error = await requestImport({ ...rooms, presign }, people.operator, scheme, asked).catch(
        (fault: unknown) => fault,
      );
      expect(error).toMatchObject({
        code: 'invalid-request',
        faults: [{ path: 'bytes', rule: 'too-large' }],
      });
      expect(String((error as { faults: { message: { en: string } }[] }).faults[0]?.message.en)).toMatch(
        /\d{9}/,
      );
    }
  });

  it('without headings, or that is no workbook, fails with a reason', async () => {
    const { scheme } = setup();
    const empty = upload(scheme, Buffer.from('\n'));
    await empty.run();
    expect((await empty.state()).status).toBe('failed');
    expect(await empty.faults()).toMatchObject([{ rule: 'no-headings' }]);
    const text = upload(scheme, Buffer.from('plain text'), xlsxType);
    await text.run();
    expect(await text.faults()).toMatchObject([{ rule: 'not-xlsx' }]);
  });

  it('keeps the rows before a fault that ends it', async () => {
    const { scheme } = setup();
    const file = upload(scheme, Buffer.concat([manyRows(3), Buffer.alloc(400_000, 'x')]));
    await file.run();
    expect(await file.state()).toMatchObject({ status: 'failed', rows: 3, imported: 3 });
    expect(await file.faults()).toMatchObject([{ row: 5, rule: 'csv' }]);
  });
});

/** An import that somebody has asked for. */
const asked = {
  ...{ importId: '01KQ0000000000000000000000', scheme: 'S', fileName: 'a.csv' },
  contentType: csvType,
  ...{ bytes: 1, sha256: 'a', confirmUscc: false, requestedBy: 'operator' },
  requestedAt: '2026-11-20T02:00:00.000Z',
} as const;

const chinese: Mapping = MappingSchema.parse({
  encoding: 'gb18030',
  headerRow: 2,
  columns: {
    uscc: '统一社会信用代码',
    name: '企业名称',
    year: '下达日期',
    projectName: '项目名称',
    amount: '资金（万元）',
    status: '状态',
  },
  evidenceColumns: [{ kind: 'certificate', heading: '证书编号' }],
  level: 'municipal',
  matterKind: 'dcmm',
  amountUnit: 'wan-yuan',
  yearFormat: 'YYYY年MM月DD日',
  grantedWords: ['已拨付'],
  revokedWords: ['已撤销'],
});

describe('a scheme with a mapping of its own', () => {
  const table = (amount: string, status = '已拨付') => [
    ['广州市某专项资金安排表'],
    ['序号', '企业名称', '统一社会信用代码', '项目名称', '下达日期', '资金（万元）', '状态', '证书编号'],
    [
      '1',
      '广州示例云帆软件有限公司',
      publishedUscc,
      '数据治理平台',
      '2024-03-01',
      amount,
      status,
      'Z-1、Z-2',
    ],
  ];
  const sheet = (amount: string, status?: string) =>
    workbook([{ name: '安排表', rows: table(amount, status) }]);

  it('is read by it, without numbers of its own; a corrected file corrects, and the same one changes nothing', async () => {
    const { scheme, registry } = setup();
    await rooms.imports.saveMapping(scheme, {
      mapping: chinese,
      savedAt: rooms.clock().toISOString(),
      savedBy: 'operator',
    });
    const found = async () =>
      (await registry.awardsOf(publishedUscc)).filter((award) => award.scheme === scheme);
    const first = upload(scheme, sheet('12.345678'), xlsxType);
    await first.run();
    expect(await first.faults()).toEqual([]);
    const [award] = await found();
    expect(award).toMatchObject({
      amountFen: 12_345_678,
      year: 2024,
      level: 'municipal',
      matterKind: 'dcmm',
      evidence: [
        { kind: 'certificate', number: 'Z-1' },
        { kind: 'certificate', number: 'Z-2' },
      ],
      awardId: expect.stringMatching(/^content-[0-9a-f]{40}$/),
    });
    const again = upload(scheme, sheet('12.345678'), xlsxType);
    await again.run();
    expect(await again.state()).toMatchObject({ imported: 0, unchanged: 1 });
    const corrected = upload(scheme, sheet('20', '已撤销'), xlsxType);
    await corrected.run();
    expect(await corrected.state()).toMatchObject({ imported: 1, unchanged: 0 });
    expect(await found()).toMatchObject([
      { awardId: award?.awardId, amountFen: 20_000_000, status: 'revoked' },
    ]);
  });

  it('resumes a workbook at its row', async () => {
    const { scheme } = setup();
    await rooms.imports.saveMapping(scheme, {
      mapping: { ...chinese, headerRow: 1 },
      savedAt: rooms.clock().toISOString(),
      savedBy: 'operator',
    });
    const [, headings = [], one = []] = table('1');
    const rows = Array.from({ length: 250 }, (_, index) =>
      one.map((cell, column) => (column === 3 ? `${cell}${index}号` : cell)),
    );
    const file = upload(scheme, workbook([{ name: '安排表', rows: [headings, ...rows] }]), xlsxType);
    expect(await file.run(atOnce)).toEqual({ outcome: 'more' });
    const view = importView(await file.state());
    expect(view.rows).toBe(100);
    expect(await file.run()).toEqual({ outcome: 'ended' });
    expect(await file.state()).toMatchObject({ rows: 250, imported: 250, faulty: 0 });
  });
});

describe('an import that is taken back', () => {
  beforeAll(beginEmpty);

  const undo = async (
    where: Rooms,
    importId: string,
    until = never,
    actor: { id: string } = people.secondOperator,
  ) => {
    const registry = new AwardRegistry(where.tables.registry);
    return decideUndo({ ...where, registry }, actor, importId, { outcome: 'confirm' }, until);
  };
  const propose = (where: Rooms, importId: string) =>
    proposeUndo(where, people.operator, importId, '导入了错误的文件');

  it('leaves the registry as it was before: what is new goes, what was changed is restored', async () => {
    const { scheme } = setup();
    const named = (index: number) => (index === 3 ? { project_name: '岭南灯会数字藏品登记' } : {});
    const first = upload(scheme, manyRows(130, named), csvType, quietRooms);
    await first.run();
    const before = await awardsIn(quietRooms, scheme);
    const second = upload(
      scheme,
      manyRows(150, (index) =>
        index % 100 === 3
          ? { project_name: `海上风电运维${index}`, evidence: 'certificate:U-1', year: '2024' }
          : {},
      ),
      csvType,
      quietRooms,
    );
    await second.run();
    expect(await second.state()).toMatchObject({ imported: 22 });
    expect(await awardsIn(quietRooms, scheme)).not.toEqual(before);
    const importId = await second.id();
    await propose(quietRooms, importId);
    const outcomes = [];
    for (let call = 0; call < 5; call += 1)
      outcomes.push((await undo(quietRooms, importId, atOnce)).undo?.status);
    expect(outcomes).toEqual(['running', 'running', 'done', 'done', 'done']);
    expect((await second.state()).undo).toMatchObject({ removed: 20, restored: 2, kept: 0, keptRows: [] });
    expect(await awardsIn(quietRooms, scheme)).toEqual(before);
    const registry = new AwardRegistry(quietRooms.tables.registry);
    const found = await searchRegistry(registry, '岭南灯会数字藏品登记', { limit: 3 });
    expect(found.awards).toContainEqual(expect.objectContaining({ scheme, awardId: 'M-3' }));
    // The file can be imported again.
    const again = upload(scheme, manyRows(150, named), csvType, quietRooms);
    await again.run();
    expect(await again.state()).toMatchObject({ imported: 20, unchanged: 130 });
  });

  it('keeps what a check rests on and what a later import has changed, and names it', async () => {
    const { scheme, registry } = setup();
    const file = upload(scheme, manyRows(3));
    await file.run();
    const later = upload(
      scheme,
      manyRows(3, (index) => (index === 1 ? { year: '2023' } : {})),
    );
    await later.run();
    await rooms.tables.registry.transact(registry.restOn([{ scheme, awardId: 'M-2' }], 'application'));
    await propose(rooms, await file.id());
    const { undo: done } = await undo(rooms, await file.id());
    expect(done).toMatchObject({ status: 'done', removed: 1, restored: 0, kept: 2 });
    expect(done?.keptRows).toEqual([
      { row: 3, awardId: 'M-1', cause: 'changed-since' },
      { row: 4, awardId: 'M-2', cause: 'relied-on' },
    ]);
    expect((await awardsIn(rooms, scheme)).map(([id]) => id)).toEqual(['M-1', 'M-2']);
  });

  it('and a check that comes to rest on it at the same moment: one of them looks again', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { scheme, registry } = setup();
      const file = upload(scheme, manyRows(1));
      await file.run();
      await propose(rooms, await file.id());
      const [undone, rested] = await Promise.allSettled([
        undo(rooms, await file.id()),
        rooms.tables.registry.transact(registry.restOn([{ scheme, awardId: 'M-0' }], 'application')),
      ]);
      const kept = undone.status === 'fulfilled' ? undone.value.undo?.kept : undefined;
      expect([kept, rested.status]).toEqual(kept === 1 ? [1, 'fulfilled'] : [0, 'rejected']);
      expect(await awardsIn(rooms, scheme)).toHaveLength(kept ?? 0);
    }
  });

  it('takes two people, ends once, and is nothing to do with a dry run or one that runs', async () => {
    const { scheme } = setup();
    const file = upload(scheme, manyRows(2));
    const importId = await file.id();
    await expect(propose(rooms, importId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await file.run();
    await expect(undo(rooms, importId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await propose(rooms, importId);
    expect((await propose(rooms, importId)).undo).toMatchObject({ status: 'proposed' });
    await expect(undo(rooms, importId, never, people.operator)).rejects.toMatchObject({
      code: 'same-person',
    });
    const both = await Promise.allSettled([
      undo(rooms, importId),
      undo(rooms, importId, never, people.approver),
    ]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await undo(rooms, importId);
    expect((await file.state()).undo).toMatchObject({ status: 'done', removed: 2 });
    await expect(propose(rooms, importId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    const dry = upload(scheme, manyRows(2), csvType, rooms, true);
    await dry.run();
    await expect(propose(rooms, await dry.id())).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('stays when the second person refuses, and may be asked for again', async () => {
    const { scheme } = setup();
    const file = upload(scheme, manyRows(1));
    await file.run();
    const importId = await file.id();
    await propose(rooms, importId);
    const refusal = { outcome: 'refuse', reason: '文件无误' } as const;
    const refused = await decideUndo(rooms, people.approver, importId, refusal, never);
    expect(refused.undo).toMatchObject({ status: 'refused', refusal: '文件无误', decidedBy: 'approver' });
    expect(await awardsIn(rooms, scheme)).toHaveLength(1);
    await expect(undo(rooms, importId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect((await propose(rooms, importId)).undo).toMatchObject({ status: 'proposed' });
  });
});

describe('a dry run', () => {
  it('tells what an import would do, and writes nothing of it', async () => {
    const { scheme } = setup();
    const quietUpload = (content: Buffer, dryRun: boolean) =>
      upload(scheme, content, csvType, quietRooms, dryRun);
    await quietUpload(manyRows(3), false).run();
    const content = manyRows(250, (index) =>
      index === 1
        ? { matter_detail: '9' }
        : index === 7
          ? { year: 'soon' }
          : index === 240
            ? { award_id: 'M-20' }
            : index === 200
              ? { name: '深圳市南岭数据科技有限公司' }
              : {},
    );
    const before = await dump(quietRooms, scheme);
    const dry = quietUpload(content, true);
    await dry.run();
    expect(await dump(quietRooms, scheme)).toEqual(before);
    const figures = { rows: 250, imported: 246, unchanged: 2, faulty: 2 };
    expect(await dry.state()).toMatchObject({ status: 'done', dryRun: true, ...figures });
    expect(importView(await dry.state())).toMatchObject({ dryRun: true, progress: 1 });
    const real = quietUpload(content, false);
    await real.run();
    expect(await real.state()).toMatchObject({ status: 'done', ...figures });
    expect(await real.faults()).toEqual(await dry.faults());
    expect((await real.faults()).map(({ rule }) => rule)).toEqual(['format', 'two-enterprises', 'repeated']);
  });

  it('asks for nothing to be screened', async () => {
    const { scheme } = setup();
    const asked: string[] = [];
    const content = awardCsv({});
    const screenings = { ask: async (importId: string) => void asked.push(importId) };
    const parts = { ...rooms, screenings: screenings as unknown as Rooms['screenings'] };
    const source = { scheme, csv: content, dryRun: true };
    expect(await importAwards(parts, people.operator, source)).toMatchObject({ imported: 1 });
    expect(asked).toEqual([]);
  });
});

describe('a code and a name of different enterprises', () => {
  const [one, other] = ['广州示例西岭软件有限公司', '深圳市东澜数据科技有限公司'];
  const warnings = async (file: ReturnType<typeof upload>) =>
    (await file.faults()).map(({ row: at, column, rule, severity }) => `${at} ${column} ${rule} ${severity}`);

  it('are told of where one file has two names under a code, in whatever part', async () => {
    const { scheme } = setup();
    const uscc = '91440101MA5TW2NAM1';
    const content = manyRows(250, (index) => ({ uscc, name: index === 130 || index === 240 ? other : one }));
    const file = upload(scheme, content);
    await expect(file.run(never, 'one', breakingClient(9))).rejects.toThrow('broke off');
    await file.run();
    expect(await file.state()).toMatchObject({ rows: 250, imported: 250, faulty: 0, faults: 2 });
    expect(await warnings(file)).toEqual([
      '132 name two-enterprises warning',
      '242 name two-enterprises warning',
    ]);
  });

  it('are told of where another file has the code or the name otherwise, and not a new writing', async () => {
    const { scheme } = setup();
    const [first, second] = ['91440101MA5TW2NAM2', '91440101MA5TW2NAM3'];
    const [name, another] = ['广州示例北辰软件有限公司', '广州示例南岭软件科技有限公司'];
    await upload(
      scheme,
      manyRows(1, () => ({ uscc: first, name })),
    ).run();
    const later = upload(
      scheme,
      manyRows(4, (index) => ({
        award_id: `L-${index}`,
        uscc: index === 1 ? second : first,
        name: [name, name, '廣州市示例北辰軟件有限公司', another][index] ?? '',
      })),
    );
    await later.run();
    expect(await warnings(later)).toEqual([
      '3 uscc two-enterprises warning',
      '5 name two-enterprises warning',
    ]);
    const [fault] = await later.faults();
    expect(fault?.messages.zh).toContain(first);
  });
});

describe('what operators see', () => {
  it('is every import, newest first, page by page', async () => {
    const { scheme } = setup();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await upload(scheme, manyRows(1)).id());
    const first = await listImports(rooms, { limit: 2 });
    expect(first.imports.map(({ importId }) => importId)).toEqual(ids.slice(1).reverse());
    const second = await listImports(rooms, { limit: 1, cursor: first.nextCursor });
    expect(second.imports.map(({ importId }) => importId)).toEqual(ids.slice(0, 1));
  });

  it('is how far an import is, how fast, and how long it will take', () => {
    const state = {
      ...{ bytes: 1000, place: { row: 101, offset: 250 }, rows: 100, workedMs: 2000 },
      status: 'running',
    } as RegistryImport;
    expect(importView(state)).toMatchObject({ progress: 0.25, rowsPerSecond: 50, remainingSeconds: 6 });
    expect(importView({ ...state, status: 'done' })).toMatchObject({ progress: 1, rowsPerSecond: 50 });
    expect(importView({ ...state, status: 'done' })).not.toHaveProperty('remainingSeconds');
    expect(importView({ ...state, rows: 0, workedMs: 0 })).not.toHaveProperty('rowsPerSecond');
  });

  it('is an import of an empty file too, that failed and stays in the list', async () => {
    const { scheme } = setup();
    const empty = importAwards(rooms, people.operator, { scheme, csv: '' });
    await expect(empty).rejects.toMatchObject({ code: 'invalid-request', faults: [{ rule: 'no-headings' }] });
    const { imports } = await listImports(rooms, { limit: 1 });
    const [view] = imports.map((found) => ImportViewSchema.parse(importView(found)));
    expect(view).toMatchObject({ scheme, bytes: 0, status: 'failed', progress: 0 });
  });

  it('are figures for every state that an import can have', () => {
    const figure = fc.oneof(fc.constant(0), fc.constant(1), fc.nat(), fc.nat(Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(
        fc.record({ bytes: figure, offset: figure, rows: figure, workedMs: figure }),
        fc.constantFrom('awaiting-upload', 'running', 'done', 'failed'),
        ({ bytes, offset, rows, workedMs }, status) => {
          const state = { ...newImport(asked), bytes, rows, workedMs, status, place: { row: 1, offset } };
          expect(ImportViewSchema.safeParse(importView(state)).error).toBeUndefined();
        },
      ),
    );
  });

  it('is a report in which no cell is a formula', async () => {
    const { scheme } = setup();
    const content = awardCsv({}).replace('award_id', '"=cmd|1,x"');
    const file = upload(scheme, Buffer.from(content));
    await file.run();
    const report = await importReport(rooms, await file.id());
    expect(report.startsWith('\uFEFF')).toBe(true);
    expect(report).toContain(`1,"'=cmd|1,x",unknown-column,error,`);
  });
});

describe('a search of the registry', () => {
  it('finds a project of any scheme by a name like its own, and an enterprise by its code page by page', async () => {
    const { scheme, registry } = setup();
    const uscc = '91440101MA5PAGEX1X';
    const names = ['岭南古建筑数字化测绘平台', '珠江航道智能调度系统', '荔枝冷链溯源服务平台'];
    const content = manyRows(3, (index) => ({ uscc, project_name: names[index] ?? '' }));
    await upload(scheme, content).run();
    const byName = await searchAwards({ registry }, { q: '广州岭南古建筑数字化测绘系统建设', limit: 5 });
    expect(byName.items[0]).toMatchObject({ scheme, projectName: names[0] });
    const first = await searchAwards({ registry }, { uscc, limit: 2 });
    const second = await searchAwards({ registry }, { uscc, limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ awardId }) => awardId)).toEqual(['M-0', 'M-1', 'M-2']);
    await expect(searchAwards({ registry }, { limit: 2 })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it.each(['', '网', '\u{1F680}', '超'.repeat(500), '='])('takes any name: %s', async (name) => {
    const { scheme, registry } = setup();
    await upload(
      scheme,
      manyRows(1, () => ({ project_name: name })),
    ).run();
    const { itemsRead } = await searchRegistry(registry, name, { limit: 10 });
    expect(itemsRead).toBeLessThanOrEqual(110);
  });

  it('of an empty registry finds nothing', async () => {
    const empty = await startTestDynamoDb();
    try {
      const other = openRooms(empty);
      const registry = new AwardRegistry(other.tables.registry);
      expect((await searchRegistry(registry, '数据治理平台', { limit: 10 })).awards).toEqual([]);
      expect(await registry.awardsOf(publishedUscc)).toEqual([]);
    } finally {
      await empty.stop();
    }
  });
});

describe('a busy registry', () => {
  it('is asked again for what it left unread', async () => {
    const { scheme, registry, send } = setup();
    await send(row('D-1'), row('D-2'));
    const calls: number[] = [];
    const client = openRooms(database).client;
    const mock = mockClient(client);
    onTestFinished(() => mock.restore());
    mock.on(BatchGetCommand).callsFake(async (input) => {
      const [table = ''] = Object.keys(input.RequestItems ?? {});
      const keys = input.RequestItems?.[table]?.Keys ?? [];
      calls.push(keys.length);
      const answer = await rooms.client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: keys.slice(0, 1) } } }),
      );
      const left = keys.slice(1);
      return { ...answer, UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left } } : {} };
    });
    const pointer = matterPartition(matterKeyOf('dcmm', publishedUscc, '3'));
    expect((await registry.look(pointer)).awards.length).toBeGreaterThan(1);
    const again = new AwardRegistry(new Table(client, rooms.tableNames.registry));
    const records = await again.put(
      ['D-1', 'D-2'].map((awardId, index) => ({
        award: awardOf(awardId, scheme),
        row: index + 2,
      })),
      { importId: 'x', fileHash: 'x', importer: 'operator', at: '' },
    );
    expect(records).toMatchObject({ imported: [], unchanged: 2, repeated: [] });
    expect(calls).toEqual([2, 1, 2, 1]);
  });
});

/** The award that a row of the builder stands for. */
function awardOf(awardId: string, scheme: string) {
  return AwardSchema.parse({
    ...{ scheme, awardId, uscc: publishedUscc, name: '广州示例云帆软件有限公司' },
    ...{ level: 'municipal', year: 2025, matterKind: 'dcmm', matterDetail: '3' },
    ...{ projectName: '数据管理能力成熟度评估', evidence: [], amountFen: 50_000_000, status: 'granted' },
  });
}
