import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import type { Round } from './round.ts';
import { type RoundStore, roundListing } from './round-store.ts';

const scope: CursorScope = { partition: { listing: roundListing }, place: ['createdAt', 'pk', 'sk'] };

/** One page of rounds, newest first. @throws DomainError invalid-request for a foreign cursor. */
export async function listRounds(
  parts: { readonly rounds: RoundStore },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ rounds: Round[]; nextCursor: string | undefined }> {
  const { rounds, lastKey } = await parts.rounds.page(page.limit, decodeCursor(page.cursor, scope));
  return { rounds, nextCursor: encodeCursor(lastKey, scope) };
}
