import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { EntryIdSchema, PoolIdSchema } from '../../shared/vocabulary.ts';

/** What somebody wants booked. */
const ChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appropriation'), amountFen: FenSchema }),
  z.object({
    kind: z.literal('adjustment'),
    direction: z.enum(['increase', 'decrease']),
    amountFen: FenSchema,
  }),
  /** The end of the pool's year: what no award holds goes into another pool, or lapses. */
  z.object({ kind: z.literal('carry-over'), into: PoolIdSchema.optional(), amountFen: FenSchema }),
]);
export type Change = z.output<typeof ChangeSchema>;

const proposed = {
  entryId: EntryIdSchema,
  poolId: PoolIdSchema,
  change: ChangeSchema,
  cause: z.string().min(1),
  /** Idempotency key of the request that proposed it. */
  key: z.string().min(1),
  proposedBy: z.string().min(1),
  proposedAt: InstantSchema,
};
const decided = { by: z.string().min(1), at: InstantSchema };

/** An entry that an operator wants in a pool's ledger, until a second person books or refuses it; kept for good. */
export const ProposalSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({
    status: z.literal('confirmed'),
    ...proposed,
    /** With the version of the pool that it led to. */
    decision: z.object({ ...decided, version: z.int() }),
  }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decided, reason: z.string().min(1) }),
  }),
]);
export type Proposal = z.output<typeof ProposalSchema>;
export type ProposalIn<S extends Proposal['status']> = Extract<Proposal, { status: S }>;
