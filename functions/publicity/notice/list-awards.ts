import type * as z from 'zod';
import { lawOf, type PolicyBook } from '../../policy/guides/policy-book.ts';
import { type Clock, currentYear } from '../../shared/clock.ts';
import type { AwardEntry, AwardStore } from './award-store.ts';
import type { PublicAwardSchema } from './public-award.ts';

export interface PublicationDependencies {
  readonly awards: Pick<AwardStore, 'list'>;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export type PublicAward = z.input<typeof PublicAwardSchema>;

/**
 * A page of the awards whose notice began in a year, newest first.
 * @param query `year` defaults to the current year in Shanghai; earlier years are asked for by name.
 */
export async function listAwards(
  deps: PublicationDependencies,
  query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly year?: number | undefined;
  },
): Promise<{ items: PublicAward[]; nextCursor?: string }> {
  const { items, nextCursor } = await deps.awards.list(query.year ?? currentYear(deps.clock), query);
  return {
    items: items.map((entry) => publicAward(deps.policy, entry, deps.clock())),
    ...(nextCursor !== undefined && { nextCursor }),
  };
}

/** Adds the notice's words to an award. @throws Error when the notice has lost an item that was paid under it. */
function publicAward(policy: PolicyBook, entry: AwardEntry, now: Date): PublicAward {
  const law = lawOf(policy.notice, entry.item);
  if (!law) throw new Error(`the notice has no item ${entry.item}`);
  const { status, closesAt } = entry;
  // Its application waits for the order then, and nobody can object any more.
  const isOver = status === 'noticed' && closesAt !== undefined && now.getTime() >= Date.parse(closesAt);
  return {
    ...entry,
    title: law.part.title,
    clause: law.item.clause,
    status: isOver ? 'notice-ended' : status,
  };
}
