import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import type { Pool } from './pool.ts';
import { type PoolStore, poolListing } from './pool-store.ts';

/** One page of pools in the order of their creation, of one fiscal year or of all. @throws DomainError invalid-request for a foreign cursor. */
export async function listPools(
  parts: { readonly pools: PoolStore },
  query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly year?: number | undefined;
  },
): Promise<{ pools: Pool[]; nextCursor: string | undefined }> {
  const { limit, cursor, year } = query;
  const scope: CursorScope = {
    partition: { listing: poolListing },
    place: ['createdAt', 'pk', 'sk'],
    ...(year !== undefined && { narrowing: { year: String(year) } }),
  };
  const { pools, lastKey } = await parts.pools.page(limit, decodeCursor(cursor, scope), year);
  return { pools, nextCursor: encodeCursor(lastKey, scope) };
}
