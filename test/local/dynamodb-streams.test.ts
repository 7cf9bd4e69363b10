import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { ResolvedProperties } from '../../local/contracts.ts';
import { startDynamoDb } from '../../local/dynamodb/service.ts';
import { firstUnfinished } from '../../local/dynamodb/stream-mapping.ts';
import { recordingInvoker, testOptions, until } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const functionArn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:Relay';
const table = {
  TableName: 'Outbox',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
};

async function setup(mapping: ResolvedProperties = {}, options = testOptions(), shape: object = {}) {
  cleanups.push(() => options.removeData());
  const service = await startDynamoDb(options, { expiryIntervalMs: 50 });
  cleanups.push(() => service.stop());
  const { attributes } = await service.ensureTable('Outbox', 'AWS::DynamoDB::Table', { ...table, ...shape });
  const properties = {
    EventSourceArn: attributes['StreamArn'],
    FunctionName: functionArn,
    StartingPosition: 'TRIM_HORIZON',
    ...mapping,
  };
  const client = new DynamoDBClient({
    endpoint: service.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  cleanups.push(() => client.destroy());
  const put = async (...keys: string[]) => {
    for (const pk of keys) {
      await client.send(new PutItemCommand({ TableName: 'Outbox', Item: { pk: { S: pk }, n: { N: '1' } } }));
    }
  };
  const given: { destination: string; record: unknown }[] = [];
  const onFailure = (destination: string, record: unknown) => given.push({ destination, record });
  return { options, service, client, put, properties, given, onFailure };
}

const eventSchema = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({ SequenceNumber: z.string(), Keys: z.object({ pk: z.object({ S: z.string() }) }) }),
    }),
  ),
});
const keysOf = (payload: unknown) =>
  eventSchema.parse(payload).Records.map((record) => record.dynamodb.Keys.pk.S);
const numbersOf = (payload: unknown) =>
  eventSchema.parse(payload).Records.map((record) => record.dynamodb.SequenceNumber);

test('records reach the function in order, as Lambda writes them', async () => {
  const { service, client, put, properties, onFailure } = await setup();
  await put('a', 'b');
  await client.send(new DeleteItemCommand({ TableName: 'Outbox', Key: { pk: { S: 'a' } } }));
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await until(() => invoker.calls.length === 1);
  expect(invoker.calls[0]?.functionName).toBe(functionArn);
  expect(invoker.calls[0]?.payload).toMatchObject({
    Records: [
      {
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'cn-north-1',
        eventSourceARN: properties['EventSourceArn'],
        dynamodb: {
          Keys: { pk: { S: 'a' } },
          NewImage: { pk: { S: 'a' }, n: { N: '1' } },
          StreamViewType: 'NEW_IMAGE',
          SequenceNumber: expect.any(String),
        },
      },
      { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'b' } } } },
      { eventName: 'REMOVE', dynamodb: { Keys: { pk: { S: 'a' } } } },
    ],
  });
  await put('c');
  await until(() => invoker.calls.length === 2);
  expect(keysOf(invoker.calls[1]?.payload)).toEqual(['c']);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html: a PutItem or UpdateItem that does not
// change any data in the item leaves no record.
test('a write that changes nothing is not told of', async () => {
  const { service, client, properties, onFailure } = await setup({ BatchSize: 2 });
  const item: Record<string, AttributeValue> = {
    pk: { S: 'a' },
    n: { N: '1' },
    set: { SS: ['x', 'y'] },
    map: { M: { b: { NS: ['2', '1'] }, SS: { L: [{ S: 'z' }, { S: 'y' }] } } },
  };
  const put = (Item: Record<string, AttributeValue>) =>
    client.send(new PutItemCommand({ TableName: 'Outbox', Item }));
  await put(item);
  await put(item);
  const again: Record<string, AttributeValue> = {
    map: { M: { SS: { L: [{ S: 'z' }, { S: 'y' }] }, b: { NS: ['1', '2.0'] } } },
    set: { SS: ['y', 'x'] },
    n: { N: '1.00' },
    pk: { S: 'a' },
  };
  await put(again);
  const set = (n: string) => ({
    TableName: 'Outbox',
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': { N: n } },
  });
  await client.send(new UpdateItemCommand(set('1')));
  await client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'Outbox', Item: item } }] }),
  );
  await client.send(new DeleteItemCommand({ TableName: 'Outbox', Key: { pk: { S: 'nobody' } } }));
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await client.send(new UpdateItemCommand(set('2')));
  await put({ ...item, n: { N: '2' }, map: { M: { SS: { L: [{ S: 'y' }, { S: 'z' }] } } } });
  const names = () =>
    invoker.calls.flatMap(({ payload }) => Object(payload['Records']).map(Object)) as Record<string, never>[];
  await until(() => names().length === 3);
  expect(names().map((record) => record['eventName'])).toEqual(['INSERT', 'MODIFY', 'MODIFY']);
});

