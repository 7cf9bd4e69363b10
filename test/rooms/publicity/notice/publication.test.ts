import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allRoutes } from '../../../../functions/contracts/routes.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { showHome } from '../../../../functions/publicity/home/show-home.ts';
import { AwardStore } from '../../../../functions/publicity/notice/award-store.ts';
import { listAwards } from '../../../../functions/publicity/notice/list-awards.ts';
import { RegisterStore } from '../../../../functions/register/register-store.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, policy, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let awards: AwardStore;
let register: RegisterStore;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  awards = new AwardStore(rooms.tables.applications);
  register = new RegisterStore(rooms.tables.budget);
});
afterAll(() => database.stop());

const depsAt = (now: string) => ({ awards, register, policy, clock: () => new Date(now) });

/** Publishes an award through the application's own transition. */
async function notice(opensAt: string, name: string, days = 7): Promise<ApplicationIn<'noticed'>> {
  const content = dcmmContent({ enterprise: { ...dcmmContent().enterprise, name } });
  const allocated: ApplicationIn<'allocated'> = {
    ...signedOffApplication(content),
    status: 'allocated',
    ceiling: { fen: fen(45_000_000), limits: [], unitFen: 100 },
    matterKey: 'dcmm',
    claims: [],
    pool: 'software-2026',
    award: { fen: fen(40_000_000), roundId: newUlid(), at: opensAt },
  };
  const noticed: ApplicationIn<'noticed'> = {
    ...allocated,
    status: 'noticed',
    version: allocated.version + 1,
    notice: { opensAt, closesAt: new Date(Date.parse(opensAt) + days * 86_400_000).toISOString() },
  };
  const { applications } = rooms.tables;
  await applications.write(applications.put(applicationKey(allocated.applicationId), { state: allocated }));
  await rooms.store.write(
    rooms.store.transition(allocated, noticed, {
      at: opensAt,
      actor: { id: 'system', role: 'system' },
      event: 'notice-opened',
    }),
  );
  return noticed;
}

async function pages(now: string, query: { limit: number; year?: number }) {
  const names: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listAwards(depsAt(now), { ...query, cursor });
    names.push(page.items.map((award) => award.organisationName));
    cursor = page.nextCursor;
  } while (cursor);
  return names.filter((page) => page.length > 0);
}

describe('the public listing', () => {
  it('shows an award with the words of the notice and nothing that is not public', async () => {
    const { applicationId, award, organisation, content } = await notice(
      '2021-05-01T02:00:00.000Z',
      'Only One',
    );
    const { items } = await listAwards(depsAt('2021-05-02T00:00:00Z'), { limit: 20 });
    expect(items).toEqual([
      {
        applicationId,
        organisation,
        organisationName: 'Only One',
        projectName: content.projectName,
        item: 'dcmm',
        title: { zh: 'DCMM 三级以上评估奖励', en: 'DCMM level 3 or above award' },
        clause: '二(二)6',
        awardFen: 40_000_000,
        roundId: award.roundId,
        status: 'noticed',
        noticedAt: '2021-05-01T02:00:00.000Z',
        closesAt: '2021-05-08T02:00:00.000Z',
      },
    ]);
  });

  it('tells when a notice is over, and that an award was taken back', async () => {
    const noticed = await notice('2020-05-01T02:00:00.000Z', 'One', 7);
    const status = async (now: string) => (await listAwards(depsAt(now), { limit: 20 })).items[0]?.status;
    expect(await status('2020-05-08T01:59:59.999Z')).toBe('noticed');
    expect(await status('2020-05-08T02:00:00.000Z')).toBe('notice-ended');
    const at = '2020-05-09T02:00:00.000Z';
    const before = await rooms.store.require(noticed.applicationId);
    if (before.status !== 'noticed') throw new Error(`it is ${before.status}`);
    const message = { zh: '异议成立', en: 'upheld' };
    const cancelled: ApplicationIn<'cancelled'> = {
      ...before,
      status: 'cancelled',
      version: before.version + 1,
      updatedAt: at,
      reasons: [{ code: 'objection-upheld', citation: '三(三)', message }],
    };
    const note = { at, actor: { id: 'system', role: 'system' }, event: 'cancelled' } as const;
    await rooms.store.write(rooms.store.transition(before, cancelled, note));
    expect(await status(at)).toBe('cancelled');
  });

  it('goes from the newest to the oldest, page by page, each award once', async () => {
    for (const day of ['03', '01', '05', '02', '04']) await notice(`2022-05-${day}T02:00:00.000Z`, day);
    expect(await pages('2022-06-01T00:00:00Z', { limit: 2 })).toEqual([['05', '04'], ['03', '02'], ['01']]);
  });

  it('is of the current year in Shanghai unless a year is asked for', async () => {
    await notice('2023-05-01T02:00:00.000Z', 'Spring 2023');
    await notice('2024-05-01T02:00:00.000Z', 'Spring 2024');
    expect(await pages('2023-12-31T17:00:00Z', { limit: 20 })).toEqual([['Spring 2024']]);
    expect(await pages('2023-12-31T15:00:00Z', { limit: 20 })).toEqual([['Spring 2023']]);
    expect(await pages('2026-06-01T00:00:00Z', { limit: 20, year: 2023 })).toEqual([['Spring 2023']]);
    expect(await pages('2026-06-01T00:00:00Z', { limit: 20, year: 2019 })).toEqual([]);
  });

  it('refuses the cursor of another year', async () => {
    await notice('2025-05-01T02:00:00.000Z', 'A');
    await notice('2025-05-02T02:00:00.000Z', 'B');
    const { nextCursor } = await listAwards(depsAt('2025-06-01T00:00:00Z'), { limit: 1 });
    const other = listAwards(depsAt('2025-06-01T00:00:00Z'), { limit: 1, year: 2024, cursor: nextCursor });
    await expect(other).rejects.toBeInstanceOf(DomainError);
    await expect(other).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'query.cursor' }],
    });
  });
});

