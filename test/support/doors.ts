import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { allRoutes, type NamedRoute } from '../../functions/contracts/routes.ts';
import { loginDepartments } from '../../functions/review/tasks/login-departments.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { variableOf } from '../../functions/shared/environment.ts';
import { Table } from '../../functions/shared/table.ts';
import { catalogue } from '../../functions/shared/tables.ts';
import { localCredentials } from '../../local/credentials.ts';
import { startEvents } from '../../local/events/service.ts';
import { startKms } from '../../local/kms/service.ts';
import { startMail } from '../../local/mail/service.ts';
import { showCode } from '../../local/mail/show-code.ts';
import { startS3 } from '../../local/s3/service.ts';
import { guidesOfCourse } from './course.ts';
import { startTestDynamoDb, type TestDynamoDb } from './dynamodb.ts';
import { grantInTest, referenceOf } from './grants.ts';
import { compiled } from './rooms.ts';

/** What of a request the gateway hands over; everything may be left out. */
export interface DoorRequest {
  readonly actor?: Actor | undefined;
  /** What a token says, in place of what it says of an actor, to whom everything is granted. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address that it comes from. */
  readonly source?: string;
  /** Of the gateway. Default: another for each request. */
  readonly requestId?: string;
  readonly timeEpoch?: number;
  /** As it is sent: text, or what JSON is made of. */
  readonly body?: unknown;
  readonly text?: string;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of JSON. */
  readonly json: unknown;
  /** What the door logged of an error that it did not know. */
  readonly cause?: string;
}

/** Every door of the API in this process, on empty tables: what they answer without a gateway, in milliseconds. */
export interface Doors {
  readonly database: TestDynamoDb;
  readonly people: Table<'people'>;
  /** The reference of a person by what is verified of them. */
  reference(identifier: string): Promise<string>;
  call(route: NamedRoute | string, request?: DoorRequest): Promise<DoorAnswer>;
  stop(): Promise<void>;
}

type Handler = (event: APIGatewayProxyEventV2WithJWTAuthorizer, context: Context) => Promise<unknown>;

/** The guides of the applications that tests begin, with the pools of the tests of money beside their own. */
const guides = guidesOfCourse().map((guide) => ({
  ...guide,
  pools: [
    ...guide.pools,
    ...guide.pools.slice(0, 2).map((pool, index) => ({ ...pool, id: `pool-${index + 1}` })),
  ],
}));

/**
 * Opens the doors, with the sample guides published. Their modules are made anew, as they read their variables once.
 * @param bankKey the public key of the bank, see `authenticate`.
 */
