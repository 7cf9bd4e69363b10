import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from './clock.ts';
import { contentHash } from './hash.ts';
import type { Outbox, OutboxMessage } from './outbox.ts';
import { writeAll } from './transaction.ts';

const TokenSchema = z.object({ token: z.string().min(1) });
const keptDays = 400;

/** Keeps the task tokens of waiting state machines. Only workflow functions and the relay may read them. */
export class WaitRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * Stores a token of a wait. A retried or restarted state brings a new one, and all are kept: a run of an earlier
   * attempt that comes late would else put its dead token in the place of the one that is waited for.
   */
  async register(waitId: string, token: string): Promise<void> {
    const expiresAt = Math.floor(this.#clock().getTime() / 1000) + keptDays * 86_400;
    await this.#client.send(
      new PutCommand({
        TableName: this.#table,
        Item: { pk: waitKey(waitId), sk: `TOKEN#${contentHash(token)}`, token, expiresAt },
      }),
    );
  }

  /** Every token of a wait, of which at most one is waited for; none when nothing waits there yet. */
  async tokens(waitId: string): Promise<string[]> {
    const tokens: string[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': waitKey(waitId) },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      tokens.push(...(page.Items ?? []).map((item) => TokenSchema.parse(item).token));
      from = page.LastEvaluatedKey;
    } while (from);
    return tokens;
  }

  /** Puts one message on the outbox outside any other transaction. */
  async send(outbox: Outbox, message: OutboxMessage): Promise<void> {
    await writeAll(this.#client, [outbox.message(message)]);
  }
}

function waitKey(waitId: string): string {
  return `WAIT#${waitId}`;
}

/** Wait ids, in one place since writer and waiter must agree on them. */
export const waitIds = {
  signOff: (applicationId: string, submission: number, attempt: number) =>
    `sign-off.${applicationId}.${submission}.${attempt}`,
  correction: (applicationId: string, submission: number) => `correction.${applicationId}.${submission}`,
  objections: (applicationId: string, submission: number) => `objections.${applicationId}.${submission}`,
  payment: (applicationId: string, submission: number) => `payment.${applicationId}.${submission}`,
  adjudication: (applicationId: string, submission: number) => `adjudication.${applicationId}.${submission}`,
  allocation: (applicationId: string, submission: number) => `allocation.${applicationId}.${submission}`,
  planApproval: (roundId: string, planNumber: number) => `plan-approval.${roundId}.${planNumber}`,
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
