import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaseSchema } from '../../../../functions/duplicates/cases/case-view.ts';
import {
  listChecks,
  listChecksOfTask,
  listOwnChecks,
} from '../../../../functions/duplicates/cases/list-checks.ts';
import { showCase } from '../../../../functions/duplicates/cases/show-case.ts';
import { ShownDuplicateCheckSchema } from '../../../../functions/duplicates/cases/shown-check.ts';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { DuplicateCheckSchema } from '../../../../functions/duplicates/screening/duplicate-check.ts';
import { screenAwards } from '../../../../functions/duplicates/screening/screen-awards.ts';
import { places } from '../../../../functions/duplicates/screening/trace.ts';
import { abstainFromCase } from '../../../../functions/endings/abstain-from-case.ts';
import { adjudicate } from '../../../../functions/endings/adjudicate.ts';
import type { CaseDecision } from '../../../../functions/endings/case-decision.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import type { Award } from '../../../../functions/filing/applications/award.ts';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { createPool } from '../../../../functions/money/pools/create-pool.ts';
import { endNotice } from '../../../../functions/publicity/notice/end-notice.ts';
import { matterKeyOf } from '../../../../functions/registry/awards/matter-key.ts';
import type { SignOffTask } from '../../../../functions/review/tasks/task.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { contentHash } from '../../../../functions/shared/hash.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { awaitOutcome } from '../../../../functions/waits/await-outcome.ts';
import { contentOf, kindsGuide, kindsPool, policyOfKinds } from '../../../builders/guide.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds(), names: sameStart };
});
afterAll(() => database.stop());

/** Alike are names that begin with the same four characters. */
const sameStart = {
  thresholds: { listedFrom: 0.1, suspectedFrom: 0.4 },
  compare: (name: string, other: string) =>
    name.slice(0, 4) === other.slice(0, 4)
      ? { probability: 0.9, why: [{ zh: '名称开头相同', en: 'the names begin alike' }], isSuspected: true }
      : undefined,
};

let serial = 0;
let enterprises = 0;

/** A credit code of its own for each test, so that tests share no matter. */
function newUscc(): string {
  enterprises += 1;
  return `91440106${String(enterprises).padStart(10, '0')}`;
}

/** Content of an open-source item for a project and evidence of its own. */
function contentOfFirm(uscc: string, overrides: Partial<Content> = {}): Content {
  serial += 1;
  const content = contentOf('open-source', {
    projectName: `项目${serial}号`,
    facts: {
      project: `项目${serial}`,
      totalInputFen: 100_000_000,
      invoices: [`04400190${String(serial).padStart(4, '0')}-1`],
    },
    ...overrides,
  });
  return { ...content, enterprise: { ...content.enterprise, ...overrides.enterprise, uscc } };
}

async function waiting(content: Content, overrides: Partial<ApplicationIn<'deduplication'>> = {}) {
  const application = signedOffApplication(content, {
    guide: kindsGuide,
    signedOffFen: fen(15_000_000),
    verifiedInputFen: fen(80_000_000),
    deciders: { reviewer: 'step-1' },
    ...overrides,
  });
  const Item = { ...applicationKey(application.applicationId), state: application };
  await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
  return application;
}

const check = ({ applicationId }: { applicationId: string }, parts: Rooms = rooms) =>
  deduplicate({ ...parts, applications: parts.store }, { applicationId, submission: 1 });
const stored = ({ applicationId }: { applicationId: string }) => rooms.store.require(applicationId);

function awardOf(uscc: string, overrides: Partial<Award> = {}): Award {
  serial += 1;
  return {
    scheme: '穗工信规字〔2021〕3号',
    awardId: `A-${serial}`,
    uscc,
    name: '广州示例其他单位有限公司',
    level: 'municipal',
    year: 2024,
    matterKind: 'other',
    matterDetail: `X${serial}`,
    projectName: `无关${serial}`,
    evidence: [],
    amountFen: fen(5_000_000),
    status: 'granted',
    ...overrides,
  };
}

/** Imports awards, as a file of another scheme would. */
const putAwards = (awards: readonly Award[]) =>
  rooms.registry.put(
    awards.map((award, index) => ({ award, row: index + 2 })),
    { importId: newUlid(), fileHash: newUlid(), importer: 'operator', at: today.toISOString() },
  );

/** The case of an application. */
function caseOf(application: Application) {
  const open =
    application.status === 'adjudication'
      ? application.adjudication
      : 'hold' in application
        ? application.hold
        : undefined;
  if (!open) throw new Error(`no case: ${application.status}`);
  return open;
}

/** Decides every pair of an application's case alike. */
async function decideCase(
  application: { applicationId: string },
  verdict: CaseDecision['verdicts'][number]['verdict'],
  paidFen?: number,
  actor: Actor = people.adjudicator,
) {
  const { taskId, suspicions } = caseOf(await stored(application));
  const verdicts = suspicions.map(({ id }) => ({
    id,
    verdict,
    ...(paidFen !== undefined && { paidFen: fen(paidFen) }),
  }));
  return adjudicate(rooms, actor, taskId, { verdicts, reason: { zh: '经核对合同与成果' } });
}

