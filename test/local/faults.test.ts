import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDynoxide } from '../../local/dynamodb/process.ts';
import { serveFaults } from '../../local/faults/dynamodb-front.ts';
import { Faults } from '../../local/faults/faults.ts';
import { outsideOfRange } from '../../local/faults/query-range.ts';
import { recordingInvoker } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const clientOf = (endpoint: string, maxAttempts = 1) => {
  const client = new DynamoDBClient({
    ...{ endpoint, region: 'cn-north-1', maxAttempts },
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  cleanups.push(() => client.destroy());
  return client;
};
const item = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk }, place: { S: 'here' } });
const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'a' } });

describe('the same seed', () => {
  it('gives the same faults, and another others', () => {
    const some = (seed: number) => Array.from({ length: 20 }, (_, at) => new Faults(seed + at).fraction());
    expect(some(1)).toEqual(some(1));
    expect(some(1)).not.toEqual(some(100));
    expect(new Faults(1).apart('a').fraction()).toBe(new Faults(1).apart('a').fraction());
    expect(new Faults(1).apart('a').fraction()).not.toBe(new Faults(1).apart('b').fraction());
  });

  it('makes each thing happen as often as it should', () => {
    const faults = new Faults(7);
    const happened = Array.from({ length: 10_000 }, () => faults.chance(0.05)).filter(Boolean);
    expect(happened.length).toBeGreaterThan(400);
    expect(happened.length).toBeLessThan(600);
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html: in the order of the changes of each item;
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html: at least once.
describe('a stream', () => {
  it('keeps the order of a key and no other, loses nothing and repeats some', () => {
    const elements = Array.from({ length: 60 }, (_, at) => ({ key: `k${at % 7}`, at }));
    const parts = new Faults(3).rearrange(elements, ({ key }) => key);
    const handed = parts.flat();
    expect(new Set(handed)).toEqual(new Set(elements));
    expect(handed.length).toBeGreaterThan(elements.length);
    const firsts = [...new Set(handed)];
    expect(firsts).not.toEqual(elements);
    for (const ofKey of Map.groupBy(firsts, ({ key }) => key).values()) {
      expect(ofKey.map(({ at }) => at)).toEqual(ofKey.map(({ at }) => at).sort((a, b) => a - b));
    }
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-delivery-level.html: at least once;
// https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html: errors of Lambda to try again on.
describe('a function', () => {
  it('is given some events twice', async () => {
    const invoker = recordingInvoker(() => ({ payload: null }));
    const twice = new Faults(5).duplicating(invoker);
    for (let at = 0; at < 100; at += 1) await twice.invoke('F', at);
    expect(new Set(invoker.calls.map(({ payload }) => payload)).size).toBe(100);
    expect(invoker.calls.length).toBeGreaterThan(102);
  });

  it('has no room at times, and at times its answer is lost', async () => {
    const invoker = recordingInvoker(() => ({ payload: 'done' }));
    const throttled = new Faults(5).throttling(invoker);
    const errors: unknown[] = [];
    for (let at = 0; at < 300; at += 1) {
      const { functionError, payload } = await throttled.invoke('F', at);
      if (functionError !== undefined) errors.push(Reflect.get(Object(payload), 'errorType'));
    }
    expect(new Set(errors)).toEqual(new Set(['Lambda.TooManyRequestsException', 'Lambda.ServiceException']));
    expect(invoker.calls.length).toBe(
      300 - errors.filter((error) => error === 'Lambda.TooManyRequestsException').length,
    );
  });
});

describe('DynamoDB', () => {
  let front: string;
  let engine: string;
  beforeAll(async () => {
    const dynoxide = await startDynoxide({ log: () => undefined });
    cleanups.push(() => dynoxide.stop());
    engine = dynoxide.endpoint;
    const service = await serveFaults(engine, new Faults(11));
    cleanups.push(() => service.stop());
    front = service.endpoint;
    await clientOf(front).send(
      new CreateTableCommand({
        TableName: 'Things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk', 'place'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'places',
            KeySchema: [{ AttributeName: 'place', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  });

  /** Does something over and over, and tells what it met. */
  async function errorsOf(times: number, once: (at: number) => Promise<unknown>): Promise<Set<string>> {
    const names = new Set<string>();
    for (let at = 0; at < times; at += 1) {
      await once(at).catch((error: Error & { CancellationReasons?: { Code?: string }[] }) => {
        const codes = error.CancellationReasons?.map(({ Code = '' }) => Code).filter(
          (code) => code !== 'None',
        );
        for (const name of codes ?? [error.name]) names.add(name);
      });
    }
    return names;
  }

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  it('refuses writes that meet a transaction or that are too many, and loses answers to some', async () => {
    const client = clientOf(front);
    const names = await errorsOf(400, (at) =>
      client.send(new PutItemCommand({ TableName: 'Things', Item: item(`put-${at}`) })),
    );
    expect(names).toEqual(
      new Set([
        ...['TransactionConflictException', 'ProvisionedThroughputExceededException'],
        ...['ThrottlingException', 'InternalServerError'],
      ]),
    );
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
  it('cancels transactions, and knows one whose answer was lost', async () => {
    const client = clientOf(front);
    const transact = (at: number, ClientRequestToken: string) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken,
          TransactItems: ['x', 'y'].map((sk) => ({
            Put: { TableName: 'Things', Item: item(`tx-${at}`, sk) },
          })),
        }),
      );
    let again: (() => Promise<unknown>) | undefined;
    const names = await errorsOf(400, async (at) => {
      const call = () => transact(at, `token-${at}`);
      await call().catch((error: Error) => {
        if (error.name === 'InternalServerError') again ??= call;
        throw error;
      });
    });
    expect(names).toEqual(
      new Set([
        ...['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'],
        'InternalServerError',
      ]),
    );
    await expect(again?.()).rejects.toMatchObject({ name: 'TransactionInProgressException' });
    // Done is done: nothing can be in its way.
    for (let at = 0; at < 100; at += 1) await again?.();
  });

  it('has done a write whose answer was lost, so that the same again does not hold', async () => {
    const client = clientOf(front, 20);
    const names = await errorsOf(200, (at) =>
      client.send(
        new PutItemCommand({
          ...{ TableName: 'Things', Item: item(`new-${at}`) },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
    expect(names).toEqual(new Set(['ConditionalCheckFailedException', 'TransactionConflictException']));
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
  it('shows a moment later what was written, unless a read is consistent', async () => {
    const client = clientOf(front, 20);
    const plain = clientOf(engine);
    let late = 0;
    for (let at = 0; at < 40; at += 1) {
      const input = { TableName: 'Things', Key: keyOf(`late-${at}`) };
      const readNow = async (ConsistentRead: boolean) =>
        (await client.send(new GetItemCommand({ ...input, ConsistentRead }))).Item;
      expect(await readNow(false)).toBeUndefined();
      await plain.send(new PutItemCommand({ TableName: 'Things', Item: item(`late-${at}`) }));
      expect(await readNow(true)).toBeDefined();
      if ((await readNow(false)) === undefined) late += 1;
    }
    expect(late).toBeGreaterThan(3);
    expect(late).toBeLessThan(37);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
  it('hears of a write in an index last', async () => {
    const client = clientOf(front, 20);
    const query = (place: string) =>
      client.send(
        new QueryCommand({
          ...{ TableName: 'Things', IndexName: 'places', KeyConditionExpression: 'place = :place' },
          ExpressionAttributeValues: { ':place': { S: place } },
        }),
      );
    let late = 0;
    for (let at = 0; at < 40; at += 1) {
      const place = `place-${at}`;
      const put = new PutItemCommand({ TableName: 'Things', Item: { ...item(place), place: { S: place } } });
      await client.send(put).catch(() => client.send(put));
      const { Items, Count } = await query(place);
      expect(Items).toHaveLength(Count ?? 0);
      if (Count === 0) late += 1;
    }
    expect(late).toBeGreaterThan(5);
    await expect.poll(async () => (await query('place-39')).Count).toBe(1);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html and API_BatchGetItem.html
  it('leaves a part of some batches undone, and says which', async () => {
    const client = clientOf(front, 20);
    const keys = ['b0', 'b1', 'b2', 'b3'];
    let undone = 0;
    for (let at = 0; at < 60; at += 1) {
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({
          RequestItems: { Things: keys.map((key) => ({ PutRequest: { Item: item(key) } })) },
        }),
      );
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: { Things: { Keys: keys.map(keyOf), ConsistentRead: true } },
        }),
      );
      const left = UnprocessedKeys?.['Things'];
      if (left) expect(left.ConsistentRead).toBe(true);
      expect((Responses?.['Things']?.length ?? 0) + (left?.Keys?.length ?? 0)).toBe(4);
      undone += (UnprocessedItems?.['Things'] ? 1 : 0) + (left ? 1 : 0);
    }
    expect(undone).toBeGreaterThan(3);
    expect(undone).toBeLessThan(40);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html#DDB-Query-request-ExclusiveStartKey
  it('refuses a start that lies outside of what is asked for', async () => {
    const client = clientOf(front, 20);
    const page = (pk: string, start: object) =>
      client.send(
        new QueryCommand({
          ...{ TableName: 'Things', KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)' },
          ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: 'a' } },
          ExclusiveStartKey: { ...keyOf('one'), ...start },
        }),
      );
    await expect(page('one', {})).resolves.toMatchObject({ Count: 0 });
    for (const start of [{ pk: { S: 'two' } }, { sk: { S: 'b' } }]) {
      await expect(page('one', start)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });
});

it.each<[string, object, string, boolean]>([
  ['pk = :a', { ':a': { S: 'x' } }, 'm', false],
  ['pk = :b', { ':b': { S: 'y' } }, 'm', true],
  ['pk = :a AND #sk BETWEEN :l AND :h', { ':l': { S: 'k' }, ':h': { S: 'n' } }, 'm', false],
  ['pk = :a AND #sk BETWEEN :l AND :h', { ':l': { S: 'n' }, ':h': { S: 'z' } }, 'm', true],
  ['pk = :a AND sk > :l', { ':l': { S: 'm' } }, 'm', true],
  ['pk = :a AND sk >= :l', { ':l': { S: 'm' } }, 'm', false],
  ['pk = :a AND sk < :l', { ':l': { S: 'n' } }, 'm', false],
  ['pk = :a AND sk <= :l', { ':l': { S: 'l' } }, 'm', true],
])('a query of %s where %j from %s', (KeyConditionExpression, values, sk, outside) => {
  const query = {
    KeyConditionExpression,
    ExpressionAttributeNames: { '#sk': 'sk' },
    ExpressionAttributeValues: { ':a': { S: 'x' }, ...values },
    ExclusiveStartKey: { pk: { S: 'x' }, sk: { S: sk } },
  };
  expect(outsideOfRange(query)).toBe(outside);
});

it('the front hands on what it does not know, and says when the engine is gone', async () => {
  const server = createServer((request, response) => {
    buffer(request).then((body) => response.writeHead(418).end(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Object(server.address());
  const service = await serveFaults(`http://127.0.0.1:${port}`, new Faults(1));
  cleanups.push(() => service.stop());
  const ask = () =>
    fetch(service.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{"TableName":1}',
    });
  expect((await ask()).status).toBe(418);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect((await ask()).status).toBe(500);
});
