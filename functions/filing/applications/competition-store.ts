import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import { type Application, ApplicationSchema } from './application.ts';

const { application, competitionEntry, competitionCheck } = applications.entities;

/** Whose competitive projects, of which guides' year. */
interface Year {
  readonly organisation: OrganisationCode;
  readonly year: number;
}

const CheckSchema = z.object({ checks: z.int().default(0) });

/** Competitive applications of an enterprise in a year. An entry stays: whether it counts is asked of the application. */
export class CompetitionStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** The write that enters an application, for the transaction of its submission; again makes no difference. */
  enter(year: Year, applicationId: ApplicationId): GuardedWrite {
    return this.#table.put(competitionEntry.key({ ...partOf(year), applicationId }), { applicationId });
  }

  /** Every application that was entered, as it stands, and how many checks have counted them; read consistently. */
  async entered(year: Year): Promise<{ readonly applications: Application[]; readonly checks: number }> {
    // First, so that a check that comes between is a conflict of the one that reads on.
    const item = await this.#table.get(competitionCheck.key(partOf(year)));
    const entries = await this.#table.all(competitionEntry.of(partOf(year)));
    const read = await Promise.all(
      entries.map(({ applicationId }) =>
        this.#table.get(application.key({ applicationId: String(applicationId) })),
      ),
    );
    return {
      checks: CheckSchema.parse(item ?? {}).checks,
      applications: read.flatMap((found) => (found ? [ApplicationSchema.parse(found['state'])] : [])),
    };
  }

  /** The write by which a check counts, on condition that no other one has since: two at once would not see each other. */
  checked(year: Year, checks: number): GuardedWrite {
    return this.#table.put(
      competitionCheck.key(partOf(year)),
      { checks: checks + 1 },
      { when: 'attribute_not_exists(pk) OR checks = :read', values: { ':read': checks } },
    );
  }
}

function partOf({ organisation, year }: Year) {
  return { organisation, year: String(year) };
}
