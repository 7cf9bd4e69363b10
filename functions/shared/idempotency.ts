import * as z from 'zod';
import { DomainError } from './errors.ts';
import { contentHash } from './hash.ts';
import type { Key } from './keys.ts';
import type { Table } from './table.ts';
import type { TableName } from './tables.ts';
import type { GuardedWrite } from './transaction.ts';

const RecordSchema = z.object({ requestHash: z.string(), answer: z.unknown() });

/** A request that may be sent again under its key. */
export interface KeyedRequest {
  /** Where its record stands. */
  readonly key: Key<TableName>;
  /** Everything that makes it this request and no other: the body, and who sent it. */
  readonly content: unknown;
}

/**
 * Remembers the answers of requests in the transaction that gave them effect, for good: a client may come back with
 * its key after any time.
 */
export class IdempotencyRecords {
  readonly #table: Table<TableName>;

  constructor(table: Table<TableName>) {
    this.#table = table;
  }

  /**
   * The answer that was given to this request before, or undefined.
   * @throws DomainError idempotency-key-reused when the key was used for another request.
   */
  async answer<S extends z.ZodType>(request: KeyedRequest, schema: S): Promise<z.output<S> | undefined> {
    const item = await this.#table.get(request.key);
    if (!item) return undefined;
    const record = RecordSchema.parse(item);
    if (record.requestHash !== contentHash(request.content)) throw new DomainError('idempotency-key-reused');
    return schema.parse(record.answer);
  }

  /**
   * The write that remembers an answer. It fails with `concurrent-change` when the same key got through at the same
   * time: asking for the answer again then gives it.
   */
  record(request: KeyedRequest, answer: unknown): GuardedWrite {
    return this.#table.putNew(request.key, { requestHash: contentHash(request.content), answer });
  }
}
