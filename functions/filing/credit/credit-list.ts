import * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { DateSchema, InstantSchema } from '../../shared/schemas.ts';
import { dayFault } from '../../shared/stated-day.ts';
import type { Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type OrganisationCode, OrganisationCodeSchema } from '../../shared/vocabulary.ts';

const { creditChange, creditListing } = registry.entities;

const CreditListingSchema = z.object({
  uscc: OrganisationCodeSchema,
  listed: z.boolean(),
  /** Day from which it is so, by the source. */
  since: DateSchema,
  /** Where it is published. */
  source: z.string(),
  version: z.int().min(1),
  at: InstantSchema,
  by: z.string(),
});
export type CreditListing = z.output<typeof CreditListingSchema>;

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

  /**
   * Records how an enterprise stands; the same again changes nothing.
   * @throws DomainError invalid-request for a day that is still to come; concurrent-change.
   */
  async put(
    actor: Actor,
    stated: Pick<CreditListing, 'uscc' | 'listed' | 'since' | 'source'>,
    clock: Clock,
  ): Promise<CreditListing> {
    return decideAgainOnConflict(async () => {
      const before = await this.get(stated.uscc);
      const { listed, since, source } = stated;
      if (before?.listed === listed && before.since === since && before.source === source) return before;
      const fault = dayFault(since, clock());
      if (fault) throw new DomainError('invalid-request', { faults: [{ path: 'since', ...fault }] });
      const version = (before?.version ?? 0) + 1;
      const listing = { ...stated, version, at: clock().toISOString(), by: actor.id };
      const key = creditListing.key(listing);
      const asRead = {
        when: '#version = :before',
        names: { '#version': 'version' },
        values: { ':before': version - 1 },
      };
      await this.#table.transact([
        before ? this.#table.put(key, listing, asRead) : this.#table.putNew(key, listing),
        this.#table.putNew(creditChange.key(listing), listing),
      ]);
      return listing;
    });
  }
}
