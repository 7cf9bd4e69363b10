import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Application } from '../../../functions/filing/applications/application.ts';
import { fileInMemory } from '../../../functions/registry/imports/import-files.ts';
import { readXlsxRows } from '../../../functions/registry/imports/xlsx-rows.ts';
import { reportAwards } from '../../../functions/reports/report-awards.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { fen } from '../../../functions/shared/money.ts';
import { dcmmContent } from '../../builders/content.ts';
import { orderedEvent } from '../../builders/register.ts';
import { signedOffApplication, submittedApplication } from '../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { grantInTest, referenceOf } from '../../support/grants.ts';
import { startTestKms } from '../../support/kms.ts';
import { openRooms, policy, type Rooms } from '../../support/rooms.ts';
import { applicationKey } from '../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  const content = dcmmContent();
  const elsewhere = dcmmContent({ enterprise: { ...content.enterprise, district: '440103' } });
  const signedOff = signedOffApplication(elsewhere);
  const at = '2026-11-23T02:00:00.000Z';
  const { submission: _, ...draft } = submittedApplication();
  const reason = { code: 'level-too-low', citation: '二(二)6', message: { zh: '等级不足', en: 'too low' } };
  await put({ ...draft, status: 'draft' });
  await put({ ...draft, applicationId: newUlid(), status: 'withdrawn', withdrawnFrom: 'draft' });
  await put(submittedApplication());
  await put({ ...signedOff, status: 'refused', reasons: [reason] });
  await put({ ...signedOffApplication(), status: 'withdrawn', withdrawnFrom: 'pooled' });
  for (let count = 0; count < 3; count += 1) await put(orderedEvent(at).application);
  const { application } = orderedEvent(at, { district: '440103' });
  await put({ ...application, status: 'closed', paidFen: fen(39_999_999), recoveredFen: fen(1) });
});
afterAll(() => database?.stop());

/** Stores an application in any state, without the way that led there. */
async function put(application: Application): Promise<void> {
  const { applicationId, organisation, createdAt } = application;
  const { applications } = rooms.tables;
  const attributes = { organisation, createdAt, state: application };
  await applications.write(applications.put(applicationKey(applicationId), attributes));
}

const report = (by: 'clause' | 'department' | 'district', year = 2026) =>
  reportAwards({ applications: rooms.tables.applications, policy }, { year, by });

describe('a report on the applications of a year', () => {
  it('is by district, and adds up', async () => {
    const { groups, total } = await report('district');
    expect(groups).toMatchObject([
      {
        ...{ group: '440103', title: '荔湾区', applied: 2, admitted: 2 },
        standing: { refused: 1, closed: 1 },
        reasons: { 'level-too-low': 1 },
        awarded: { count: 1, fen: 45_000_000 },
        ordered: { count: 1, fen: 40_000_000 },
        paid: { count: 1, fen: 39_999_999 },
        recovered: { count: 1, fen: 1 },
      },
      {
        ...{ group: '440106', title: '天河区', applied: 5, admitted: 4 },
        standing: { inReview: 1, withdrawn: 1, ordered: 3 },
        awarded: { count: 3, fen: 135_000_000 },
      },
    ]);
    expect(total).toMatchObject({ applied: 7, admitted: 6, awarded: { count: 4, fen: 180_000_000 } });
  });

  it('is by clause or by lead department, in the words of the notice', async () => {
    const [clause] = (await report('clause')).groups;
    expect(clause).toMatchObject({ group: '二(二)6', applied: 7 });
    expect(clause?.title).not.toBe('二(二)6');
    const [department] = (await report('department')).groups;
    expect(department).toMatchObject({ group: 'gz-miit', title: '市工业和信息化局', applied: 7 });
  });

  it('has nothing of another year', async () => {
    expect(await report('clause', 2025)).toMatchObject({ groups: [], total: { applied: 0 } });
  });
});

describe('its door', () => {
  it('serves JSON, CSV and a workbook to officials, and nothing to others', async () => {
    vi.stubEnv('APPLICATIONS_TABLE', rooms.tableNames.applications);
    vi.stubEnv('POLICY_TABLE', rooms.tableNames.policy);
    const kms = await startTestKms();
    onTestFinished(kms.stop);
    vi.stubEnv('PEOPLE_TABLE', rooms.tableNames.people);
    vi.stubEnv('LOGIN_DEPARTMENTS', 'gz-miit');
    vi.stubEnv('LOGIN_PERSON_CLAIM', 'person_id');
    vi.stubEnv('LOGIN_STRENGTH', 'none');
    vi.stubEnv('LOGIN_INITIAL_ADMINS', '');
    vi.stubEnv('IDENTITY_KEY_ARN', kms.key);
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', kms.endpoint);
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    // Beside the bundle lies the compiled policy; beside the source there is none.
    vi.doMock('../../../functions/policy/guides/policy-source.ts', () => ({ openPolicyBook: () => policy }));
    const { handler } = await import('../../../functions/api/reports.ts');
    for (const role of ['auditor', 'operator', 'budget-approver', 'lead-reviewer'] as const) {
      await grantInTest(rooms.tables.people, await referenceOf(kms.key, role), { roles: [role] });
    }
    const get = async (roles: string, query: Record<string, string>) => {
      const event = {
        routeKey: 'GET /v1/reports/awards',
        headers: {},
        queryStringParameters: { year: '2026', ...query },
        requestContext: {
          requestId: 'request-1',
          authorizer: { jwt: { claims: { sub: roles, roles, person_id: roles } } },
        },
      };
      // Of the gateway's event and the Lambda's context the door reads no more than this.
      return handler(event as unknown as Parameters<typeof handler>[0], {} as Parameters<typeof handler>[1]);
    };
    const json = await get('auditor', {});
    expect(json).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(String(json.body))).toMatchObject({ year: 2026, by: 'clause', total: { applied: 7 } });
    const csv = await get('operator', { format: 'csv', by: 'district' });
    expect(csv.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
    const xlsx = await get('budget-approver', { format: 'xlsx', by: 'district' });
    expect(xlsx).toMatchObject({
      isBase64Encoded: true,
      headers: { 'content-disposition': 'attachment; filename="awards-2026-district.xlsx"' },
    });
    const file = fileInMemory(Buffer.from(String(xlsx.body), 'base64'));
    const groups: (string | undefined)[] = [];
    for await (const { cells } of readXlsxRows(file, { names: [] }, { row: 0, offset: 0 }, () => undefined)) {
      groups.push(cells[0]);
    }
    expect(groups).toEqual(['区 District', '440103', '440106', '合计 Total']);
    expect((await get('lead-reviewer', {})).statusCode).toBe(403);
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});
