import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { AwardRegistry } from '../../../../functions/registry/awards/award-registry.ts';
import { importAwards } from '../../../../functions/registry/imports/import-awards.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { catalogue } from '../../../../functions/shared/tables.ts';
import { type AwardRow, awardCsv } from '../../../builders/award-csv.ts';
import { dcmmContent, growthContent } from '../../../builders/content.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { ExactRegistry, noTraces } from '../../../support/exact-rules.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let registry: ExactRegistry;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  registry = new ExactRegistry(rooms.tables.registry);
});
afterAll(() => database.stop());

let enterprises = 0;

/** An enterprise of its own for each test, so that tests share no matter. */
function enterprise(): Content['enterprise'] {
  enterprises += 1;
  const uscc = `91440101${String(enterprises).padStart(10, '0')}`;
  return { ...dcmmContent().enterprise, uscc };
}

async function waiting(content: Content, overrides: Partial<ApplicationIn<'deduplication'>> = {}) {
  const application = signedOffApplication(content, overrides);
  await rooms.client.send(
    new PutCommand({
      TableName: rooms.tableNames.applications,
      Item: { ...applicationKey(application.applicationId), state: application },
    }),
  );
  return application;
}

const check = ({ applicationId }: { applicationId: string }) =>
  deduplicate(
    { ...rooms, traces: noTraces, applications: rooms.store, registry },
    { applicationId, submission: 1 },
  );

const award = (uscc: string, row: Partial<AwardRow>) =>
  importAwards({ ...rooms, registry }, people.operator, {
    scheme: '穗科规字〔2022〕1号',
    csv: awardCsv({ uscc, ...row }),
    confirmUscc: true,
  });

async function reasonsOf({ applicationId }: { applicationId: string }) {
  const application = await rooms.store.require(applicationId);
  return application.status === 'duplicate' ? application.reasons : [];
}

async function holderOf(claim: string): Promise<unknown> {
  const key = catalogue.registry.entities.claim.key({ place: claim });
  const { Items = [] } = await rooms.client.send(
    new QueryCommand({
      TableName: rooms.tableNames.registry,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': key.pk, ':sk': key.sk },
      ConsistentRead: true,
    }),
  );
  return Items[0]?.['applicationId'];
}

const inPool = async ({ applicationId }: { applicationId: string }) => {
  const { pk, sk } = catalogue.budget.entities.candidate.key({ poolId: 'software-2026', applicationId });
  const { Items = [] } = await rooms.client.send(
    new QueryCommand({
      TableName: rooms.tableNames.budget,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
      ConsistentRead: true,
    }),
  );
  return Items[0];
};

describe('evidence that another scheme has paid for', () => {
  const numbered = (certificateNumber: string) =>
    dcmmContent({ enterprise: enterprise(), facts: { ...dcmmContent().facts, certificateNumber } });

  it.each([
    'DCMM〔2026〕第0001号',
    '證書編號：ＤＣＭＭ【２０２６】０００１號',
    'dcmm/2026_0001',
    'DCMM.2026·0001',
  ])('bars in any spelling: %s', async (number) => {
    const content = numbered('DCMM-2026-0001');
    await award(content.enterprise.uscc, { matter_detail: '9', evidence: `certificate:${number}` });
    expect(await check(await waiting(content))).toEqual({ outcome: 'duplicate' });
  });

  it.each([
    ['AB-2026-0001', 'AB-2O26-0001'],
    ['CD-2026-0001', 'CD-2026-000I'],
    ['EF-2026-0001', 'EF-2026-0007'],
  ])('is an adjudicator to decide when %s looks like %s', async (own, number) => {
    const content = numbered(own);
    await award(content.enterprise.uscc, { matter_detail: '9', evidence: `certificate:${number}` });
    const application = await waiting(content);
    const parts = {
      ...rooms,
      applications: rooms.store,
      registry: new AwardRegistry(rooms.tables.registry),
    };
    const task = { applicationId: application.applicationId, submission: 1 };
    expect(await deduplicate(parts, task)).toEqual({ outcome: 'suspected' });
    expect(await rooms.store.require(application.applicationId)).toMatchObject({
      adjudication: { suspicions: [{ rule: 's2', counterpart: { kind: 'award' } }] },
    });
  });
});

