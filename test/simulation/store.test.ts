import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../functions/shared/hash.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { MemoryStore } from './memory-store.ts';

let database: TestDynamoDb;
let client: DynamoDBDocumentClient;
let runs = 0;

beforeAll(async () => {
  database = await startTestDynamoDb('');
  client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
});
afterAll(async () => {
  client?.destroy();
  await database?.stop();
});

const shapes = { Workflow: { pending: { hash: 'pending', range: 'createdAt' } }, Budget: {} };
type TableName = keyof typeof shapes;

/** A command, made anew for each side, with the partitions of a run of its own. */
type Make = (run: string) => unknown;

const tableName = fc.constantFrom<TableName>('Workflow', 'Budget');
const key = fc.record({
  pk: fc.constantFrom('A', 'B'),
  sk: fc.constantFrom('1', '2', '2#a', 'é', '\u{10ffff}', '￿'),
});
const number = fc.constantFrom(0, 1, 2, -5, 100, Number.MAX_SAFE_INTEGER);
const small = fc.oneof(
  number,
  fc.constantFrom('', 'x', 'xy', 'y', 'open', true, false, null),
  fc.constantFrom([], [1, 'x'], { version: 1, status: 'open' }, { version: 2 }, {}),
);
const attributes = fc.record(
  {
    version: number,
    status: fc.constantFrom('open', 'closed', 'x'),
    state: fc.record({ version: number, status: small }, { requiredKeys: [] }),
    documents: fc.array(small, { maxLength: 3 }),
    pending: fc.constantFrom('pending', 'other'),
    createdAt: fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03'),
    nothing: fc.constant(undefined),
  },
  { requiredKeys: [] },
);

