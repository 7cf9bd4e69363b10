import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { type CreditListing, CreditListingSchema } from './credit-listing.ts';
import { type ListingProposal, type ListingProposalIn, ListingProposalSchema } from './listing-proposal.ts';

const { creditChange, creditDecision, creditListing, creditProposal } = registry.entities;

/**
 * What was recorded of the list of serious dishonesty, by enterprise, in the registry's table. Each change keeps a row
 * of its own; nothing is recorded of an enterprise that was never on it.
 */
export class CreditList {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /** The listing of an enterprise, read consistently, or undefined. */
  async get(uscc: OrganisationCode): Promise<CreditListing | undefined> {
    const item = await this.#table.get(creditListing.key({ uscc }));
    return item && CreditListingSchema.parse(item);
  }

  /** The same. @throws DomainError not-found */
  async require(uscc: OrganisationCode): Promise<CreditListing> {
    const listing = await this.get(uscc);
    if (!listing) throw new DomainError('not-found');
    return listing;
  }

  /** The check that an enterprise is not listed now. */
  unlisted(uscc: string): GuardedWrite {
    return this.#table.check(creditListing.key({ uscc }), {
      when: 'attribute_not_exists(pk) OR listed = :unlisted',
      values: { ':unlisted': false },
    });
  }

  /** What was proposed last of an enterprise, read consistently, or undefined. */
  async proposal(uscc: OrganisationCode): Promise<ListingProposal | undefined> {
    const item = await this.#table.get(creditProposal.key({ uscc }));
    return item && ListingProposalSchema.parse(item['state']);
  }

  /** The write that puts a proposal, on condition that nobody proposed or decided since the one before was read. */
  propose(to: ListingProposal, before: ListingProposal | undefined): GuardedWrite {
    const key = creditProposal.key(to);
    if (!before) return this.#table.putNew(key, { state: to });
    return this.#table.put(
      key,
      { state: to },
      {
        when: '#state.#status = :status AND #state.#hash = :hash',
        names: { '#state': 'state', '#status': 'status', '#hash': 'contentHash' },
        values: { ':status': before.status, ':hash': before.contentHash },
      },
    );
  }

  /**
   * The writes that settle a proposal as it was read, and keep that for good; confirmed, the listing follows the one that
   * it was compared with, and has a row of its own.
   */
  settle(
    to: ListingProposalIn<'confirmed' | 'refused'>,
    before: ListingProposal,
    standing: CreditListing | undefined,
  ): GuardedWrite[] {
    const { uscc, listed, since, source, proposedBy, decision } = to;
    const kept = [
      this.propose(to, before),
      this.#table.putNew(creditDecision.key({ uscc, contentHash: to.contentHash }), { state: to }),
    ];
    if (to.status === 'refused') return kept;
    const version = to.comparedWith + 1;
    const { by: confirmedBy, at } = decision;
    const listing = { uscc, listed, since, source, version, at, by: proposedBy, confirmedBy };
    const asRead = {
      when: '#version = :before',
      names: { '#version': 'version' },
      values: { ':before': to.comparedWith },
    };
    const key = creditListing.key(listing);
    return [
      ...kept,
      standing ? this.#table.put(key, listing, asRead) : this.#table.putNew(key, listing),
      this.#table.putNew(creditChange.key(listing), listing),
    ];
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
