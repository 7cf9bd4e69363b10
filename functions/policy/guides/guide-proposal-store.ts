import { DomainError } from '../../shared/errors.ts';
import type { Item, Table } from '../../shared/table.ts';
import { policy } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import {
  type GuideProposal,
  type GuideProposalIn,
  GuideProposalSchema,
  type WholeProposal,
} from './guide-proposal.ts';
import type { GuideItem } from './guide-schema.ts';

const { guideProposal, proposedItem } = policy.entities;

/** Proposed guides in DynamoDB. What is proposed never changes; what became of it is written once. */
export class GuideProposalStore {
  readonly #table: Table<'policy'>;

  constructor(table: Table<'policy'>) {
    this.#table = table;
  }

  /** Every proposal without the items of its guide, newest first: there are a few a year. */
  async list(): Promise<GuideProposal[]> {
    const rows = await this.#table.all(guideProposal.of({}));
    return rows.map(proposalOf).sort((a, b) => (a.proposedAt < b.proposedAt ? 1 : -1));
  }

  /** A proposal without the items of its guide, or undefined. */
  async get(proposalId: string): Promise<GuideProposal | undefined> {
    const row = await this.#table.get(guideProposal.key({ proposalId }));
    return row && proposalOf(row);
  }

  /** A proposal with its guide. @throws DomainError not-found */
  async require(proposalId: string): Promise<WholeProposal> {
    const proposal = await this.get(proposalId);
    if (!proposal) throw new DomainError('not-found');
    const rows = await this.#table.all(proposedItem.of({ proposalId }));
    const items = proposal.itemIds.map((id) => {
      const row = rows.find(({ sk }) => sk === proposedItem.sk({ item: id }));
      if (!row) throw new Error(`the proposed guide ${proposalId} has no item ${id}`);
      // Written as it was checked, and never changed.
      return row['item'] as GuideItem;
    });
    return { proposal, guide: { ...proposal.guide, items } };
  }

  /** Puts a new proposal, once. @throws DomainError concurrent-change when it is there. */
  async create({ proposal, guide }: WholeProposal<GuideProposalIn<'proposed'>>): Promise<void> {
    const { proposalId } = proposal;
    await this.#table.transact([
      this.#table.putNew(guideProposal.key({ proposalId }), { state: proposal }),
      ...guide.items.map((item) =>
        this.#table.putNew(proposedItem.key({ proposalId, item: item.id }), { item }),
      ),
    ]);
  }

  /** The write that settles a proposal, on condition that nobody did before. */
  settlement(proposal: GuideProposalIn<'confirmed' | 'refused'>): GuardedWrite {
    return this.#table.put(
      guideProposal.key(proposal),
      { state: proposal },
      {
        when: '#state.#status = :proposed',
        names: { '#state': 'state', '#status': 'status' },
        values: { ':proposed': 'proposed' },
      },
    );
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

function proposalOf(row: Item): GuideProposal {
  return GuideProposalSchema.parse(row['state']);
}