describe('the home page', () => {
  it('still shows in January a notice that began in December', async () => {
    await notice('2029-12-30T02:00:00.000Z', '岁末公司');
    expect(await showHome(depsAt('2030-01-02T02:00:00Z'))).toContain('岁末公司');
  });

  it('says so when nothing was ever noticed', async () => {
    expect(await showHome(depsAt('2040-01-02T02:00:00Z'))).toContain('目前没有公示中的奖励');
  });
});

describe('the public door', () => {
  it('serves the listing, the page under its content policy, and the description of the API', async () => {
    vi.stubEnv('APPLICATIONS_TABLE', database.tableNames.applications);
    vi.stubEnv('BUDGET_TABLE', database.tableNames.budget);
    vi.stubEnv('POLICY_TABLE', database.tableNames.policy);
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    // Beside the bundle lies the compiled policy; beside the source there is none.
    vi.doMock('../../../../functions/policy/guides/policy-source.ts', () => ({
      openPolicyBook: () => policy,
    }));
    const { handler } = await import('../../../../functions/api/public.ts');
    const get = async (path: string, query: Record<string, string> = {}) => {
      const event = {
        routeKey: `GET ${path}`,
        headers: {},
        queryStringParameters: query,
        requestContext: { requestId: 'request-1' },
      };
      // Of the gateway's event and the Lambda's context the door reads no more than this.
      return handler(event as unknown as Parameters<typeof handler>[0], {} as Parameters<typeof handler>[1]);
    };

    const home = await get('/notice.html');
    expect(home).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      },
      body: expect.stringContaining('<!doctype html>'),
    });
    const description = JSON.parse(String((await get('/openapi.json')).body));
    expect(Object.keys(description.paths)).toEqual([...new Set(allRoutes.map((route) => route.path))]);
    const listing = await get('/v1/awards', { year: '2021', limit: '1' });
    expect(JSON.parse(String(listing.body))).toMatchObject({ items: [{ organisationName: 'Only One' }] });
    const broken = await get('/v1/awards', { cursor: 'nonsense' });
    expect(broken).toMatchObject({ statusCode: 400 });
    expect(JSON.parse(String(broken.body))).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'query.cursor', rule: 'foreign-cursor' }],
    });
    expect(await get('/v1/awards', { year: 'last' })).toMatchObject({ statusCode: 400 });
    vi.restoreAllMocks();
    vi.doUnmock('../../../../functions/policy/guides/policy-source.ts');
    vi.unstubAllEnvs();
  });
});
