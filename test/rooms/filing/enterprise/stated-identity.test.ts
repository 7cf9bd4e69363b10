import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { applicantRoutes } from '../../../../functions/contracts/applicant.ts';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import { entityTag, toApplicationView } from '../../../../functions/filing/applications/application-view.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { ownApplication } from '../../../../functions/filing/applications/own-application.ts';
import { KmsKeyedHash } from '../../../../functions/filing/enterprise/kms-keyed-hash.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { readClaims } from '../../../../functions/people/claims.ts';
import type { Login } from '../../../../functions/shared/actor.ts';
import { httpDoor } from '../../../../functions/shared/http-door.ts';
import type { KmsService } from '../../../../local/contracts.ts';
import { startKms } from '../../../../local/kms/service.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

const person = { name: '欧阳 若兰', idNumber: '11010519491231002x' };
const account = '6222-0212 3456 7890 123';
/** Every way in which the data above could be found again, as sent or normalised. */
const traces = [/欧阳/, /若兰/, /11010519491231002/, /6222-?0212/, /7890\s?123/];
const hash = /^[0-9a-f]{64}$/;

let dataDir: string;
let kms: KmsService;
let database: TestDynamoDb;
let rooms: Rooms;
let handler: ReturnType<typeof openDoor>;
const printed: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'identity-'));
  kms = await startKms({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: (line) => printed.push(line),
  });
  const { attributes } = kms.ensureKey('Identity', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', kms.endpoint);
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...line) => void printed.push(JSON.stringify(line)));
  }
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), keyedHash: new KmsKeyedHash(attributes['Arn'] ?? '') };
  handler = openDoor();
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await Promise.all([database.stop(), kms.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  printed.length = 0;
});

const logins = {
  read: (claims: unknown) => readClaims(claims, { departments: new Set(['gz-miit']), personClaim: 'sub' }),
  requireStrength: () => undefined,
  join: async ({ actor }: Login) => actor,
};

function openDoor() {
  const { createApplication: create, editApplication: edit, getApplication: get } = applicantRoutes;
  const answer = (application: Application) => ({
    body: toApplicationView(application),
    headers: { etag: entityTag(application.version) },
  });
  return httpDoor({ create, edit, get }, logins, {
    create: async ({ actor, body }) => answer(await createApplication(rooms, actor, body)),
    edit: async ({ actor, params, headers, body }) =>
      answer(
        await editApplication(rooms, actor, params.applicationId, { ifMatch: headers['if-match'], body }),
      ),
    get: async ({ actor, params }) => answer(await ownApplication(rooms.store, actor, params.applicationId)),
  });
}

async function call(routeKey: string, given: { id?: string; etag?: string; body?: unknown } = {}) {
  const { organisation } = people.preparer;
  // The parts of the event that the door reads.
  const event = {
    routeKey,
    pathParameters: { applicationId: given.id },
    headers: { 'content-type': 'application/json', 'if-match': given.etag },
    body: JSON.stringify(given.body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      authorizer: { jwt: { claims: { sub: 'myself', roles: 'preparer', organisation }, scopes: [] } },
    },
  } as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;
  const { body, statusCode, headers } = await handler(event, {} as Context);
  return { text: String(body), statusCode, etag: String(headers?.['etag']), json: JSON.parse(String(body)) };
}

function bodyWith(identity: object) {
  const content = dcmmContent();
  return { ...content, enterprise: { ...content.enterprise, ...identity } };
}

const create = (identity: object) => call('POST /v1/applications', { body: bodyWith(identity) });
const edit = (id: string, version: number, identity: object) =>
  call('PUT /v1/applications/{applicationId}', { id, etag: `"${version}"`, body: bodyWith(identity) });

async function keptOf(id: string) {
  const { legalRepresentativeHash, legalRepresentativeIdHash, bankAccountHash } = (
    await rooms.store.require(id)
  ).content.enterprise;
  return { legalRepresentativeHash, legalRepresentativeIdHash, bankAccountHash };
}

/** Everything that every table holds. */
async function everythingStored(): Promise<string> {
  const tables = Object.values(database.tableNames);
  const scans = await Promise.all(
    tables.map((TableName) => rooms.client.send(new ScanCommand({ TableName, ConsistentRead: true }))),
  );
  return JSON.stringify(scans.map(({ Items }) => Items));
}

