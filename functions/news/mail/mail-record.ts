import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../shared/clock.ts';
import type { Table } from '../../shared/table.ts';

/** An event is not delivered again after so long, unless somebody replays it on purpose. */
const keptSeconds = 90 * 86_400;
/** Longer than the function that sends may run: whoever claimed a mail before has ended by then. */
const claimedSeconds = 90;

/** Which mails have gone out, by what they are about (an event, or a day's reminders) and recipient: one row for each pair. */
export class MailRecord {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(table: Table<'messages'>, clock: Clock) {
    this.#client = table.client;
    this.#table = table.name;
    this.#clock = clock;
  }

  /**
   * Takes a mail on, unless it is settled or somebody else is sending it. A claim that is not settled runs out, so
   * that a mail is sent even when its sender ended half-way.
   * @returns `settled` when nothing is left to do, `busy` when it is to be looked at again.
   */
  async claim(matter: string, person: string): Promise<'claimed' | 'settled' | 'busy'> {
    const now = this.#clock().getTime();
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: this.#row(matter, person, now / 1000 + claimedSeconds),
          ConditionExpression: 'attribute_not_exists(pk) OR claimedUntil < :now',
          ExpressionAttributeValues: { ':now': now / 1000 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'claimed';
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      // The row as it stands: a settled one has no end of its claim.
      return 'Item' in error && error.Item instanceof Object && 'claimedUntil' in error.Item
        ? 'busy'
        : 'settled';
    }
  }

  /** Notes that a claimed mail is sent, or refused for good. */
  async settle(matter: string, person: string): Promise<void> {
    await this.#put(this.#row(matter, person));
  }

  /** Gives a claimed mail back, which could not be sent now. */
  async release(matter: string, person: string): Promise<void> {
    await this.#put(this.#row(matter, person, 0));
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    await this.#client.send(new PutCommand({ TableName: this.#table, Item }));
  }

  #row(matter: string, person: string, claimedUntil?: number): Record<string, unknown> {
    const now = this.#clock();
    return {
      pk: `EVENT#${matter}`,
      sk: `MAILED#${person}`,
      at: now.toISOString(),
      expiresAt: Math.floor(now.getTime() / 1000) + keptSeconds,
      claimedUntil,
    };
  }
}
