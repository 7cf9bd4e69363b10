import { beforeAll, describe, expect, it } from 'vitest';
import { eventTypes } from '../../../functions/news/domain-events/domain-event.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { eventually, type Json, json, Story } from '../../support/story.ts';

/** What people hear, and where. Companies 17 and 19. */
export function describeMessages(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let story: Story;
  beforeAll(() => {
    system = shared();
    story = new Story(system);
  });

  async function messages(user: string): Promise<Json[]> {
    const answer = await system.call(user, 'GET', '/v1/notifications?limit=100');
    return json(answer)['items'] as Json[];
  }
  const unread = async (user: string) => json(await system.call(user, 'GET', '/v1/notifications/unread'));
  const typesAbout = (items: readonly Json[], applicationId: string) =>
    items.filter(({ id }) => String(id).startsWith(applicationId)).map(({ type }) => type);
  const mails = async () => (await fetch(system.current.mailUrl)).text();

  describe('people', () => {
    it('hear of what concerns them, once, in the portal and by the mail that they asked for', async () => {
      const body = { email: 'admin@company-17.example.com', language: 'zh' };
      expect((await system.call('admin-17', 'PUT', '/v1/me/contact', { body })).status).toBe(200);
      expect((await system.call('admin-17', 'GET', '/v1/me/contact')).body).toEqual(body);
      expect((await system.call('preparer-17', 'GET', '/v1/me/contact')).status).toBe(404);

      const applicationId = await story.completeDraft(17);
      await story.submit(17, applicationId);
      const taskId = await story.task(applicationId);
      await eventually(
        () => messages('reviewer-miit-2'),
        (items) => items.some(({ id }) => id === taskId),
      );
      const decision = { outcome: 'refuse', reason: { zh: '证书无法核实' }, citation: '二(二)6' };
      expect((await story.decide(taskId, decision)).status).toBe(200);
      const told = ['ApplicationRefused', 'ApplicationSubmitted'];
      for (const user of ['admin-17', 'preparer-17']) {
        const items = await eventually(
          () => messages(user),
          (found) => typesAbout(found, applicationId).length === told.length,
        );
        expect(typesAbout(items, applicationId)).toEqual(told);
      }
      expect(typesAbout(await messages('admin-2'), applicationId)).toEqual([]);

      const page = await eventually(mails, (text) => text.split('<article>').length === told.length + 1);
      expect(page).toContain('申报未获通过 / Application refused');
      expect(page).not.toContain('证书无法核实');
      // Nobody else asked, and no address is in any log.
      expect(page.match(/→ [^<]+/g)).toEqual(told.map(() => '→ admin@company-17.example.com'));
      expect(system.logs.join('\n')).not.toContain('admin@company-17.example.com');
    });

    it('mark what they have read, each for themselves', async () => {
      const [newest] = await messages('admin-17');
      expect(await unread('admin-17')).toMatchObject({ unread: 2, channels: { organisation: 2 } });
      const body = { upTo: newest?.['receivedAt'] };
      expect((await system.call('admin-17', 'POST', '/v1/notifications/read', { body })).status).toBe(204);
      expect(await unread('admin-17')).toMatchObject({ unread: 0 });
      expect(await unread('preparer-17')).toMatchObject({ unread: 2 });
    });

    it('who want no mails any more get none', async () => {
      expect((await system.call('admin-17', 'DELETE', '/v1/me/contact')).status).toBe(204);
      expect((await system.call('admin-17', 'GET', '/v1/me/contact')).status).toBe(404);
    });
  });

  describe('what an operator writes to everybody of an item', () => {
    it('reaches whoever has a draft or an application of it, and the operator sees how far it has come', async () => {
      const item = 'first-release';
      const applicationId = await story.completeDraft(17, await story.qualifying(17, item));
      expect((await story.submit(17, applicationId)).status).toBe(202);
      await story.draft(19, await story.qualifying(19, item));
      const body = {
        title: { zh: '补充说明', en: 'A note' },
        text: { zh: '请注意证书有效期。', en: 'Please mind how long a certificate is valid.' },
      };
      const headers = { 'idempotency-key': 'announcement-1' };
      const path = `/v1/items/${item}/announcements`;
      const [made, again] = [
        await system.call('operator-1', 'POST', path, { body, headers }),
        await system.call('operator-1', 'POST', path, { body, headers }),
      ];
      expect([made.status, again.status]).toEqual([202, 202]);
      const { announcementId } = json(made);
      expect(json(again)['announcementId']).toBe(announcementId);
      for (const user of ['admin-17', 'preparer-19']) {
        const items = await eventually(
          () => messages(user),
          (found) => found.some(({ type }) => type === 'AnnouncementSent'),
        );
        expect(items.filter(({ type }) => type === 'AnnouncementSent')).toMatchObject([
          { title: body.title },
        ]);
      }
      const sent = await eventually(
        async () => json(await system.call('operator-2', 'GET', `/v1/announcements/${announcementId}`)),
        ({ status }) => status === 'sent',
      );
      expect(sent).toMatchObject({ told: 2, ...body });
      const { en: _, ...halfText } = body.text;
      const half = { ...body, text: halfText };
      expect((await system.call('operator-1', 'POST', path, { body: half, headers })).status).toBe(400);
    });
  });

  describe('the schemas of events', () => {
    it('are there for everybody', async () => {
      const answer = await system.call(undefined, 'GET', '/v1/event-schemas');
      expect(answer.status).toBe(200);
      expect((json(answer)['events'] as Json[]).map(({ type }) => type)).toEqual(eventTypes);
    });
  });

  describe('reminders', () => {
    it('are looked for by a function that finds nothing to say of tasks that are not due', async () => {
      const name = system.current.functionNames.find((one) => one.includes('remind-reviewers'));
      expect(await system.current.invoke(String(name), {})).toEqual({ payload: { reminded: 0 } });
      const applicants = system.current.functionNames.find((one) => one.includes('remind-applicants'));
      expect(await system.current.invoke(String(applicants), {})).toEqual({ payload: { reminded: 0 } });
    });
  });
}
