import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
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
  readonly tableNames: {
    readonly applications: string;
    readonly people: string;
    readonly messages: string;
    readonly registry: string;
    readonly budget: string;
    readonly workflow: string;
    readonly policy: string;
  };
  /** Ends the database process; call it in `afterAll`. */
  stop(): Promise<void>;
}

type Index = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number];

const tableNames = {
  applications: 'Applications',
  people: 'People',
  messages: 'Messages',
  registry: 'Registry',
  budget: 'Budget',
  workflow: 'Workflow',
  policy: 'Policy',
};

const awardFields = [
  'applicationId',
  'organisationName',
  'item',
  'awardFen',
  'roundId',
  'status',
  'noticedAt',
];

const tables: CreateTableCommandInput[] = [
  table(tableNames.applications, [
    index('byOrganisation', 'organisation', 'createdAt'),
    index('inbox', 'inboxDepartment', 'inboxSort', ['task']),
    index('inboxItem', 'inboxItem', 'inboxSort', ['task']),
    index('inboxKind', 'inboxKind', 'inboxSort', ['task']),
    index('inboxDistrict', 'inboxDistrict', 'inboxSort', ['task']),
    index('inboxPerson', 'inboxPerson', 'inboxSort', ['task']),
    index('inboxTally', 'inboxDepartment', 'inboxTally', []),
    index('invitations', 'invitedExpert', 'invitationSort'),
    index('awards', 'awardYear', 'awardSort', awardFields),
  ]),
  table(tableNames.people, []),
  table(tableNames.messages, [
    index('due', 'due', 'nextAttemptAt', []),
    index('deliveries', 'deliveries', 'createdAt'),
  ]),
  table(tableNames.registry, []),
  table(tableNames.budget, [index('listing', 'listing', 'createdAt')]),
  {
    ...table(tableNames.workflow, [index('pending', 'pending', 'createdAt')]),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  },
  table(tableNames.policy, []),
];

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

function index(IndexName: string, hash: string, range: string, included?: string[]): Index {
  return {
    IndexName,
    KeySchema: keySchema(hash, range),
    Projection: projection(included),
  };
}

function projection(included: string[] | undefined): Index['Projection'] {
  if (included === undefined) return { ProjectionType: 'ALL' };
  if (included.length === 0) return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: included };
}

function keySchema(hash: string, range: string): NonNullable<Index['KeySchema']> {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
