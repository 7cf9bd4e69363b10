import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AwardRow } from '../builders/award-csv.ts';
import { declared } from '../builders/content.ts';
import { million } from '../builders/qualifying-contents.ts';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { eventually, type Json, json, Story } from '../support/story.ts';

const scheme = '穗示例规〔2025〕9号';
const projectsPool = 'software-projects-2026';
/** Two enterprises that are no users of the system; the older one was paid. */
const [successor, oldest] = ['9144030071526726XG', '914403001922038216'] as const;

/** Who plays which part: no two parts share an enterprise, so that they can be played at once. */
const firms = {
  sameMatter: 8,
  successorOfTwo: 4,
  districtOnly: 11,
  otherEvidenceOne: 1,
  otherEvidenceTwo: 3,
  evidenceHolder: 7,
  similarOne: 13,
  similarTwo: 10,
  account: 5,
  sameAccount: 6,
  subsidiary: 14,
  group: 18,
  topUp: 15,
  heldInPool: 9,
  notHeld: 12,
  heldInNotice: 19,
} as const;

const names = {
  similarOne: '海珠图神经网络训练框架',
  similarTwo: '云山隐私计算引擎',
  account: '木棉时序数据库',
  subsidiary: '车规芯片验证工具链',
  topUp: '珠江航道调度内核',
  heldInNotice: '琶洲软件园公共服务提升',
};

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
  await Promise.all([publishNextGuide(), importEarlierAwards()]);
}, 120_000);
afterAll(() => system?.stop());

/**
 * A guide for the round of the late matches alone: a notice that ends soon, one that does not end while the test runs,
 * and one pool for both.
 */
async function publishNextGuide(): Promise<void> {
  const text = readFileSync(new URL('../../policy/guides/2026.yaml', import.meta.url), 'utf8');
  const guide = parse(text) as { items: Json[]; pools: Json[] };
  const item = (id: string, changes: Json): Json => ({
    ...guide.items.find((one) => one['id'] === id),
    pool: projectsPool,
    ...changes,
  });
  const items = [
    item('platform-cross', { notice: { seconds: 2 } }),
    item('software-park-a', { notice: { seconds: 3_600 } }),
  ];
  const pools = guide.pools.filter(({ id }) => id === projectsPool);
  await story.publishGuide({ ...guide, version: '2026.2', pools, items });
  await eventually(
    async () => json(await system.call(undefined, 'GET', '/v1/measures/software-park-a')),
    ({ guide: version }) => version === '2026.2',
  );
}

/** An award of the other scheme to a firm; by default of a matter of its own. */
async function award(id: string, firm: number, changes: Partial<AwardRow>): Promise<Partial<AwardRow>> {
  const { uscc, name } = await story.company(firm);
  return {
    ...{ award_id: id, uscc, name, year: '2024', matter_kind: 'innovation-project', matter_detail: id },
    ...changes,
  };
}

async function importEarlierAwards(): Promise<void> {
  const dcmm = { matter_kind: 'dcmm', matter_detail: '3' };
  const evidence = { evidence: 'certificate:ZS-2024-01;certificate:ZS-2024-02' };
  await story.importAwards(
    scheme,
    await award('SAME-1', firms.sameMatter, dcmm),
    { ...dcmm, award_id: 'OLD-1', uscc: oldest, name: '广州示例前身有限公司', year: '2023' },
    await award('DISTRICT-1', firms.districtOnly, { ...dcmm, level: 'district' }),
    await award('EVIDENCE-1', firms.evidenceHolder, { project_name: '数据治理体系建设', ...evidence }),
    await award('SIMILAR-1', firms.similarOne, { project_name: `${names.similarOne}研发项目` }),
    await award('SIMILAR-2', firms.similarTwo, { project_name: `${names.similarTwo}研发项目` }),
    await award('GROUP-1', firms.group, { project_name: `${names.subsidiary}研发项目` }),
    await award('PART-1', firms.topUp, { project_name: `${names.topUp}研发项目`, amount_yuan: '1234567.89' }),
  );
}

/** The body of an open-source draft for a project of its own, with what is to be said of the enterprise. */
async function project(firm: number, projectName: string, enterprise: Json = {}): Promise<Json> {
  const body = (await story.qualifying(firm, 'open-source')) as { facts: Json; enterprise: Json };
  const own = { repository: `https://example.org/${firm}`, auditReportNumber: `ZX-${firm}` };
  return {
    ...body,
    projectName,
    facts: { ...body.facts, ...own },
    enterprise: { ...body.enterprise, ...enterprise },
  };
}