export async function openDoors({ bankKey = 'none: no bank answers in a test' } = {}): Promise<Doors> {
  const dataDir = await mkdtemp(join(tmpdir(), 'doors-'));
  const account = { account: '000000000000', region: 'cn-north-1', partition: 'aws-cn' };
  const kms = await startKms({ dataDir, ...account, log: () => undefined });
  const keyOf = (id: string, properties: Record<string, string>) =>
    kms.ensureKey(id, properties).attributes['Arn'] ?? '';
  const database = await startTestDynamoDb();
  const options = { dataDir, ...account, log: () => undefined };
  const mail = await startMail(options);
  const events = await startEvents(options, undefined, (event) => showCode(mail, event));
  events.addBus('Bus', { Name: 'bus' });
  const files = await startS3(options, () => undefined);
  await files.ensureBucket('Documents', { BucketName: 'documents' });
  files.start();
  const identityKey = keyOf('Identity', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const variables = {
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
    AWS_ENDPOINT_URL_SESV2: mail.endpoint,
    AWS_ENDPOINT_URL_S3: files.endpoint,
    EVENT_BUS_NAME: 'bus',
    MAIL_FROM: 'software-support@example.com',
    DOCUMENTS_BUCKET: 'documents',
    WEBHOOK_NETWORKS: 'any',
    GUIDES_ALLOWED: 'any',
    LOGIN_PERSON_CLAIM: 'person_id',
    LOGIN_STRENGTH: 'none',
    LOGIN_INITIAL_ADMINS: '',
    GRANT_DAYS: '365',
    LOGIN_DEPARTMENTS: loginDepartments(compiled.notice).join(','),
    IDENTITY_KEY_ARN: identityKey,
    CONTACT_KEY_ARN: keyOf('Contacts', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
    OBJECTOR_KEY_ARN: keyOf('Objector', {}),
    ACCOUNT_KEY_ARN: keyOf('Account', {}),
    PAYMENT_KEY_ARN: keyOf('Payments', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    PAYMENT_SIGNING: 'ECDSA_SHA_256',
    BANK_KEY: bankKey,
    ...Object.fromEntries(
      Object.values(catalogue).map(({ name }) => [variableOf(name), database.tableNames[name]]),
    ),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  let cause: string | undefined;
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => {
      if (method === 'error') cause = `${line.errorName}: ${line.errorMessage} ${line.stack}`;
    });
  }
  vi.resetModules();
  // No name is looked up.
  vi.doMock('node:dns/promises', () => ({ lookup: async () => [{ address: '127.0.0.1', family: 4 }] }));
  vi.doMock('../../functions/policy/guides/policy-source.ts', async () => {
    const { guidesInMemory, PolicyBook } = await import('../../functions/policy/guides/policy-book.ts');
    const policy = new PolicyBook(compiled, guidesInMemory(guides));
    return {
      readLaw: () => compiled,
      openPolicyBook: () => policy,
      openPolicy: () => ({ policy, guides: { asPublished: async () => [] } }),
    };
  });
  const client = new DynamoDBClient(database.clientConfig);
  const people = new Table<'people'>(DynamoDBDocumentClient.from(client), database.tableNames.people);
  const letInAs = new Map<string, { readonly roles: string; readonly done: Promise<void> }>();
  /** Whoever comes with roles has these: what is granted to whom is the matter of other tests. */
  const letIn = (actor: Actor): Promise<void> => {
    const roles = `${actor.roles.join()} ${actor.department}`;
    const last = letInAs.get(actor.id);
    if (last?.roles === roles) return last.done;
    const done = (async () => {
      await last?.done;
      await grantInTest(people, await referenceOf(identityKey, identifierOf(actor)), actor);
    })();
    letInAs.set(actor.id, { roles, done });
    return done;
  };
  const handlers = new Map<string, Promise<Handler>>();
  const handlerOf = (audience: string): Promise<Handler> => {
    const known = handlers.get(audience) ?? load(audience);
    handlers.set(audience, known);
    return known;
  };
  return {
    database,
    people,
    reference: (identifier) => referenceOf(identityKey, identifier),
    async call(named, request = {}) {
      const route = typeof named === 'string' ? allRoutes.find(({ id }) => id === named) : named;
      if (!route) throw new Error(`no route ${String(named)}`);
      const handler = await handlerOf(route.audience);
      if (request.actor) await letIn(request.actor);
      cause = undefined;
      const answer = answerOf(await handler(eventOf(route, request), {} as Context));
      return { ...answer, ...(cause !== undefined && { cause }) };
    },
    async stop() {
      vi.doUnmock('node:dns/promises');
      vi.doUnmock('../../functions/policy/guides/policy-source.ts');
      vi.resetModules();
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      client.destroy();
      await Promise.all([database.stop(), kms.stop(), events.stop(), mail.stop(), files.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function load(audience: string): Promise<Handler> {
  // A door's handler takes an event and a context, as Lambda gives them.
  return ((await import(`../../functions/api/${audience}.ts`)) as { handler: Handler }).handler;
}

function eventOf(route: NamedRoute, request: DoorRequest): APIGatewayProxyEventV2WithJWTAuthorizer {
  const { actor, params, query, body, text } = request;
  const claims = request.claims ?? (actor && claimsOf(actor));
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = route.text?.contentType ?? 'application/json';
  const event = {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    headers: { ...(sent !== undefined && { 'content-type': type }), ...request.headers },
    ...(params && { pathParameters: params }),
    ...(query && Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      requestId: request.requestId ?? randomUUID(),
      timeEpoch: request.timeEpoch ?? Date.now(),
      http: { sourceIp: request.source ?? '192.0.2.1' },
      ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
    },
    ...(sent !== undefined && { body: sent }),
    isBase64Encoded: false,
  };
  // Of the gateway's event a door reads no more than this.
  return event as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;
}

function identifierOf({ id }: Pick<Actor, 'id'>): string {
  return `person:${id.slice(0, 50)}`;
}

function claimsOf({ id, roles, organisation, organisationName, department }: Actor): Record<string, string> {
  return {
    sub: id,
    person_id: identifierOf({ id }),
    roles: `[${roles.join(' ')}]`,
    ...(organisation !== undefined && { organisation }),
    ...(organisationName !== undefined && { organisation_name: organisationName }),
    ...(department !== undefined && { department }),
  };
}

function answerOf(result: unknown): DoorAnswer {
  const { statusCode, headers, body, isBase64Encoded } = result as {
    statusCode: number;
    headers: Record<string, string>;
    body?: string;
    isBase64Encoded?: boolean;
  };
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const isJson = /json/.test(headers['content-type'] ?? '');
  return { status: statusCode, headers, text, json: isJson ? JSON.parse(text) : undefined };
}
