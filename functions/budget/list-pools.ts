import { type CursorScope, decodeCursor, encodeCursor } from '../shared/cursor.ts';
import type { Pool } from './pool.ts';
import { type PoolStore, poolListing } from './pool-store.ts';

const scope: CursorScope = { partition: { listing: poolListing }, place: ['createdAt', 'pk', 'sk'] };

/** One page of pools in the order of their creation. @throws DomainError invalid-request for a foreign cursor. */
export async function listPools(
  parts: { readonly pools: PoolStore },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ pools: Pool[]; nextCursor: string | undefined }> {
  const { pools, lastKey } = await parts.pools.page(page.limit, decodeCursor(page.cursor, scope));
  return { pools, nextCursor: encodeCursor(lastKey, scope) };
}