/** What a department approves of an open-source project: 30% of 20 million would be 6 million. */
const approved = { verifiedInputFen: million(20), amountFen: 550_000_050 };

const historyOf = async (firm: number, applicationId: string): Promise<Json[]> => {
  const { preparer } = await story.company(firm);
  const path = `/v1/applications/${applicationId}/history?limit=100`;
  return json(await system.call(preparer, 'GET', path))['items'] as Json[];
};
const eventsOf = async (firm: number, applicationId: string) =>
  (await historyOf(firm, applicationId)).map(({ event }) => event);

/** Everything that the applicant can read about an application. */
async function allShown(firm: number, applicationId: string): Promise<string> {
  const { admin } = await story.company(firm);
  const messages = json(await system.call(admin, 'GET', '/v1/notifications?limit=100'));
  return JSON.stringify([
    await story.application(firm, applicationId),
    await historyOf(firm, applicationId),
    messages,
  ]);
}

/** A pair's names in pieces: what both sides have, and what only the other one has. */
function marked(pair: Json | undefined) {
  const pieces = (side: string) => pair?.[side] as { text: string; shared: boolean }[];
  const joined = (side: string, shared?: boolean) =>
    pieces(side)
      .filter((piece) => shared === undefined || piece.shared === shared)
      .map(({ text }) => text)
      .join('');
  return {
    own: joined('own'),
    other: joined('other'),
    shared: joined('own', true),
    onlyOwn: joined('own', false),
    onlyOther: joined('other', false),
  };
}

const pairsOf = (shown: Json) => shown['pairs'] as Json[];
const inWords = [{ zh: expect.stringMatching(/./), en: expect.stringMatching(/./) }];

async function suspectedOf(firm: number, applicationId: string): Promise<Json> {
  const shown = await story.suspectedCase(applicationId);
  expect((await story.application(firm, applicationId))['status']).toBe('adjudication');
  expect(shown).toMatchObject({ applicationId, held: false, kind: 'adjudicate' });
  expect((shown['documents'] as Json[]).length).toBeGreaterThan(0);
  return shown;
}

// Many steps, each with patience of its own, and many parts on one instance at once.
describe.concurrent('what another scheme has paid', { timeout: 240_000 }, () => {
  it('for the same matter bars (S1), and the applicant sees the record', async () => {
    const applicationId = await story.signedOff(firms.sameMatter);
    const { reasons } = await story.reaches(firms.sameMatter, applicationId, 'duplicate');
    expect(reasons).toEqual([
      {
        code: 's1-same-matter',
        citation: '三(二)',
        message: {
          zh: expect.stringMatching(new RegExp(`S1.*${scheme} 于 2024 年奖补（记录 SAME-1）`)),
          en: expect.stringContaining(`under ${scheme} in 2024 (record SAME-1)`),
        },
      },
    ]);
    const last = (await historyOf(firms.sameMatter, applicationId)).find(
      ({ event }) => event === 'found-duplicate',
    );
    expect(last).toMatchObject({ to: 'duplicate', reasons });
  });

  it('to the first of the enterprises that the applicant continues bars (S1)', async () => {
    const { enterprise } = (await story.dcmm(firms.successorOfTwo)) as { enterprise: Json };
    const applicationId = await story.signedOff(firms.successorOfTwo, {
      enterprise: { ...enterprise, predecessors: [successor, oldest] },
    });
    const { reasons } = await story.reaches(firms.successorOfTwo, applicationId, 'duplicate');
    expect(reasons).toMatchObject([
      { code: 's1-same-matter', message: { zh: expect.stringMatching(`${oldest}.*记录 OLD-1`) } },
    ]);
  });

  it('at the level of a district does not bar', async () => {
    const applicationId = await story.pooled(firms.districtOnly);
    expect(await story.application(firms.districtOnly, applicationId)).toMatchObject({
      ceilingFen: 50_000_000,
    });
    expect(await eventsOf(firms.districtOnly, applicationId)).not.toContain('suspected');
  });
});

