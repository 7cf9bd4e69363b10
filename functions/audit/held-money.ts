import * as z from 'zod';
import type { PoolId } from '../shared/vocabulary.ts';
import { plainMap } from './plain-values.ts';

/** What a pool's money is held by elsewhere, in fen. */
export interface HeldMoney {
  readonly poolId: PoolId;
  readonly reservedFen: number;
  readonly committedFen: number;
  readonly paidFen: number;
}

const amount = z.int().min(0);

const RoundSchema = z.object({
  poolId: z.string(),
  reservation: z
    .object({ totalFen: amount, committedFen: amount, releasedFen: amount })
    .default({ totalFen: 0, committedFen: 0, releasedFen: 0 }),
});

const award = z.object({ fen: amount });
const AwardedSchema = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['allocated', 'noticed']), pool: z.string(), award }),
  z.object({
    status: z.enum(['ordered', 'closed']),
    pool: z.string(),
    order: award,
    paidFen: amount,
    recoveredFen: amount.default(0),
  }),
]);

/** What a round still holds of its pool, as it is stored (DynamoDB JSON); undefined when it cannot be read. */
export function heldByRound(state: unknown): HeldMoney | undefined {
  const round = RoundSchema.safeParse(plainMap(state)).data;
  if (!round) return undefined;
  const { totalFen, committedFen, releasedFen } = round.reservation;
  return {
    poolId: round.poolId,
    reservedFen: totalFen - committedFen - releasedFen,
    ...{ committedFen: 0, paidFen: 0 },
  };
}

/** Statuses in which an application holds money of its pool. */
export const holdingStatuses = AwardedSchema.options.flatMap((option) => option.shape.status.options);

/** What an award or order holds of its pool, as it is stored (DynamoDB JSON); undefined when it cannot be read. */
export function heldByAward(state: unknown): HeldMoney | undefined {
  const found = AwardedSchema.safeParse(plainMap(state)).data;
  if (!found) return undefined;
  const { pool: poolId } = found;
  if (!('order' in found)) return { poolId, reservedFen: 0, committedFen: found.award.fen, paidFen: 0 };
  const { order, paidFen, recoveredFen } = found;
  return {
    poolId,
    reservedFen: 0,
    committedFen: order.fen - recoveredFen,
    paidFen: paidFen - recoveredFen,
  };
}
