import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { toApplicationView } from '../../../../functions/filing/applications/application-view.ts';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { importAwards } from '../../../../functions/registry/imports/import-awards.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { budget } from '../../../../functions/shared/tables.ts';
import { type AwardRow, awardCsv } from '../../../builders/award-csv.ts';
import { contentOf, kindsGuide, kindsPool, policyOfKinds } from '../../../builders/guide.ts';
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
  rooms = { ...openRooms(database), policy: policyOfKinds() };
  registry = new ExactRegistry(rooms.tables.registry);
});
afterAll(() => database.stop());

let enterprises = 0;

/** A credit code of its own for each test, so that tests share no matter. */
function newUscc(): string {
  enterprises += 1;
  return `91440106${String(enterprises).padStart(10, '0')}`;
}

function contentOfFirm(item: string, uscc: string, overrides: Partial<Content> = {}): Content {
  const content = contentOf(item, overrides);
  return { ...content, enterprise: { ...content.enterprise, uscc } };
}

async function waiting(content: Content, overrides: Partial<ApplicationIn<'deduplication'>> = {}) {
  const application = signedOffApplication(content, {
    guide: kindsGuide,
    signOffs: {
      '1.gz-sti': {
        taskId: 'task',
        step: 1,
        kind: 'approve',
        department: 'gz-sti',
        decision: {
          outcome: 'approved',
          amountFen: fen(0),
          by: 'reviewer',
          basis: { submission: 1, version: 3, hash: 'h', factsHash: 'f', documentsHash: 'd' },
          at: '2026-11-20T02:00:00.000Z',
        },
      },
    },
    ...overrides,
  });
  const Item = { ...applicationKey(application.applicationId), state: application };
  await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
  return application;
}

const check = ({ applicationId }: { applicationId: string }, parts: Rooms = rooms) =>
  deduplicate(
    { ...parts, traces: noTraces, applications: parts.store, registry },
    { applicationId, submission: 1 },
  );

const stored = ({ applicationId }: { applicationId: string }) => rooms.store.require(applicationId);

const admin = ({ organisation }: { organisation: string }) => ({ ...people.admin, organisation });

const award = (uscc: string, row: Partial<AwardRow>) =>
  importAwards({ ...rooms, registry }, people.operator, {
    scheme: '穗工信规字〔2021〕3号',
    csv: awardCsv({ uscc, ...row }),
    confirmUscc: true,
  });

async function reasonsOf(application: { applicationId: string }) {
  const found = await stored(application);
  return found.status === 'duplicate' ? found.reasons : [];
}

