import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ItemListing } from '../../../../functions/filing/applications/item-listing.ts';
import type { ClosingReminder } from '../../../../functions/filing/closings/closing-reminder.ts';
import { ClosingReminderStore } from '../../../../functions/filing/closings/closing-reminder-store.ts';
import { remindApplicants } from '../../../../functions/filing/closings/remind-applicants.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { applications } from '../../../../functions/shared/tables.ts';
import { growthContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, type Rooms } from '../../../support/rooms.ts';
import { storedDraft } from '../../../support/stored-draft.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let draft: Awaited<ReturnType<typeof storedDraft>>;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const inShanghai = (written: string) => new Date(`${written}+08:00`);
beforeEach(async () => {
  rooms.setClock(inShanghai('2026-09-01T09:00:00'));
  draft = await storedDraft(rooms);
});

const closesAt = inShanghai('2026-10-12T00:00:00').toISOString();
/** The sample guide, in which dcmm closes behind the holidays of October. */
const [sample] = compiled.guides;
if (!sample) throw new Error('there is no sample guide');
const guide = (version: string, closing: string, item = 'dcmm') => ({
  ...sample,
  version,
  items: sample.items.map((one) =>
    one.id === item
      ? {
          ...one,
          window: {
            opensAt: one.window.opensAt,
            closesAt: closing,
            remindBefore: [
              { days: 5, unit: 'working' as const },
              { days: 2, unit: 'working' as const },
            ],
          },
        }
      : { ...one, window: { opensAt: one.window.opensAt, closesAt: one.window.closesAt } },
  ),
});

async function run(
  written: string,
  guides = [guide('2026.1', closesAt)],
  reminders = store(),
): Promise<number> {
  rooms.setClock(inShanghai(written));
  const policy = new PolicyBook(compiled, guidesInMemory(guides));
  const filed = new ItemListing(rooms.tables.applications);
  return (await remindApplicants({ filed, reminders, policy, clock: rooms.clock })).reminded;
}
const store = () => new ClosingReminderStore(rooms.tables.applications);

async function said(): Promise<string[]> {
  const items = await rooms.tables.applications.all(applications.entities.closingReminder.of(draft));
  return items.map((item) => {
    const { days, closesAt: closing } = item['reminder'] as ClosingReminder;
    return `${days} before ${closing}`;
  });
}

describe('reminders before a window closes', () => {
  it('come on the working days that the guide names, the holidays left out, and once however often it is run', async () => {
    // 29 and 30 September, 8, 9 and, a Saturday on which people work, 10 October; the closing is at the end of the 11th.
    await run('2026-09-28T23:59:59');
    expect(await said()).toEqual([]);
    await run('2026-09-29T00:00:00');
    await Promise.all([run('2026-10-08T10:00:00'), run('2026-10-08T10:00:00')]);
    expect(await said()).toEqual([`5 before ${closesAt}`]);
    await run('2026-10-09T00:00:00');
    expect(await run('2026-10-09T01:00:00')).toBe(0);
    expect((await said()).sort()).toEqual([`2 before ${closesAt}`, `5 before ${closesAt}`]);
    await run('2026-10-12T00:00:00');
    expect(await said()).toHaveLength(2);
  });

  it('that were missed are left out: what comes late says what is due by then', async () => {
    await run('2026-10-11T12:00:00');
    expect(await said()).toEqual([`2 before ${closesAt}`]);
  });

  it('are for drafts of the item alone, and not for what was withdrawn', async () => {
    const { applicationId, organisation } = draft;
    const withdrawnFrom = 'draft' as const;
    const to = { ...draft, version: 2, status: 'withdrawn' as const, withdrawnFrom };
    const note = { at: closesAt, actor: { id: 'admin', role: 'organisation-admin' as const } };
    const other = await storedDraft(rooms, growthContent());
    const read = await rooms.store.require(applicationId);
    await rooms.store.write(rooms.store.transition(read, to, { ...note, event: 'withdrawn' }));
    await run('2026-10-09T00:00:00');
    expect(await said()).toEqual([]);
    draft = { ...other, organisation };
    expect(await said()).toEqual([]);
  });

  it('are not kept of a draft that was submitted or moved to another item since it was listed', async () => {
    const reminder = {
      applicationId: draft.applicationId,
      closesAt,
      days: 5,
      unit: 'working',
      at: closesAt,
    } as const;
    expect(await store().add(reminder, 'growth-milestone')).toBe(false);
    expect(await store().add(reminder, 'dcmm')).toBe(true);
    expect(await store().add(reminder, 'dcmm')).toBe(false);
  });

  it('go on where a run stopped', async () => {
    const second = await storedDraft(rooms);
    const standing = store();
    let written = 0;
    const stopping = Object.assign(Object.create(standing), {
      missing: standing.missing.bind(standing),
      add: async (...given: Parameters<typeof standing.add>) => {
        if (written++ === 1) throw new Error('stopped');
        return standing.add(...given);
      },
    }) as ClosingReminderStore;
    await expect(run('2026-09-29T00:00:00', undefined, stopping)).rejects.toThrow('stopped');
    await run('2026-09-29T01:00:00');
    expect(await said()).toHaveLength(1);
    draft = second;
    expect(await said()).toHaveLength(1);
  });

  it('go by the closing of the latest version of the guide', async () => {
    const later = inShanghai('2026-11-01T00:00:00').toISOString();
    await run('2026-10-09T00:00:00', [guide('2026.1', closesAt), guide('2026.2', later)]);
    expect(await said()).toEqual([]);
    const earlier = inShanghai('2026-10-01T00:00:00').toISOString();
    await run('2026-09-29T12:00:00', [guide('2026.1', closesAt), guide('2026.3', earlier)]);
    expect(await said()).toEqual([`2 before ${earlier}`]);
  });

  it('wait where the calendar of a year is not loaded, and nothing else does', async () => {
    const beyond = inShanghai('2031-01-08T00:00:00').toISOString();
    await run('2026-10-09T00:00:00', [guide('2026.1', beyond, 'growth-milestone')]);
    expect(await said()).toEqual([]);
  });
});
