import * as z from 'zod';
import { type OutboxMessage, OutboxMessageSchema } from '../../shared/outbox.ts';
import type { Table } from '../../shared/table.ts';
import { workflow } from '../../shared/tables.ts';

const { outboxMessage } = workflow.entities;

const StoredMessageSchema = z.object({ pending: z.string().optional(), message: OutboxMessageSchema });

/** Where a message that is not delivered stands, and since when. */
const PendingSchema = z.object({ pk: z.string(), createdAt: z.string() });
export type Pending = z.output<typeof PendingSchema>;

const deliveredKeptSeconds = 7 * 86_400;

/** Messages that committed transactions have put on the outbox, by their partition keys. */
export class OutboxStore {
  readonly #table: Table<'workflow'>;

  constructor(table: Table<'workflow'>) {
    this.#table = table;
  }

  /** A message that is still to be delivered, read consistently; undefined when it is delivered or not there. */
  async pending(pk: string): Promise<OutboxMessage | undefined> {
    const item = await this.#table.get(keyOf(pk));
    if (!item) return undefined;
    const { pending, message } = StoredMessageSchema.parse(item);
    return pending === undefined ? undefined : message;
  }

  /** Messages from before an instant that are still to be delivered, oldest first. */
  async *leftBehind(before: Date): AsyncGenerator<Pending> {
    const left = outboxMessage.listed('pending', {}, { before: before.toISOString() });
    for await (const items of this.#table.pages(left)) {
      for (const item of items) yield PendingSchema.parse(item);
    }
  }

  /** Notes that a message is delivered; it is kept for a week from then on. */
  async markDelivered(pk: string, now: Date): Promise<void> {
    await this.#table.write(
      this.#table.update(keyOf(pk), {
        set: 'SET deliveredAt = :now, expiresAt = :expires REMOVE pending',
        values: {
          ':now': now.toISOString(),
          ':expires': Math.floor(now.getTime() / 1000) + deliveredKeptSeconds,
        },
      }),
    );
  }
}

function keyOf(pk: string) {
  return { pk, sk: outboxMessage.sk({}) };
}