describe.each([
  ['innovation-catalogue', 'recognition'],
  ['first-release-finance', 'referral'],
])('%s, a %s', (item) => {
  const recognisable = (uscc = newUscc()) =>
    waiting(contentOfFirm(item, uscc, { requestedFen: fen(0) }), { signedOffFen: fen(0) });

  it('ends recognised, with claims and a certificate and no place in any pool', async () => {
    const application = await recognisable();
    expect(await check(application)).toEqual({ outcome: 'recognised' });
    const recognised = await stored(application);
    const tail = application.applicationId.slice(-16);
    const matter = `MATTER#product:${application.organisation}:云帆数据库V5`;
    expect(recognised).toMatchObject({
      status: 'recognised',
      version: 6,
      claims: [matter],
      certificate: { number: `2026-${item}-${tail}`, issuedAt: rooms.clock().toISOString() },
    });
    expect(recognised).not.toHaveProperty('pool');
    expect(await rooms.countUnder(rooms.tableNames.registry, matter)).toBe(1);
    for (const pool of [kindsPool, 'software-2026']) {
      expect(
        await rooms.countUnder(rooms.tableNames.budget, budget.entities.candidate.pk({ poolId: pool })),
      ).toBe(0);
    }
    expect(await rooms.historyRows(application.applicationId)).toMatchObject([
      { from: 'deduplication', to: 'recognised', event: 'recognised', note: `2026-${item}-${tail}` },
    ]);
  });

  it('is recognised once, however often and at once the task runs', async () => {
    const application = await recognisable();
    const runs = await Promise.all([check(application), check(application), check(application)]);
    expect(runs).toEqual(Array(3).fill({ outcome: 'recognised' }));
    const before = await stored(application);
    expect(await check(application)).toEqual({ outcome: 'recognised' });
    expect(await stored(application)).toEqual(before);
    expect(await rooms.historyRows(application.applicationId)).toHaveLength(1);
  });

  it('is barred by an award and by another application, also where the guide tops up', async () => {
    const deduplication = { levels: ['municipal' as const], mode: 'top-up' as const, similarNames: true };
    const policy = policyOfKinds({ [item]: { deduplication } });
    const awarded = newUscc();
    await award(awarded, { matter_kind: 'product', matter_detail: '云帆数据库 v5', amount_yuan: '1' });
    const first = await recognisable(awarded);
    expect(await check(first, { ...rooms, policy })).toEqual({ outcome: 'duplicate' });
    const rival = await recognisable();
    await check(rival);
    const second = await recognisable(rival.organisation);
    expect(await check(second)).toEqual({ outcome: 'duplicate' });
  });

  it('of rivals at the same time recognises exactly one', async () => {
    const uscc = newUscc();
    const rivals = await Promise.all([1, 2, 3, 4].map(() => recognisable(uscc)));
    const runs = await Promise.all(rivals.map((rival) => check(rival)));
    expect(runs.map(({ outcome }) => outcome).toSorted()).toEqual([
      ...Array(3).fill('duplicate'),
      'recognised',
    ]);
  });

  it('cannot be withdrawn any more, and keeps its claim', async () => {
    const application = await recognisable();
    await check(application);
    const before = await stored(application);
    const attempt = withdrawApplication(rooms, admin(application), application.applicationId, undefined);
    await expect(attempt).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await stored(application)).toEqual(before);
    const [claim = ''] = 'claims' in before ? before.claims : [];
    expect(await rooms.countUnder(rooms.tableNames.registry, claim)).toBe(1);
  });

  it('against a withdrawal at the same moment ends as one of the two, with its claim or without', async () => {
    for (let round = 0; round < 8; round += 1) {
      const application = await recognisable();
      const [checked, withdrawn] = await Promise.allSettled([
        check(application),
        withdrawApplication(rooms, admin(application), application.applicationId, undefined),
      ]);
      const { status } = await stored(application);
      expect(checked).toMatchObject({ status: 'fulfilled', value: { outcome: status } });
      expect(withdrawn?.status).toBe(status === 'withdrawn' ? 'fulfilled' : 'rejected');
      const claim = `MATTER#product:${application.organisation}:云帆数据库V5`;
      expect(await rooms.countUnder(rooms.tableNames.registry, claim)).toBe(status === 'withdrawn' ? 0 : 1);
    }
  });
});

describe('evidence of a recognition', () => {
  const policy = () =>
    policyOfKinds({
      'innovation-catalogue': {
        facts: [],
        matter: { kind: 'catalogue', facts: ['product'] },
        evidence: [{ kind: 'invoice', fact: 'copyright' }],
      },
    });
  const listed = (uscc: string, product: string) =>
    waiting(contentOfFirm('innovation-catalogue', uscc, { facts: { product, copyright: '044001900111-1' } }));
  const look = (application: { applicationId: string }) => check(application, { ...rooms, policy: policy() });

  it('bars another recognition with it', async () => {
    const uscc = newUscc();
    expect(await look(await listed(uscc, '甲'))).toEqual({ outcome: 'recognised' });
    expect(await look(await listed(uscc, '乙'))).toEqual({ outcome: 'duplicate' });
  });

  it('uses up no award for the same evidence, and is not used up by one', async () => {
    const uscc = newUscc();
    await award(uscc, { evidence: 'invoice:044001900111-1' });
    expect(await look(await listed(uscc, '甲'))).toEqual({ outcome: 'recognised' });
    const paid = await waiting(contentOfFirm('open-source', newUscc()), {
      verifiedInputFen: fen(80_000_000),
    });
    await look(await listed(paid.organisation, '甲'));
    expect(await look(paid)).toEqual({ outcome: 'pooled' });
    expect(await look(await listed(paid.organisation, '丙'))).toEqual({ outcome: 'duplicate' });
  });
});