describe('an award whose code and name belong to different enterprises', () => {
  const other = '深圳市南岭数据科技有限公司';
  const suspects = async (content: Content, rows: Partial<AwardRow>[], scheme: string) => {
    await importAwards({ ...rooms, registry }, people.operator, {
      scheme,
      csv: awardCsv(...rows.map((row) => ({ uscc: content.enterprise.uscc, ...row }))),
      confirmUscc: true,
    });
    const application = await waiting(content);
    const result = await check(application);
    const stored = await rooms.store.require(application.applicationId);
    const why = stored.status === 'adjudication' ? stored.adjudication.suspicions : [];
    return { ...result, why: why.map(({ rule, why: [, doubt] }) => [rule, doubt?.zh]) };
  };

  it('is nobody’s duplicate before a person has looked', async () => {
    const content = dcmmContent({ enterprise: enterprise() });
    expect(await suspects(content, [{ name: other }], '穗规字〔2021〕91号')).toEqual({
      outcome: 'suspected',
      why: [['s1', expect.stringContaining(other)]],
    });
  });

  it('casts doubt on the others that its scheme has under the code, and on no other scheme', async () => {
    const content = dcmmContent({ enterprise: enterprise() });
    const rows = [{}, { award_id: 'A-002', name: other, matter_detail: '9' }];
    expect(await suspects(content, rows, '穗规字〔2021〕92号')).toEqual({
      outcome: 'suspected',
      why: [['s1', expect.stringContaining(other)]],
    });
    const again = dcmmContent({ enterprise: enterprise() });
    await suspects(again, [{ award_id: 'A-002', name: other, matter_detail: '9' }], '穗规字〔2021〕93号');
    expect(await suspects(again, [{}], '穗规字〔2021〕94号')).toMatchObject({ outcome: 'duplicate' });
  });

  it('is the applicant’s under another writing of its name', async () => {
    const content = dcmmContent({ enterprise: enterprise() });
    const rows = [{ name: '廣州市示例雲帆軟件股份有限公司' }];
    expect(await suspects(content, rows, '穗规字〔2021〕95号')).toMatchObject({ outcome: 'duplicate' });
  });
});

describe('an application for a new matter', () => {
  it('enters the pool with its ceiling, its claims and its history in one step', async () => {
    const firm = enterprise();
    const application = await waiting(dcmmContent({ enterprise: firm }));
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    const pooled = await rooms.store.require(application.applicationId);
    const claims = [`MATTER#dcmm:${firm.uscc}:3`, `EVIDENCE#certificate:DCMM20260001:${firm.uscc}`];
    expect(pooled).toMatchObject({
      status: 'pooled',
      version: 6,
      pool: 'software-2026',
      matterKey: `dcmm:${firm.uscc}:3`,
      claims,
      ceiling: { fen: 45_000_000 },
    });
    for (const claim of claims) expect(await holderOf(claim)).toBe(application.applicationId);
    expect(await inPool(application)).toMatchObject({
      applicationId: application.applicationId,
      poolId: 'software-2026',
      organisationName: firm.name,
      ceilingFen: 45_000_000,
      contentHash: application.submission.contentHash,
    });
    expect(await rooms.historyRows(application.applicationId)).toMatchObject([
      { version: 6, from: 'deduplication', to: 'pooled', event: 'pooled', actor: { id: 'system' } },
    ]);
  });

  it('is pooled once when the task is repeated', async () => {
    const application = await waiting(dcmmContent({ enterprise: enterprise() }));
    await check(application);
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    expect(await rooms.historyRows(application.applicationId)).toHaveLength(1);
  });

  it('is pooled once when the task runs twice at once', async () => {
    const application = await waiting(dcmmContent({ enterprise: enterprise() }));
    const outcomes = await Promise.all([check(application), check(application), check(application)]);
    expect(outcomes).toEqual(Array(3).fill({ outcome: 'pooled' }));
    expect(await rooms.historyRows(application.applicationId)).toHaveLength(1);
  });

  it('does not bar another tier of the same enterprise', async () => {
    const firm = enterprise();
    const facts = growthContent().facts;
    const tiers = ['revenue-200m', 'revenue-1b'].map((tier) =>
      growthContent({ enterprise: firm, facts: { ...facts, tier } }),
    );
    for (const content of tiers) expect(await check(await waiting(content))).toEqual({ outcome: 'pooled' });
  });
});

