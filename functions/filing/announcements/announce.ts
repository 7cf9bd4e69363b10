import * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { messages } from '../../shared/tables.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { Announcement } from './announcement.ts';
import type { AnnouncementStore } from './announcement-store.ts';

export interface AnnounceParts {
  readonly announcements: AnnouncementStore;
  readonly records: IdempotencyRecords;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface AnnouncementRequest {
  readonly item: string;
  readonly title: Bilingual;
  readonly text: Bilingual;
  readonly idempotencyKey: string;
}

const AnswerSchema = z.object({ announcementId: z.string() });

/**
 * Writes to everybody who has a draft or an application of an item, but those withdrawn. It is kept with who sent it; page
 * after page of the applications is told it by the outbox. The same request under the same key finds the one it made, with
 * how far it has come.
 * @throws DomainError not-found for an item of no guide; idempotency-key-reused.
 */
export async function announce(
  parts: AnnounceParts,
  actor: Actor,
  { item, title, text, idempotencyKey }: AnnouncementRequest,
): Promise<Announcement> {
  if (!(await parts.policy.latestWindows()).has(item)) throw new DomainError('not-found');
  const keyed = {
    key: messages.entities.announcementAnswer.key({ idempotencyKey }),
    content: { by: actor.id, item, title, text },
  };
  return decideAgainOnConflict(async () => {
    const given = await parts.records.answer(keyed, AnswerSchema);
    if (given) return parts.announcements.require(given.announcementId);
    const announcementId = parts.newId();
    const made = {
      ...{ announcementId, item, title, text, pages: 0, told: 0 },
      sentBy: actor.id,
      sentAt: parts.clock().toISOString(),
    };
    await parts.announcements.write([
      parts.announcements.creation(made),
      parts.records.record(keyed, { announcementId }),
      parts.outbox.message({ type: 'send-announcement', announcementId, page: 0 }),
    ]);
    return made;
  });
}