describe('where the guide tops up', () => {
  /** 80 million fen verified, of which the guide pays a fifth; the department signed off 15 million. */
  const figures = { signedOffFen: fen(15_000_000), verifiedInputFen: fen(80_000_000) };
  const own = { matter_kind: 'open-source', matter_detail: '云帆数据库' };

  it('nothing paid before leaves the ceiling as it was', async () => {
    const application = await waiting(contentOfFirm('open-source', newUscc()), figures);
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    expect(await stored(application)).toMatchObject({ alreadyPaidFen: 0, ceiling: { fen: 15_000_000 } });
  });

  it('a part paid before lowers the ceiling, and its trace says so', async () => {
    const uscc = newUscc();
    await award(uscc, { ...own, amount_yuan: '50000' });
    const application = await waiting(contentOfFirm('open-source', uscc), figures);
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    const pooled = await stored(application);
    expect(pooled).toMatchObject({ alreadyPaidFen: 5_000_000, ceiling: { fen: 10_000_000 } });
    const limits = 'ceiling' in pooled ? pooled.ceiling.limits : [];
    expect(limits).toContainEqual({
      source: 'guide-ratio',
      fen: 16_000_000,
      citation: `申报指南 ${kindsGuide}`,
    });
    expect(limits.at(-1)).toEqual({ source: 'after-other-schemes', fen: 10_000_000, citation: '三(二)' });
    expect(toApplicationView(pooled)).toMatchObject({ alreadyPaidFen: 5_000_000, ceilingFen: 10_000_000 });
  });

  it('an award that several keys find is counted once, and awards at every level of the guide together', async () => {
    const uscc = newUscc();
    const invoices = ['044001900111-1', '044001900111-2'];
    const evidence = invoices.map((number) => `invoice:${number}`).join(';');
    await award(uscc, { ...own, award_id: 'A-1', evidence, amount_yuan: '30000' });
    await award(uscc, {
      award_id: 'A-2',
      level: 'district',
      matter_detail: 'x',
      evidence,
      amount_yuan: '20000',
    });
    await award(uscc, { ...own, award_id: 'A-3', level: 'provincial', amount_yuan: '70000' });
    await award(uscc, { ...own, award_id: 'A-4', status: 'revoked', amount_yuan: '70000' });
    const facts = { ...contentOf('open-source').facts, invoices };
    const application = await waiting(contentOfFirm('open-source', uscc, { facts }), figures);
    await check(application);
    expect(await stored(application)).toMatchObject({
      status: 'pooled',
      alreadyPaidFen: 5_000_000,
      ceiling: { fen: 10_000_000 },
    });
  });

  it.each([
    ['all', '150000'],
    ['more than all', '9000000000000'],
    ['all but a part of the unit', '149999.50'],
  ])('%s paid before makes it a duplicate that says what was paid', async (_, amount_yuan) => {
    const uscc = newUscc();
    await award(uscc, { ...own, amount_yuan });
    await award(uscc, { ...own, award_id: 'A-2', amount_yuan: '0' });
    const application = await waiting(contentOfFirm('open-source', uscc), figures);
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    expect(await reasonsOf(application)).toMatchObject([
      { code: 's1-same-matter' },
      { code: 's1-same-matter' },
      { code: 'nothing-left', citation: '三(二)' },
    ]);
  });

  it('sums beyond what can be counted exactly are a duplicate too, no error', async () => {
    const uscc = newUscc();
    for (let index = 0; index < 12; index += 1) {
      await award(uscc, { ...own, award_id: `A-${index}`, amount_yuan: '9999999999999.99' });
    }
    expect(await check(await waiting(contentOfFirm('open-source', uscc), figures))).toEqual({
      outcome: 'duplicate',
    });
  });

  it('one unit less than all leaves one unit', async () => {
    const uscc = newUscc();
    await award(uscc, { ...own, amount_yuan: '149999' });
    const application = await waiting(contentOfFirm('open-source', uscc), figures);
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    expect(await stored(application)).toMatchObject({ ceiling: { fen: 100 } });
  });

  it('another application for the same matter bars all the same', async () => {
    const uscc = newUscc();
    await check(await waiting(contentOfFirm('open-source', uscc), figures));
    const later = await waiting(contentOfFirm('open-source', uscc), figures);
    expect(await check(later)).toEqual({ outcome: 'duplicate' });
  });

  it('what its predecessors were paid counts, and their matter is claimed too', async () => {
    const [uscc, predecessor] = [newUscc(), newUscc()];
    await award(predecessor, { ...own, amount_yuan: '50000' });
    const content = contentOfFirm('open-source', uscc);
    const merged = { ...content, enterprise: { ...content.enterprise, predecessors: [predecessor] } };
    const application = await waiting(merged, figures);
    await check(application);
    expect(await stored(application)).toMatchObject({
      alreadyPaidFen: 5_000_000,
      matterKey: `open-source:${uscc}:云帆数据库`,
      claims: [
        `MATTER#open-source:${uscc}:云帆数据库`,
        `MATTER#open-source:${predecessor}:云帆数据库`,
        `EVIDENCE#invoice:0440019001111:${uscc}`,
      ],
    });
    const { Item: candidate } = await rooms.client.send(
      new GetCommand({
        TableName: rooms.tableNames.budget,
        Key: budget.entities.candidate.key({
          poolId: kindsPool,
          applicationId: application.applicationId,
        }),
        ConsistentRead: true,
      }),
    );
    expect(candidate).toMatchObject({ predecessors: [predecessor] });
    const old = await waiting(contentOfFirm('open-source', predecessor), figures);
    expect(await check(old)).toEqual({ outcome: 'duplicate' });
  });
});