describe('an award of another scheme', () => {
  it('for the same matter ends the application with scheme, record and year', async () => {
    const firm = enterprise();
    await award(firm.uscc, { award_id: 'K-77', year: '2024' });
    const application = await waiting(dcmmContent({ enterprise: firm }));
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    const reasons = await reasonsOf(application);
    expect(reasons).toMatchObject([{ code: 's1-same-matter', citation: '三(二)' }]);
    for (const text of ['穗科规字〔2022〕1号', '2024', 'K-77']) {
      expect(reasons[0]?.message.zh).toContain(text);
      expect(reasons[0]?.message.en).toContain(text);
    }
    expect(await inPool(application)).toBeUndefined();
    expect(await holderOf(`MATTER#dcmm:${firm.uscc}:3`)).toBeUndefined();
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    expect(await rooms.historyRows(application.applicationId)).toMatchObject([
      { to: 'duplicate', event: 'found-duplicate', reasons },
    ]);
  });

  it('with the same evidence number in another spelling ends it too', async () => {
    const firm = enterprise();
    await award(firm.uscc, { matter_detail: '4', evidence: 'certificate:ｄｃｍｍ 2026－0001' });
    const application = await waiting(dcmmContent({ enterprise: firm }));
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    expect(await reasonsOf(application)).toMatchObject([{ code: 's2-same-evidence' }]);
  });

  it.each([
    ['was revoked', { status: 'revoked', evidence: 'certificate:DCMM-2026-0001' }],
    ['is of a level that the guide does not list', { level: 'provincial' }],
    ['is for another level of the assessment', { matter_detail: '4' }],
  ])('does not bar when it %s', async (_, row) => {
    const firm = enterprise();
    await award(firm.uscc, row);
    expect(await check(await waiting(dcmmContent({ enterprise: firm })))).toEqual({ outcome: 'pooled' });
  });

  it('of another enterprise with the same certificate does not bar by the exact rules', async () => {
    await award(enterprise().uscc, { evidence: 'certificate:DCMM-2026-0001' });
    const content = dcmmContent({ enterprise: enterprise() });
    expect(await check(await waiting(content))).toEqual({ outcome: 'pooled' });
  });
});

