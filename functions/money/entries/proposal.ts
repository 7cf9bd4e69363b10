import * as z from 'zod';
import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type EntryId, EntryIdSchema, type PoolId, PoolIdSchema } from '../../shared/vocabulary.ts';

/** What somebody wants booked. */
const ChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appropriation'), amountFen: FenSchema }),
  z.object({
    kind: z.literal('adjustment'),
    direction: z.enum(['increase', 'decrease']),
    amountFen: FenSchema,
  }),
  /** The end of the pool's year: what no award holds goes into another pool, or lapses. */
  z.object({ kind: z.literal('carry-over'), into: SlugSchema.optional(), amountFen: FenSchema }),
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

const { proposal: entity } = budget.entities;

/** Proposals of ledger entries in DynamoDB. */
export class ProposalStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The proposal, read consistently. @throws DomainError not-found */
  async require(poolId: PoolId, entryId: EntryId): Promise<Proposal> {
    const item = await this.#table.get(entity.key({ poolId, entryId }));
    if (!item) throw new DomainError('not-found');
    return ProposalSchema.parse(item['state']);
  }

  /**
   * One page of a pool's proposals, newest first, read consistently.
   * @throws DomainError invalid-request for a foreign cursor.
   */
  async page(
    poolId: PoolId,
    page: PageRequest,
  ): Promise<{ proposals: Proposal[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entity.of({ poolId }), {
      ...page,
      narrowing: { listing: 'entries' },
      newestFirst: true,
    });
    return { proposals: items.map((item) => ProposalSchema.parse(item['state'])), nextCursor };
  }

  /** The write that puts a new proposal. */
  creation(proposal: ProposalIn<'proposed'>): GuardedWrite {
    return this.#table.putNew(entity.key(proposal), { state: proposal });
  }

  /** The write that settles a proposal, on condition that nobody did before. */
  settlement(proposal: ProposalIn<'confirmed' | 'refused'>): GuardedWrite {
    return this.#table.put(
      entity.key(proposal),
      { state: proposal },
      {
        when: '#state.#status = :proposed',
        names: { '#state': 'state', '#status': 'status' },
        values: { ':proposed': 'proposed' },
      },
    );
  }
}