describe('personal data of an enterprise', () => {
  it('stands in clear in no table, answer or log, through draft, edit and submission', async () => {
    const created = await create({ legalRepresentative: person, bankAccount: account });
    expect(created).toMatchObject({
      statusCode: 201,
      json: { hasLegalRepresentative: true, hasBankAccount: true },
    });
    const id: string = created.json.applicationId;
    const edited = await edit(id, 1, { legalRepresentative: person });
    const read = await call('GET /v1/applications/{applicationId}', { id });
    const wrong = await edit(id, 2, {
      bankAccount: '12345',
      legalRepresentative: { ...person, nick: '欧阳' },
    });
    expect(wrong.statusCode).toBe(400);
    const stale = await edit(id, 1, {
      legalRepresentative: { ...person, name: '欧阳某某' },
      bankAccount: account,
    });
    expect(stale.statusCode).toBe(412);
    await rooms.acceptMaterials(id, 'dcmm');
    await submitApplication(rooms, people.admin, id, 'identity-key-1');

    const kept = await keptOf(id);
    for (const value of Object.values(kept)) expect(value).toMatch(hash);
    const stored = await everythingStored();
    expect(stored).toContain(kept.bankAccountHash);
    expect(await rooms.historyRows(id)).toHaveLength(3);
    const answers = [created, edited, read, wrong, stale].map(({ text }) => text).join();
    expect(printed.length).toBeGreaterThan(0);
    for (const trace of traces) {
      for (const place of [stored, answers, printed.join()]) expect(place).not.toMatch(trace);
    }
    for (const value of Object.values(kept)) expect(answers + printed.join()).not.toContain(value);
  });

  it('is equal for two enterprises whatever way it is written, and in its own field only', async () => {
    const one = await create({ legalRepresentative: person, bankAccount: account });
    const other = await create({
      legalRepresentative: { name: '欧阳若兰', idNumber: '１１０１０５ 19491231 002X' },
      bankAccount: '6222021234567890123',
    });
    const kept = await keptOf(one.json.applicationId);
    expect(await keptOf(other.json.applicationId)).toEqual(kept);
    const swapped = await create({ bankAccount: person.idNumber });
    expect((await keptOf(swapped.json.applicationId)).bankAccountHash).toMatch(hash);
    expect((await keptOf(swapped.json.applicationId)).bankAccountHash).not.toBe(
      kept.legalRepresentativeIdHash,
    );
  });

  it('stays through an edit without it, and goes by null', async () => {
    const { json } = await create({ legalRepresentative: person, bankAccount: account });
    const id: string = json.applicationId;
    const before = await keptOf(id);
    expect((await edit(id, 1, {})).json).toMatchObject({
      hasLegalRepresentative: true,
      hasBankAccount: true,
    });
    expect(await keptOf(id)).toEqual(before);
    const { json: after } = await edit(id, 2, { bankAccount: null });
    expect(after).toMatchObject({ hasLegalRepresentative: true, hasBankAccount: false });
    expect(await keptOf(id)).toEqual({ ...before, bankAccountHash: undefined });
    await edit(id, 3, { legalRepresentative: null });
    expect(Object.values(await keptOf(id)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('cannot be set by a hash from outside', async () => {
    const { statusCode, json } = await create({ bankAccountHash: 'a'.repeat(64) });
    expect(statusCode).toBe(400);
    expect(json.errors).toMatchObject([{ path: 'enterprise.bankAccountHash', rule: 'unknown-field' }]);
  });

  it('lets what was read be sent back as it is', async () => {
    const { json } = await create({ legalRepresentative: person });
    const { content, applicationId: id } = json;
    const sent = await call('PUT /v1/applications/{applicationId}', { id, etag: '"1"', body: content });
    expect(sent).toMatchObject({ statusCode: 200, json: { content, hasLegalRepresentative: true } });
  });
});

describe('kind and predecessors of an enterprise', () => {
  const [first, second] = ['914403001922038216', '9144030071526726XG'];

  it('are stored also when they are not stated', async () => {
    const { kind: _kind, predecessors: _predecessors, ...enterprise } = dcmmContent().enterprise;
    const { json } = await call('POST /v1/applications', { body: { ...dcmmContent(), enterprise } });
    const { content } = await rooms.store.require(json.applicationId);
    expect(content.enterprise).toMatchObject({ kind: 'legal-person', predecessors: [] });
  });

  it('are kept as stated, with the industry', async () => {
    const stated = { kind: 'branch', industryClass: 'I6513', predecessors: [first, second] };
    const { json, statusCode } = await create(stated);
    expect(statusCode).toBe(201);
    expect(json.content.enterprise).toMatchObject(stated);
  });

  it.each<[string, object, string[]]>([
    [
      'the enterprise itself',
      { predecessors: [first, people.preparer.organisation] },
      ['predecessors.1 own-predecessor'],
    ],
    ['one twice', { predecessors: [first, second, first] }, ['predecessors.2 repeated']],
    ['a wrong alphabet', { predecessors: ['91440300192203821I'] }, ['predecessors.0 invalid_format']],
    ['too many', { predecessors: Array.from({ length: 11 }, () => first) }, ['predecessors too_big']],
    ['another kind', { kind: 'club' }, ['kind invalid_value']],
    ['an industry in words', { industryClass: '软件' }, ['industryClass invalid_format']],
  ])('are refused as %s', async (_case, stated, faults) => {
    const { statusCode, json } = await create(stated);
    expect(statusCode).toBe(400);
    const found = json.errors.map((fault: { path: string; rule: string }) => `${fault.path} ${fault.rule}`);
    expect(found).toEqual(faults.map((fault) => `enterprise.${fault}`));
  });

  it('ask for confirmation of every code whose check character does not fit', async () => {
    const doubtful = ['914403001922038217', second, '9144030071526726XH'];
    const { statusCode, json } = await create({ predecessors: doubtful });
    expect(statusCode).toBe(409);
    expect(json.code).toBe('uscc-check-digit');
    expect(json.errors.map((fault: { path: string }) => fault.path)).toEqual([
      'enterprise.predecessors.0',
      'enterprise.predecessors.2',
    ]);
    const body = { ...bodyWith({ predecessors: doubtful }), confirmUscc: true };
    expect((await call('POST /v1/applications', { body })).statusCode).toBe(201);
  });
});
