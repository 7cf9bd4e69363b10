import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IndexShape } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { startDynoxide } from '../../local/dynamodb/process.ts';

/** What `new DynamoDBClient(…)` needs to reach the test database. */
interface TestClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface TestDynamoDb {
  readonly endpoint: string;
  readonly clientConfig: TestClientConfig;
  readonly tableNames: Readonly<Record<TableName, string>>;
  /** Ends the database process; call it in `afterAll`. */
  stop(): Promise<void>;
}

type Index = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number];

const tableNames = Object.fromEntries(
  Object.values(catalogue).map(({ name }) => [name, `${name.charAt(0).toUpperCase()}${name.slice(1)}`]),
) as Record<TableName, string>;

/** Without streams, which nobody reads here. */
const tables = Object.values(catalogue).map(({ name, indexes }) =>
  table(
    tableNames[name],
    Object.entries<IndexShape>(indexes).map(([index, shape]) => indexOf(index, shape)),
  ),
);

/** Starts an empty in-memory DynamoDB of its own with the tables of the system. */
export async function startTestDynamoDb(): Promise<TestDynamoDb> {
  const dynoxide = await startDynoxide({ log: (line) => process.stderr.write(`${line}\n`) });
  const clientConfig: TestClientConfig = {
    endpoint: dynoxide.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const client = new DynamoDBClient(clientConfig);
  try {
    for (const input of tables) await client.send(new CreateTableCommand(input));
  } catch (fault) {
    await dynoxide.stop();
    throw fault;
  } finally {
    client.destroy();
  }
  return { endpoint: dynoxide.endpoint, clientConfig, tableNames, stop: () => dynoxide.stop() };
}

function table(name: string, indexes: Index[]): CreateTableCommandInput {
  const keys = new Set(['pk', 'sk']);
  for (const { KeySchema } of indexes) for (const key of KeySchema ?? []) keys.add(key.AttributeName ?? '');
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema('pk', 'sk'),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function indexOf(IndexName: string, { partition, sort, shows }: IndexShape): Index {
  return { IndexName, KeySchema: keySchema(partition, sort), Projection: projection(shows) };
}

function projection(shows: readonly string[] | undefined): Index['Projection'] {
  if (shows === undefined) return { ProjectionType: 'ALL' };
  if (shows.length === 0) return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...shows] };
}

function keySchema(hash: string, range: string): NonNullable<Index['KeySchema']> {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
