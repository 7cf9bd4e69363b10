import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '../../../../functions/news/domain-events/domain-event.ts';
import { channelOf } from '../../../../functions/news/messages/channel.ts';
import { ContactStore } from '../../../../functions/news/messages/contact-store.ts';
import {
  countUnread,
  listNotifications,
  markRead,
} from '../../../../functions/news/messages/list-notifications.ts';
import { NotificationStore } from '../../../../functions/news/messages/notification-store.ts';
import { notify } from '../../../../functions/news/messages/notify.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { dueSoonEvent, submittedEvent } from '../../../builders/domain-event.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, type Rooms, today } from '../../../support/rooms.ts';

const { notice } = compiled;
let database: TestDynamoDb;
let rooms: Rooms;
let store: NotificationStore;
let contacts: ContactStore;
let serial = 0;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  store = new NotificationStore(rooms.tables.messages);
  contacts = new ContactStore(rooms.tables.messages);
});
afterAll(() => database.stop());
beforeEach(() => {
  rooms.setClock(today);
  serial += 1;
});

/** People of companies and departments of their own in each test. */
const admin = (): Actor => ({
  id: `admin-${serial}`,
  roles: ['organisation-admin'],
  organisation: `C${serial}`,
});
const colleague = (): Actor => ({ ...admin(), id: `colleague-${serial}`, roles: ['preparer'] });
const reviewer = (): Actor => ({
  id: `reviewer-${serial}`,
  roles: ['lead-reviewer'],
  department: `department-${serial}`,
});

const submitted = (version = 2) => submittedEvent({ organisation: `C${serial}`, version });
const dueSoon = () =>
  dueSoonEvent({
    ...{ organisation: `C${serial}`, department: `department-${serial}`, assignee: reviewer().id },
  });

const told = (event: DomainEvent) => notify({ store, notice, clock: rooms.clock }, event);
const later = (seconds: number) => rooms.setClock(new Date(today.getTime() + seconds * 1000));
const list = (actor: Actor, limit = 20, cursor?: string) =>
  listNotifications(store, actor, { limit, cursor });