describe.concurrent('a suspicion waits for an adjudicator', { timeout: 240_000 }, () => {
  it('for the evidence of another enterprise (S2′), who finds one matter', async () => {
    const firm = firms.otherEvidenceOne;
    const facts = {
      ...declared,
      level: 3,
      certificateNumber: 'ＺＳ-2024-01',
      certificateValidTo: '2029-12-31',
    };
    const applicationId = await story.signedOff(firm, { facts });
    const shown = await suspectedOf(firm, applicationId);
    const holder = await story.company(firms.evidenceHolder);
    expect(shown['pairs']).toMatchObject([
      {
        rule: 's2-other',
        counterpart: {
          ...{ kind: 'award', scheme, awardId: 'EVIDENCE-1', uscc: holder.uscc, name: holder.name },
          ...{ level: 'municipal', year: 2024, amountFen: 50_000_000 },
        },
        why: [{ zh: expect.stringContaining('2024-01'), en: expect.stringContaining('evidence number') }],
      },
    ]);
    expect((await story.judge(shown, { verdict: 'duplicate' })).status).toBe(200);
    const { reasons } = await story.reaches(firm, applicationId, 'duplicate');
    expect(reasons).toMatchObject([
      { code: 's2-other-adjudicated', citation: '三(二)', message: { zh: expect.stringContaining(scheme) } },
    ]);
    // The scheme's public data, and not who the other enterprise is.
    const all = await allShown(firm, applicationId);
    expect(all).toContain('EVIDENCE-1');
    for (const secret of [holder.uscc, holder.name]) expect(all).not.toContain(secret);
  });

  it('for the evidence of another enterprise (S2′), who finds two matters, for good', async () => {
    const firm = firms.otherEvidenceTwo;
    const { admin } = await story.company(firm);
    const facts = {
      ...declared,
      level: 3,
      certificateNumber: 'ZS-2024-02',
      certificateValidTo: '2029-12-31',
    };
    const first = await story.signedOff(firm, { facts });
    const shown = await suspectedOf(firm, first);
    expect((await story.judge(shown, { verdict: 'not-duplicate' })).status).toBe(200);
    await story.reaches(firm, first, 'pooled');
    const late = await story.judge(shown, { verdict: 'duplicate' });
    expect([late.status, json(late)['code']]).toEqual([409, 'task-decided']);

    await system.call(admin, 'POST', `/v1/applications/${first}/withdrawal`, { body: {} });
    const second = await story.pooled(firm, { facts });
    expect(await eventsOf(firm, second)).not.toContain('suspected');
  });

  it('for a similar project of the enterprise (S3), who finds one matter', async () => {
    const firm = firms.similarOne;
    const applicationId = await story.signedOff(firm, await project(firm, names.similarOne), approved);
    const shown = await suspectedOf(firm, applicationId);
    const [pair] = pairsOf(shown);
    expect(shown['pairs']).toHaveLength(1);
    // The guide bars, so that nothing is topped up.
    expect(shown).toMatchObject({ mode: 'bar' });
    for (const paid of [{}, { paidFen: 1, departure: { zh: '仅付一分' } }]) {
      const topUp = await story.judge(shown, { verdict: 'top-up', ...paid });
      expect(topUp.status).toBe(400);
      expect(json(topUp)['errors']).toMatchObject([{ rule: 'guide-bars' }]);
    }
    expect(pair).toMatchObject({ rule: 's3', why: inWords, counterpart: { awardId: 'SIMILAR-1' } });
    expect(Number(pair?.['probability'])).toBeGreaterThan(400);
    expect(marked(pair)).toEqual({
      own: names.similarOne,
      other: `${names.similarOne}研发项目`,
      shared: names.similarOne,
      onlyOwn: '',
      onlyOther: '研发项目',
    });
    // Who signed off does not decide the case, and nobody decides without a reason.
    const byReviewer = await story.judge(
      shown,
      { verdict: 'duplicate' },
      '合同与成果一致',
      'reviewer-miit-1',
    );
    expect(byReviewer.status).toBe(403);
    expect((await story.judge(shown, { verdict: 'duplicate' }, '')).status).toBe(400);
    expect((await story.judge(shown, { verdict: 'duplicate' }, '合同与成果一致')).status).toBe(200);
    const { reasons } = await story.reaches(firm, applicationId, 'duplicate');
    expect(reasons).toMatchObject([
      { code: 's3-adjudicated', message: { zh: expect.stringMatching('SIMILAR-1.*合同与成果一致') } },
    ]);
  });

  it('for a similar project of the enterprise (S3), who finds two; only another award is asked about', async () => {
    const firm = firms.similarTwo;
    const applicationId = await story.signedOff(firm, await project(firm, names.similarTwo), approved);
    const shown = await suspectedOf(firm, applicationId);
    expect((await story.judge(shown, { verdict: 'not-duplicate' })).status).toBe(200);
    await story.reaches(firm, applicationId, 'pooled');

    await story.importAwards(
      scheme,
      await award('SIMILAR-2', firm, { project_name: `${names.similarTwo}研发项目`, amount_yuan: '70000' }),
      await award('SIMILAR-3', firm, { project_name: `${names.similarTwo}（2024年度）` }),
    );
    const held = await story.suspectedCase(applicationId);
    expect(held).toMatchObject({
      held: true,
      pairs: [{ rule: 's3', counterpart: { awardId: 'SIMILAR-3' } }],
    });
    expect((await story.judge(held, { verdict: 'not-duplicate' })).status).toBe(200);
    expect((await story.application(firm, applicationId))['status']).toBe('pooled');
  });

  it('for a similar application of a linked enterprise (S4), who finds one matter', async () => {
    const bankAccount = '6222 0210 0000 4417';
    const [first, firm] = [firms.account, firms.sameAccount];
    const other = await story.pooled(first, await project(first, names.account, { bankAccount }), approved);
    const similar = await project(firm, `${names.account}研发项目`, { bankAccount: '6222021000004417' });
    const applicationId = await story.signedOff(firm, similar, approved);
    const shown = await suspectedOf(firm, applicationId);
    const [pair] = pairsOf(shown);
    expect(pair).toMatchObject({
      ...{ rule: 's4', why: inWords },
      counterpart: { kind: 'application', applicationId: other, item: 'open-source' },
    });
    expect(marked(pair)).toMatchObject({ onlyOwn: '研发项目', onlyOther: '', shared: names.account });
    // The files of both sides open.
    const [document] = (pair?.['documents'] ?? []) as { url: string; bytes: number }[];
    const file = await fetch(String(document?.url));
    expect((await file.arrayBuffer()).byteLength).toBe(document?.bytes);

    expect((await story.judge(shown, { verdict: 'duplicate' })).status).toBe(200);
    const { reasons } = await story.reaches(firm, applicationId, 'duplicate');
    expect(reasons).toMatchObject([
      { code: 's4-adjudicated', message: { zh: expect.stringContaining('另一申报') } },
    ]);
    const all = await allShown(firm, applicationId);
    const { uscc, name } = await story.company(first);
    for (const secret of [uscc, name, other]) expect(all).not.toContain(secret);
    expect((await story.application(first, other))['status']).toBe('pooled');
  });

  it('for an award of the enterprise that owns the applicant (S4), who finds two matters', async () => {
    const firm = firms.subsidiary;
    const { uscc: parent } = await story.company(firms.group);
    const body = await project(firm, names.subsidiary, { parent });
    const applicationId = await story.signedOff(firm, body, approved);
    const shown = await suspectedOf(firm, applicationId);
    expect(shown['pairs']).toMatchObject([
      { rule: 's4', counterpart: { awardId: 'GROUP-1', uscc: parent }, why: inWords },
    ]);
    expect((await story.judge(shown, { verdict: 'not-duplicate' })).status).toBe(200);
    await story.reaches(firm, applicationId, 'pooled');
  });

  it('who tops up, and the ceiling falls by what was paid', async () => {
    const firm = firms.topUp;
    const body = (await story.qualifying(firm, 'first-release')) as { facts: Json };
    const own = { copyrightNumber: '2025SR9900115', contractNumber: 'XS-115', testReportNumber: 'JC-115' };
    const product = { ...body, projectName: names.topUp, facts: { ...body.facts, ...own } };
    const applicationId = await story.signedOff(firm, product, { amountFen: 250_000_050 });
    const shown = await suspectedOf(firm, applicationId);
    expect(shown).toMatchObject({ mode: 'top-up' });
    // The record says what was paid: less is not one person's to say.
    const less = await story.judge(shown, { verdict: 'top-up', paidFen: 1 });
    expect(json(less)['errors']).toMatchObject([{ path: 'verdicts.0.departure', rule: 'by-record' }]);
    expect((await story.judge(shown, { verdict: 'top-up' })).status).toBe(200);
    // 2,500,000.50 were signed off, less 1,234,567.89 are 1,265,432.61: whole yuan count.
    expect(await story.reaches(firm, applicationId, 'pooled')).toMatchObject({
      alreadyPaidFen: 123_456_789,
      ceilingFen: 126_543_200,
    });
  });
});