test.each([
  ['KEYS_ONLY', []],
  ['NEW_IMAGE', ['NewImage']],
  ['OLD_IMAGE', ['OldImage']],
  ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
])('a record of the view %s has the images %j and their size', async (StreamViewType, images) => {
  const view = { StreamSpecification: { StreamViewType } };
  const { service, client, put, properties, onFailure } = await setup({}, testOptions(), view);
  await put('abc');
  await client.send(
    new PutItemCommand({
      TableName: 'Outbox',
      Item: { pk: { S: 'abc' }, n: { N: '2' }, ok: { BOOL: true } },
    }),
  );
  service.addStreamMapping({ ...properties });
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await until(() => invoker.calls.length === 1);
  const record = Object(invoker.calls[0]?.payload['Records'])[1].dynamodb;
  expect(Object.keys(record).filter((name) => name.endsWith('Image'))).toEqual(images);
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
  const sizes: Record<string, number> = { NewImage: 5 + 3 + 3, OldImage: 5 + 3 };
  expect(record.SizeBytes).toBe(5 + images.reduce((sum, name) => sum + (sizes[name] ?? 0), 0));
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
test('a deletion because the time has come names DynamoDB as who did it, another one does not', async () => {
  const TimeToLiveSpecification = { AttributeName: 'endsAt', Enabled: true };
  const filter = { eventName: ['REMOVE'] };
  const { service, client, put, properties, onFailure } = await setup(
    { FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filter) }] } },
    testOptions(),
    { TimeToLiveSpecification },
  );
  const past = { N: String(Math.floor(Date.now() / 1_000) - 5) };
  for (const pk of ['ended', 'ended too']) {
    await client.send(new PutItemCommand({ TableName: 'Outbox', Item: { pk: { S: pk }, endsAt: past } }));
  }
  await put('deleted');
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  const records = () =>
    invoker.calls.flatMap(({ payload }) => Object(payload['Records']).map(Object)) as Record<string, never>[];
  await until(() => records().length === 2);
  await client.send(new DeleteItemCommand({ TableName: 'Outbox', Key: { pk: { S: 'deleted' } } }));
  await until(() => records().length === 3);
  const dynamodb = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  expect(records().map((record) => record['userIdentity'])).toEqual([dynamodb, dynamodb, undefined]);
});

test('a restart continues after the last record that was done', async () => {
  const first = await setup({ BatchSize: 1 });
  first.service.addStreamMapping(first.properties);
  const before = recordingInvoker((payload) => {
    if (keysOf(payload)[0] === 'b') throw new Error('not yet');
  });
  first.service.start(before, first.onFailure);
  await first.put('a', 'b');
  await until(() => before.calls.length >= 3);
  await first.service.stop();

  const second = await setup({ BatchSize: 1 }, testOptions(first.options.dataDir));
  await second.put('c');
  second.service.addStreamMapping(second.properties);
  const after = recordingInvoker();
  second.service.start(after, second.onFailure);
  await until(() => after.calls.length === 2);
  expect(after.calls.map(({ payload }) => keysOf(payload)[0])).toEqual(['b', 'c']);
});