describe('what a person has to look at', () => {
  it('is the same evidence at another enterprise (S2′), in an award', async () => {
    const content = contentOfFirm(newUscc());
    const number = (content.facts['invoices'] as string[])[0] ?? '';
    await putAwards([awardOf(newUscc(), { evidence: [{ kind: 'invoice', number }] })]);
    const application = await waiting(content);
    expect(await check(application)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(application)).suspicions).toMatchObject([
      { rule: 's2-other', counterpart: { kind: 'award' }, why: [{ zh: expect.stringContaining(number) }] },
    ]);
  });

  it('is the same evidence in another enterprise’s application', async () => {
    const content = contentOfFirm(newUscc());
    const other = { ...content, facts: { ...content.facts, project: '另一个' }, projectName: '另一项目名称' };
    const first = await waiting(content);
    expect(await check(first)).toEqual({ outcome: 'pooled' });
    const second = await waiting({ ...other, enterprise: { ...other.enterprise, uscc: newUscc() } });
    expect(await check(second)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(second)).suspicions).toMatchObject([
      { rule: 's2-other', counterpart: { kind: 'application', applicationId: first.applicationId } },
    ]);
  });

  it('is a similar project of the same enterprise (S3), and of one that it continues', async () => {
    const [uscc, before] = [newUscc(), newUscc()];
    await putAwards([
      awardOf(uscc, { projectName: '珠江云数据中台一期' }),
      awardOf(before, { projectName: '珠江云数据平台' }),
    ]);
    const content = contentOfFirm(uscc, { projectName: '珠江云数据中台二期' });
    const enterprise = { ...content.enterprise, predecessors: [before] };
    const application = await waiting({ ...content, enterprise });
    expect(await check(application)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(application)).suspicions).toMatchObject([
      { rule: 's3', probability: 900 },
      { rule: 's3', probability: 900 },
    ]);
  });

  it.each(['legalRepresentativeHash', 'bankAccountHash'] as const)(
    'is a similar project of an enterprise linked by its %s (S4)',
    async (link) => {
      const hash = String(++serial).padStart(64, '0');
      const linked = (uscc: string, projectName: string) => {
        const content = contentOfFirm(uscc, { projectName });
        return { ...content, enterprise: { ...content.enterprise, [link]: hash } };
      };
      const first = await waiting(linked(newUscc(), '联动工业软件平台'));
      expect(await check(first)).toEqual({ outcome: 'pooled' });
      const second = await waiting(linked(newUscc(), '联动工业软件系统'));
      expect(await check(second)).toEqual({ outcome: 'suspected' });
      expect(caseOf(await stored(second)).suspicions).toMatchObject([{ rule: 's4' }]);
    },
  );

  it('is a similar project awarded to the enterprise that owns it (S4)', async () => {
    const parent = newUscc();
    await putAwards([awardOf(parent, { projectName: '南沙航运调度系统' })]);
    const content = contentOfFirm(newUscc(), { projectName: '南沙航运管理系统' });
    const application = await waiting({ ...content, enterprise: { ...content.enterprise, parent } });
    expect(await check(application)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(application)).suspicions).toMatchObject([{ rule: 's4' }]);
  });

  it('is the same file in another enterprise’s application (S5)', async () => {
    const documents = [
      { documentId: newUlid(), material: 'contract', sha256: String(++serial).padStart(64, 'd') },
    ];
    const base = signedOffApplication(contentOfFirm(newUscc()));
    const submission = { ...base.submission, documents };
    const first = await waiting(contentOfFirm(newUscc()), { submission });
    expect(await check(first)).toEqual({ outcome: 'pooled' });
    const second = await waiting(contentOfFirm(newUscc()), { submission });
    expect(await check(second)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(second)).suspicions).toMatchObject([
      { rule: 's5', why: [{ en: expect.stringContaining('contract') }] },
    ]);
  });

  it.each([
    ['at a level that does not count', { level: 'provincial' as const }],
    ['that was revoked', { status: 'revoked' as const }],
  ])('is no award %s', async (_, overrides) => {
    const uscc = newUscc();
    await putAwards([awardOf(uscc, { projectName: '白云工联网关', ...overrides })]);
    const application = await waiting(contentOfFirm(uscc, { projectName: '白云工联平台' }));
    expect(await check(application)).toEqual({ outcome: 'pooled' });
  });

  it('is no application that has ended', async () => {
    const content = contentOfFirm(newUscc(), { projectName: '花都皮具云' });
    const first = await waiting(content);
    await check(first);
    const admin = { ...people.admin, organisation: first.organisation };
    await withdrawApplication(rooms, admin, first.applicationId, undefined);
    const second = await waiting({
      ...content,
      projectName: '花都皮具云平台',
      facts: { ...content.facts, project: '另一' },
    });
    expect(await check(second)).toEqual({ outcome: 'pooled' });
  });

  it('is looked at by name only where the guide tells projects apart by their names', async () => {
    const policy = policyOfKinds({
      'open-source': { deduplication: { levels: ['municipal'], mode: 'bar', similarNames: false } },
    });
    const uscc = newUscc();
    await putAwards([awardOf(uscc, { projectName: '越秀云谷一号' })]);
    const application = await waiting(contentOfFirm(uscc, { projectName: '越秀云谷二号' }));
    expect(await check(application, { ...rooms, policy })).toEqual({ outcome: 'pooled' });
  });

  it('is seen by at least one of two applications at the same moment', async () => {
    for (let round = 0; round < 6; round += 1) {
      const content = contentOfFirm(newUscc());
      const other = { ...content, projectName: '另一个名称', facts: { ...content.facts, project: '另一' } };
      const pair = [
        await waiting(content),
        await waiting({ ...other, enterprise: { ...other.enterprise, uscc: newUscc() } }),
      ];
      const outcomes = await Promise.all(pair.map((one) => check(one)));
      expect(outcomes.map(({ outcome }) => outcome)).toContain('suspected');
    }
  });
});

describe('what is recognised and not paid', () => {
  /** Content of an item that recognises, for a product of its own. */
  const recognised = (uscc: string, overrides: Partial<Content> = {}) => {
    serial += 1;
    const content = contentOf('innovation-catalogue', {
      ...{ projectName: `产品${serial}号`, facts: { product: `产品${serial}` }, ...overrides },
    });
    return { ...content, enterprise: { ...content.enterprise, ...overrides.enterprise, uscc } };
  };
  const withEvidence = (parts: Rooms = rooms): Rooms => ({
    ...parts,
    policy: policyOfKinds({
      'innovation-catalogue': {
        evidence: [{ kind: 'copyright', fact: 'product' }],
        deduplication: { levels: ['municipal'], mode: 'bar', similarNames: true },
      },
    }),
  });

  it('is looked at for evidence of another enterprise (S2′), in an award and in an application', async () => {
    const content = recognised(newUscc());
    const number = String(content.facts['product']);
    await putAwards([awardOf(newUscc(), { evidence: [{ kind: 'copyright', number }] })]);
    const application = await waiting(content);
    expect(await check(application, withEvidence())).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(application)).suspicions).toMatchObject([{ rule: 's2-other' }]);
    await decideCase(application, 'not-duplicate');
    expect(await check(application, withEvidence())).toEqual({ outcome: 'recognised' });
    const second = await waiting(recognised(newUscc(), { facts: content.facts }));
    expect(await check(second, withEvidence())).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(second)).suspicions).toMatchObject([
      { rule: 's2-other' },
      { rule: 's2-other', counterpart: { applicationId: application.applicationId } },
    ]);
    const { taskId, suspicions } = caseOf(await stored(second));
    const verdicts = suspicions.map(({ id }) => ({ id, verdict: 'top-up' as const }));
    await expect(
      adjudicate(rooms, people.adjudicator, taskId, { verdicts, reason: { zh: '理由' } }),
    ).rejects.toMatchObject({ faults: [{ rule: 'guide-bars' }, { rule: 'guide-bars' }] });
    await decideCase(second, 'duplicate');
    expect(await check(second, withEvidence())).toEqual({ outcome: 'duplicate' });
  });

  it('is looked at for a similar award of the enterprise (S3), and of one that it is linked to (S4)', async () => {
    const [uscc, parent] = [newUscc(), newUscc()];
    await putAwards([
      awardOf(uscc, { projectName: '越秀山水云一期' }),
      awardOf(parent, { projectName: '越秀山水云二期' }),
    ]);
    const content = recognised(uscc, { projectName: '越秀山水云平台' });
    const application = await waiting({ ...content, enterprise: { ...content.enterprise, parent } });
    expect(await check(application, withEvidence())).toEqual({ outcome: 'suspected' });
    const { suspicions } = caseOf(await stored(application));
    expect(suspicions.map(({ rule }) => rule)).toEqual(['s3', 's4']);
  });

  it('is looked at for the same file in another enterprise’s application (S5)', async () => {
    const documents = [
      { documentId: newUlid(), material: 'contract', sha256: String(++serial).padStart(64, 'e') },
    ];
    const base = signedOffApplication(contentOfFirm(newUscc()));
    const submission = { ...base.submission, documents };
    expect(await check(await waiting(recognised(newUscc()), { submission }), withEvidence())).toEqual({
      outcome: 'recognised',
    });
    const second = await waiting(recognised(newUscc()), { submission });
    expect(await check(second, withEvidence())).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(second)).suspicions).toMatchObject([{ rule: 's5' }]);
  });

  it('is no similar project of what the same enterprise asks to be paid for, nor the other way round', async () => {
    const uscc = newUscc();
    const paid = await waiting(contentOfFirm(uscc, { projectName: '海珠湿地云甲' }));
    expect(await check(paid)).toEqual({ outcome: 'pooled' });
    const listed = await waiting(recognised(uscc, { projectName: '海珠湿地云乙' }));
    expect(await check(listed, withEvidence())).toEqual({ outcome: 'recognised' });
    const again = await waiting(contentOfFirm(newUscc(), { projectName: '海珠湿地云丙' }));
    expect(await check(again)).toEqual({ outcome: 'pooled' });
  });
});