describe('the ceiling of a share of the input', () => {
  it('counts of the verified input, and without one nothing is pooled', async () => {
    const content = contentOfFirm('open-source', newUscc());
    const application = await waiting(content, {
      signedOffFen: fen(90_000_000),
      verifiedInputFen: fen(10_000_000),
    });
    await check(application);
    expect(await stored(application)).toMatchObject({ ceiling: { fen: 2_000_000 } });
    const unverified = await waiting(contentOfFirm('open-source', newUscc()));
    await expect(check(unverified)).rejects.toThrow('verified');
    expect((await stored(unverified)).status).toBe('deduplication');
  });
});

describe('a list of evidence', () => {
  it('is claimed number by number, and one of them in another application bars it', async () => {
    const uscc = newUscc();
    const withInvoices = (project: string, invoices: string[]) =>
      contentOfFirm('open-source', uscc, { facts: { project, totalInputFen: 100_000_000, invoices } });
    const figures = { verifiedInputFen: fen(100_000_000) };
    const first = await waiting(withInvoices('甲', ['A-1', 'A-2', 'a 1']), figures);
    expect(await check(first)).toEqual({ outcome: 'pooled' });
    expect(await stored(first)).toMatchObject({
      claims: [`MATTER#open-source:${uscc}:甲`, `EVIDENCE#invoice:A1:${uscc}`, `EVIDENCE#invoice:A2:${uscc}`],
    });
    const second = await waiting(withInvoices('乙', ['B-1', 'A－2']), figures);
    expect(await check(second)).toEqual({ outcome: 'duplicate' });
    expect(await reasonsOf(second)).toMatchObject([{ code: 's2-same-evidence' }]);
    const third = await waiting(withInvoices('丙', ['B-1']), figures);
    expect(await check(third)).toEqual({ outcome: 'pooled' });
  });

  it('of fifty numbers, the most a fact holds, fits into one transaction', async () => {
    const invoices = Array.from({ length: 50 }, (_, index) => `N-${index}`);
    const facts = { project: '大项目', totalInputFen: 100_000_000, invoices };
    const application = await waiting(contentOfFirm('open-source', newUscc(), { facts }), {
      verifiedInputFen: fen(100_000_000),
    });
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    await withdrawApplication(rooms, admin(application), application.applicationId, undefined);
    const free = `EVIDENCE#invoice:N49:${application.organisation}`;
    expect(await rooms.countUnder(rooms.tableNames.registry, free)).toBe(0);
  });
});
