import type { Table } from '../../shared/table.ts';
import { writeMany } from '../../shared/table-batches.ts';
import { applications } from '../../shared/tables.ts';
import type { ListedApplication } from '../applications/item-listing.ts';
import type { Announced } from './announcement.ts';

const { announced } = applications.entities;

/** What applications were told: a row beside each, whose event carries it to their people. */
export class ToldStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** Tells applications of an announcement; those that were told it already are not told again. */
  async tell(applications: readonly ListedApplication[], told: Announced): Promise<void> {
    const writes = applications.map(({ applicationId }) =>
      // The same row in its own place is no change, and so no event.
      this.#table.put(announced.key({ applicationId, ...told }), { told }),
    );
    await writeMany(this.#table, writes, { attempts: 6, pausing: true });
  }
}
