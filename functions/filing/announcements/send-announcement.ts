import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { AnnouncementPage, Outbox } from '../../shared/outbox.ts';
import type { ItemListing } from '../applications/item-listing.ts';
import type { Announcement } from './announcement.ts';
import type { AnnouncementStore } from './announcement-store.ts';
import type { ToldStore } from './told-store.ts';

export interface SendParts {
  readonly announcements: AnnouncementStore;
  readonly filed: ItemListing;
  readonly told: ToldStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** Drafts and applications of a page. */
const pageSize = 100;

/**
 * Tells a page of an item's drafts and applications of an announcement, and asks for the next one with the note that this
 * one is done. A page that is asked for again tells nobody twice; one that stopped half-way is told from its beginning.
 */
export async function sendAnnouncement(
  { announcements, filed, told, outbox, clock }: SendParts,
  { announcementId, page }: AnnouncementPage,
): Promise<void> {
  const read = await announcements.require(announcementId);
  if (read.pages !== page || read.finishedAt !== undefined) return;
  const { last, title, text, sentAt, item } = read;
  const { items, lastKey } = await filed.page(item, { limit: pageSize, start: last });
  await told.tell(items, { announcementId, title, text, at: sentAt });
  const to = afterPage(read, { told: items.length, lastKey, at: clock().toISOString() });
  try {
    await announcements.write([
      announcements.progress(read, to),
      ...(to.finishedAt === undefined
        ? [outbox.message({ type: 'send-announcement', announcementId, page: to.pages })]
        : []),
    ]);
  } catch (error) {
    // Another run has done this page.
    if (!(error instanceof DomainError && error.code === 'concurrent-change')) throw error;
  }
}

function afterPage(
  { last: _, ...read }: Announcement,
  {
    told,
    lastKey,
    at,
  }: {
    readonly told: number;
    readonly lastKey: Readonly<Record<string, unknown>> | undefined;
    readonly at: string;
  },
): Announcement {
  const last = lastKey && Object.fromEntries(Object.entries(lastKey).map(([name, v]) => [name, String(v)]));
  return {
    ...read,
    pages: read.pages + 1,
    told: read.told + told,
    ...(last ? { last } : { finishedAt: at }),
  };
}
