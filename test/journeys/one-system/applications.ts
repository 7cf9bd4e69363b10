import { beforeAll, describe, expect, it } from 'vitest';
import { declared } from '../../builders/content.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { eventually, json, Story, samplePdf } from '../../support/story.ts';

/** From drafts to awards, and how applications end. Companies 1 to 14. */
export function describeApplications(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let story: Story;
  beforeAll(() => {
    system = shared();
    story = new Story(system);
  });

  describe('from a draft to a committed award', () => {
    // Many steps, each with patience of its own.
    it('pays in proportion what the pool can, publishes it, and the money adds up', {
      timeout: 240_000,
    }, async () => {
      const [first, second] = await Promise.all([story.pooled(1), story.pooled(2)]);
      await story.fund(75_000_000);
      const planned = await story.plannedRound();
      expect(planned).toMatchObject({ candidateCount: 2, plannedFen: 75_000_000, residueFen: 0 });

      const self = await story.approvePlan(planned, 'operator-1');
      expect(self.status).toBe(403);
      expect((await story.approvePlan(planned)).status).toBe(200);

      const awarded = [[1, first] as const, [2, second] as const];
      await story.settled(String(planned['roundId']), awarded);
      for (const [number, applicationId] of awarded) {
        const closed = await story.reaches(number, applicationId, 'closed');
        expect(closed).toMatchObject({
          ...{ ceilingFen: 50_000_000, awardFen: 37_500_000 },
          ...{ orderedFen: 37_500_000, paidFen: 37_500_000 },
        });
      }
      const pool = json(await system.call('operator-1', 'GET', '/v1/pools/software-2026'));
      expect(pool).toMatchObject({
        appropriatedFen: 75_000_000,
        committedFen: 75_000_000,
        reservedFen: 0,
        availableFen: 0,
      });

      const awards = await system.call(undefined, 'GET', '/v1/awards');
      expect(awards.status).toBe(200);
      expect(json(awards)['items']).toHaveLength(2);
      const history = await system.call('preparer-1', 'GET', `/v1/applications/${first}/history?limit=100`);
      expect((json(history)['items'] as { to: string }[]).map((row) => row.to)).toEqual([
        'draft',
        'submitted',
        'sign-off',
        'deduplication',
        'pooled',
        'allocated',
        'noticed',
        'noticed',
        'ordered',
        'closed',
      ]);
    });
  });

  describe('what ends an application', () => {
    it('is ineligibility, with every unmet condition', async () => {
      const facts = { ...declared, level: 2, certificateNumber: 'X-2', certificateValidTo: '2029-12-31' };
      const applicationId = await story.completeDraft(3, { facts });
      await story.submit(3, applicationId);
      const ended = await story.reaches(3, applicationId, 'ineligible');
      expect(ended['reasons']).toMatchObject([{ code: 'level-3', citation: '二(二)6' }]);
    });

    it('is a refusal by the lead department, with its reason', async () => {
      const applicationId = await story.completeDraft(4);
      await story.submit(4, applicationId);
      const taskId = await story.task(applicationId);
      const decision = { outcome: 'refuse', reason: { zh: '证书无法核实' }, citation: '二(二)6' };
      expect((await story.decide(taskId, decision)).status).toBe(200);
      const ended = await story.reaches(4, applicationId, 'refused');
      expect(ended['reasons']).toMatchObject([{ message: { zh: '证书无法核实' }, citation: '二(二)6' }]);
    });

    it('is an award of another municipal scheme for the same matter', async () => {
      const { uscc, name } = await story.company(5);
      const csv = [
        'award_id,uscc,name,level,year,matter_kind,matter_detail,project_name,evidence,amount_yuan,status',
        `A-1,${uscc},${name},municipal,2025,dcmm,3,DCMM 贯标,,200000,granted`,
      ].join('\n');
      const answer = await fetch(
        `${system.current.url}/v1/registry/imports?scheme=${encodeURIComponent('穗示例〔2025〕1号')}`,
        {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await system.current.token('operator-1')}`,
            'content-type': 'text/csv',
          },
          body: csv,
        },
      );
      expect(await answer.json()).toMatchObject({ rows: 1, imported: 1, faults: [] });
      const applicationId = await story.completeDraft(5);
      await story.submit(5, applicationId);
      await story.decide(await story.task(applicationId), { outcome: 'approve', amountFen: 50_000_000 });
      const ended = await story.reaches(5, applicationId, 'duplicate');
      expect(JSON.stringify(ended['reasons'])).toContain('穗示例〔2025〕1号');
    });

    it('is a second application for the same matter, while the first holds the claim', async () => {
      const first = await story.pooled(6);
      const second = await story.completeDraft(6);
      await story.submit(6, second);
      await story.decide(await story.task(second), { outcome: 'approve', amountFen: 50_000_000 });
      await story.reaches(6, second, 'duplicate');
      expect((await story.application(6, first))['status']).toBe('pooled');
    });

    it('is a withdrawal, after which a decision is refused and the claim is free', async () => {
      const applicationId = await story.completeDraft(7);
      await story.submit(7, applicationId);
      const taskId = await story.task(applicationId);
      const withdrawal = await system.call(
        'admin-7',
        'POST',
        `/v1/applications/${applicationId}/withdrawal`,
        {
          body: {},
        },
      );
      expect(json(withdrawal)).toMatchObject({ status: 'withdrawn' });
      const late = await story.decide(taskId, { outcome: 'approve', amountFen: 1_000_000 });
      expect([late.status, json(late)['code']]).toEqual([409, 'task-closed']);
      expect((await story.application(7, applicationId))['status']).toBe('withdrawn');
    });
  });

  describe('documents', () => {
    it('of other bytes than declared are refused at the upload, and do not count for the submission', async () => {
      const applicationId = await story.draft(8);
      const file = samplePdf();
      const other = Buffer.from(file);
      other[other.length - 3] = 0x20;
      const { status, reason } = await story.upload(8, applicationId, 'certificate', file, other);
      expect([status, reason]).toEqual([400, 'BadDigest']);
      const [document] = await story.documents(8, applicationId);
      expect(document).toMatchObject({ status: 'awaiting-upload' });
      const submission = await story.submit(8, applicationId);
      expect(submission.status).toBe(422);
      expect(JSON.stringify(submission.body)).toContain('documents.certificate');
    });

    it('whose bytes are not their type are refused', async () => {
      const applicationId = await story.draft(9);
      await story.upload(
        9,
        applicationId,
        'certificate',
        Buffer.from('this is plain text, not a PDF at all'),
      );
      const [refused] = await eventually(
        () => story.documents(9, applicationId),
        ([document]) => document?.['status'] === 'refused',
      );
      expect(refused).toMatchObject({ status: 'refused', reason: { code: 'type-mismatch' } });
    });

    it('cannot be overwritten, nor sent in another size or type', async () => {
      const applicationId = await story.draft(10);
      const file = samplePdf();
      const { upload, status } = await story.upload(10, applicationId, 'certificate', file);
      expect(status).toBe(200);
      const put = (headers: Record<string, string>, body: Buffer) =>
        fetch(upload.url, {
          method: 'PUT',
          headers: { ...upload.headers, ...headers },
          body: new Uint8Array(body),
        });
      expect((await put({}, file)).status).toBe(412);
      expect((await put({ 'content-type': 'image/png' }, file)).status).toBe(403);
      expect(
        (await put({ 'content-length': String(file.length + 1) }, Buffer.concat([file, file.subarray(0, 1)])))
          .status,
      ).toBe(403);
    });

    it.each([
      ['of no bytes', { bytes: 0 }, 'bytes'],
      ['above the limit of the guide', { bytes: 52_428_801 }, 'bytes'],
      ['of a format that the guide does not take', { contentType: 'text/html' }, 'contentType'],
      ['that nobody asks for', { material: 'photo' }, 'material'],
    ])('%s are refused before the upload', async (_, change, path) => {
      const applicationId = await story.draft(11);
      const body = {
        material: 'certificate',
        fileName: 'a.pdf',
        contentType: 'application/pdf',
        bytes: 10,
        sha256: 'a'.repeat(64),
        ...change,
      };
      const answer = await system.call('preparer-11', 'POST', `/v1/applications/${applicationId}/documents`, {
        body,
      });
      expect(answer.status).toBe(400);
      expect((json(answer)['errors'] as { path: string }[]).map((fault) => fault.path)).toEqual([path]);
    });

    it('are shown to the reviewer through a link that opens the very bytes', async () => {
      const applicationId = await story.completeDraft(12);
      await story.submit(12, applicationId);
      const taskId = await story.task(applicationId);
      const task = json(await system.call('reviewer-miit-1', 'GET', `/v1/tasks/${taskId}`));
      const [document] = task['documents'] as { url: string; bytes: number }[];
      const opened = await fetch(String(document?.url));
      expect(opened.headers.get('content-type')).toBe('application/pdf');
      expect((await opened.arrayBuffer()).byteLength).toBe(document?.bytes);
    });
  });

  describe('races over HTTP', () => {
    it('twenty submissions at once under one key make one execution', async () => {
      const applicationId = await story.completeDraft(13);
      const answers = await Promise.all(Array.from({ length: 20 }, () => story.submit(13, applicationId)));
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
      await story.reaches(13, applicationId, 'sign-off');
      const history = await system.call('preparer-13', 'GET', `/v1/applications/${applicationId}/history`);
      const events = (json(history)['items'] as { event: string }[]).map((row) => row.event);
      expect(events).toEqual(['created', 'submitted', 'found-eligible']);
    });

    it('two reviewers at once: one decides, the other is told so', async () => {
      const applicationId = await story.completeDraft(14);
      await story.submit(14, applicationId);
      const taskId = await story.task(applicationId);
      const answers = await Promise.all([
        story.decide(taskId, { outcome: 'approve', amountFen: 1_000_000 }, 'reviewer-miit-1'),
        story.decide(taskId, { outcome: 'approve', amountFen: 2_000_000 }, 'reviewer-miit-2'),
      ]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
      await story.reaches(14, applicationId, 'pooled');
    });
  });
}
