import * as z from 'zod';
import type { Clock } from './clock.ts';
import { contentHash } from './hash.ts';
import type { Outbox, OutboxMessage } from './outbox.ts';
import type { Table } from './table.ts';
import { workflow } from './tables.ts';
import type { ApplicationId, RoundId } from './vocabulary.ts';

const TokenSchema = z.object({ token: z.string().min(1) });
const keptDays = 400;

const { waitToken } = workflow.entities;

/** Keeps the task tokens of waiting state machines. Only workflow functions and the relay may read them. */
export class WaitRepository {
  readonly #table: Table<'workflow'>;
  readonly #clock: Clock;

  constructor(table: Table<'workflow'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * Stores a token of a wait. A retried or restarted state brings a new one, and all are kept: a run of an earlier
   * attempt that comes late would else put its dead token in the place of the one that is waited for.
   */
  async register(waitId: string, token: string): Promise<void> {
    const expiresAt = Math.floor(this.#clock().getTime() / 1000) + keptDays * 86_400;
    const key = waitToken.key({ waitId, tokenHash: contentHash(token) });
    await this.#table.write(this.#table.put(key, { token, expiresAt }));
  }

  /** Every token of a wait, of which at most one is waited for; none when nothing waits there yet. */
  async tokens(waitId: string): Promise<string[]> {
    const items = await this.#table.all(waitToken.of({ waitId }));
    return items.map((item) => TokenSchema.parse(item).token);
  }

  /** Puts one message on the outbox outside any other transaction. */
  async send(outbox: Outbox, message: OutboxMessage): Promise<void> {
    await this.#table.transact([outbox.message(message)]);
  }
}

/** Wait ids, in one place since writer and waiter must agree on them. */
export const waitIds = {
  signOff: (applicationId: ApplicationId, submission: number, attempt: number) =>
    `sign-off.${applicationId}.${submission}.${attempt}`,
  correction: (applicationId: ApplicationId, submission: number) =>
    `correction.${applicationId}.${submission}`,
  objections: (applicationId: ApplicationId, submission: number) =>
    `objections.${applicationId}.${submission}`,
  screening: (applicationId: ApplicationId, submission: number) => `screening.${applicationId}.${submission}`,
  payment: (applicationId: ApplicationId, submission: number) => `payment.${applicationId}.${submission}`,
  adjudication: (applicationId: ApplicationId, submission: number) =>
    `adjudication.${applicationId}.${submission}`,
  allocation: (applicationId: ApplicationId, submission: number) =>
    `allocation.${applicationId}.${submission}`,
  planApproval: (roundId: RoundId, planNumber: number) => `plan-approval.${roundId}.${planNumber}`,
};

/**
 * Registers a waiting state, then looks whether what it waits for has happened already, and if so resumes it at once.
 * The other side writes its state first and looks for a token afterwards; with both reads consistent, at least one
 * sees the other, so that no wake-up is lost whatever the order.
 */
export async function registerWait(
  waits: WaitRepository,
  outbox: Outbox,
  wait: { readonly waitId: string; readonly token: string },
  settled: () => Promise<Extract<OutboxMessage, { type: 'resume' }>['output'] | undefined>,
): Promise<void> {
  await waits.register(wait.waitId, wait.token);
  const output = await settled();
  if (output) await waits.send(outbox, { type: 'resume', waitId: wait.waitId, output });
}
