import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  keepMapping,
  keepNamedMapping,
  listNamedMappings,
  mappingFor,
  showNamedMapping,
} from '../../../../functions/registry/imports/keep-mapping.ts';
import { mappingOf } from '../../../files/list-layouts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const list = mappingOf({ columns: { name: '企业名称', amount: '金额' } });
const told = mappingOf({ columns: { name: '企业名称', amount: '金额', year: '年度' }, year: undefined });
const faultsOf = (paths: readonly string[]) => ({
  code: 'invalid-request',
  faults: paths.map((path) => expect.objectContaining({ path })),
});

describe('a mapping under a name', () => {
  it('reads the files of any scheme, and those of another year', async () => {
    await keepNamedMapping(rooms, people.operator, '区级计划表', list);
    expect(await mappingFor(rooms, '穗规字〔2027〕1号', { mapping: '区级计划表' })).toEqual(list);
    const next = { mapping: '区级计划表', year: 2027, projectName: '首版次' };
    expect(await mappingFor(rooms, '穗规字〔2027〕1号', next)).toEqual({
      ...list,
      ...{ year: 2027, projectName: '首版次' },
    });
    // What is saved stays as it is.
    expect(await showNamedMapping(rooms, '区级计划表')).toMatchObject({
      mapping: list,
      savedBy: people.operator.id,
    });
    const { items } = await listNamedMappings(rooms, undefined);
    expect(items.map(({ name }) => name)).toEqual(['区级计划表']);
  });

  it('is refused where there is none, or where a column tells what is said of the file', async () => {
    await expect(showNamedMapping(rooms, '没有的')).rejects.toMatchObject({ code: 'not-found' });
    await expect(mappingFor(rooms, '穗规字〔2027〕2号', { mapping: '没有的' })).rejects.toMatchObject(
      faultsOf(['mapping']),
    );
    await expect(mappingFor(rooms, '穗规字〔2027〕2号', { year: 2027 })).rejects.toMatchObject(
      faultsOf(['mapping']),
    );
    await keepMapping(rooms, people.operator, '穗规字〔2027〕2号', told);
    await expect(mappingFor(rooms, '穗规字〔2027〕2号', { year: 2027 })).rejects.toMatchObject(
      faultsOf(['year']),
    );
    expect(await mappingFor(rooms, '穗规字〔2027〕2号', { projectName: '首版次' })).toMatchObject({
      projectName: '首版次',
    });
  });
});
