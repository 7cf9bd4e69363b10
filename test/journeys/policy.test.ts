import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { startInstance } from '../../local/instance.ts';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { eventually, type Json, json, Story } from '../support/story.ts';

interface GuideFile {
  readonly version: string;
  readonly items: readonly (Json & { readonly id: string })[];
}

/** The sample guide as its file has it, in yuan. */
const sample: GuideFile = parse(
  readFileSync(new URL('../../policy/guides/2026.yaml', import.meta.url), 'utf8'),
);

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
}, 120_000);
afterAll(() => system?.stop());

const propose = (guide: unknown, user = 'operator-1') =>
  system.call(user, 'POST', '/v1/guide-proposals', { body: { guide, cause: '年度申报' } });

async function published(): Promise<Json[]> {
  return json(await system.call('operator-1', 'GET', '/v1/guides'))['items'] as Json[];
}

/** The sample under another version, with changes to dcmm. */
function nextGuide(version: string, changes: Json): GuideFile {
  const items = sample.items.map((item) => (item.id === 'dcmm' ? { ...item, ...changes } : item));
  return { ...sample, version, items };
}

describe('the measures', () => {
  it('are all there without a login, open as the published guide says', async () => {
    const answer = await system.call(undefined, 'GET', '/v1/measures');
    expect(answer.status).toBe(200);
    const measures = json(answer)['measures'] as { items: { parts: { id: string; open: boolean }[] }[] }[];
    expect(measures).toHaveLength(13);
    const open = measures.flatMap(({ items }) => items.flatMap(({ parts }) => parts)).filter((p) => p.open);
    expect(open.map(({ id }) => id).sort()).toEqual(sample.items.map(({ id }) => id).sort());
  });

  it('are described one by one', async () => {
    for (const { id } of sample.items) {
      const answer = await system.call(undefined, 'GET', `/v1/measures/${id}`);
      expect([id, answer.status]).toEqual([id, 200]);
      expect(json(answer)).toMatchObject({
        ...{ id, open: true, conditions: expect.any(Array), materials: expect.any(Array) },
        facts: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
      });
    }
    expect((await system.call(undefined, 'GET', '/v1/measures/nothing')).status).toBe(404);
  });
});

