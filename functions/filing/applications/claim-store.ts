import type { Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';

/** What a claim keeps of its holder. */
export interface ClaimHolder {
  readonly applicationId: ApplicationId;
  readonly organisation: OrganisationCode;
}

const { claim: claims } = registry.entities;

/**
 * Claims of applications in the registry: each stands where the awards of its matter or of its piece of evidence do
 * (`matter-key.ts` names these places), so that one look finds both.
 */
export class ClaimStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /**
   * The write that takes a claim: of several applications at once exactly one succeeds. Taking it again is harmless.
   * @param onTaken makes the error when another application holds it.
   */
  take(place: string, { applicationId, organisation }: ClaimHolder, onTaken: () => Error): GuardedWrite {
    const holder = { applicationId, organisation };
    return this.#table.put(claims.key({ place }), holder, { ...freeOrOf(applicationId), otherwise: onTaken });
  }

  /** The write that releases a claim that the application holds; one that is not there any more is fine. */
  release(place: string, applicationId: ApplicationId): GuardedWrite {
    return this.#table.remove(claims.key({ place }), freeOrOf(applicationId));
  }
}

/** On condition that nobody holds the claim but the application. */
function freeOrOf(applicationId: ApplicationId) {
  return {
    when: 'attribute_not_exists(pk) OR applicationId = :me',
    values: { ':me': applicationId },
  };
}
