import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyInstance } from '../../support/instance.ts';
import { eventually, type Json, json, Story, samplePdf } from '../../support/story.ts';

/** The reviewers’ inbox and a course of many steps. Companies 2 and 13, for another item. */
export function describeReview(shared: () => JourneyInstance): void {
  const item = 'core-tech-a';
  const company = 2;

  let system: JourneyInstance;
  let story: Story;
  let district: string;
  beforeAll(async () => {
    system = shared();
    story = new Story(system);
    district = (await story.company(company)).uscc.slice(2, 8);
  });

  const found = async (user: string, query: string): Promise<Json[]> =>
    json(await system.call(user, 'GET', `/v1/tasks?${query}`))['items'] as Json[];

  describe('an application', () => {
    it('is found in the inbox of its district, taken, drafted on, recommended in a batch and ranked', async () => {
      const reviewer = `district-${district}-1`;
      const { name } = await story.company(company);
      const q = `q=${encodeURIComponent(name.slice(4, 8))}`;
      const applicationId = await story.completeDraft(company, await story.qualifying(company, item));
      expect((await story.submit(company, applicationId)).status).toBe(202);

      const [task] = await eventually(
        () => found(reviewer, q),
        (tasks) => tasks.length === 1,
      );
      expect(task).toMatchObject({
        applicationId,
        organisationName: name,
        item,
        district,
        kind: 'recommend',
      });
      const taskId = String(task?.['taskId']);
      const path = `/v1/tasks/${taskId}`;
      expect(json(await system.call(reviewer, 'GET', '/v1/tasks/counts'))).toEqual({
        open: 1,
        overdue: 0,
        dueSoon: 0,
        mine: 0,
        byItem: { [item]: 1 },
        byKind: { recommend: 1 },
        byDistrict: { [district]: 1 },
      });

      expect(json(await system.call(reviewer, 'POST', `${path}/assignment`))['assignee']).toBe(reviewer);
      await eventually(
        () => found(reviewer, 'mine=true'),
        (tasks) => tasks.length === 1,
      );
      const fields = { reason: '材料齐全' };
      await system.call(reviewer, 'PUT', `${path}/draft`, { body: { fields } });
      const shown = json(await system.call(reviewer, 'GET', path));
      expect(shown['draft']).toMatchObject({ fields });

      const decision = { outcome: 'recommend', contentHash: shown['contentHash'] };
      const batch = { body: { decisions: [{ taskId, decision }] } };
      for (const _ of ['sent', 'sent again']) {
        const answer = await system.call(reviewer, 'POST', '/v1/task-decisions', batch);
        expect(json(answer)['results']).toEqual([{ taskId, status: 'done' }]);
      }
      await eventually(
        () => found(reviewer, q),
        (tasks) => tasks.length === 0,
      );

      const before = await system.call(reviewer, 'GET', `/v1/rankings/${item}`);
      const ranked = await system.call(reviewer, 'PUT', `/v1/rankings/${item}`, {
        headers: { 'if-match': before.headers.get('etag') ?? '' },
        body: { order: [applicationId] },
      });
      expect([ranked.status, ranked.headers.get('etag')]).toEqual([200, '"1"']);

      const leadTask = await story.task(applicationId, 'reviewer-sti-1');
      const detail = json(await system.call('reviewer-sti-1', 'GET', `/v1/tasks/${leadTask}`));
      expect(detail['districtRank']).toEqual({ rank: 1, of: 1 });
      expect(detail).not.toHaveProperty('draft');
      await eventually(
        () => found('reviewer-sti-1', `${q}&district=${district}&item=${item}&kind=approve`),
        (tasks) => tasks.length === 1,
      );
    });
  });

  describe('the course of a core technology', () => {
    const number = 13;
    let applicationId: string;
    let reviewer: string;
    const users = { admin: `admin-${number}`, preparer: `preparer-${number}` };

    const path = (rest = '') => `/v1/applications/${applicationId}${rest}`;
    const detailOf = async (user: string, taskId: string) =>
      json(await system.call(user, 'GET', `/v1/tasks/${taskId}`));
    const history = async () =>
      (json(await system.call(users.preparer, 'GET', path('/history?limit=100')))['items'] as Json[]).map(
        ({ event }) => event,
      );

    /** Recommended by the district; two lead departments are asked side by side. */
    async function recommend(): Promise<void> {
      reviewer = `district-${(await story.company(number)).uscc.slice(2, 8)}-1`;
      const body = await story.qualifying(number, item);
      applicationId = await story.completeDraft(number, body);
      const own = await system.call(users.preparer, 'POST', path('/submission'), {
        headers: { 'idempotency-key': 'by-the-preparer' },
      });
      expect(own.status).toBe(403);
      expect((await story.submit(number, applicationId)).status).toBe(202);
      const recommendation = await story.task(applicationId, reviewer);
      expect((await story.decide(recommendation, { outcome: 'recommend' }, reviewer)).status).toBe(200);
      const [sti, miit] = await Promise.all([
        story.task(applicationId, 'reviewer-sti-1'),
        story.task(applicationId, 'reviewer-miit-1'),
      ]);
      const detail = await detailOf('reviewer-sti-1', sti);
      expect(detail['decisions']).toMatchObject([
        { kind: 'recommend', decision: { outcome: 'recommended', basis: { submission: 1 } } },
      ]);
      const approval = await story.decide(miit, { outcome: 'approve', amountFen: 300_000_000 });
      expect(approval.status).toBe(200);
    }

    /** Returned once: the company hears what, why and until when. */
    async function sendBack(): Promise<void> {
      const taskId = await story.task(applicationId, 'reviewer-sti-1');
      const empty = await story.decide(taskId, { outcome: 'return', items: [] }, 'reviewer-sti-1');
      expect([empty.status, json(empty)['code']]).toEqual([400, 'invalid-request']);
      const items = [
        { path: 'documents.transfer-contract', reason: { zh: '缺少签章页' }, citation: '二(一)1' },
        { path: 'facts.transferSignedOn', reason: { zh: '与合同不一致' } },
      ];
      expect((await story.decide(taskId, { outcome: 'return', items }, 'reviewer-sti-1')).status).toBe(200);
      const returned = await story.application(number, applicationId);
      expect(returned).toMatchObject({
        status: 'returned',
        correction: { round: 1, items, dueAt: expect.any(String), lapsesAt: expect.any(String) },
      });
      const messages = await eventually(
        async () =>
          json(await system.call(users.admin, 'GET', '/v1/notifications?limit=100'))['items'] as Json[],
        (seen) => seen.some(({ type }) => type === 'ApplicationReturned'),
      );
      expect(messages.find(({ type }) => type === 'ApplicationReturned')).toMatchObject({
        channel: 'organisation',
        read: false,
      });
    }

    /** Corrected where it was returned and nowhere else, and submitted again. */
    async function correct(): Promise<void> {
      const { content, version } = await story.application(number, applicationId);
      const before = content as { facts: Json };
      const put = (body: Json, etag = `"${version}"`) =>
        system.call(users.preparer, 'PUT', path(), { body, headers: { 'if-match': etag } });
      const elsewhere = await put({ ...before, projectName: '另一个项目名称' });
      expect(elsewhere.status).toBe(400);
      expect(json(elsewhere)['errors']).toMatchObject([{ path: 'projectName', rule: 'open-to-correction' }]);
      const facts = { ...before.facts, transferSignedOn: '2025-12-01' };
      expect((await put({ ...before, facts })).status).toBe(200);

      const old = (await story.documents(number, applicationId)).find(
        ({ material }) => material === 'transfer-contract',
      );
      const removed = await system.call(users.preparer, 'DELETE', path(`/documents/${old?.['documentId']}`));
      expect(removed.status).toBe(204);
      await story.upload(number, applicationId, 'transfer-contract', samplePdf());
      await eventually(
        () => story.documents(number, applicationId),
        (documents) => documents.every(({ status }) => status === 'accepted' || status === 'superseded'),
      );
      const again = await story.submit(number, applicationId);
      expect([again.status, json(again)['code']]).toEqual([422, 'idempotency-key-reused']);
      expect((await story.submit(number, applicationId, `corrected-${applicationId}`)).status).toBe(202);
      await story.reaches(number, applicationId, 'sign-off');
    }

    /** What was approved before is void; reviewers see what has changed, and approve. */
    async function approve(): Promise<void> {
      const late = await system.call(
        'reviewer-miit-1',
        'POST',
        `/v1/tasks/${applicationId}.1.2.gz-sti.2/decision`,
        {
          body: { outcome: 'approve', amountFen: 1, contentHash: '' },
        },
      );
      expect(late.status).toBe(403);
      const taskId = await story.task(applicationId, reviewer);
      expect(await detailOf(reviewer, taskId)).toMatchObject({
        submission: 2,
        changed: ['documents.transfer-contract', 'facts.transferSignedOn'],
        decisions: [],
      });
      await story.decide(taskId, { outcome: 'recommend' }, reviewer);
      const sti = await story.task(applicationId, 'reviewer-sti-1');
      const old = await system.call(
        'reviewer-sti-1',
        'POST',
        `/v1/tasks/${applicationId}.1.2.gz-sti.2/decision`,
        {
          body: { outcome: 'approve', amountFen: 1, contentHash: 'a'.repeat(64) },
        },
      );
      // That task ended with the return; nothing is decided on it any more.
      expect([old.status, json(old)['code']]).toEqual([409, 'task-decided']);
      const stale = await story.decide(
        sti,
        { outcome: 'approve', amountFen: 250_000_000, contentHash: 'a'.repeat(64) },
        'reviewer-sti-1',
      );
      expect([stale.status, json(stale)['code']]).toEqual([409, 'basis-changed']);
      await story.decide(sti, { outcome: 'approve', amountFen: 250_000_000 }, 'reviewer-sti-1');
      const miit = await story.task(applicationId, 'reviewer-miit-1');
      await story.decide(miit, { outcome: 'approve', amountFen: 300_000_000 });
      expect(await story.reaches(number, applicationId, 'pooled')).toMatchObject({ ceilingFen: 250_000_000 });
      expect(await history()).toEqual(
        expect.arrayContaining(['submitted', 'returned', 'corrected', 'recommended', 'signed-off']),
      );
    }

    // Many steps, each with patience of its own.
    it('goes through the district, two departments, a return and its correction to the pool', {
      timeout: 120_000,
    }, async () => {
      await recommend();
      await sendBack();
      await correct();
      await approve();
      const { items } = json(
        await system.call('auditor-1', 'GET', `/v1/audit/applications/${applicationId}/history`),
      ) as { items: unknown[] };
      expect(items.length).toBeGreaterThan(12);
    });
  });

  describe('a refused open-source project', () => {
    const number = 10;
    const admin = `admin-${number}`;
    let applicationId: string;

    const told = async (type: string) =>
      eventually(
        async () => json(await system.call(admin, 'GET', '/v1/notifications?limit=100'))['items'] as Json[],
        (seen) => seen.some((one) => one['type'] === type),
      );
    const ask = (grounds = '付款凭证与发票齐全，审核意见有误。', user = admin) =>
      system.call(user, 'POST', `/v1/applications/${applicationId}/reconsideration`, { body: { grounds } });
    const answer = async (user: string, taskId: string, outcome: string) => {
      const { contentHash } = json(await system.call(user, 'GET', `/v1/tasks/${taskId}`));
      return system.call(user, 'POST', `/v1/tasks/${taskId}/reconsideration`, {
        body: { outcome, reason: { zh: '凭证齐全' }, citation: '二(一)3', contentHash },
      });
    };
    const refusal = { outcome: 'refuse', reason: { zh: '投入无法核实' }, citation: '二(一)3' };

    async function refuse(): Promise<void> {
      applicationId = await story.completeDraft(number, await story.qualifying(number, 'open-source'));
      await story.submit(number, applicationId);
      expect((await story.decide(await story.task(applicationId), refusal)).status).toBe(200);
      const refused = await story.application(number, applicationId);
      expect(refused).toMatchObject({
        status: 'refused',
        reconsideration: { department: 'gz-miit', askBefore: expect.any(String) },
      });
      expect(refused['reconsideration']).not.toHaveProperty('asked');
      await told('ApplicationRefused');
    }

    async function overturn(): Promise<void> {
      expect((await ask('理由太短')).status).toBe(400);
      expect((await ask(undefined, `preparer-${number}`)).status).toBe(403);
      const [first, again] = [await ask(), await ask()];
      expect([first.status, again.status, json(again)['version']]).toEqual([
        200,
        200,
        json(first)['version'],
      ]);
      const other = await ask('另有其他理由，请一并复核。');
      expect([other.status, json(other)['code']]).toEqual([409, 'already-exists']);
      await told('ReconsiderationRequested');
      const taskId = await story.task(applicationId, 'reviewer-miit-2');
      const [shown] = await eventually(
        () => found('reviewer-miit-2', 'kind=reconsider'),
        (tasks) => tasks.length === 1,
      );
      expect(shown).toMatchObject({ taskId, kind: 'reconsider', dueAt: expect.any(String) });
      const own = await answer('reviewer-miit-1', taskId, 'uphold');
      expect([own.status, json(own)['code']]).toEqual([403, 'same-person']);
      expect((await answer('reviewer-miit-2', taskId, 'overturn')).status).toBe(200);
      expect((await answer('reviewer-miit-2', taskId, 'overturn')).status).toBe(200);
      const contrary = await answer('reviewer-miit-2', taskId, 'uphold');
      expect([contrary.status, json(contrary)['code']]).toEqual([409, 'task-decided']);
      await told('RefusalOverturned');
      await story.reaches(number, applicationId, 'sign-off');
    }

    /** Refused once more, by another person: this time it stands. */
    async function uphold(): Promise<void> {
      const [task] = await eventually(
        () => found('reviewer-miit-1', 'kind=approve&item=open-source'),
        (tasks) => tasks.some((one) => one['applicationId'] === applicationId),
      );
      expect((await story.decide(String(task?.['taskId']), refusal)).status).toBe(200);
      await story.reaches(number, applicationId, 'refused');
      expect((await ask('第二次不予支持的理由同样有误。')).status).toBe(200);
      const taskId = await story.task(applicationId, 'miit-lead-1');
      const before = await answer('reviewer-miit-2', taskId, 'uphold');
      expect([before.status, json(before)['code']]).toEqual([403, 'same-person']);
      expect((await answer('miit-lead-1', taskId, 'uphold')).status).toBe(200);
      expect(await story.application(number, applicationId)).toMatchObject({
        status: 'refused',
        reconsideration: { upheld: { reason: { zh: '凭证齐全' }, citation: '二(一)3' } },
      });
      await told('RefusalUpheld');
    }

    it('is reconsidered by people who had no part in it, once for each refusal', {
      timeout: 120_000,
    }, async () => {
      await refuse();
      await overturn();
      await uphold();
    });
  });
}
