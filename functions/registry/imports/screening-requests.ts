import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../shared/clock.ts';
import type { Table } from '../../shared/table.ts';

/** Longer than a dead-letter queue keeps the position of a row. */
const keptSeconds = 30 * 86_400;

/**
 * Asks for awards to be screened against applications that have passed the duplicate check, by rows that a function
 * follows: one for a thousand awards. A stream of the registry itself would hand over every posting and pointer too.
 */
export class ScreeningRequests {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  /** @param table the one of the workflow. */
  constructor(table: Table<'workflow'>, clock: Clock) {
    this.#client = table.client;
    this.#table = table.name;
    this.#clock = clock;
  }

  /** @param records keys of records that are new or changed, of the part of a file behind a row. */
  async ask(importId: string, behindRow: number, records: readonly string[]): Promise<void> {
    if (records.length === 0) return;
    const expiresAt = Math.floor(this.#clock().getTime() / 1000) + keptSeconds;
    const pk = `SCREENING#${importId}#${behindRow}`;
    await this.#client.send(
      new PutCommand({ TableName: this.#table, Item: { pk, sk: 'RECORDS', records, expiresAt } }),
    );
  }
}