describe('two applications for one matter', () => {
  /** Both orders in which they can be looked at, each with a matter of its own. */
  const orders: [
    string,
    (pair: readonly ApplicationIn<'deduplication'>[]) => ApplicationIn<'deduplication'>[],
  ][] = [
    ['in the order they were made', (pair) => [...pair]],
    ['in the other order', (pair) => pair.toReversed()],
  ];

  it.each(orders)(
    '%s: the first gets the claim, the second is a duplicate that names it',
    async (_, order) => {
      const content = dcmmContent({ enterprise: enterprise() });
      const [first, second] = order([await waiting(content), await waiting(content)]);
      if (!first || !second) throw new Error('two were made');
      expect(await check(first)).toEqual({ outcome: 'pooled' });
      expect(await check(second)).toEqual({ outcome: 'duplicate' });
      const reasons = await reasonsOf(second);
      expect(reasons.map((reason) => reason.code)).toEqual(['s1-same-matter', 's2-same-evidence']);
      expect(reasons[0]?.message.en).toContain(first.applicationId);
    },
  );

  it('of different organisations tell each other only that there is another', async () => {
    const content = dcmmContent({ enterprise: enterprise() });
    const first = await waiting(content, { organisation: enterprise().uscc });
    const second = await waiting(content, { organisation: enterprise().uscc });
    await check(first);
    expect(await check(second)).toEqual({ outcome: 'duplicate' });
    const told = JSON.stringify(await reasonsOf(second));
    expect(told).not.toContain(first.applicationId);
    expect(told).not.toContain(first.organisation);
  });

  it('with one certificate for two levels are one matter too', async () => {
    const firm = enterprise();
    const facts = dcmmContent().facts;
    const [first, second] = [3, 4].map((level) =>
      dcmmContent({ enterprise: firm, facts: { ...facts, level } }),
    );
    if (!first || !second) throw new Error('two were made');
    expect(await check(await waiting(first))).toEqual({ outcome: 'pooled' });
    const later = await waiting(second);
    expect(await check(later)).toEqual({ outcome: 'duplicate' });
    expect(await reasonsOf(later)).toMatchObject([{ code: 's2-same-evidence' }]);
  });

  it('at the same time: exactly one is pooled, every time', async () => {
    for (let run = 0; run < 10; run += 1) {
      const content = dcmmContent({ enterprise: enterprise() });
      const rivals = await Promise.all(Array.from({ length: 5 }, () => waiting(content)));
      const results = await Promise.all(rivals.map(check));
      const outcomes = results.map((result) => result.outcome);
      expect(outcomes.toSorted()).toEqual([...Array(4).fill('duplicate'), 'pooled']);
      const winner = rivals[outcomes.indexOf('pooled')];
      expect(await holderOf(`MATTER#dcmm:${content.enterprise.uscc}:3`)).toBe(winner?.applicationId);
      const candidates = await Promise.all(rivals.map(inPool));
      expect(candidates.filter(Boolean)).toHaveLength(1);
    }
  });
});

describe('a withdrawal', () => {
  const withdraw = (application: ApplicationIn<'deduplication'>) =>
    withdrawApplication(
      rooms,
      { ...people.admin, organisation: application.organisation },
      application.applicationId,
      undefined,
    );

  it('before the check is what the check answers', async () => {
    const application = await waiting(dcmmContent({ enterprise: enterprise() }));
    await withdraw(application);
    expect(await check(application)).toEqual({ outcome: 'withdrawn' });
    expect(await inPool(application)).toBeUndefined();
  });

  it('from the pool frees the matter for another application', async () => {
    const content = dcmmContent({ enterprise: enterprise() });
    const first = await waiting(content);
    await check(first);
    await withdraw(first);
    expect(await holderOf(`MATTER#dcmm:${content.enterprise.uscc}:3`)).toBeUndefined();
    expect(await check(await waiting(content))).toEqual({ outcome: 'pooled' });
  });

  it('at the same time as the check leaves no claim and no candidate behind', async () => {
    for (let run = 0; run < 10; run += 1) {
      const content = dcmmContent({ enterprise: enterprise() });
      const application = await waiting(content);
      await Promise.all([check(application), withdraw(application)]);
      expect((await rooms.store.require(application.applicationId)).status).toBe('withdrawn');
      expect(await holderOf(`MATTER#dcmm:${content.enterprise.uscc}:3`)).toBeUndefined();
      expect(await inPool(application)).toBeUndefined();
    }
  });
});

describe('the check', () => {
  it('refuses an application that has not come so far, and another submission', async () => {
    const early = await waiting(dcmmContent({ enterprise: enterprise() }));
    const { signedOffFen: _, ...rest } = early;
    await rooms.client.send(
      new PutCommand({
        TableName: rooms.tableNames.applications,
        Item: { ...applicationKey(early.applicationId), state: { ...rest, status: 'sign-off' } },
      }),
    );
    await expect(check(early)).rejects.toThrow('sign-off');
    const other = await waiting(dcmmContent(), { submission: { ...early.submission, number: 2 } });
    await expect(check(other)).rejects.toThrow('submission 1');
  });

  it('never pools above what was signed off, requested, or set by guide and notice', async () => {
    const content = dcmmContent({ enterprise: enterprise(), requestedFen: fen(90_000_000) });
    const application = await waiting(content, { signedOffFen: fen(99_000_000) });
    await check(application);
    expect(await inPool(application)).toMatchObject({ ceilingFen: 50_000_000 });
  });
});
