import { beforeEach, describe, expect, it } from 'vitest';
import { announce } from '../../../../functions/filing/announcements/announce.ts';
import { AnnouncementStore } from '../../../../functions/filing/announcements/announcement-store.ts';
import { announcementView } from '../../../../functions/filing/announcements/announcement-view.ts';
import { sendAnnouncement } from '../../../../functions/filing/announcements/send-announcement.ts';
import { ToldStore } from '../../../../functions/filing/announcements/told-store.ts';
import { ItemListing } from '../../../../functions/filing/applications/item-listing.ts';
import { EventRows } from '../../../../functions/news/domain-events/event-rows.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import type { AnnouncementPage } from '../../../../functions/shared/outbox.ts';
import { applications } from '../../../../functions/shared/tables.ts';
import { dcmmContent, growthContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';
import { storedDraft } from '../../../support/stored-draft.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeEach(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  return () => database.stop();
});

const words = {
  title: { zh: '补充说明', en: 'A note' },
  text: { zh: '请注意证书有效期。', en: 'Please mind how long a certificate is valid.' },
};
const parts = () => ({
  ...rooms,
  announcements: new AnnouncementStore(rooms.tables.messages),
  records: new IdempotencyRecords(rooms.tables.messages),
  filed: new ItemListing(rooms.tables.applications),
  told: new ToldStore(rooms.tables.applications),
});
const write = (idempotencyKey = 'key-00001', item = 'dcmm') =>
  announce(parts(), people.operator, { item, ...words, idempotencyKey });

/** Does what the outbox asks for, each message as often as is said, until it asks for nothing more. */
async function relay(announcementId: string, times = 1, done = new Set<string>()): Promise<number> {
  const fresh = (await rooms.pending(announcementId)).filter(({ pk }) => !done.has(pk));
  for (const { pk, message } of fresh) {
    done.add(pk);
    const sends = Array.from({ length: times }, () => sendAnnouncement(parts(), message as AnnouncementPage));
    await Promise.all(sends);
  }
  return fresh.length > 0 ? relay(announcementId, times, done) : done.size;
}

async function told(applicationId: string): Promise<unknown[]> {
  const items = await rooms.tables.applications.all(applications.entities.announced.of({ applicationId }));
  return items.map((item) => item['told']);
}

describe('what an operator writes to everybody of an item', () => {
  it('reaches every draft and application of it once, page by page, though each page is asked for twice at once', async () => {
    const drafts = [];
    for (let number = 0; number < 130; number += 1) drafts.push(await storedDraft(rooms));
    const other = await storedDraft(rooms, growthContent());
    const sent = await write();
    expect(await relay(sent.announcementId, 2)).toBe(2);
    const state = announcementView(await parts().announcements.require(sent.announcementId));
    expect(state).toMatchObject({ status: 'sent', told: 130, sentBy: 'operator', item: 'dcmm', ...words });
    for (const { applicationId } of drafts) expect(await told(applicationId)).toHaveLength(1);
    expect(await told(other.applicationId)).toEqual([]);
  });

  it('is sent once under a key, and kept with who sent it', async () => {
    const first = await write();
    const [again, other] = [await write(), await write('key-00002')];
    expect(again.announcementId).toBe(first.announcementId);
    expect(other.announcementId).not.toBe(first.announcementId);
    expect(await rooms.pending(first.announcementId)).toHaveLength(1);
    await expect(
      announce(parts(), people.secondOperator, { item: 'dcmm', ...words, idempotencyKey: 'key-00001' }),
    ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    const { items } = await parts().announcements.page({ limit: 10 });
    expect(items.map(({ announcementId }) => announcementId)).toEqual([
      other.announcementId,
      first.announcementId,
    ]);
  });

  it('is made once by two requests at once', async () => {
    const both = await Promise.all([write(), write()]);
    expect(new Set(both.map(({ announcementId }) => announcementId)).size).toBe(1);
  });

  it('shows how far it has come, and goes on where a page stopped before it was noted', async () => {
    await storedDraft(rooms);
    const { announcementId } = await write();
    const page = { type: 'send-announcement', announcementId, page: 0 } as const;
    const announcements = parts().announcements;
    const stopping = Object.assign(Object.create(announcements), {
      require: announcements.require.bind(announcements),
      progress: announcements.progress.bind(announcements),
      write: () => Promise.reject(new Error('stopped')),
    }) as AnnouncementStore;
    await expect(sendAnnouncement({ ...parts(), announcements: stopping }, page)).rejects.toThrow('stopped');
    expect(announcementView(await write())).toMatchObject({ status: 'sending', told: 0 });
    await sendAnnouncement(parts(), page);
    await sendAnnouncement(parts(), page);
    expect(announcementView(await write())).toMatchObject({ status: 'sent', told: 1 });
  });

  it('has one event for an organisation, whichever of its applications is told', async () => {
    const drafts = [await storedDraft(rooms), await storedDraft(rooms)];
    const foreign = await storedDraft(rooms, dcmmContent(), '914403001922038216');
    const { announcementId } = await write();
    await relay(announcementId);
    const rows = new EventRows(rooms.tables.applications, rooms.tables.budget);
    const ids = [];
    for (const { applicationId } of [...drafts, foreign]) {
      const key = applications.entities.announced.key({ applicationId, announcementId });
      const event = await rows.event(key, rows.subject(applicationId));
      expect(event).toMatchObject({ type: 'AnnouncementSent', applicationId, ...words });
      ids.push(event?.id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  it('is refused for an item of no guide', async () => {
    await expect(write('key-00001', 'nothing-of-it')).rejects.toMatchObject({ code: 'not-found' });
  });
});