interface Expression {
  readonly text: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

/** The shapes of conditions that the stores write, and some that combine them. */
const condition: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom<Expression>(
    { text: 'attribute_not_exists(pk)' },
    { text: 'attribute_exists(pk)' },
    { text: 'attribute_exists(#state.version) OR attribute_not_exists(pk)', names: { '#state': 'state' } },
    { text: 'attribute_not_exists(#state.#hash)', names: { '#state': 'state', '#hash': 'hash' } },
  ),
  fc.record({ a: small, b: small, operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>=') }).map(
    ({ a, b, operator }): Expression => ({
      text: `#version ${operator} :a AND NOT (#state.#status = :b OR #state.#version ${operator} :a)`,
      names: { '#version': 'version', '#state': 'state', '#status': 'status' },
      values: { ':a': a, ':b': b },
    }),
  ),
  fc.record({ a: small, operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>=') }).map(
    ({ a, operator }): Expression => ({
      text: `attribute_not_exists(pk) OR #status ${operator} :a`,
      names: { '#status': 'status' },
      values: { ':a': a },
    }),
  ),
  fc.record({ a: number, b: number }).map(({ a, b }): Expression => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return { text: 'version BETWEEN :low AND :high', values: { ':low': low, ':high': high } };
  }),
  fc
    .record({ a: small, b: small })
    .map(({ a, b }): Expression => ({ text: 'version IN (:a, :b)', values: { ':a': a, ':b': b } })),
  fc.constantFrom('o', 'x', '').map(
    (prefix): Expression => ({
      text: 'begins_with(#status, :prefix)',
      names: { '#status': 'status' },
      values: { ':prefix': prefix },
    }),
  ),
);

const update: fc.Arbitrary<Expression> = fc.oneof(
  small.map((a): Expression => ({ text: 'SET version = :a', values: { ':a': a } })),
  fc.record({ a: small, b: small }).map(
    ({ a, b }): Expression => ({
      text: 'SET #state.#status = :a, version = :b REMOVE pending',
      names: { '#state': 'state', '#status': 'status' },
      values: { ':a': a, ':b': b },
    }),
  ),
  fc.record({ a: number, b: fc.constantFrom(0, 1) }).map(
    ({ a, b }): Expression => ({
      text: 'SET version = if_not_exists(version, :a) + :b, #status = if_not_exists(#status, :a)',
      names: { '#status': 'status' },
      values: { ':a': a, ':b': b },
    }),
  ),
  fc.constantFrom(1, -1).map((a): Expression => ({ text: 'ADD version :a', values: { ':a': a } })),
  fc.constantFrom(1, 2).map(
    (a): Expression => ({
      text: 'SET version = version - :a, createdAt = createdAt REMOVE documents, #gone',
      names: { '#gone': 'gone' },
      values: { ':a': a },
    }),
  ),
);

function expressing(prefix: string, one: Expression | null, other: Expression | null = null) {
  const names = { ...one?.names, ...other?.names };
  const rename = (record: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [`:u${name.slice(1)}`, value]));
  const values = { ...one?.values, ...rename(other?.values) };
  return {
    ...(one && { [prefix]: one.text }),
    ...(other && { UpdateExpression: other.text.replaceAll(':', ':u') }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

const keyIn = (run: string, { pk, sk }: { pk: string; sk: string }) => ({ pk: `${run}${pk}`, sk });
const optional = fc.option(condition, { freq: 3 });

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
const transactItem: fc.Arbitrary<(run: string) => TransactItem> = fc.oneof(
  fc.record({ tableName, key, attributes, condition: optional }).map((given) => (run: string) => ({
    Put: {
      TableName: given.tableName,
      Item: { ...given.attributes, ...keyIn(run, given.key) },
      ...expressing('ConditionExpression', given.condition),
    },
  })),
  fc.record({ tableName, key, update, condition: optional }).map((given) => (run: string) => ({
    Update: {
      TableName: given.tableName,
      Key: keyIn(run, given.key),
      UpdateExpression: '',
      ...expressing('ConditionExpression', given.condition, given.update),
    },
  })),
  fc.record({ tableName, key, condition: optional }).map((given) => (run: string) => ({
    Delete: {
      TableName: given.tableName,
      Key: keyIn(run, given.key),
      ...expressing('ConditionExpression', given.condition),
    },
  })),
  fc.record({ tableName, key, condition }).map((given) => (run: string) => ({
    ConditionCheck: {
      TableName: given.tableName,
      Key: keyIn(run, given.key),
      ConditionExpression: '',
      ...expressing('ConditionExpression', given.condition),
    },
  })),
);

const command: fc.Arbitrary<Make> = fc.oneof(
  {
    arbitrary: fc.array(transactItem, { minLength: 1, maxLength: 4 }).map(
      (items): Make =>
        (run) =>
          new TransactWriteCommand({ TransactItems: items.map((item) => item(run)) }),
    ),
    weight: 5,
  },
  fc.record({ tableName, key, attributes, condition: optional }).map(
    (given): Make =>
      (run) =>
        new PutCommand({
          TableName: given.tableName,
          Item: { ...given.attributes, ...keyIn(run, given.key) },
          ReturnValues: 'ALL_OLD',
          ...expressing('ConditionExpression', given.condition),
        }),
  ),
  fc.record({ tableName, key, update, condition: optional }).map(
    (given): Make =>
      (run) =>
        new UpdateCommand({
          TableName: given.tableName,
          Key: keyIn(run, given.key),
          ReturnValues: 'ALL_NEW',
          ...expressing('ConditionExpression', given.condition, given.update),
        }),
  ),
  fc.record({ tableName, key, condition: optional }).map(
    (given): Make =>
      (run) =>
        new DeleteCommand({
          TableName: given.tableName,
          Key: keyIn(run, given.key),
          ...expressing('ConditionExpression', given.condition),
        }),
  ),
  fc.record({ tableName, key }).map(
    (given): Make =>
      (run) =>
        new GetCommand({ TableName: given.tableName, Key: keyIn(run, given.key), ConsistentRead: true }),
  ),
  fc.array(key, { minLength: 1, maxLength: 3 }).map(
    (keys): Make =>
      (run) =>
        new BatchGetCommand({
          RequestItems: {
            Budget: {
              Keys: keys.map((one) => keyIn(run, one)),
              ConsistentRead: true,
              ProjectionExpression: 'pk, sk, version',
            },
          },
        }),
  ),
  fc.array(key, { minLength: 1, maxLength: 3 }).map(
    (keys): Make =>
      (run) =>
        new TransactGetCommand({
          TransactItems: keys.map((one) => ({ Get: { TableName: 'Budget', Key: keyIn(run, one) } })),
        }),
  ),
  fc.array(fc.record({ key, attributes, remove: fc.boolean() }), { minLength: 1, maxLength: 3 }).map(
    (writes): Make =>
      (run) =>
        new BatchWriteCommand({
          RequestItems: {
            Budget: writes.map((write) =>
              write.remove
                ? { DeleteRequest: { Key: keyIn(run, write.key) } }
                : { PutRequest: { Item: { ...write.attributes, ...keyIn(run, write.key) } } },
            ),
          },
        }),
  ),
  fc
    .record({
      tableName,
      pk: fc.constantFrom('A', 'B'),
      limit: fc.option(fc.integer({ min: 1, max: 3 })),
      forward: fc.boolean(),
      sort: fc.constantFrom<Expression>(
        { text: '' },
        { text: ' AND begins_with(sk, :low)', values: { ':low': '2' } },
        { text: ' AND sk BETWEEN :low AND :high', values: { ':low': '2', ':high': '\u{10ffff}' } },
        { text: ' AND sk > :low', values: { ':low': '1' } },
      ),
    })
    .map(
      ({ tableName: table, pk, limit, forward, sort }): Make =>
        (run) =>
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: `pk = :pk${sort.text}`,
            ExpressionAttributeValues: { ':pk': `${run}${pk}`, ...sort.values },
            ConsistentRead: true,
            ScanIndexForward: forward,
            ...(limit !== null && { Limit: limit }),
          }),
    ),
);

/** What a command came to, in a form that can be compared: an error by its name and reasons. */
async function outcomeOf(run: () => Promise<unknown> | unknown): Promise<unknown> {
  try {
    const answer = { ...Object(await run()) } as Record<string, unknown>;
    // The order of a batch is not promised, nor that of a map's keys, nor what the service says of itself.
    const { $metadata: _, ConsumedCapacity: __, ScannedCount: ___, Responses, ...rest } = answer;
    if (Responses === undefined || Array.isArray(Responses)) return Responses ? { ...rest, Responses } : rest;
    const sorted = Object.entries(Object(Responses)).map(([table, items]) => [
      table,
      (items as object[]).map(canonicalJson).sort(),
    ]);
    return { ...rest, Responses: Object.fromEntries(sorted) };
  } catch (error) {
    const { name, CancellationReasons } = error as {
      name: string;
      CancellationReasons?: { Code?: string }[];
    };
    return {
      error: name,
      ...(CancellationReasons && { codes: CancellationReasons.map(({ Code }) => Code) }),
    };
  }
}

describe('the store in memory', () => {
  it('answers as the test database does, and holds the same afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const run = `run-${++runs}-`;
        const store = new MemoryStore(shapes, () => 0);
        for (const make of commands) {
          const theirs = await outcomeOf(() => client.send(make(run) as GetCommand));
          const ours = await outcomeOf(() => store.execute(make(run)));
          expect(ours, JSON.stringify(Reflect.get(Object(make(run)), 'input'))).toEqual(theirs);
        }
        for (const table of Object.keys(shapes)) {
          for (const pk of ['A', 'B']) {
            const all = new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': `${run}${pk}` },
              ConsistentRead: true,
            });
            expect(store.execute(all)['Items']).toEqual((await client.send(all)).Items);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
