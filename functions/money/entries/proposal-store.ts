import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { EntryId, PoolId } from '../../shared/vocabulary.ts';
import { type Proposal, type ProposalIn, ProposalSchema } from './proposal.ts';

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
