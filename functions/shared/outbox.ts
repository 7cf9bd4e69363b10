import * as z from 'zod';
import type { Clock } from './clock.ts';
import type { NewId } from './ids.ts';
import type { Table } from './table.ts';
import { workflow } from './tables.ts';
import type { GuardedWrite } from './transaction.ts';

/** One execution of a review. */
const review = {
  applicationId: z.string(),
  submission: z.int().min(1),
  /** Which time it was reopened, if it was: the execution that ended with the lapse has its name for good. */
  reopening: z.int().min(1).optional(),
};

/**
 * What a committed transaction wants done outside its tables. It is written in the same transaction, and the relay
 * does it at least once; each kind can be done twice without harm.
 */
export const OutboxMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start-review'), ...review }),
  z.object({
    type: z.literal('stop-review'),
    ...review,
    cause: z.string(),
  }),
  z.object({ type: z.literal('start-round'), roundId: z.string() }),
  /** An order that failed is issued again by the next attempt: the execution that failed has its name for good. */
  z.object({ type: z.literal('start-order'), orderId: z.string(), attempt: z.int().min(1) }),
  z.object({
    type: z.literal('resume'),
    waitId: z.string(),
    output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  /** The next page of an announcement, by how many were done before it. */
  z.object({ type: z.literal('send-announcement'), announcementId: z.string(), page: z.int().min(0) }),
]);
export type OutboxMessage = z.output<typeof OutboxMessageSchema>;
export type AnnouncementPage = Extract<OutboxMessage, { type: 'send-announcement' }>;

const { outboxMessage } = workflow.entities;

/** Writes outbox messages as part of a transaction. */
export class Outbox {
  readonly #table: Table<'workflow'>;
  readonly #clock: Clock;
  readonly #newId: NewId;

  constructor(table: Table<'workflow'>, clock: Clock, newId: NewId) {
    this.#table = table;
    this.#clock = clock;
    this.#newId = newId;
  }

  /** The write that puts a message; the caller adds it to the transaction whose effect it announces. */
  message(message: OutboxMessage): GuardedWrite {
    const pending = outboxMessage.entry('pending', { createdAt: this.#clock().toISOString() });
    return this.#table.putNew(outboxMessage.key({ messageId: this.#newId() }), { ...pending, message });
  }
}