test('stop does not wait for a function that hangs, and its records come again', async () => {
  const first = await setup();
  first.service.addStreamMapping(first.properties);
  const hanging = recordingInvoker(() => new Promise(() => {}));
  first.service.start(hanging, first.onFailure);
  await first.put('a');
  await until(() => hanging.calls.length === 1);
  await first.service.stop();

  const second = await setup({}, testOptions(first.options.dataDir));
  second.service.addStreamMapping(second.properties);
  const after = recordingInvoker();
  second.service.start(after, second.onFailure);
  await until(() => after.calls.length === 1);
  expect(keysOf(after.calls[0]?.payload)).toEqual(['a']);
});

test('the database answers on when the deliveries were stopped', async () => {
  const { service, put, properties, onFailure } = await setup();
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await put('a');
  await until(() => invoker.calls.length === 1);
  await service.stopDelivery();
  await put('b');
  expect(invoker.calls).toHaveLength(1);
});

test('records that are too old are given up when they fail', async () => {
  const { service, put, properties, onFailure, given } = await setup({
    MaximumRecordAgeInSeconds: 0,
    DestinationConfig: { OnFailure: { Destination: 'queue' } },
  });
  await put('a');
  service.addStreamMapping(properties);
  const invoker = recordingInvoker(() => {
    throw new Error('broken');
  });
  service.start(invoker, onFailure);
  await until(() => given.length === 1);
  expect(given).toMatchObject([{ record: { requestContext: { condition: 'RecordAgeExceeded' } } }]);
});

test('LATEST passes over what was written before the first start, but nothing after it', async () => {
  const first = await setup({ StartingPosition: 'LATEST' });
  await first.put('old');
  first.service.addStreamMapping(first.properties);
  const before = recordingInvoker();
  first.service.start(before, first.onFailure);
  const { existsSync } = await import('node:fs');
  await until(() => existsSync(`${first.options.dataDir}/streams/Outbox--Relay.json`));
  await first.service.stop();

  const second = await setup({ StartingPosition: 'LATEST' }, testOptions(first.options.dataDir));
  await second.put('new');
  second.service.addStreamMapping(second.properties);
  const after = recordingInvoker();
  second.service.start(after, second.onFailure);
  await until(() => after.calls.length === 1);
  expect(before.calls).toEqual([]);
  expect(keysOf(after.calls[0]?.payload)).toEqual(['new']);
});

test('only records that a filter wants are delivered', async () => {
  const pattern = { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'OUTBOX#' }] } } } };
  const { service, put, properties, onFailure } = await setup({
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
  });
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  await put('WAIT#1', 'OUTBOX#1', 'WAIT#2', 'OUTBOX#1');
  service.start(invoker, onFailure);
  await put('OUTBOX#2');
  await until(() => invoker.calls.flatMap(({ payload }) => keysOf(payload)).length === 2);
  expect(invoker.calls.flatMap(({ payload }) => keysOf(payload))).toEqual(['OUTBOX#1', 'OUTBOX#2']);
});

