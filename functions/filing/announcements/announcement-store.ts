import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { messages } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Announcement, AnnouncementSchema } from './announcement.ts';

const { announcement: entity } = messages.entities;

/** Announcements in DynamoDB. */
export class AnnouncementStore {
  readonly #table: Table<'messages'>;

  constructor(table: Table<'messages'>) {
    this.#table = table;
  }

  /** An announcement, read consistently. @throws DomainError not-found */
  async require(announcementId: string): Promise<Announcement> {
    const item = await this.#table.get(entity.key({ announcementId }));
    if (!item) throw new DomainError('not-found');
    return AnnouncementSchema.parse(item['state']);
  }

  /** One page of all of them, newest first. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ items: Announcement[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entity.of({}), {
      ...page,
      newestFirst: true,
    });
    return { items: items.map((item) => AnnouncementSchema.parse(item['state'])), nextCursor };
  }

  /** The write that puts a new one. */
  creation(state: Announcement): GuardedWrite {
    return this.#table.putNew(entity.key(state), { state });
  }

  /** The write that notes a page as told, on condition that as many were before it as when it was read. */
  progress(read: Announcement, state: Announcement): GuardedWrite {
    return this.#table.put(
      entity.key(state),
      { state },
      {
        when: '#state.#pages = :pages',
        names: { '#state': 'state', '#pages': 'pages' },
        values: { ':pages': read.pages },
      },
    );
  }

  /** Writes together with other writes, all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
