import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type JsonObject, parseJson, sameJson } from '../states/json.ts';

/** DynamoDB keeps a stream's records for a day. */
const recordLifetimeSeconds = 24 * 60 * 60;
/** How many records are deleted at once: the engine waits meanwhile, and so does this process. */
const trimmedAtOnce = 500;
/** How many expired items are found at once. */
const expiredAtOnce = 100;

/** A stream record as the engine keeps it; keys and images are DynamoDB's JSON. */
export interface RecordRow {
  readonly number: number;
  readonly eventName: string;
  readonly keys: string;
  readonly newImage: string | undefined;
  readonly oldImage: string | undefined;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Whether DynamoDB itself deleted the item because its time had come. */
  readonly expired: boolean;
}

/** How the engine notes whose deletion a record tells of. */
const serviceIdentity = '{"type":"Service","principalId":"dynamodb.amazonaws.com"}';

/**
 * The engine's SQLite file, used beside it for what it does not do itself, or not well. The engine, whose version is
 * fixed in package.json, looks for the highest number of a table's stream records at every write of another one, and
 * has no index for that; it never deletes one; and it finds items whose time has come only by reading every item.
 * Reading records here takes a fiftieth of what its API takes.
 * The file is in WAL mode: neither process hinders the other's reads, and each waits for the other's short writes.
 */
export class EngineFile {
  readonly #database: DatabaseSync;
  readonly #written: StatementSync;
  readonly #newest: StatementSync;
  readonly #records: StatementSync;
  readonly #oldest: StatementSync;
  readonly #trim: StatementSync;
  readonly #removals: StatementSync;
  readonly #markExpired: StatementSync;
  /** Tables whose records after a number are not read yet, as they still have to be marked. */
  readonly #hidden = new Map<string, number>();
  #revealed = 0;

  /** Opens the file of an engine that answers, so that its tables are there, and adds the index. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    // The expressions have to be those of the engine's own queries.
    this.#database.exec(
      `CREATE INDEX IF NOT EXISTS "_stream_records::number"
       ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
    );
    this.#written = this.#database.prepare("SELECT seq FROM sqlite_sequence WHERE name = '_stream_records'");
    this.#newest = this.#database.prepare(
      'SELECT MAX(CAST(sequence_number AS INTEGER)) AS number FROM _stream_records WHERE table_name = ?',
    );
    this.#records = this.#database.prepare(
      `SELECT CAST(sequence_number AS INTEGER) AS number, event_name, keys_json, new_image, old_image, created_at,
         user_identity
       FROM _stream_records WHERE table_name = ? AND CAST(sequence_number AS INTEGER) > ?
       ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?`,
    );
    this.#oldest = this.#database.prepare(
      `SELECT CAST(sequence_number AS INTEGER) AS number, created_at FROM _stream_records
       WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= ?
       ORDER BY CAST(sequence_number AS INTEGER) LIMIT ${trimmedAtOnce}`,
    );
    this.#trim = this.#database.prepare(
      'DELETE FROM _stream_records WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= ?',
    );
    this.#removals = this.#database.prepare(
      `SELECT id, keys_json FROM _stream_records
       WHERE table_name = ? AND CAST(sequence_number AS INTEGER) > ? AND event_name = 'REMOVE' ORDER BY id`,
    );
    this.#markExpired = this.#database.prepare('UPDATE _stream_records SET user_identity = ? WHERE id = ?');
  }

  /** A number that is another one whenever there are records to read that were not there before. */
  recordsWritten(): number {
    return Number(this.#written.get()?.['seq'] ?? 0) + this.#revealed;
  }

  /** The next records of a table's stream after a sequence number, 0 for the oldest one. */
  records(table: string, after: number, limit: number): RecordRow[] {
    const last = this.#hidden.get(table) ?? Infinity;
    const rows = this.#records.all(table, after, limit).map((row) => ({
      number: Number(row['number']),
      eventName: String(row['event_name']),
      keys: String(row['keys_json']),
      newImage: row['new_image']?.toString(),
      oldImage: row['old_image']?.toString(),
      createdAt: Number(row['created_at']),
      expired: row['user_identity'] !== null,
    }));
    return rows.filter(({ number }) => number <= last);
  }

  /**
   * Deletes an item as one whose time has come: the record that this leaves in the stream says so, and nobody reads it
   * before it does.
   * @param keys the item's key, in DynamoDB's JSON
   */
  async deleteAsExpired(table: string, keys: JsonObject, act: () => Promise<unknown>): Promise<void> {
    const before = this.newestRecord(table);
    this.#hidden.set(table, before);
    try {
      await act();
      const own = this.#removals
        .all(table, before)
        .find((row) => sameJson(parseJson(String(row['keys_json'])), keys));
      if (own !== undefined) this.#markExpired.run(serviceIdentity, Number(own['id']));
    } finally {
      this.#hidden.delete(table);
      this.#revealed += 1;
    }
  }

  /** The sequence number of the newest record of a table's stream, 0 while there is none. */
  newestRecord(table: string): number {
    return Number(this.#newest.get(table)?.['number'] ?? 0);
  }

  /**
   * Deletes the oldest records of a table's stream that are a day old, some at once. The newest record stays whatever
   * its age: the engine numbers the next one after it, and with a lower number that one would count as delivered.
   * @param passed sequence number up to which every reader of the stream is done
   * @param nowInSeconds seconds since 1970
   * @returns whether there may be more to delete
   */
  trimRecords(table: string, passed: number, nowInSeconds: number): boolean {
    const upTo = Math.min(passed, this.newestRecord(table) - 1);
    const oldest = this.#oldest.all(table, upTo);
    const young = oldest.findIndex(
      (record) => Number(record['created_at']) > nowInSeconds - recordLifetimeSeconds,
    );
    const old = young < 0 ? oldest : oldest.slice(0, young);
    const last = old.at(-1);
    if (last === undefined) return false;
    this.#trim.run(table, Number(last['number']));
    return old.length === trimmedAtOnce;
  }

  /** Makes `expiredItems` of this attribute cheap. */
  indexExpiry(table: string, attribute: string): void {
    const time = expiryOf(attribute);
    this.#database.exec(
      `CREATE INDEX IF NOT EXISTS ${identifier(`${table}::ttl::${attribute}`)}
       ON ${identifier(table)} (CAST(${time} AS INTEGER)) WHERE ${time} IS NOT NULL`,
    );
  }

  /**
   * Items, in DynamoDB's JSON, whose time in an attribute lies between two moments; some at once, the oldest first.
   * @param after seconds since 1970, itself not included
   * @param before seconds since 1970, itself not included
   */
  expiredItems(table: string, attribute: string, after: number, before: number): string[] {
    const time = expiryOf(attribute);
    const found = this.#database
      .prepare(
        `SELECT item_json FROM ${identifier(table)} WHERE ${time} IS NOT NULL
         AND CAST(${time} AS INTEGER) > ? AND CAST(${time} AS INTEGER) < ?
         ORDER BY CAST(${time} AS INTEGER) LIMIT ${expiredAtOnce}`,
      )
      .all(after, before);
    return found.map((row) => String(row['item_json']));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Numbers only: an attribute of another type has no `N`, and the item never expires. */
function expiryOf(attribute: string): string {
  return `json_extract(item_json, ${literal(`$.${JSON.stringify(attribute)}.N`)})`;
}

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