describe('an adjudicator', () => {
  /** A suspected application: the same enterprise has a similar award. */
  async function suspected(overrides: Partial<Content> = {}) {
    const uscc = newUscc();
    const start = `星河${String(++serial).padStart(4, '0')}`;
    await putAwards([awardOf(uscc, { projectName: `${start}数据库`, amountFen: fen(5_000_000) })]);
    const application = await waiting(contentOfFirm(uscc, { projectName: `${start}存储引擎`, ...overrides }));
    await check(application);
    return application;
  }

  it('sees both sides with what differs, and why it was suspected', async () => {
    const application = await suspected();
    const { taskId } = caseOf(await stored(application));
    const files = { presignDownload: async () => 'https://files.example/1' };
    const shown = CaseSchema.parse(await showCase({ ...rooms, files }, people.adjudicator, taskId));
    expect(shown).toMatchObject({ held: false, kind: 'adjudicate', department: 'adjudicators' });
    expect(shown.pairs[0]).toMatchObject({ rule: 's3', why: [{ en: 'the names begin alike' }] });
    expect(shown.pairs[0]?.own.find(({ shared }) => !shared)?.text).toBe('存储引擎');
    expect(shown.pairs[0]?.other.find(({ shared }) => !shared)?.text).toBe('数据库');
  });

  it('finds two matters: the application goes on, and the pair is not asked about again', async () => {
    const application = await suspected();
    await decideCase(application, 'not-duplicate');
    expect(await stored(application)).toMatchObject({
      status: 'deduplication',
      deciders: { adjudicator: 'adjudication' },
    });
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    const resumes = (await rooms.pending(application.applicationId)).map(({ message }) => message);
    expect(resumes).toContainEqual({
      type: 'resume',
      waitId: `adjudication.${application.applicationId}.1`,
      output: { outcome: 'decided' },
    });
  });

  it('finds one matter: the application ends with the evidence', async () => {
    const application = await suspected();
    await decideCase(application, 'duplicate');
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    expect(await stored(application)).toMatchObject({
      status: 'duplicate',
      reasons: [{ code: 's3-adjudicated', message: { zh: expect.stringContaining('经核对合同与成果') } }],
    });
  });

  it('tops up: what was paid lowers the ceiling, as the record says', async () => {
    const application = await suspected();
    await decideCase(application, 'top-up');
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    // The department signed off 15 million.
    expect(await stored(application)).toMatchObject({
      status: 'pooled',
      alreadyPaidFen: 5_000_000,
      ceiling: { fen: 10_000_000 },
    });
  });

  it('decides every pair, each in a way that holds together', async () => {
    const application = await suspected();
    const { taskId, suspicions } = caseOf(await stored(application));
    const [pair] = suspicions;
    const reason = { zh: '理由' };
    const attempt = (verdicts: CaseDecision['verdicts']) =>
      adjudicate(rooms, people.adjudicator, taskId, { verdicts, reason });
    await expect(attempt([{ id: 'another', verdict: 'duplicate' }])).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ rule: 'every-pair' }, { rule: 'known-pair' }],
    });
    const id = pair?.id ?? '';
    await expect(attempt([{ id, verdict: 'duplicate', paidFen: fen(1) }])).rejects.toMatchObject({
      faults: [{ path: 'verdicts.0.paidFen', rule: 'with-top-up' }],
    });
    const both: CaseDecision['verdicts'] = [
      { id, verdict: 'not-duplicate' },
      { id, verdict: 'duplicate' },
    ];
    await expect(attempt(both)).rejects.toMatchObject({
      faults: [{ path: 'verdicts.1', rule: 'one-verdict', citation: '三(二)' }],
    });
    expect((await stored(application)).status).toBe('adjudication');
  });

  it('tops up nothing where the guide bars, by no amount', async () => {
    const policy = policyOfKinds({
      'open-source': { deduplication: { levels: ['municipal'], mode: 'bar', similarNames: true } },
    });
    const application = await suspected();
    const { taskId, suspicions } = caseOf(await stored(application));
    for (const paidFen of [1, 5_000_000, undefined]) {
      const verdicts = suspicions.map(({ id }) => ({
        ...{ id, verdict: 'top-up' as const },
        ...(paidFen !== undefined && { paidFen: fen(paidFen), departure: { zh: '另有说明' } }),
      }));
      const attempt = { verdicts, reason: { zh: '理由' } };
      await expect(
        adjudicate({ ...rooms, policy }, people.adjudicator, taskId, attempt),
      ).rejects.toMatchObject({
        code: 'invalid-request',
        faults: [
          { path: 'verdicts.0.verdict', rule: 'guide-bars', citation: `申报指南 ${kindsGuide} open-source` },
        ],
      });
    }
    // One matter under a guide that topped up is a duplicate under one that bars.
    await decideCase(application, 'top-up');
    expect(await check(application, { ...rooms, policy })).toEqual({ outcome: 'duplicate' });
  });

  it('departs from the record only with a reason, and when another one decides the same', async () => {
    const application = await suspected();
    const { taskId, suspicions } = caseOf(await stored(application));
    const attempt = (actor: Actor, paid: number, departure?: string) =>
      adjudicate(rooms, actor, taskId, {
        verdicts: suspicions.map(({ id }) => ({
          ...{ id, verdict: 'top-up' as const, paidFen: fen(paid) },
          ...(departure !== undefined && { departure: { zh: departure } }),
        })),
        reason: { zh: '经核对' },
      });
    await expect(attempt(people.adjudicator, 1)).rejects.toMatchObject({
      faults: [{ path: 'verdicts.0.departure', rule: 'by-record', citation: '三(二)' }],
    });
    await rooms.tasks.write(
      rooms.tasks.assign((await rooms.tasks.get(taskId)) as SignOffTask, {
        ...{ to: people.adjudicator.id, at: today.toISOString() },
        by: { id: people.adjudicator.id, role: 'adjudicator' },
      }),
    );
    const proposed = await attempt(people.adjudicator, 1_000_000, '合同已部分解除');
    expect(proposed).toMatchObject({ status: 'open' });
    expect(proposed).not.toHaveProperty('assignee');
    const before = await stored(application);
    expect(before).toMatchObject({
      status: 'adjudication',
      adjudication: { proposal: { by: 'adjudicator', verdicts: [{ paidFen: 1_000_000 }] } },
    });
    // The same person again, and a second one who says otherwise, decide nothing.
    await attempt(people.adjudicator, 1_000_000, '合同已部分解除');
    expect(await stored(application)).toEqual(before);
    await attempt(people.secondAdjudicator, 2_000_000, '另有发票');
    expect(await stored(application)).toMatchObject({ status: 'adjudication' });
    const decided = await attempt(people.adjudicator, 2_000_000, '同意');
    expect(decided).toMatchObject({ status: 'decided', decidedBy: 'adjudicator' });
    const [{ id } = { id: '' }] = suspicions;
    expect((await rooms.verdicts.of([id])).get(id)).toMatchObject({
      ...{ verdict: 'top-up', paidFen: 2_000_000, by: 'adjudicator' },
      departure: { by: 'second-adjudicator', reason: { zh: '同意' } },
    });
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    expect(await stored(application)).toMatchObject({
      alreadyPaidFen: 2_000_000,
      ceiling: { fen: 13_000_000 },
      deciders: { adjudicator: 'adjudication', 'second-adjudicator': 'adjudication' },
    });
  });

  it('takes no contrary verdict on a pair that was decided, from neither side', async () => {
    const content = contentOfFirm(newUscc());
    const other = { ...content, projectName: '另一个名称', facts: { ...content.facts, project: '另一' } };
    const pair = [
      await waiting(content),
      await waiting({ ...other, enterprise: { ...other.enterprise, uscc: newUscc() } }),
    ] as const;
    const [number = ''] = content.facts['invoices'] as string[];
    await rooms.traces.leave([places.evidence('invoice', number)], {
      applicationId: pair[1].applicationId,
      organisation: pair[1].organisation,
      organisationName: '乙',
      projectName: '另一个名称',
      item: 'open-source',
      matterKey: matterKeyOf('open-source', pair[1].organisation, '另一'),
      predecessors: [],
      evidence: [],
    });
    for (const one of pair) expect(await check(one)).toEqual({ outcome: 'suspected' });
    // Nothing was paid to the other one: there is nothing to top up.
    await expect(decideCase(pair[0], 'top-up')).rejects.toMatchObject({ faults: [{ rule: 'has-award' }] });
    await decideCase(pair[0], 'not-duplicate');
    for (const contrary of ['duplicate', 'top-up'] as const) {
      await expect(decideCase(pair[1], contrary, undefined, people.secondAdjudicator)).rejects.toMatchObject({
        code: 'not-in-this-state',
        faults: [{ path: 'verdicts.0', rule: 'decided-before', citation: '三(二)' }],
      });
    }
    await decideCase(pair[1], 'not-duplicate', undefined, people.secondAdjudicator);
    for (const one of pair) expect(await check(one)).toEqual({ outcome: 'pooled' });
  });

  it('is nobody who signed off, prepared, or has an interest in either side', async () => {
    const application = await suspected();
    for (const id of ['reviewer', 'preparer', 'admin']) {
      await expect(
        decideCase(application, 'duplicate', undefined, { ...people.adjudicator, id }),
      ).rejects.toMatchObject({
        code: 'same-person',
      });
    }
    const interested = { ...people.adjudicator, id: `interested-${serial}` };
    const { suspicions } = caseOf(await stored(application));
    const other = suspicions[0]?.counterpart;
    if (other?.kind !== 'award') throw new Error('an award is expected');
    await rooms.people.write([
      rooms.people.declare(interested.id, other.uscc, { kind: 'employment', at: today.toISOString() }),
    ]);
    await expect(decideCase(application, 'duplicate', undefined, interested)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
  });

  it('of two at once is one, and the other is told', async () => {
    for (let round = 0; round < 4; round += 1) {
      const application = await suspected();
      const { taskId, suspicions } = caseOf(await stored(application));
      const by = (actor: Actor, verdict: 'duplicate' | 'not-duplicate') =>
        adjudicate(rooms, actor, taskId, {
          verdicts: suspicions.map(({ id }) => ({ id, verdict })),
          reason: { zh: '理由' },
        });
      const results = await Promise.allSettled([
        by(people.adjudicator, 'duplicate'),
        by(people.secondAdjudicator, 'not-duplicate'),
      ]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'task-decided' },
      });
    }
  });

  it('who decides the pair of two applications ends one of them, never both', async () => {
    const content = contentOfFirm(newUscc());
    const other = { ...content, projectName: '另一个名称', facts: { ...content.facts, project: '另一' } };
    const pair = [
      await waiting(content),
      await waiting({ ...other, enterprise: { ...other.enterprise, uscc: newUscc() } }),
    ] as const;
    // Both are suspected of each other.
    const [number = ''] = content.facts['invoices'] as string[];
    await rooms.traces.leave([places.evidence('invoice', number)], {
      applicationId: pair[1].applicationId,
      organisation: pair[1].organisation,
      organisationName: '乙',
      projectName: '另一个名称',
      item: 'open-source',
      matterKey: matterKeyOf('open-source', pair[1].organisation, '另一'),
      predecessors: [],
      evidence: [],
    });
    expect(await check(pair[0])).toEqual({ outcome: 'suspected' });
    expect(await check(pair[1])).toEqual({ outcome: 'suspected' });
    await decideCase(pair[0], 'duplicate');
    expect(await check(pair[0])).toEqual({ outcome: 'duplicate' });
    await decideCase(pair[1], 'duplicate');
    expect(await check(pair[1])).toEqual({ outcome: 'pooled' });
  });

  it('is waited for, and a decision before the wait is not missed', async () => {
    const application = await suspected();
    await decideCase(application, 'not-duplicate');
    const stage = { applicationId: application.applicationId, submission: 1, token: 'late' };
    await awaitOutcome(rooms, { wait: 'adjudication', ...stage });
    const resumes = (await rooms.pending(application.applicationId)).filter(
      ({ message }) => message.type === 'resume',
    );
    expect(resumes).toHaveLength(2);
  });

  it('abstains: the interest is kept, what was proposed is void, and another one decides', async () => {
    const application = await suspected();
    const { taskId, suspicions } = caseOf(await stored(application));
    const [pair] = suspicions;
    const other = pair?.counterpart.kind === 'award' ? pair.counterpart.uscc : '';
    const abstaining = { ...people.adjudicator, id: `abstaining-${++serial}` };
    const departing = { id: pair?.id ?? '', verdict: 'top-up' as const, paidFen: fen(1) };
    await adjudicate(rooms, abstaining, taskId, {
      verdicts: [{ ...departing, departure: { zh: '部分重叠' } }],
      reason: { zh: '理由' },
    });
    const stranger = { reason: '曾任职', organisation: newUscc() };
    await expect(abstainFromCase(rooms, abstaining, taskId, stranger)).rejects.toMatchObject({
      faults: [{ path: 'organisation', rule: 'part-of-case' }],
    });
    const stated = { reason: '曾任职', organisation: other };
    expect(await abstainFromCase(rooms, abstaining, taskId, stated)).toMatchObject({ status: 'open' });
    expect(caseOf(await stored(application))).not.toHaveProperty('proposal');
    expect((await rooms.people.interests(abstaining.id)).organisations[other]).toMatchObject({
      kind: 'abstention',
      note: '曾任职',
    });
    const [row] = (await rooms.historyRows(application.applicationId)).slice(-1);
    expect(row).toMatchObject({ event: 'abstained', stage: 'adjudication', note: '曾任职' });
    await expect(decideCase(application, 'duplicate', undefined, abstaining)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
    await decideCase(application, 'duplicate');
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    await expect(abstainFromCase(rooms, people.adjudicator, taskId, stated)).rejects.toMatchObject({
      code: 'task-decided',
    });
  });

  it('has nothing to decide once it is withdrawn', async () => {
    const application = await suspected();
    const { taskId } = caseOf(await stored(application));
    const admin = { ...people.admin, organisation: application.organisation };
    await withdrawApplication(rooms, admin, application.applicationId, undefined);
    expect(await rooms.tasks.get(taskId)).toMatchObject({ status: 'closed' });
    const late = adjudicate(rooms, people.adjudicator, taskId, { verdicts: [], reason: { zh: '理由' } });
    await expect(late).rejects.toMatchObject({ code: 'task-closed' });
  });
});

