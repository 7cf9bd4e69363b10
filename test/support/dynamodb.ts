import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { IndexShape } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { type Dynoxide, startDynoxide } from '../../local/dynamodb/process.ts';

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
  /** Takes the tables away; call it in `afterAll`. */
  stop(): Promise<void>;
}

type Index = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number];

/** The database of this worker, which ends with it: starting one takes as long as many a file's tests. */
let engine: Promise<Dynoxide> | undefined;

/** Prefixes that were given. */
let given = 0;

/**
 * Gives the tables of the system, empty, under names that nobody else has.
 * @param prefix of their names; without one they are called as those that tests hold in memory.
 */
export async function startTestDynamoDb(prefix = `${++given}-`): Promise<TestDynamoDb> {
  engine ??= startDynoxide({ log: (line) => process.stderr.write(`${line}\n`) });
  const { endpoint } = await engine;
  const clientConfig: TestClientConfig = {
    endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const named = Object.values(catalogue).map(({ name, indexes }) => {
    const TableName = `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    return [name, table(TableName, indexes)] as const;
  });
  const client = new DynamoDBClient(clientConfig);
  for (const [, input] of named) await client.send(new CreateTableCommand(input));
  return {
    endpoint,
    clientConfig,
    tableNames: Object.fromEntries(named.map(([name, { TableName }]) => [name, TableName])) as Record<
      TableName,
      string
    >,
    async stop() {
      for (const [, { TableName }] of named) await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
}

/** A table without a stream, which nobody reads here. */
function table(TableName: string, shapes: Readonly<Record<string, IndexShape>>): CreateTableCommandInput {
  const indexes = Object.entries(shapes).map(([name, shape]) => indexOf(name, shape));
  const keys = new Set(['pk', 'sk']);
  for (const { KeySchema } of indexes) for (const key of KeySchema ?? []) keys.add(key.AttributeName ?? '');
  return {
    TableName,
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
