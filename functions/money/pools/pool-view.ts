import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { PoolIdSchema } from '../../shared/vocabulary.ts';
import { availableFen, type Pool } from './pool.ts';

/** Balances of a pool, in fen. */
export const balances = {
  appropriatedFen: FenSchema,
  reservedFen: FenSchema.meta({ description: 'Held by rounds that are being committed' }),
  committedFen: FenSchema.meta({ description: 'Awarded; what is paid of it included' }),
  paidFen: FenSchema,
  availableFen: FenSchema.meta({ description: 'Appropriated less reserved and committed' }),
};

export const PoolViewSchema = z
  .object({
    poolId: PoolIdSchema,
    fund: z.string(),
    fiscalYear: z.int(),
    topic: z.string(),
    direction: z.string().optional(),
    title: BilingualSchema,
    ...balances,
    version: z.int(),
    createdAt: InstantSchema,
    closedAt: InstantSchema.optional().meta({ description: 'When its year was ended' }),
    ledgerHash: z.string().meta({ description: 'Hash of its newest ledger entry' }),
  })
  .meta({ id: 'Pool' });

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
