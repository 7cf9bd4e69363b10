import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwardRegistry } from '../../../../functions/registry/awards/award-registry.ts';
import { decideRow } from '../../../../functions/registry/imports/decide-row.ts';
import { decideUndo } from '../../../../functions/registry/imports/decide-undo.ts';
import { importAwards } from '../../../../functions/registry/imports/import-awards.ts';
import { fileInMemory } from '../../../../functions/registry/imports/import-files.ts';
import { importView } from '../../../../functions/registry/imports/import-view.ts';
import type { RowDecision } from '../../../../functions/registry/imports/open-row.ts';
import { proposeUndo } from '../../../../functions/registry/imports/propose-undo.ts';
import { newImport, xlsxType } from '../../../../functions/registry/imports/registry-import.ts';
import { runImport } from '../../../../functions/registry/imports/run-import.ts';
import type { ImportId, OrganisationCode } from '../../../../functions/shared/vocabulary.ts';
import { awardCsv } from '../../../builders/award-csv.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { workbook } from '../../../builders/workbook.ts';
import { mappingOf, pearl, white } from '../../../files/list-layouts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const second = '914403001922038216' as OrganisationCode;
const third = '9144030071526726XG' as OrganisationCode;
const own = publishedUscc as OrganisationCode;
const never = new Date(8.64e15);
const registryOf = () => new AwardRegistry(rooms.tables.registry);
let schemes = 0;
let imports = 0;

/** Lets the registry know enterprises by awards of another scheme. */
async function know(...enterprises: readonly (readonly [uscc: string, name: string])[]) {
  schemes += 1;
  const scheme = `穗规字〔2021〕${schemes}号`;
  const csv = awardCsv(...enterprises.map(([uscc, name], index) => ({ award_id: `K-${index}`, uscc, name })));
  return importAwards({ ...rooms, registry: registryOf() }, people.operator, { scheme, csv });
}

type Row = readonly [name: string, project: string, amount: number];
const mapping = mappingOf({ columns: { name: '单位名称', projectName: '项目', amount: '金额（万元）' } });

/** Imports a list without codes, by two calls for a part each. */
async function importList(rows: readonly Row[], options: { dryRun?: boolean; partRows?: number } = {}) {
  schemes += 1;
  imports += 1;
  const content = workbook([{ name: '表', rows: [['单位名称', '项目', '金额（万元）'], ...rows] }]);
  const importId = rooms.newId() as ImportId;
  await rooms.imports.add(
    newImport({
      importId,
      scheme: `穗规字〔2026〕${schemes}号`,
      ...{
        fileName: 'list.xlsx',
        contentType: xlsxType,
        bytes: content.byteLength,
        sha256: String(imports).padStart(64, '0'),
      },
      ...{ confirmUscc: false, dryRun: options.dryRun ?? false, mapping },
      ...{ requestedAt: rooms.clock().toISOString(), requestedBy: people.operator.id },
    }),
  );
  const parts = {
    ...rooms,
    registry: registryOf(),
    open: () => fileInMemory(content),
    partRows: options.partRows ?? 2,
  };
  while ((await runImport(parts, { importId, run: 'one' }, new Date(0))).outcome === 'more');
  return rooms.imports.require(importId);
}

const decide = (
  importId: ImportId,
  row: number,
  decision: RowDecision,
  actor: { id: string } = people.operator,
) => decideRow({ ...rooms, registry: registryOf() }, actor, { importId, row }, decision);
const take = (uscc: OrganisationCode, reason = '与该单位营业执照核对一致') =>
  ({ outcome: 'take', uscc, confirmUscc: false, reason }) as const;
const openOf = async (importId: ImportId) => (await rooms.openRows.page(importId, undefined)).items;
const awardsOf = async (uscc: OrganisationCode, scheme: string) =>
  (await registryOf().awardsOf(uscc)).filter((award) => award.scheme === scheme);

