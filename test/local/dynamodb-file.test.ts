import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { InvocationResult } from '../../local/contracts.ts';
import { startDynamoDb } from '../../local/dynamodb/service.ts';
import { recordingInvoker, type TestOptions, testOptions, until } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const day = 86_400;

/** A table `Outbox` with a stream and functions that read it, by name, and the database's own file. */
async function setup(readers: Readonly<Record<string, object>>, options = testOptions()) {
  cleanups.push(() => options.removeData());
  const service = await startDynamoDb(options, { expiryIntervalMs: 20 });
  cleanups.push(() => service.stop());
  const { attributes } = await service.ensureTable('Outbox', 'AWS::DynamoDB::Table', {
    TableName: 'Outbox',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'ends "at"', Enabled: true },
  });
  for (const [FunctionName, properties] of Object.entries(readers)) {
    const EventSourceArn = attributes['StreamArn'];
    service.addStreamMapping({
      ...{ EventSourceArn, FunctionName, StartingPosition: 'TRIM_HORIZON', MaximumRetryAttempts: -1 },
      ...properties,
    });
  }
  const client = new DynamoDBClient({
    endpoint: service.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  cleanups.push(() => client.destroy());
  const put = async (...keys: string[]) => {
    for (const pk of keys) {
      await client.send(new PutItemCommand({ TableName: 'Outbox', Item: { pk: { S: pk } } }));
    }
  };
  return { options, service, put };
}

const eventSchema = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }) })),
});
const keysOf = (payload: unknown) =>
  eventSchema.parse(payload).Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);

function query(options: TestOptions, sql: string, ...values: (string | number)[]) {
  const database = new DatabaseSync(join(options.dataDir, 'dynamodb.sqlite'), { timeout: 5_000 });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

const keptRecords = (options: TestOptions) =>
  query(options, 'SELECT sequence_number FROM _stream_records ORDER BY id').map((row) =>
    String(row['sequence_number']),
  );

/** Makes the records that there are now older. */
const age = (options: TestOptions, seconds: number) =>
  query(options, 'UPDATE _stream_records SET created_at = created_at - ? RETURNING id', seconds);

test.each([
  [
    'write of a record',
    'SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1',
  ],
  [
    'look for records',
    `SELECT * FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2
     AND CAST(sequence_number AS INTEGER) > ?3 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4`,
  ],
])("the engine's query at every %s goes by an index", async (_what, sql) => {
  const { options } = await setup({});
  const plan = query(options, `EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row['detail']));
  expect(plan).toEqual([
    expect.stringMatching(/^SEARCH _stream_records USING .*INDEX _stream_records::number/),
  ]);
});

test('the look for items whose time has come goes by an index', async () => {
  const { options } = await setup({});
  const time = `json_extract(item_json, '$."ends \\"at\\"".N')`;
  const plan = query(
    options,
    `EXPLAIN QUERY PLAN SELECT item_json FROM Outbox WHERE ${time} IS NOT NULL AND CAST(${time} AS INTEGER) < 5`,
  );
  expect(plan).toMatchObject([{ detail: expect.stringMatching(/^SEARCH Outbox USING INDEX Outbox::ttl::/) }]);
});

test('records of a day ago are deleted once every function is done with them, and later ones arrive', async () => {
  const removals = { FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] } };
  const { options, service, put } = await setup({ Quick: {}, Picky: removals });
  const invoker = recordingInvoker();
  service.start(invoker, () => {});
  await put('a', 'b', 'c');
  await until(() => invoker.calls.flatMap(({ payload }) => keysOf(payload)).length === 3);
  expect(keptRecords(options)).toEqual(['1', '2', '3']);
  age(options, day + 1);
  // The newest one stays: the engine counts on from it.
  await until(() => keptRecords(options).join() === '3');
  await put('d');
  await until(() => invoker.calls.flatMap(({ payload }) => keysOf(payload)).length === 4);
  expect(invoker.calls.flatMap(({ payload }) => keysOf(payload))).toEqual(['a', 'b', 'c', 'd']);
  await until(() => keptRecords(options).join() === '4');
});

test('records younger than a day stay', async () => {
  const { options, service, put } = await setup({ Quick: {} });
  const invoker = recordingInvoker();
  service.start(invoker, () => {});
  await put('a', 'b');
  await until(() => invoker.calls.flatMap(({ payload }) => keysOf(payload)).length === 2);
  age(options, day - 60);
  await put('c', 'd');
  await until(() => invoker.calls.flatMap(({ payload }) => keysOf(payload)).length === 4);
  age(options, 120);
  await until(() => keptRecords(options).length === 2);
  expect(keptRecords(options)).toEqual(['3', '4']);
});

test('what one function has not had stays however old it is, and arrives after a restart', async () => {
  const first = await setup({ Quick: {}, Slow: { BatchSize: 1 } });
  const quick: string[] = [];
  const invoker = {
    async invoke(name: string, payload: unknown): Promise<InvocationResult> {
      if (name === 'Quick') quick.push(...keysOf(payload));
      else if (keysOf(payload).includes('b')) return { payload: 'not yet', functionError: 'Unhandled' };
      return { payload: null };
    },
  };
  first.service.start(invoker, () => {});
  await first.put('a', 'b', 'c');
  await until(() => quick.length === 3);
  age(first.options, 30 * day);
  await until(() => keptRecords(first.options).join() === '2,3');
  await first.service.stop();

  const second = await setup({ Quick: {}, Slow: { BatchSize: 1 } }, testOptions(first.options.dataDir));
  const after = recordingInvoker();
  second.service.start(after, () => {});
  await second.put('d');
  const slow = () => after.calls.filter(({ functionName }) => functionName === 'Slow');
  await until(() => slow().length === 3);
  expect(slow().flatMap(({ payload }) => keysOf(payload))).toEqual(['b', 'c', 'd']);
  await until(() => keptRecords(first.options).join() === '4');
});

test('a stream that nobody reads keeps a day, too', async () => {
  const { options, service, put } = await setup({ Off: { Enabled: false } });
  service.start(recordingInvoker(), () => {});
  await put('a', 'b', 'c');
  age(options, day + 1);
  await until(() => keptRecords(options).join() === '3');
});
