import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from 'vitest';
import type { DynamoDbService } from '../../local/contracts.ts';
import { startDynoxide } from '../../local/dynamodb/process.ts';
import { startDynamoDb } from '../../local/dynamodb/service.ts';
import { testOptions, until } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function setup() {
  const options = testOptions();
  cleanups.push(() => options.removeData());
  const start = async () => {
    const service = await startDynamoDb(options, { expiryIntervalMs: 50 });
    const client = clientOf(service);
    cleanups.push(() => service.stop());
    return { service, client };
  };
  return { options, start };
}

function clientOf(service: DynamoDbService) {
  const client = new DynamoDBClient({
    endpoint: service.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  cleanups.push(() => client.destroy());
  return client;
}

const key = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
];
const attributes = [
  { AttributeName: 'pk', AttributeType: 'S' },
  { AttributeName: 'sk', AttributeType: 'S' },
];
const table = {
  TableName: 'Things',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: key,
  AttributeDefinitions: attributes,
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  Replicas: [
    { Region: 'cn-north-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  ],
  SSESpecification: { SSEEnabled: true },
};
const type = 'AWS::DynamoDB::GlobalTable';
const byColour = {
  IndexName: 'byColour',
  KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['size'] },
};
const withIndex = {
  ...table,
  AttributeDefinitions: [...attributes, { AttributeName: 'colour', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [byColour],
};

test('a table of the template exists with its key, indexes, stream and ARNs', async () => {
  const { service, client } = await setup().start();
  const provisioned = await service.ensureTable('ThingsTable', type, withIndex);
  expect(provisioned.ref).toBe('Things');
  expect(provisioned.attributes['Arn']).toBe('arn:aws-cn:dynamodb:cn-north-1:000000000000:table/Things');
  expect(provisioned.attributes['StreamArn']).toMatch(/:table\/Things\/stream\/.+/);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Things' }));
  expect(Table?.KeySchema).toEqual(key);
  expect(Table?.GlobalSecondaryIndexes?.[0]).toMatchObject(byColour);
});

test('a table without a name gets its logical id, and without a stream no StreamArn', async () => {
  const { service } = await setup().start();
  const { ref, attributes: given } = await service.ensureTable('PlainTable', 'AWS::DynamoDB::Table', {
    KeySchema: [key[0]],
    AttributeDefinitions: [attributes[0]],
  });
  expect(ref).toBe('PlainTable');
  expect(Object.keys(given)).toEqual(['Arn']);
});

test('a property that nobody knows stops the start with its name', async () => {
  const { service } = await setup().start();
  const kinesis = { ...table, KinesisStreamSpecification: { StreamArn: 'arn' } };
  await expect(service.ensureTable('ThingsTable', type, kinesis)).rejects.toThrow(
    /ThingsTable \(AWS::DynamoDB::GlobalTable\).*KinesisStreamSpecification/,
  );
  const nested = { ...withIndex, GlobalSecondaryIndexes: [{ ...byColour, Sparse: true }] };
  await expect(service.ensureTable('ThingsTable', type, nested)).rejects.toThrow(
    'GlobalSecondaryIndexes.0.Sparse',
  );
});

test('items are there after a restart, and a new index finds them', async () => {
  const { start } = setup();
  const first = await start();
  const before = await first.service.ensureTable('ThingsTable', type, table);
  const item = { pk: { S: 'a' }, sk: { S: 'b' }, colour: { S: 'red' }, size: { N: '4' } };
  await first.client.send(new PutItemCommand({ TableName: 'Things', Item: item }));
  await first.service.stop();

  const second = await start();
  const after = await second.service.ensureTable('ThingsTable', type, withIndex);
  expect(after.attributes).toEqual(before.attributes);
  const read = new GetItemCommand({ TableName: 'Things', Key: { pk: { S: 'a' }, sk: { S: 'b' } } });
  expect((await second.client.send(read)).Item).toEqual(item);
  const query = new QueryCommand({
    TableName: 'Things',
    IndexName: 'byColour',
    KeyConditionExpression: 'colour = :red',
    ExpressionAttributeValues: { ':red': { S: 'red' } },
  });
  expect((await second.client.send(query)).Items).toEqual([item]);

  await second.service.ensureTable('ThingsTable', type, table);
  const { Table } = await second.client.send(new DescribeTableCommand({ TableName: 'Things' }));
  expect(Table?.GlobalSecondaryIndexes ?? []).toEqual([]);
});

test.each([
  ['key', { ...table, KeySchema: [key[0]], AttributeDefinitions: [attributes[0]] }],
  ['stream', { ...table, StreamSpecification: undefined }],
  [
    'index byColour',
    { ...withIndex, GlobalSecondaryIndexes: [{ ...byColour, Projection: { ProjectionType: 'ALL' } }] },
  ],
])('a table whose %s was changed asks for --reset', async (what, changed) => {
  const { service } = await setup().start();
  await service.ensureTable('ThingsTable', type, withIndex);
  await expect(service.ensureTable('ThingsTable', type, changed)).rejects.toThrow(
    new RegExp(`table Things .*its ${what} was .*--reset`),
  );
});

test('items whose time has come are deleted, others are not', async () => {
  const { service, client } = await setup().start();
  await service.ensureTable('ThingsTable', type, table);
  const seconds = Math.floor(Date.now() / 1_000);
  const put = (sk: string, expiresAt?: { N: string } | { S: string }) =>
    client.send(
      new PutItemCommand({
        TableName: 'Things',
        Item: { pk: { S: 'a' }, sk: { S: sk }, ...(expiresAt && { expiresAt }) },
      }),
    );
  await put('expired', { N: String(seconds - 5) });
  await put('later', { N: String(seconds + 500) });
  await put('text', { S: '5' });
  await put('ancient', { N: '5' });
  await put('without');
  service.start({ invoke: () => Promise.reject(new Error('no function')) }, () => {});
  const rest = async () => {
    const query = new QueryCommand({
      TableName: 'Things',
      KeyConditionExpression: 'pk = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    });
    return (await client.send(query)).Items?.map((item) => item['sk']?.S);
  };
  await until(async () => (await rest())?.includes('expired') === false);
  expect(await rest()).toEqual(['ancient', 'later', 'text', 'without']);
});

test('the TTL attribute of a kept table follows the template', async () => {
  const { service, client } = await setup().start();
  await service.ensureTable('ThingsTable', type, table);
  const moved = { ...table, TimeToLiveSpecification: { AttributeName: 'endsAt', Enabled: true } };
  await service.ensureTable('ThingsTable', type, moved);
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'Things' }));
  expect(TimeToLiveDescription?.AttributeName).toBe('endsAt');
  await service.ensureTable('ThingsTable', type, { ...table, TimeToLiveSpecification: undefined });
  const { TimeToLiveDescription: off } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: 'Things' }),
  );
  expect(off?.TimeToLiveStatus).toMatch(/^DISABL/);
});

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('stop ends the process, also twice, and data answers no more', async () => {
  const dynoxide = await startDynoxide({ log: () => {} });
  expect(isRunning(dynoxide.pid)).toBe(true);
  await Promise.all([dynoxide.stop(), dynoxide.stop()]);
  await dynoxide.stop();
  expect(isRunning(dynoxide.pid)).toBe(false);
  await expect(fetch(dynoxide.endpoint)).rejects.toThrow();
});

test.runIf(process.platform === 'linux')('a database process that dies is reported loudly', async () => {
  const lines: string[] = [];
  const dynoxide = await startDynoxide({ log: (line) => lines.push(line) });
  cleanups.push(() => dynoxide.stop());
  process.kill(databaseOf(dynoxide.pid), 'SIGKILL');
  await until(() => lines.length > 0);
  expect(lines[0]).toMatch(/DynamoDB ended unexpectedly/);
});

test('the database ends when the process that started it is killed', async () => {
  const module = new URL('../../local/dynamodb/process.ts', import.meta.url).href;
  const script = `
    import { startDynoxide } from ${JSON.stringify(module)};
    console.log((await startDynoxide({ log: () => {} })).endpoint);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script]);
  cleanups.push(() => starter.kill('SIGKILL'));
  const [printed] = await once(starter.stdout, 'data');
  const endpoint = String(printed).trim();
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  starter.kill('SIGKILL');
  await until(async () => !(await answers()));
});

function databaseOf(supervisor: number): number {
  return Number(readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim());
}