describe('the report of agreement', () => {
  it('counts what was suspected and how it was decided, each once', async () => {
    const of = async (rule: string) =>
      (await rooms.verdicts.agreement()).find((one) => one.rule === rule) ?? { suspected: 0, overturned: 0 };
    const before = await of('s3');
    const uscc = newUscc();
    await putAwards([
      awardOf(uscc, { projectName: '羊城安全网关甲' }),
      awardOf(uscc, { projectName: '羊城安全网关乙' }),
    ]);
    const application = await waiting(contentOfFirm(uscc, { projectName: '羊城安全终端' }));
    await check(application);
    await check(application);
    await decideCase(application, 'not-duplicate');
    const after = await of('s3');
    expect(after.suspected - before.suspected).toBe(2);
    expect(after.overturned - before.overturned).toBe(2);
  });
});

describe('enterprises that continue others', () => {
  const same = { totalInputFen: 100_000_000 };
  /** Applies for one project, in the name of an enterprise that continues others. */
  const applied = async (project: string, uscc: string, predecessors: string[]) => {
    serial += 1;
    // Numbers that are too short to look like one another.
    const facts = { ...same, project, invoices: [`Z${serial}`] };
    const content = contentOfFirm(uscc, { projectName: `${String(serial).padStart(4, '0')}号`, facts });
    return waiting({ ...content, enterprise: { ...content.enterprise, predecessors } });
  };

  it('are held to what was paid before two mergers, as far as those between have named it', async () => {
    const [oldest, middle, youngest] = [newUscc(), newUscc(), newUscc()];
    expect(await check(await applied('另一课题', middle, [oldest]))).toEqual({ outcome: 'pooled' });
    const paid = { matterKind: 'open-source', matterDetail: '传承课题', amountFen: fen(900_000_000) };
    await putAwards([awardOf(oldest, paid)]);
    const application = await applied('传承课题', youngest, [middle]);
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    expect(await stored(application)).toMatchObject({
      reasons: [{ code: 's1-same-matter' }, { code: 'nothing-left' }],
    });
  });

  it('end where they began when they name each other in a circle: one of them has the matter', async () => {
    const [a, b, c] = [newUscc(), newUscc(), newUscc()];
    // Each of them has applied before, so that the circle is known.
    for (const [uscc, predecessor] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      expect(await check(await applied(`前题 ${uscc}`, uscc, [predecessor]))).toEqual({ outcome: 'pooled' });
    }
    const rivals = [
      await applied('同题', a, [b]),
      await applied('同题', b, [c]),
      await applied('同题', c, [a]),
    ];
    const outcomes = await Promise.all(rivals.map((rival) => check(rival)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['duplicate', 'duplicate', 'pooled']);
    const winner = rivals[outcomes.findIndex(({ outcome }) => outcome === 'pooled')];
    for (const uscc of [a, b, c]) {
      const { claim } = await rooms.registry.look(`MATTER#${matterKeyOf('open-source', uscc, '同题')}`);
      expect(claim?.applicationId).toBe(winner?.applicationId);
    }
  });
});

describe('what is kept of a check', () => {
  const page = { limit: 20 };
  const checksOf = async ({ applicationId }: { applicationId: string }) =>
    (await listChecks(rooms, applicationId, page)).items.map((check) => DuplicateCheckSchema.parse(check));
  const shownTo = async ({ applicationId, organisation }: ApplicationIn<'deduplication'>) => {
    const { items } = await listOwnChecks(rooms, { ...people.admin, organisation }, applicationId, page);
    return items.map((check) => ShownDuplicateCheckSchema.parse(check));
  };
  /** Names that share the first four characters are suspected, those that share two are listed. */
  const graded = {
    ...sameStart,
    compare: (name: string, other: string) => {
      const isListed = name.slice(0, 2) === other.slice(0, 2);
      const why = [{ zh: '名称相近', en: 'somewhat alike' }];
      return (
        sameStart.compare(name, other) ??
        (isListed ? { probability: 0.2, why, isSuspected: false } : undefined)
      );
    },
  };

  it('is every test and how many records it compared, what it listed, and how far the registry had come', async () => {
    const uscc = newUscc();
    await putAwards([
      awardOf(uscc, { projectName: '黄埔智能制造' }),
      awardOf(uscc, { projectName: '毫不相干' }),
      awardOf(uscc, { projectName: '黄埔数据港', level: 'provincial' }),
    ]);
    const content = contentOfFirm(uscc, { projectName: '黄埔数据港' });
    const before = await rooms.registry.version();
    const application = await waiting(content);
    expect(await check(application, { ...rooms, names: graded })).toEqual({ outcome: 'pooled' });
    const checks = await checksOf(application);
    expect(checks).toMatchObject([
      {
        version: 6,
        outcome: 'pooled',
        registry: before,
        mode: 'top-up',
        thresholds: sameStart.thresholds,
        tests: [
          { test: 's1', isRun: true, compared: 0 },
          { test: 's2', isRun: true, compared: 0 },
          { test: 's2-other', isRun: true, compared: 0 },
          { test: 's3', isRun: true, compared: 2 },
          { test: 's4', isRun: true, compared: 0 },
          { test: 's5', isRun: true, compared: 0 },
        ],
        records: [
          {
            test: 's3',
            finding: 'listed',
            other: { kind: 'award', projectName: '黄埔智能制造' },
            probability: 200,
            why: [{ en: 'somewhat alike' }],
          },
        ],
        leftOut: 0,
      },
    ]);
    expect(before).toMatchObject({ number: expect.any(Number), importId: expect.any(String) });
    // Awards that are only alike are no applicant's to see.
    expect(await shownTo(application)).toMatchObject([
      { outcome: 'pooled', registryVersion: before.number, findings: [] },
    ]);
    // The row of the history vouches for it.
    const [row] = await rooms.historyRows(application.applicationId);
    expect(row?.basisHash).toBe(contentHash(checks[0]));
  });

  it('names what stands by law, and what stands there and does not count', async () => {
    const uscc = newUscc();
    const content = contentOfFirm(uscc);
    const { name } = content.enterprise;
    const same = { name, matterKind: 'open-source', matterDetail: String(content.facts['project']) };
    const [counted, provincial, revoked] = [
      awardOf(uscc, { ...same, amountFen: fen(900_000_000) }),
      awardOf(uscc, { ...same, level: 'provincial' }),
      awardOf(uscc, { ...same, status: 'revoked' }),
    ];
    await putAwards([counted, provincial, revoked]);
    const application = await waiting(content);
    expect(await check(application)).toEqual({ outcome: 'duplicate' });
    const [kept] = await checksOf(application);
    const { awardId } = counted;
    expect(kept?.records).toMatchObject([
      { test: 's1', finding: 'topped-up', other: { awardId } },
      { test: 's1', finding: 'revoked', other: { awardId: revoked.awardId } },
      { test: 's1', finding: 'other-level', other: { awardId: provincial.awardId } },
    ]);
    const [shown] = await shownTo(application);
    const { scheme, level, year, projectName } = counted;
    expect(shown?.findings).toEqual([
      { test: 's1', finding: 'topped-up', award: { scheme, awardId, level, year, projectName } },
    ]);
  });

  it('says which tests were not run: of a claim the exact ones were enough', async () => {
    const content = contentOfFirm(newUscc());
    const [first, second, stranger] = [
      await waiting(content),
      await waiting(content),
      await waiting(content, { organisation: newUscc() }),
    ];
    await check(first);
    expect(await check(second)).toEqual({ outcome: 'duplicate' });
    expect(await check(stranger)).toEqual({ outcome: 'duplicate' });
    const [kept] = await checksOf(second);
    expect(kept?.tests.filter(({ isRun }) => isRun).map(({ test }) => test)).toEqual(['s1', 's2']);
    expect(kept?.records[0]).toMatchObject({ other: { kind: 'claim', applicationId: first.applicationId } });
    expect((await shownTo(second))[0]?.findings[0]).toMatchObject({ applicationId: first.applicationId });
    const toStranger = JSON.stringify(await shownTo(stranger));
    expect(toStranger).toContain('s1');
    expect(toStranger).not.toContain(first.applicationId);
    expect(toStranger).not.toContain(first.organisation);
  });

  it('follows a case: suspected, then as it was decided; the other side’s names and amounts are not shown', async () => {
    const uscc = newUscc();
    await putAwards([awardOf(uscc, { projectName: '越秀云桌面一期' })]);
    const application = await waiting(contentOfFirm(uscc, { projectName: '越秀云桌面二期' }));
    await check(application);
    await decideCase(application, 'not-duplicate');
    await check(application);
    expect(await checksOf(application)).toMatchObject([
      { outcome: 'pooled', records: [{ test: 's3', finding: 'not-duplicate', probability: 900 }] },
      { outcome: 'suspected', records: [{ test: 's3', finding: 'suspected', probability: 900 }] },
    ]);
    const shown = await shownTo(application);
    expect(shown).toMatchObject([{ findings: [] }, { findings: [{ test: 's3', finding: 'suspected' }] }]);
    expect(JSON.stringify(shown)).not.toMatch(/probability|why|amountFen|广州示例其他单位/);
  });

  it('is shown to whoever has a task on the application, and to nobody else’s department', async () => {
    const uscc = newUscc();
    await putAwards([awardOf(uscc, { projectName: '荔湾数字文旅一期' })]);
    const application = await waiting(contentOfFirm(uscc, { projectName: '荔湾数字文旅二期' }));
    await check(application);
    const { taskId } = caseOf(await stored(application));
    const { items } = await listChecksOfTask(rooms, people.adjudicator, taskId, page);
    expect(items).toMatchObject([{ outcome: 'suspected' }]);
    await expect(listChecksOfTask(rooms, people.reviewer, taskId, page)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const other = { ...people.admin, organisation: newUscc() };
    await expect(listOwnChecks(rooms, other, application.applicationId, page)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('fits into an item however many records there are, and a case holds no more than one decision takes', async () => {
    const uscc = newUscc();
    const long = `天河${'超长'.repeat(240)}`;
    await putAwards(
      Array.from({ length: 400 }, (_, index) => awardOf(uscc, { projectName: `${long}${index}` })),
    );
    await putAwards(
      Array.from({ length: 70 }, (_, index) => awardOf(uscc, { projectName: `天河云网${index}` })),
    );
    const application = await waiting(contentOfFirm(uscc, { projectName: '天河云网平台' }));
    const parts = { ...rooms, names: graded };
    expect(await check(application, parts)).toEqual({ outcome: 'suspected' });
    const [kept] = await checksOf(application);
    expect(kept?.tests.find(({ test }) => test === 's3')).toMatchObject({ compared: 470 });
    expect(kept?.records.slice(0, 70).every(({ finding }) => finding === 'suspected')).toBe(true);
    expect((kept?.records.length ?? 0) + (kept?.leftOut ?? 0)).toBe(470);
    expect(kept?.leftOut).toBeGreaterThan(200);
    expect(caseOf(await stored(application)).suspicions).toHaveLength(40);
    await decideCase(application, 'not-duplicate');
    expect(await check(application, parts)).toEqual({ outcome: 'suspected' });
    expect(caseOf(await stored(application)).suspicions).toHaveLength(30);
    await decideCase(application, 'not-duplicate');
    expect(await check(application, parts)).toEqual({ outcome: 'pooled' });
  });
});

describe('the version of the registry', () => {
  it('is 0 before the first import, and goes up with what changes, not with what is the same', async () => {
    const empty = await startTestDynamoDb();
    try {
      const { registry } = openRooms(empty);
      expect(await registry.version()).toEqual({ number: 0 });
      const award = awardOf(newUscc());
      const put = (importId: string, given: Award) =>
        registry.put([{ award: given, row: 2 }], {
          ...{ importId, fileHash: 'a', importer: 'operator' },
          at: today.toISOString(),
        });
      await put('first', award);
      const first = { number: 1, importId: 'first', at: today.toISOString() };
      expect(await registry.version()).toEqual(first);
      await put('second', award);
      expect(await registry.version()).toEqual(first);
      await put('third', { ...award, status: 'revoked' });
      expect(await registry.version()).toMatchObject({ number: 2, importId: 'third' });
    } finally {
      await empty.stop();
    }
  });
});

describe('an award that comes late', () => {
  async function pooled() {
    const uscc = newUscc();
    const start = `木棉${String(++serial).padStart(4, '0')}`;
    const application = await waiting(contentOfFirm(uscc, { projectName: `${start}平台` }));
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    return { application, award: awardOf(uscc, { projectName: `${start}系统` }) };
  }
  const late = async (...awards: Award[]) => {
    await putAwards(awards);
    return screenAwards({ ...rooms, applications: rooms.store }, awards);
  };

  it('holds the application that it may be the same matter as, once', async () => {
    const { application, award } = await pooled();
    expect(await late(award, awardOf(newUscc()))).toEqual([application.applicationId]);
    expect(await late(award)).toEqual([]);
    expect(caseOf(await stored(application)).suspicions).toMatchObject([{ rule: 's3' }]);
    await decideCase(application, 'not-duplicate');
    expect(await stored(application)).toMatchObject({ status: 'pooled' });
    expect(await stored(application)).not.toHaveProperty('hold');
    expect(await late(award)).toEqual([]);
  });

  it('is added to the case that is open, so that nothing is decided without it', async () => {
    const { application, award } = await pooled();
    await late(award);
    const { taskId, suspicions } = caseOf(await stored(application));
    expect(await late(awardOf(award.uscc, { projectName: `${award.projectName}二期` }))).toEqual([]);
    const both = caseOf(await stored(application));
    expect(both.taskId).toBe(taskId);
    expect(both.suspicions).toHaveLength(2);
    const verdicts = suspicions.map(({ id }) => ({ id, verdict: 'not-duplicate' as const }));
    await expect(
      adjudicate(rooms, people.adjudicator, taskId, { verdicts, reason: { zh: '只看了第一条' } }),
    ).rejects.toMatchObject({ code: 'invalid-request' });
    await decideCase(application, 'not-duplicate');
    expect(await stored(application)).not.toHaveProperty('hold');
    const { items } = await listChecks(rooms, application.applicationId, { limit: 20 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['held', 'held', 'pooled']);
    const own = { ...people.admin, organisation: application.organisation };
    const shown = await listOwnChecks(rooms, own, application.applicationId, { limit: 20 });
    expect(shown.items.map(({ outcome }) => outcome)).toEqual(['pooled']);
  });

  it('for a matter that was topped up holds it when more was paid than was taken off, and only then', async () => {
    const uscc = newUscc();
    const application = await waiting(contentOfFirm(uscc));
    const { content } = (await stored(application)) as ApplicationIn<'deduplication'>;
    const { name } = content.enterprise;
    const matter = { name, matterKind: 'open-source', matterDetail: String(content.facts['project']) };
    const known = awardOf(uscc, { ...matter, amountFen: fen(3_000_000) });
    await putAwards([known]);
    expect(await check(application)).toEqual({ outcome: 'pooled' });
    expect(await stored(application)).toMatchObject({
      alreadyPaidFen: 3_000_000,
      ceiling: { fen: 12_000_000 },
    });
    expect(await late(known)).toEqual([]);
    expect(await late(awardOf(uscc, { ...matter, amountFen: fen(1) }))).toEqual([application.applicationId]);
  });

  it('for the very same matter is decided by a person, too, and a duplicate leaves the pool', async () => {
    const { application } = await pooled();
    const { content, claims } = (await stored(application)) as ApplicationIn<'pooled'>;
    const same = awardOf(application.organisation, {
      matterKind: 'open-source',
      matterDetail: String(content.facts['project']),
    });
    expect(await late(same)).toEqual([application.applicationId]);
    expect(caseOf(await stored(application)).suspicions).toMatchObject([{ rule: 's1' }]);
    await decideCase(application, 'duplicate');
    expect(await stored(application)).toMatchObject({
      status: 'duplicate',
      reasons: [{ code: 's1-adjudicated' }],
    });
    for (const claim of claims) {
      const { claim: holder } = await rooms.registry.look(claim);
      expect(holder).toBeUndefined();
    }
    const messages = (await rooms.pending(application.applicationId)).map(({ message }) => message.type);
    expect(messages).toContain('stop-review');
  });

  describe('for the matter of an item that is topped up', () => {
    /** An application in its pool, with an award of its very matter that comes late. */
    async function paidElsewhere(paid: number) {
      const { application } = await pooled();
      const { content } = (await stored(application)) as ApplicationIn<'pooled'>;
      const same = (amountFen: number) =>
        awardOf(application.organisation, {
          ...{ matterKind: 'open-source', matterDetail: String(content.facts['project']) },
          amountFen: fen(amountFen),
        });
      const award = same(paid);
      expect(await late(award)).toEqual([application.applicationId]);
      return { application, award, same };
    }
    /** Brings an application on as a round would: its award stands in the pool's books. */
    async function awarded(applicationId: string, status: 'allocated' | 'noticed') {
      const { hold, ...state } = (await rooms.store.require(applicationId)) as ApplicationIn<'pooled'>;
      const at = today.toISOString();
      const award = { fen: state.ceiling.fen, roundId: newUlid(), at };
      const notice = status === 'noticed' && { notice: { opensAt: at, closesAt: at } };
      const to = { ...state, hold, status, award, ...notice };
      const Item = { ...applicationKey(applicationId), state: to };
      await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
      await rooms.pools.write([rooms.pools.leave({ poolId: kindsPool, applicationId })]);
      const actor = { id: 'operator', role: 'operator' } as const;
      const movement = { actor, at, cause: 'test' };
      const amountFen = award.fen;
      const approver = { id: 'approver', role: 'budget-approver' } as const;
      const money = { entryId: newUlid(), confirmedBy: approver };
      const { roundId } = award;
      const key = `key#${applicationId}`;
      await rooms.pools.write(
        rooms.pools.movement(await rooms.pools.require(kindsPool), [
          { ...movement, ...money, kind: 'appropriation', amountFen, key: `${key}#1` },
          { ...movement, kind: 'reservation', amountFen, key: `${key}#2`, roundId },
          { ...movement, kind: 'commitment', amountFen, key: `${key}#3`, roundId, applicationId },
        ]),
      );
    }
    const ledgerOf = async (applicationId: string) =>
      (await rooms.pools.entries(kindsPool))
        .filter(({ movement }) => movement.applicationId === applicationId)
        .map(({ movement: { kind, amountFen } }) => [kind, amountFen]);
    beforeAll(async () => {
      await createPool(rooms, people.operator, kindsPool);
    });

    it('lowers the ceiling in the pool, its place there too', async () => {
      const { application } = await paidElsewhere(5_000_000);
      const { applicationId } = application;
      await decideCase(application, 'top-up');
      const state = await stored(application);
      expect(state).toMatchObject({
        ...{ status: 'pooled', alreadyPaidFen: 5_000_000, ceiling: { fen: 10_000_000 } },
      });
      expect(state).not.toHaveProperty('hold');
      expect(await rooms.pools.candidate(kindsPool, applicationId)).toMatchObject({ ceilingFen: 10_000_000 });
      const [row] = (await rooms.historyRows(applicationId)).slice(-1);
      expect(row).toMatchObject({ event: 'ceiling-lowered', reasons: [{ code: 's1-adjudicated' }] });
      // A notice that has ended may wait for it.
      expect((await rooms.pending(applicationId)).map(({ message }) => message)).toContainEqual({
        ...{ type: 'resume', waitId: `adjudication.${applicationId}.1` },
        output: { outcome: 'decided' },
      });
    });

    it('is taken off once, however often it comes and whatever its record says later', async () => {
      const { application, award, same } = await paidElsewhere(5_000_000);
      await decideCase(application, 'top-up');
      expect(await late(award)).toEqual([]);
      // A second award, and a first one whose record now says more.
      const second = same(1_000_000);
      expect(await late(second)).toEqual([application.applicationId]);
      await decideCase(application, 'top-up');
      expect(await stored(application)).toMatchObject({
        ...{ alreadyPaidFen: 6_000_000, ceiling: { fen: 9_000_000 } },
      });
      expect(await late({ ...award, amountFen: fen(7_000_000) })).toEqual([application.applicationId]);
      await expect(decideCase(application, 'not-duplicate')).rejects.toMatchObject({
        code: 'not-in-this-state',
      });
      await decideCase(application, 'top-up');
      expect(await stored(application)).toMatchObject({
        ...{ alreadyPaidFen: 8_000_000, ceiling: { fen: 7_000_000 } },
      });
      expect(await late({ ...award, amountFen: fen(7_000_000) }, second)).toEqual([]);
    });

    it('whose record changes while its case is open is taken off as the record says then', async () => {
      const { application, award } = await paidElsewhere(5_000_000);
      expect(await late({ ...award, amountFen: fen(6_000_000) })).toEqual([]);
      await decideCase(application, 'top-up');
      expect(await stored(application)).toMatchObject({
        ...{ alreadyPaidFen: 6_000_000, ceiling: { fen: 9_000_000 } },
      });
    });

    it.each(['allocated', 'noticed'] as const)(
      'lowers an award that is %s, and its pool has the rest',
      async (status) => {
        const { application } = await paidElsewhere(5_000_000);
        const { applicationId } = application;
        await awarded(applicationId, status);
        await decideCase(application, 'top-up');
        expect(await stored(application)).toMatchObject({
          ...{ status, alreadyPaidFen: 5_000_000, ceiling: { fen: 10_000_000 }, award: { fen: 10_000_000 } },
        });
        expect(await ledgerOf(applicationId)).toEqual([
          ['commitment', 15_000_000],
          ['release', 5_000_000],
        ]);
        const [row] = (await rooms.historyRows(applicationId)).slice(-1);
        expect(row).toMatchObject({ event: 'award-lowered', reasons: [{ code: 's1-adjudicated' }] });
      },
    );

    it.each(['pooled', 'allocated', 'noticed'] as const)(
      'leaves nothing: what is %s is a duplicate',
      async (status) => {
        const { application } = await paidElsewhere(15_000_000);
        const { applicationId } = application;
        if (status !== 'pooled') await awarded(applicationId, status);
        await decideCase(application, 'top-up');
        expect(await stored(application)).toMatchObject({
          status: 'duplicate',
          reasons: [{ code: 's1-adjudicated' }, { code: 'nothing-left' }],
        });
        expect(await rooms.pools.candidate(kindsPool, applicationId)).toBeUndefined();
        const returned = [
          ['commitment', 15_000_000],
          ['release', 15_000_000],
        ];
        expect(await ledgerOf(applicationId)).toEqual(status === 'pooled' ? [] : returned);
      },
    );

    it('is found another matter only by two people, with a reason', async () => {
      const { application } = await paidElsewhere(5_000_000);
      await expect(decideCase(application, 'not-duplicate')).rejects.toMatchObject({
        faults: [{ path: 'verdicts.0.departure', rule: 'by-law', citation: '三(二)' }],
      });
      const { taskId, suspicions } = caseOf(await stored(application));
      const verdicts = suspicions.map(({ id }) => ({
        ...{ id, verdict: 'not-duplicate' as const, departure: { zh: '记录登记有误' } },
      }));
      const decide = (actor: Actor) => adjudicate(rooms, actor, taskId, { verdicts, reason: { zh: '理由' } });
      await decide(people.adjudicator);
      expect(await stored(application)).toHaveProperty('hold');
      await decide(people.secondAdjudicator);
      expect(await stored(application)).toMatchObject({ status: 'pooled', ceiling: { fen: 15_000_000 } });
      expect(await stored(application)).not.toHaveProperty('hold');
    });

    it('of two decisions at once is taken off once', async () => {
      for (let round = 0; round < 4; round += 1) {
        const { application } = await paidElsewhere(5_000_000);
        const { applicationId } = application;
        await awarded(applicationId, 'noticed');
        const results = await Promise.allSettled([
          decideCase(application, 'top-up'),
          decideCase(application, 'top-up', undefined, people.secondAdjudicator),
        ]);
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await stored(application)).toMatchObject({ award: { fen: 10_000_000 } });
        expect(await ledgerOf(applicationId)).toHaveLength(2);
      }
    });
  });

  it('holds a notice that would have closed', async () => {
    const { application, award } = await pooled();
    const state = (await stored(application)) as ApplicationIn<'pooled'>;
    const at = today.toISOString();
    const noticed: ApplicationIn<'noticed'> = {
      ...state,
      status: 'noticed',
      award: { fen: state.ceiling.fen, roundId: newUlid(), at },
      notice: { opensAt: at, closesAt: at },
    };
    const Item = { ...applicationKey(state.applicationId), state: noticed };
    await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
    expect(await late(award)).toEqual([application.applicationId]);
    const stage = { applicationId: application.applicationId, submission: 1 };
    expect(await endNotice(rooms, stage)).toMatchObject({ outcome: 'held' });
    await decideCase(application, 'not-duplicate');
    expect(await endNotice(rooms, stage)).toMatchObject({ outcome: 'cleared' });
  });

  it('at the moment of the duplicate check is seen by the check or holds what it let pass', async () => {
    for (let round = 0; round < 10; round += 1) {
      const uscc = newUscc();
      const start = `同时${String(++serial).padStart(4, '0')}`;
      const application = await waiting(contentOfFirm(uscc, { projectName: `${start}平台` }));
      await Promise.all([check(application), late(awardOf(uscc, { projectName: `${start}系统` }))]);
      expect(caseOf(await stored(application)).suspicions).toHaveLength(1);
    }
  });

  it('is of no concern to an application that has ended, nor to one of another enterprise', async () => {
    const { application, award } = await pooled();
    const admin = { ...people.admin, organisation: application.organisation };
    await withdrawApplication(rooms, admin, application.applicationId, undefined);
    expect(await late(award)).toEqual([]);
  });
});
