import type { Clock } from '../../shared/clock.ts';
import type { Table } from '../../shared/table.ts';
import { workflow } from '../../shared/tables.ts';
import type { ImportId } from '../../shared/vocabulary.ts';

/** Longer than a dead-letter queue keeps the position of a row. */
const keptSeconds = 30 * 86_400;

const { screeningRequest } = workflow.entities;

/**
 * Asks for awards to be screened against applications that have passed the duplicate check, by rows that a function
 * follows: one for a thousand awards. A stream of the registry itself would hand over every posting and pointer too.
 */
export class ScreeningRequests {
  readonly #table: Table<'workflow'>;
  readonly #clock: Clock;

  constructor(table: Table<'workflow'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** @param records keys of records that are new or changed, of the part of a file behind a row. */
  async ask(importId: ImportId, behindRow: number, records: readonly string[]): Promise<void> {
    if (records.length === 0) return;
    const expiresAt = Math.floor(this.#clock().getTime() / 1000) + keptSeconds;
    const key = screeningRequest.key({ importId, behindRow: String(behindRow) });
    await this.#table.write(this.#table.put(key, { records, expiresAt }));
  }
}