describe('a list without credit codes', () => {
  it('takes the enterprises whose names are certain, however they are written', async () => {
    await know([own, pearl], [second, white]);
    const { importId, scheme, ...state } = await importList([
      ['示例珠水(广州)數據服務有限公司', '甲', 1],
      [` ${white}*`, '乙', 2],
      ['示例无人知晓科技有限公司', '丙', 3],
    ]);
    expect(state).toMatchObject({ status: 'done', rows: 3, imported: 2, open: 1, faulty: 0 });
    expect(await awardsOf(own, scheme)).toMatchObject([{ projectName: '甲', amountFen: 1_000_000 }]);
    expect(await awardsOf(second, scheme)).toMatchObject([{ name: white, projectName: '乙' }]);
    expect(await openOf(importId)).toMatchObject([{ row: 4, status: 'open', candidates: [] }]);
  });

  it('leaves names that two codes have, and names that are only alike, for a person', async () => {
    const twice = '广州示例双名软件有限公司';
    const renamed = '广州示例前称软件有限公司';
    await know([own, twice], [second, twice], [third, renamed], [third, '广州示例星河数据有限公司']);
    const { importId } = await importList([
      [twice, '甲', 1],
      [renamed.replace('有限', '有限责任'), '乙', 2],
      [renamed, '丙', 3],
    ]);
    const same = { likeness: 'same' };
    expect(await openOf(importId)).toMatchObject([
      {
        candidates: [
          { uscc: second, ...same },
          { uscc: own, ...same },
        ].sort((a, b) => (a.uscc < b.uscc ? -1 : 1)),
      },
      { candidates: [{ uscc: third, name: renamed, likeness: 'alike' }] },
      { candidates: [{ uscc: third, name: renamed, ...same }] },
    ]);
  });

  it('goes by nothing that an import had brought which was taken back', async () => {
    const name = '广州示例误录软件有限公司';
    const { importId: wrong } = await know([own, name]);
    await proposeUndo(rooms, people.operator, wrong, '导入了错误的文件');
    await decideUndo(
      { ...rooms, registry: registryOf() },
      people.secondOperator,
      wrong,
      { outcome: 'confirm' },
      never,
    );
    const { importId } = await importList([[name, '甲', 1]]);
    expect(await openOf(importId)).toMatchObject([{ candidates: [] }]);
  });

  it('in a dry run tells which rows would stay open, and keeps none', async () => {
    const state = await importList([['示例试运行软件有限公司', '甲', 1]], { dryRun: true });
    expect(state).toMatchObject({ status: 'done', open: 1, imported: 0 });
    expect(await openOf(state.importId)).toEqual([]);
    expect(importView(state).preview).toMatchObject([
      {
        row: 2,
        becomes: 'open',
        award: { name: '示例试运行软件有限公司', amountFen: 1_000_000, year: 2026 },
      },
    ]);
    expect(await rooms.imports.allFaults(state.importId)).toMatchObject([{ row: 2, rule: 'name-open' }]);
  });
});

describe('a row that is left for a person', () => {
  it('is imported with the code that somebody decides, screened, and kept with who decided and why', async () => {
    const name = '广州示例待定软件有限公司';
    const { importId, scheme } = await importList([
      [name, '甲', 1],
      [name, '乙', 2],
    ]);
    const decided = await decide(importId, 2, take(third));
    expect(decided).toMatchObject({
      status: 'taken',
      decision: {
        uscc: third,
        by: people.operator.id,
        reason: '与该单位营业执照核对一致',
        became: 'imported',
      },
    });
    expect(await awardsOf(third, scheme)).toMatchObject([{ name, projectName: '甲', amountFen: 1_000_000 }]);
    // Each row of a name is decided for itself.
    expect((await openOf(importId)).map(({ status }) => status)).toEqual(['taken', 'open']);
    expect(await decide(importId, 2, take(third))).toEqual(decided);
    expect(await awardsOf(third, scheme)).toHaveLength(1);
    await expect(decide(importId, 2, take(own))).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(decide(importId, 2, take(third), people.secondOperator)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    expect(await decide(importId, 3, { outcome: 'leave', reason: '单位已注销，不予登记' })).toMatchObject({
      status: 'left',
      decision: { by: people.operator.id },
    });
    expect(await awardsOf(third, scheme)).toHaveLength(1);
  });

  it('of the same award as another row says so', async () => {
    const name = '广州示例重行软件有限公司';
    const { importId, scheme } = await importList([
      [name, '甲', 1],
      [name, '甲', 1],
    ]);
    await decide(importId, 2, take(third));
    expect(await decide(importId, 3, take(third))).toMatchObject({ decision: { became: 'repeated' } });
    expect(await awardsOf(third, scheme)).toHaveLength(1);
  });

  it('is decided by one of two who do so at once', async () => {
    const { importId, scheme } = await importList([['广州示例两人软件有限公司', '甲', 1]]);
    const outcomes = await Promise.allSettled([
      decide(importId, 2, take(own)),
      decide(importId, 2, take(third), people.secondOperator),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([...(await awardsOf(own, scheme)), ...(await awardsOf(third, scheme))]).toHaveLength(1);
  });

  it('goes with its import when that is taken back, and is decided by nobody then', async () => {
    const { importId, scheme } = await importList([
      ['广州示例撤回软件有限公司', '甲', 1],
      ['广州示例撤回软件有限公司', '乙', 1],
    ]);
    await decide(importId, 2, take(third));
    await proposeUndo(rooms, people.operator, importId, '导入了错误的文件');
    await expect(decide(importId, 3, take(third))).rejects.toMatchObject({ code: 'not-in-this-state' });
    const parts = { ...rooms, registry: registryOf() };
    const undone = await decideUndo(parts, people.secondOperator, importId, { outcome: 'confirm' }, never);
    expect(undone.undo).toMatchObject({ status: 'done', removed: 1 });
    expect(await awardsOf(third, scheme)).toEqual([]);
  });

  it('refuses a code whose check character does not fit, unless it is confirmed', async () => {
    const { importId } = await importList([['广州示例校验软件有限公司', '甲', 1]]);
    const wrong = '914403001922038210' as OrganisationCode;
    await expect(decide(importId, 2, take(wrong))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await decide(importId, 2, { ...take(wrong), confirmUscc: true })).toMatchObject({
      status: 'taken',
    });
  });
});
