import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../functions/shared/errors.ts';
import { openTables, Table } from '../../../functions/shared/table.ts';
import { getMany, writeMany } from '../../../functions/shared/table-batches.ts';
import { budget } from '../../../functions/shared/tables.ts';
import type { GuardedWrite } from '../../../functions/shared/transaction.ts';

const { line, round, simulation } = budget.entities;

/** A table that gives answers one after the other, and keeps what it was asked. */
function setup(...answers: readonly (object | Error)[]) {
  const asked: { readonly command: string; readonly input: object }[] = [];
  const send = async (command: { readonly input: object }) => {
    const answer = answers[asked.length] ?? {};
    asked.push({ command: command.constructor.name, input: command.input });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  // A table uses nothing of the client but `send`.
  const client = { send } as unknown as DynamoDBDocumentClient;
  return { table: new Table<'budget'>(client, 'Budget'), client, asked };
}

const roundId = 'r';
const failed = new ConditionalCheckFailedException({
  message: 'failed',
  $metadata: {},
  Item: { pk: { S: 'x' } },
});

describe('a read', () => {
  it('is consistent, unless it need not be or cannot', async () => {
    const { table, asked } = setup();
    await table.get(round.key({ roundId }));
    await table.get(round.key({ roundId }), { consistent: false });
    await table.page(line.of({ roundId }));
    await table.page(round.listed('listing', {}));
    expect(asked.map(({ input }) => Reflect.get(input, 'ConsistentRead'))).toEqual([
      true,
      undefined,
      true,
      undefined,
    ]);
  });

  it('of a range goes from page to page until the last', async () => {
    const lastKey = { pk: 'ROUND#r', sk: 'LINE#a' };
    const { table, asked } = setup(
      { Items: [{ sk: 'LINE#a' }], LastEvaluatedKey: lastKey },
      { Items: [{ sk: 'LINE#b' }] },
    );
    expect(await table.all(line.of({ roundId }))).toEqual([{ sk: 'LINE#a' }, { sk: 'LINE#b' }]);
    const query = {
      TableName: 'Budget',
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': 'ROUND#r', ':prefix': 'LINE#' },
      ConsistentRead: true,
    };
    expect(asked.map(({ input }) => input)).toEqual([query, { ...query, ExclusiveStartKey: lastKey }]);
  });

  it.each([
    [{ from: 'LINE#a', to: 'LINE#c' }, 'sk BETWEEN :from AND :to'],
    [{ before: 'LINE#c' }, 'sk < :before'],
    [{ upTo: 'LINE#c' }, 'sk <= :upTo'],
  ])('is bounded by %j', async (bounds, condition) => {
    const { table, asked } = setup();
    await table.page(line.of({ roundId }, bounds), { limit: 2, newestFirst: true });
    expect(asked[0]?.input).toMatchObject({
      KeyConditionExpression: `pk = :pk AND ${condition}`,
      Limit: 2,
      ScanIndexForward: false,
    });
  });

  it('of an index goes by its attributes', async () => {
    const { table, asked } = setup();
    await table.count(round.listed('listing', {}), { limit: 5 });
    expect(asked.map(({ input }) => input)).toEqual([
      {
        TableName: 'Budget',
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :pk',
        ExpressionAttributeValues: { ':pk': 'round' },
        Limit: 5,
        Select: 'COUNT',
      },
    ]);
  });
});

describe('a write alone', () => {
  it('says whether its guard held', async () => {
    const write = setup().table.putNew(round.key({ roundId }), { state: {} });
    expect(await setup({}).table.tryWrite(write)).toBe(true);
    expect(await setup(failed).table.tryWrite(write)).toBe(false);
    await expect(setup(new Error('broken')).table.tryWrite(write)).rejects.toThrow('broken');
  });

  it('throws what its guard says, or that it did not hold', async () => {
    const { table } = setup(failed, failed);
    const key = round.key({ roundId });
    await expect(table.write(table.remove(key, { when: 'a = b' }))).rejects.toBe(failed);
    const otherwise = () => new RangeError('too late');
    await expect(table.write(table.put(key, {}, { when: 'a = b', otherwise }))).rejects.toThrow('too late');
  });

  it('is no check', async () => {
    const { table } = setup();
    await expect(table.write(table.check(round.key({ roundId }), { when: 'a = b' }))).rejects.toThrow();
  });

  it('gives what was written, or what stands in its place', async () => {
    const key = round.key({ roundId });
    const change = { set: 'SET a = :a', values: { ':a': 1 } };
    expect(await setup({ Attributes: { a: 1 } }).table.tryUpdate(key, change)).toEqual({ a: 1 });
    expect(await setup(failed).table.tryUpdate(key, change)).toBeUndefined();
    expect(await setup({}).table.putOrSee(key, {}, { when: 'a = b' })).toBeUndefined();
    expect(await setup(failed).table.putOrSee(key, {}, { when: 'a = b' })).toEqual(failed.Item);
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html: a transaction is in the way of a
// write alone, whose client does not try that again; and the reasons for which a transaction is cancelled.
describe('a write that meets others', () => {
  const conflict = new TransactionConflictException({ message: 'ongoing', $metadata: {} });
  const key = round.key({ roundId });
  const change = { set: 'SET a = :a', values: { ':a': 1 } };
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });

  it.each<[string, (table: Table<'budget'>) => Promise<unknown>]>([
    ['put', (table) => table.write(table.put(key, {}))],
    ['update', (table) => table.write(table.update(key, change))],
    ['removal', (table) => table.tryWrite(table.remove(key))],
    ['update whose item is wanted', (table) => table.tryUpdate(key, change)],
    ['put that sees what is there', (table) => table.putOrSee(key, {}, { when: 'a = b' })],
  ])('is done again: a %s', async (_, write) => {
    const { table, asked } = setup(conflict, conflict);
    await write(table);
    expect(asked).toHaveLength(3);
  });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is done again: a transaction that was cancelled for %s',
    async (code) => {
      const { table, asked } = setup(cancelled('None', code));
      await table.transact([table.put(key, {}), table.put(line.key({ roundId, applicationId: 'a' }), {})]);
      expect(asked).toHaveLength(2);
    },
  );

  it('is not done again when its items are at fault', async () => {
    const { table, asked } = setup(cancelled('ValidationError'));
    await expect(table.transact([table.put(key, {})])).rejects.toThrow('cancelled');
    expect(asked).toHaveLength(1);
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html: who got no answer does not know
// whether a conditional write was done, and does it again. A transaction is known by its token:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
describe('a write whose answer was lost', () => {
  const key = round.key({ roundId });
  const stored = { ...key, revision: 2, lines: [{ id: 'a' }] };
  const put = (table: Table<'budget'>) =>
    table.put(
      key,
      { revision: 2, lines: [{ id: 'a', note: undefined }], note: undefined },
      { when: 'a = b' },
    );
  const update = {
    set: 'SET #state.#revision = :two, note = :note, seen = if_not_exists(seen, :two) ADD attempts :one REMOVE due',
    when: 'a = b',
    names: { '#state': 'state', '#revision': 'revision' },
    values: { ':two': 2, ':note': 'x', ':one': 1 },
  };
  const updated = { ...key, state: { revision: 2 }, note: 'x', attempts: 4 };
  const guard = { when: 'attribute_exists(pk)' };
  /** How the client tells it of a condition that failed when it sent a write again. */
  const failedAgain = (attempts: number, Item?: Record<string, unknown>) =>
    Object.assign(
      new ConditionalCheckFailedException({ message: 'failed', $metadata: { attempts } }),
      Item && { Item },
    );

  it.each<[string, (table: Table<'budget'>) => GuardedWrite, object]>([
    ['put', put, { Item: stored }],
    ['update', (table) => table.update(key, update), { Item: updated }],
    ['removal', (table) => table.remove(key, guard), {}],
  ])('is known as done by what stands there: a %s', async (_, write, answer) => {
    const { table, asked } = setup(failedAgain(2), answer);
    expect(await table.tryWrite(write(table))).toBe(true);
    expect(asked[1]?.input).toEqual({ TableName: 'Budget', Key: key, ConsistentRead: true });
  });

  it.each<[string, (table: Table<'budget'>) => GuardedWrite, object]>([
    ['put', put, { Item: { ...stored, lines: [] } }],
    ['put of nothing that is there', put, {}],
    ['update', (table) => table.update(key, update), { Item: { ...updated, note: 'y' } }],
    ['update of a part', (table) => table.update(key, update), { Item: { ...updated, state: {} } }],
    ['update that only adds', (table) => table.update(key, { ...update, set: 'ADD attempts :one' }), {}],
    ['removal', (table) => table.remove(key, guard), { Item: stored }],
  ])('is not done when something else stands there: a %s', async (_, write, answer) => {
    const { table } = setup(failedAgain(2), answer);
    expect(await table.tryWrite(write(table))).toBe(false);
  });

  it('is not asked after when it was sent once', async () => {
    const { table, asked } = setup(failedAgain(1), { Item: stored });
    expect(await table.tryWrite(put(table))).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('gives what was written', async () => {
    expect(await setup(failedAgain(2), { Item: updated }).table.tryUpdate(key, update)).toEqual(updated);
    expect(await setup(failedAgain(2), { Item: stored }).table.tryUpdate(key, update)).toBeUndefined();
    const row = { revision: 2, lines: [{ id: 'a' }] };
    const see = (error: Error) => setup(error).table.putOrSee(key, row, { when: 'a = b' });
    expect(await see(failedAgain(2, stored))).toBeUndefined();
    expect(await see(failedAgain(1, stored))).toEqual(stored);
    expect(await see(failedAgain(2, { ...stored, revision: 1 }))).toMatchObject({ revision: 1 });
  });

  it('is sent again under its token while it is in progress, and under another when it was cancelled', async () => {
    const inProgress = new TransactionInProgressException({ message: 'in progress', $metadata: {} });
    const cancelled = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
    const { table, asked } = setup(inProgress, cancelled);
    await table.transact([table.put(key, {})]);
    const [first, second, third] = asked.map(({ input }) => Reflect.get(input, 'ClientRequestToken'));
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('a batch', () => {
  const keys = ['a', 'b'].map((applicationId) => line.key({ roundId, applicationId }));

  it('is asked again for what was left of it', async () => {
    const { table, asked } = setup(
      { Responses: { Budget: [{ sk: 'LINE#a' }] }, UnprocessedKeys: { Budget: { Keys: [keys[1]] } } },
      { Responses: { Budget: [{ sk: 'LINE#b' }] } },
    );
    expect(await getMany(table, keys, { attempts: 2 })).toEqual([{ sk: 'LINE#a' }, { sk: 'LINE#b' }]);
    expect(asked[1]?.input).toEqual({
      RequestItems: { Budget: { Keys: [keys[1]], ConsistentRead: true } },
    });
  });

  it('gives up in the end', async () => {
    const left = { UnprocessedKeys: { Budget: { Keys: keys } } };
    await expect(getMany(setup(left, left).table, keys, { attempts: 2 })).rejects.toThrow(TransientError);
  });

  it('has so many items at most as one request takes', async () => {
    const { table, asked } = setup();
    const many = Array.from({ length: 60 }, (_, index) =>
      simulation.key({ roundId, simulationId: `${index}` }),
    );
    await writeMany(
      table,
      many.map((key, index) => (index === 0 ? table.remove(key) : table.put(key, { line: index }))),
      { attempts: 1, pausing: true },
    );
    const sizes = asked.map(
      ({ input }) => Reflect.get(Object(Reflect.get(input, 'RequestItems')), 'Budget').length,
    );
    expect(sizes).toEqual([25, 25, 10]);
  });

  it('takes no row with a witness', async () => {
    const { table } = setup();
    const writes = [table.put(line.key({ roundId, applicationId: '1' }), {})];
    await expect(writeMany(table, writes, { attempts: 1 })).rejects.toThrow('with a witness');
  });

  it('takes no conditions', async () => {
    const { table } = setup();
    const guarded = table.putNew(round.key({ roundId }), {});
    await expect(writeMany(table, [guarded], { attempts: 1 })).rejects.toThrow('without conditions');
  });
});

describe('the tables of an environment', () => {
  it('are those that it names', () => {
    const { client } = setup();
    const tables = openTables({ BUDGET_TABLE: 'Budget', DOCUMENTS_BUCKET: 'documents' }, client);
    expect(Object.keys(tables)).toEqual(['budget']);
    expect(tables.budget).toBeInstanceOf(Table);
  });
});