describe.concurrent('an award that comes late', { timeout: 240_000 }, () => {
  it('holds the order until it is decided, and a duplicate gives the money back', async () => {
    const { heldInPool, notHeld, heldInNotice } = firms;
    const park = {
      ...(await story.qualifying(heldInNotice, 'software-park-a')),
      projectName: names.heldInNotice,
    };
    const platform = async (firm: number) => {
      const body = (await story.qualifying(firm, 'platform-cross')) as { facts: Json };
      return { ...body, facts: { ...body.facts, recognitionNumber: `RD-${firm}` } };
    };
    const [held, free, noticed] = await Promise.all([
      story.pooled(heldInPool, await platform(heldInPool), { amountFen: million(5) }),
      story.pooled(notHeld, await platform(notHeld), { amountFen: million(5) }),
      story.pooled(heldInNotice, park, { amountFen: million(6) }),
      story.fund(million(20), projectsPool),
    ]);
    const balance = async () => json(await system.call('operator-1', 'GET', `/v1/pools/${projectsPool}`));

    // In the pool: the same evidence, which would have barred; this late it is a person's to decide.
    const evidence = `recognition:RD-${heldInPool}`;
    await story.importAwards(scheme, await award('LATE-1', heldInPool, { evidence }));
    const inPool = await story.suspectedCase(held);
    expect(inPool).toMatchObject({ held: true, pairs: [{ rule: 's2', counterpart: { awardId: 'LATE-1' } }] });

    const round = await story.plannedRound(projectsPool);
    expect((await story.approvePlan(round)).status).toBe(200);
    const roundId = String(round['roundId']);
    await story.round(roundId, 'noticed');
    await story.reaches(heldInNotice, noticed, 'noticed');
    expect(await balance()).toMatchObject({ committedFen: million(16), availableFen: million(4) });

    // Under notice.
    const late = { project_name: `${names.heldInNotice}（2024年度）` };
    await story.importAwards(scheme, await award('LATE-2', heldInNotice, late));
    const inNotice = await story.suspectedCase(noticed);
    expect(inNotice).toMatchObject({
      held: true,
      pairs: [{ rule: 's3', counterpart: { awardId: 'LATE-2' } }],
    });

    // The other one's order goes out; the order of the one that is held does not, though its notice is over.
    await eventually(
      () => story.application(heldInPool, held),
      ({ noticeClosesAt }) => Date.now() > Date.parse(String(noticeClosesAt)),
    );
    await story.settled(roundId, [[notHeld, free]]);
    const waiting = await story.application(heldInPool, held);
    expect(waiting).toMatchObject({ status: 'noticed', awardFen: million(5) });
    // By law it is one matter: that it is not, two people have to say, and why.
    expect((await story.judge(inPool, { verdict: 'not-duplicate' })).status).toBe(400);
    const other = { verdict: 'not-duplicate', departure: { zh: '记录中的证书编号登记有误' } };
    expect(json(await story.judge(inPool, other))).toMatchObject({ status: 'open' });
    const agreed = await story.judge(inPool, other, '已核对原件', 'adjudicator-2');
    expect(json(agreed)).toMatchObject({ status: 'decided' });
    await story.settled(roundId, [[heldInPool, held]]);

    expect((await story.judge(inNotice, { verdict: 'duplicate' })).status).toBe(200);
    const ended = await story.application(heldInNotice, noticed);
    expect(ended).toMatchObject({ status: 'duplicate', reasons: [{ code: 's3-adjudicated' }] });
    expect(await balance()).toMatchObject({ committedFen: million(10), availableFen: million(10) });
    const { items } = json(await system.call(undefined, 'GET', '/v1/awards?limit=100')) as { items: Json[] };
    const shown = items.filter(({ status }) => status === 'closed').map(({ applicationId }) => applicationId);
    expect(shown.sort()).toEqual([held, free].sort());
  });
});

describe('the operator', () => {
  it('sees how often each test was right', async () => {
    const path = '/v1/adjudications/agreement';
    const { rules } = json(await system.call('operator-1', 'GET', path)) as { rules: Json[] };
    const row = (rule: string, suspected: number, duplicate: number, topUp: number, overturned: number) => ({
      ...{ rule, suspected, duplicate, topUp, overturned },
    });
    expect(rules).toEqual([
      row('s1', 0, 0, 0, 0),
      row('s2', 1, 0, 0, 1),
      row('s2-other', 2, 1, 0, 1),
      row('s3', 5, 2, 1, 2),
      row('s4', 2, 1, 0, 1),
      row('s5', 0, 0, 0, 0),
    ]);
    expect((await system.call('adjudicator-1', 'GET', path)).status).toBe(403);
  });
});