describe('messages', () => {
  it('reach everybody of the organisation, once however often the event comes', async () => {
    const event = submitted();
    await Promise.all([told(event), told(event), told(event)]);
    later(5);
    await told(event);
    for (const actor of [admin(), colleague()]) {
      expect((await list(actor)).items).toEqual([
        expect.objectContaining({ id: event.id, channel: 'organisation', read: false }),
      ]);
    }
    expect((await list({ ...admin(), organisation: 'SOMEBODY-ELSE' })).items).toEqual([]);
    expect((await list(reviewer())).items).toEqual([]);
  });

  it('stand once in a list, though they came to the department and to the person', async () => {
    await told(dueSoon());
    const { items } = await list(reviewer());
    expect(items).toHaveLength(1);
    const { link } = items[0] ?? {};
    expect(link).toMatch(/^\/tasks\//);
  });

  it('of an organisation or a department are for those alone who act for it', async () => {
    await told(submitted());
    later(1);
    await told({ ...dueSoon(), assignee: 'somebody-else' });
    const employed: Actor = { ...admin(), id: 'adviser', roles: ['expert'] };
    const attached: Actor = { ...reviewer(), id: 'clerk', roles: ['operator', 'budget-approver'] };
    const misplaced: Actor = { ...reviewer(), id: 'misplaced', roles: ['district-reviewer'] };
    for (const actor of [employed, attached, misplaced]) expect((await list(actor)).items).toEqual([]);
    expect((await list({ ...reviewer(), roles: ['department-lead'] })).items).toHaveLength(1);
  });

  it('are listed newest first across channels, page by page, without a gap or a repetition', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      later(index);
      const event = submitted();
      await told(
        index % 2 === 0
          ? event
          : {
              ...event,
              type: 'ExpertInvited',
              expert: admin().id,
            },
      );
      ids.unshift(event.id);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(admin(), 3, cursor);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  it('are not shown to whoever brings a cursor of somebody else', async () => {
    await told(submitted());
    later(1);
    await told(submitted());
    const { nextCursor } = await list(admin(), 1);
    await expect(list(reviewer(), 1, nextCursor)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('are not looked for elsewhere in the table by a cursor that was made up', async () => {
    await told(submitted());
    later(1);
    await told(submitted());
    const { nextCursor = '' } = await list(admin(), 1);
    const given = JSON.parse(Buffer.from(nextCursor, 'base64url').toString('utf8'));
    for (const sk of ['CONTACT', 'RECIPIENT#z', 'MESSAGE']) {
      const forged = Buffer.from(JSON.stringify({ ...given, at: { sk } })).toString('base64url');
      await expect(list(admin(), 1, forged)).rejects.toMatchObject({ code: 'invalid-request' });
    }
  });

  it('are kept for a year', async () => {
    const event = submitted();
    await told(event);
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.messages }));
    const mine = Items.filter((item) => JSON.stringify(item).includes(event.id));
    expect(mine).toHaveLength(2);
    for (const item of mine) expect(item['expiresAt']).toBe(today.getTime() / 1000 + 365 * 86_400);
  });
});

describe('what is read', () => {
  const parts = () => ({ store, clock: rooms.clock });

  it('is one person’s matter, up to an instant', async () => {
    await told(submitted());
    later(10);
    await told(submitted());
    const [, older] = (await list(admin())).items;
    await markRead(parts(), admin(), older?.receivedAt ?? '');
    expect((await list(admin())).items.map(({ read }) => read)).toEqual([false, true]);
    expect(await countUnread(store, admin())).toEqual({
      unread: 1,
      more: false,
      channels: { organisation: 1, person: 0 },
    });
    expect((await countUnread(store, colleague())).unread).toBe(2);
  });

  it('never goes back, and never reaches into the future', async () => {
    await told(submitted());
    await markRead(parts(), admin(), '2030-01-01T00:00:00.000Z');
    await markRead(parts(), admin(), '2020-01-01T00:00:00.000Z');
    expect((await countUnread(store, admin())).unread).toBe(0);
    later(1);
    await told(submitted());
    expect((await countUnread(store, admin())).unread).toBe(1);
  });

  it('leaves a message unread that comes late about something old', async () => {
    await told(submitted());
    await markRead(parts(), admin(), today.toISOString());
    later(3600);
    await told({ ...submitted(), at: '2026-11-01T00:00:00.000Z' });
    expect(await countUnread(store, admin())).toMatchObject({ unread: 1 });
    expect((await list(admin())).items.map(({ read }) => read)).toEqual([false, true]);
  });

  it('is counted no further than a hundred, by reads that do not grow', async () => {
    for (let index = 0; index < 103; index += 1) await told(submitted());
    const sent = vi.spyOn(rooms.client, 'send');
    expect(await countUnread(store, admin())).toMatchObject({ unread: 100, more: true });
    expect(sent).toHaveBeenCalledTimes(3);
    sent.mockRestore();
  });
});

describe('contacts', () => {
  const set = (actor: Actor, email: string) => contacts.set(actor, { email, language: 'zh' }, rooms.clock());
  const follow = (actor: Actor) => contacts.follow(actor, rooms.clock());
  const days = (count: number) => later(count * 86_400);
  const organisation = () => channelOf('organisation', `C${serial}`);

  it('are there when the person gave one, and in the channels of the present only', async () => {
    expect(await contacts.get(admin().id)).toBeUndefined();
    await set(admin(), 'a@example.com');
    expect(await contacts.get(admin().id)).toEqual({ email: 'a@example.com', language: 'zh' });
    expect(await contacts.recipients(organisation())).toEqual([
      { person: admin().id, contact: { email: 'a@example.com', language: 'zh' } },
    ]);
    await set({ ...admin(), organisation: `OTHER-${serial}` }, 'a@example.com');
    expect(await contacts.recipients(organisation())).toEqual([]);
  });

  it('move with the person, and leave what the person has left', async () => {
    await follow(admin());
    expect(await contacts.recipients(organisation())).toEqual([]);
    await set(admin(), 'a@example.com');
    await follow({ ...admin(), organisation: `OTHER-${serial}` });
    expect(await contacts.recipients(organisation())).toEqual([]);
    expect(await contacts.recipients(channelOf('organisation', `OTHER-${serial}`))).toHaveLength(1);
  });

  it('are not brought back by looking at messages while the person forgets them', async () => {
    const moved = { ...admin(), organisation: `OTHER-${serial}` };
    for (let round = 0; round < 5; round += 1) {
      await set(admin(), 'forgotten@example.com');
      await Promise.all([follow(moved), contacts.remove(admin().id)]);
      await contacts.remove(admin().id);
      const { Items } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.messages }));
      expect(JSON.stringify(Items)).not.toContain('forgotten@example.com');
    }
  });

  it('run out after a year in which the person has not come', async () => {
    const expiryOf = async () => {
      const { Items = [] } = await rooms.client.send(
        new ScanCommand({ TableName: rooms.tableNames.messages }),
      );
      const copies = Items.filter(
        ({ pk, sk }) => pk === organisation() && String(sk).startsWith('RECIPIENT#'),
      );
      return copies.map(({ expiresAt }) => (expiresAt * 1000 - today.getTime()) / 86_400_000);
    };
    await set(admin(), 'a@example.com');
    expect(await expiryOf()).toEqual([365]);
    days(10);
    await follow(admin());
    expect(await expiryOf()).toEqual([365]);
    days(40);
    await follow(admin());
    expect(await expiryOf()).toEqual([405]);
  });

  it('are forgotten everywhere when the person says so, also a second time', async () => {
    await set(admin(), 'forget-me@example.com');
    await contacts.remove(admin().id);
    await contacts.remove(admin().id);
    const { Items } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.messages }));
    expect(JSON.stringify(Items)).not.toContain('forget-me@example.com');
  });
});
