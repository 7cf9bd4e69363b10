import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VocabularyStore } from '../../../../functions/registry/matching/vocabulary-store.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

let database: TestDynamoDb;
let client: DynamoDBDocumentClient;
let now = new Date('2026-11-23T02:00:00Z');
beforeAll(async () => {
  database = await startTestDynamoDb();
  client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig));
});
afterAll(async () => {
  client.destroy();
  await database.stop();
});

const open = () => new VocabularyStore(new Table(client, database.tableNames.registry), () => now);

const domains = ['低空物流', '数字政务', '海洋观测', '隐私保护', '算力调度', '语音识别'];
const actions = ['建设', '改造', '扩能'];
const objects = ['监管系统', '实验室', '创新中心', '示范园', '加工线'];

async function putAwards(): Promise<void> {
  const items = domains.flatMap((domain, d) =>
    objects.flatMap((object, o) => [
      {
        pk: `AWARD#scheme#${d}-${o}`,
        sk: 'RECORD',
        award: { uscc: `uscc-${d}-${o}`, projectName: `${domain}${object}${actions[(d + o) % 3]}` },
      },
      { pk: `MATTER#${d}-${o}`, sk: `AWARD#scheme#${d}-${o}`, record: `AWARD#scheme#${d}-${o}` },
    ]),
  );
  for (let from = 0; from < items.length; from += 25) {
    const requests = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [database.tableNames.registry]: requests } }));
  }
}

describe('the vocabulary of the registry', () => {
  it('is empty before anything was learnt, learnt from the awards, and read again in time', async () => {
    const reader = open();
    expect((await reader.read()).logOf('创新中心')).toBe(Number.NEGATIVE_INFINITY);
    await putAwards();

    const writer = open();
    expect(await writer.learn()).toBe(domains.length * objects.length);

    expect((await writer.read()).logOf('创新中心')).toBeCloseTo(Math.log(1 / objects.length));
    expect((await reader.read()).logOf('创新中心')).toBe(Number.NEGATIVE_INFINITY);
    now = new Date(now.getTime() + 3_600_000);
    expect((await reader.read()).logOf('海洋观测')).toBeCloseTo(Math.log(1 / domains.length));
  });
});
