import type * as z from 'zod';
import type { PoolViewSchema } from '../../contracts/pools.ts';
import { availableFen, type Pool } from './pool.ts';

/** A pool as operators and approvers see it. */
export function poolView(pool: Pool): z.input<typeof PoolViewSchema> {
  const { createdBy: _, ...view } = pool;
  return { ...view, availableFen: availableFen(pool) };
}

/** A page of pools. */
export function poolPage(page: { readonly pools: readonly Pool[]; readonly nextCursor: string | undefined }) {
  const { pools, nextCursor } = page;
  return { items: pools.map(poolView), ...(nextCursor !== undefined && { nextCursor }) };
}