describe('a path that there is not', () => {
  it.each([
    ['GET', '/v2/measures'],
    ['PATCH', '/v1/measures'],
    ['POST', '/'],
  ])('is a problem like any other: %s %s', async (method, path) => {
    const answer = await system.call('operator-1', method, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(answer.body).toMatchObject({ code: 'not-found', messages: { zh: '未找到', en: 'Not found' } });
  });
});

describe('a new guide', () => {
  it('with faults is refused with all of them, and nothing is published', async () => {
    const before = await published();
    const faulty = nextGuide('2026.2', {
      amount: { kind: 'fixed', yuan: 500_001 },
      pool: 'nobody-funds-it',
      matter: { kind: 'dcmm', facts: ['unheard'] },
    });
    const answer = await propose(faulty);
    expect(answer.status).toBe(400);
    const index = sample.items.findIndex(({ id }) => id === 'dcmm');
    const faults = json(answer)['errors'] as { path: string; messages: { en: string } }[];
    const paths = faults.map(({ path }) => path);
    for (const field of ['amount', 'pool', 'matter']) {
      expect(paths).toContainEqual(expect.stringMatching(`^guide\\.items\\.${index}\\.${field}\\b`));
    }
    const shape = await propose({ ...sample, version: 'next', year: 'soon' });
    expect(shape.status).toBe(400);
    expect((json(shape)['errors'] as { path: string }[]).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['guide.version', 'guide.year']),
    );
    expect(await published()).toEqual(before);
  });

  it('changes what is applied for from then on, and nothing that was filed before', async () => {
    const filed = await story.completeDraft(1);
    await story.submit(1, filed);
    const taskId = await story.task(filed);
    const material = { id: 'appendix', title: { zh: '附件', en: 'Appendix' }, formats: ['application/pdf'] };
    const asked = sample.items.find(({ id }) => id === 'dcmm')?.['materials'] ?? [];
    const guide = nextGuide('2026.2', {
      materials: [...(asked as Json[]), { ...material, maxBytes: 1_000_000 }],
    });
    const answer = await propose(guide);
    expect(answer.status).toBe(201);
    const { proposalId, contentHash } = json(answer);
    const path = `/v1/guide-proposals/${proposalId}`;
    const shown = json(await system.call('approver-1', 'GET', path));
    expect(shown).toMatchObject({ status: 'proposed', comparedWith: ['2026.1'], isCurrent: true });
    expect(shown['changes']).toContainEqual(
      expect.objectContaining({ path: 'items.dcmm.materials.appendix', effect: 'not-weaker' }),
    );
    const body = { outcome: 'confirm', contentHash };
    expect((await system.call('operator-2', 'POST', `${path}/decision`, { body })).status).toBe(403);
    const wrong = { ...body, contentHash: 'f'.repeat(64) };
    expect((await system.call('approver-1', 'POST', `${path}/decision`, { body: wrong })).status).toBe(412);
    const confirmed = await system.call('approver-1', 'POST', `${path}/decision`, { body });
    expect(json(confirmed)).toMatchObject({ status: 'confirmed', decidedBy: 'approver-1' });

    const measure = await eventually(
      async () => json(await system.call(undefined, 'GET', '/v1/measures/dcmm')),
      ({ guide: version }) => version === '2026.2',
    );
    expect(JSON.stringify(measure['materials'])).toContain('appendix');
    const submission = await eventually(
      async () => story.submit(2, await story.draft(2)),
      ({ body }) => JSON.stringify(body).includes('documents.appendix'),
    );
    expect([submission.status, json(submission)['code']]).toEqual([422, 'incomplete']);

    await story.decide(taskId, { outcome: 'approve', amountFen: 50_000_000 });
    const pooled = await story.reaches(1, filed, 'pooled');
    expect(pooled).toMatchObject({ guide: '2026.1', ceilingFen: 50_000_000 });

    const again = await propose(guide, 'operator-2');
    expect([again.status, again.body]).toEqual([201, confirmed.body]);
    const changed = await propose(nextGuide('2026.2', {}));
    expect([changed.status, json(changed)['code']]).toEqual([409, 'already-exists']);
    const whole = await system.call('operator-1', 'GET', '/v1/guides/2026.2');
    expect(json(whole)).toMatchObject({
      ...{ publishedBy: 'operator-1', confirmedBy: 'approver-1', proposalId },
      guide: { version: '2026.2' },
    });
    expect((await system.call('operator-1', 'GET', '/v1/guides/1999.1')).status).toBe(404);
  });

  it('is what an earlier application is copied under, which a colleague takes over', async () => {
    const source = await story.draft(3);
    const copies = `/v1/applications/${source}/copies`;
    const copy = () =>
      system.call('admin-3', 'POST', copies, { headers: { 'idempotency-key': 'copy-of-it' } });
    const [first, again] = [await copy(), await copy()];
    expect([first.status, again.status]).toEqual([201, 201]);
    const { application, toHandIn } = json(first) as { application: Json; toHandIn: Json[] };
    expect((json(again)['application'] as Json)['applicationId']).toBe(application['applicationId']);
    expect(application).toMatchObject({ status: 'draft', guide: '2026.2', holder: expect.any(String) });
    expect(toHandIn.map(({ material }) => material)).toContain('appendix');

    const path = `/v1/applications/${String(application['applicationId'])}`;
    const { holder } = json(await system.call('preparer-3', 'GET', `/v1/applications/${source}`));
    const offer = { body: { to: holder } };
    expect((await system.call('admin-3', 'POST', `${path}/handover`, offer)).status).toBe(200);
    expect((await system.call('admin-3', 'POST', `${path}/handover/acceptance`)).status).toBe(403);
    const taken = await system.call('preparer-3', 'POST', `${path}/handover/acceptance`);
    expect([taken.status, json(taken)['holder']]).toEqual([200, holder]);
    expect(await story.events(3, String(application['applicationId']))).toEqual([
      ...['copied', 'handover-offered', 'handed-over'],
    ]);
  });

  it('that has closed an item lets one organisation in by an exception that a second operator confirms', async () => {
    const drafts = [await story.completeDraft(4), await story.completeDraft(5)];
    const window = { opensAt: '2026-01-01T08:00:00+08:00', closesAt: '2026-01-02T08:00:00+08:00' };
    const { proposalId, contentHash: seen } = json(await propose(nextGuide('2026.3', { window })));
    const published = await system.call('approver-1', 'POST', `/v1/guide-proposals/${proposalId}/decision`, {
      body: { outcome: 'confirm', contentHash: seen },
    });
    expect(published.status).toBe(200);
    const body = await story.dcmm(4);
    await eventually(
      () => system.call('admin-4', 'POST', '/v1/eligibility-checks', { body }),
      (answer) => json(answer)['code'] === 'item-not-open',
    );
    expect((await story.submit(4, drafts[0] ?? '')).status).toBe(409);

    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { uscc } = await story.company(4);
    const proposed = await system.call('operator-1', 'POST', '/v1/late-exceptions', {
      headers: { 'idempotency-key': 'late-company-4' },
      body: {
        ...{ organisation: uscc, item: 'dcmm', until, citation: '三(三)' },
        reason: { zh: '系统故障致未能提交', en: 'The system failed, so that it could not be submitted' },
      },
    });
    expect(proposed.status).toBe(201);
    const { exceptionId, contentHash, stands } = json(proposed);
    expect(stands).toMatchObject({ guide: '2026.3' });
    const decide = (user: string) =>
      system.call(user, 'POST', `/v1/late-exceptions/${uscc}/dcmm/${String(exceptionId)}/decision`, {
        body: { decision: 'confirm', contentHash },
      });
    expect((await decide('operator-1')).status).toBe(403);
    expect((await decide('operator-2')).status).toBe(200);
    expect((await story.submit(4, drafts[0] ?? '')).status).toBe(202);
    expect((await story.submit(5, drafts[1] ?? '')).status).toBe(409);
    const listed = json(await system.call('auditor-1', 'GET', '/v1/late-exceptions'))['items'];
    expect(listed).toMatchObject([{ status: 'confirmed', used: { applicationId: drafts[0] } }]);
  });

  it('is still there after a restart, which publishes the sample again without effect', async () => {
    const before = await published();
    expect(before.map(({ version }) => version)).toContain('2026.1');
    await system.restart();
    expect(await published()).toEqual(before);
  });
});

it('a start whose guide is published with other content stops and says so', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'journey-'));
  const start = (guides: 'sample' | 'rehearsal') =>
    startInstance({ port: 0, dataDir, assemblyDir: inject('assemblyDir'), guides, log: () => {} });
  try {
    await (await start('sample')).stop();
    await expect(start('rehearsal')).rejects.toThrow(
      /^policy\/guides\/2026\.yaml was not published: guide 2026\.1 was published with other content.*--reset/s,
    );
    // The directory is free again.
    await (await start('sample')).stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 90_000);