test('batches are no larger than asked, and a window gathers records', async () => {
  const { service, put, properties, onFailure } = await setup({
    BatchSize: 2,
    MaximumBatchingWindowInSeconds: 300,
  });
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await put('a');
  await put('b', 'c', 'd');
  await until(() => invoker.calls.length === 2);
  expect(invoker.calls.map(({ payload }) => keysOf(payload))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html: a batch ends at 6 MB, too.
test('batches are no larger than an event can be', async () => {
  const { service, client, properties, onFailure } = await setup({ BatchSize: 100 });
  for (let n = 0; n < 17; n++) {
    const Item = { pk: { S: String(n) }, text: { S: 'x'.repeat(390_000) } };
    await client.send(new PutItemCommand({ TableName: 'Outbox', Item }));
  }
  service.addStreamMapping(properties);
  const invoker = recordingInvoker();
  service.start(invoker, onFailure);
  await until(() => invoker.calls.length === 2);
  expect(invoker.calls.map(({ payload }) => keysOf(payload).length)).toEqual([16, 1]);
});

test('after a partial failure delivery continues at the first failed record', async () => {
  const { service, put, properties, onFailure, given } = await setup({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 3,
  });
  await put('a', 'b', 'c');
  service.addStreamMapping(properties);
  const invoker = recordingInvoker((payload, call) => {
    const [, second, third] = numbersOf(payload);
    return call === 1 ? { batchItemFailures: [{ itemIdentifier: third }, { itemIdentifier: second }] } : {};
  });
  service.start(invoker, onFailure);
  await until(() => invoker.calls.length === 2);
  expect(keysOf(invoker.calls[1]?.payload)).toEqual(['b', 'c']);
  expect(given).toEqual([]);
});

test('a batch that fails to the end goes to the failure destination, and the next one is delivered', async () => {
  const destination = 'arn:aws-cn:sqs:cn-north-1:000000000000:DeadLetters';
  const { service, put, properties, onFailure, given } = await setup({
    BatchSize: 2,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: destination } },
  });
  await put('a', 'b', 'c');
  service.addStreamMapping(properties);
  const invoker = recordingInvoker((payload) => {
    if (keysOf(payload).includes('a')) throw new Error('poison');
  });
  service.start(invoker, onFailure);
  await until(() => invoker.calls.length === 4);
  expect(invoker.calls.map(({ payload }) => keysOf(payload).join())).toEqual(['a,b', 'a,b', 'a,b', 'c']);
  const [first, second] = numbersOf(invoker.calls[0]?.payload);
  expect(given).toMatchObject([
    {
      destination,
      record: {
        requestContext: { functionArn, condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        DDBStreamBatchInfo: {
          startSequenceNumber: first,
          endSequenceNumber: second,
          batchSize: 2,
          streamArn: properties['EventSourceArn'],
        },
      },
    },
  ]);
});

test('bisecting finds the one record that fails', async () => {
  const { service, put, properties, onFailure, given } = await setup({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: 'queue' } },
  });
  await put('a', 'b', 'poison', 'd');
  service.addStreamMapping(properties);
  const done: string[] = [];
  const invoker = recordingInvoker((payload) => {
    if (keysOf(payload).includes('poison')) throw new Error('poison');
    done.push(...keysOf(payload));
  });
  service.start(invoker, onFailure);
  await until(() => done.length === 3);
  expect(done).toEqual(['a', 'b', 'd']);
  expect(given).toMatchObject([{ record: { DDBStreamBatchInfo: { batchSize: 1 } } }]);
});

test.each([
  [null, 3],
  [undefined, 3],
  [{}, 3],
  // https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html: what counts as success.
  [[], 3],
  [{ batchItemFailures: [] }, 3],
  [{ batchItemFailures: null }, 3],
  [{ batchItemFailures: [{ itemIdentifier: '20' }] }, 1],
  [{ batchItemFailures: [{ itemIdentifier: '30' }, { itemIdentifier: '20' }] }, 1],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }, 0],
  [{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }, 0],
  [{ batchItemFailures: [{ itemIdentifier: null }] }, 0],
  [{ batchItemFailures: [{ itemIdentifier: 20 }] }, 0],
  [[{ itemIdentifier: '20' }], 0],
  [{ batchItemFailures: [{ wrong: '20' }] }, 0],
  [{ batchItemFailures: 'x' }, 0],
])('the answer %j leaves record %i as the first to do', (payload, expected) => {
  expect(firstUnfinished(['10', '20', '30'], payload)).toBe(expected);
});

test.each([
  [
    'a queue as source',
    { EventSourceArn: 'arn:aws-cn:sqs:cn-north-1:0:q' },
    /arn:aws-cn:sqs.*is not the stream/,
  ],
  [
    'an unknown stream',
    { EventSourceArn: 'arn:aws-cn:dynamodb:cn-north-1:0:table/X/stream/1' },
    /no stream arn/,
  ],
  ['a tumbling window', { TumblingWindowInSeconds: 5 }, /TumblingWindowInSeconds/],
  ['a wrong filter', { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"like":1}]}' }] } }, /matcher "like"/],
])('%s is refused', async (_what, change, message) => {
  const { service, properties } = await setup();
  expect(() => service.addStreamMapping({ ...properties, ...change })).toThrow(message);
});
