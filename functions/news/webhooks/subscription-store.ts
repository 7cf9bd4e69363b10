import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type ActiveSubscription, type Subscription, SubscriptionSchema } from './subscription.ts';

/** Partition of all subscriptions. */
export const subscriptionListing = 'WEBHOOKS';
const subscriptionKey = (subscriptionId: string) => ({ pk: subscriptionListing, sk: subscriptionId });
/*
 * Secrets have partitions of their own, so that the API, which makes and replaces them, has no right to read one.
 */
const secretPartition = (subscriptionId: string) => `WEBHOOK-SECRET#${subscriptionId}`;
const secretKey = (subscriptionId: string, number: number) => ({
  pk: secretPartition(subscriptionId),
  sk: `SECRET#${String(number).padStart(6, '0')}`,
});

const SecretSchema = z.object({ secret: z.string(), endsAt: z.string().optional() });

/** Subscriptions and their secrets in DynamoDB. */
export class SubscriptionStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'messages'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The subscription, read consistently, or undefined. */
  async get(subscriptionId: string): Promise<Subscription | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: subscriptionKey(subscriptionId), ConsistentRead: true }),
    );
    return Item && SubscriptionSchema.parse(Item);
  }

  /** The subscription. @throws DomainError not-found */
  async require(subscriptionId: string): Promise<Subscription> {
    const subscription = await this.get(subscriptionId);
    if (!subscription) throw new DomainError('not-found');
    return subscription;
  }

  /** One page in the order of their creation, read consistently, with the key of its last item when more follow. */
  async page(
    limit: number,
    start: Record<string, unknown> | undefined,
  ): Promise<{ subscriptions: Subscription[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :listing',
        ExpressionAttributeValues: { ':listing': subscriptionListing },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    return { subscriptions: Items.map((item) => SubscriptionSchema.parse(item)), lastKey: LastEvaluatedKey };
  }

  /** Every subscription that is to be sent events of a type. There are few: they are a few offices' systems. */
  async wanting(eventType: string): Promise<ActiveSubscription[]> {
    const found: ActiveSubscription[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { subscriptions, lastKey } = await this.page(100, start);
      for (const one of subscriptions) {
        if (one.status === 'active' && one.eventTypes.includes(eventType)) found.push(one);
      }
      start = lastKey;
    } while (start);
    return found;
  }

  /** The writes that put a new subscription with its first secret. */
  creation(subscription: ActiveSubscription, secret: string): GuardedWrite[] {
    const { subscriptionId, secretNumber } = subscription;
    return [
      {
        item: {
          Put: {
            TableName: this.#table,
            Item: { ...subscriptionKey(subscriptionId), ...subscription },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      },
      this.#newSecret(subscriptionId, secretNumber, secret),
    ];
  }

  /**
   * Puts a secret in the place of the one that signs first; the old one signs beside it until `endsAt`.
   * @throws DomainError concurrent-change when another rotation came between, or the subscription has ended.
   */
  async replaceSecret(subscription: ActiveSubscription, secret: string, endsAt: Date): Promise<void> {
    const { subscriptionId, secretNumber } = subscription;
    await writeAll(this.#client, [
      this.#changeAsRead(subscription, 'SET secretNumber = :next', { ':next': secretNumber + 1 }),
      this.#newSecret(subscriptionId, secretNumber + 1, secret),
      {
        item: {
          Update: {
            TableName: this.#table,
            Key: secretKey(subscriptionId, secretNumber),
            UpdateExpression: 'SET endsAt = :endsAt, expiresAt = :expires',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: {
              ':endsAt': endsAt.toISOString(),
              ':expires': Math.ceil(endsAt.getTime() / 1000),
            },
          },
        },
      },
    ]);
  }

  /** The secrets that sign now, newest first; none when the subscription has ended. */
  async secrets(subscriptionId: string, now: Date): Promise<string[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': secretPartition(subscriptionId) },
        ConsistentRead: true,
        ScanIndexForward: false,
      }),
    );
    return Items.map((item) => SecretSchema.parse(item))
      .filter(({ endsAt }) => endsAt === undefined || endsAt > now.toISOString())
      .map(({ secret }) => secret);
  }

  /**
   * Ends a subscription and deletes the secret that signs first and the one before it; still older ones go with their
   * time. Ending twice changes nothing.
   */
  async end(subscription: Subscription, at: Date, endedBy: 'operator' | 'receiver'): Promise<void> {
    if (subscription.status === 'ended') return;
    const { subscriptionId, secretNumber } = subscription;
    await writeAll(this.#client, [
      this.#changeAsRead(
        subscription,
        'SET #status = :ended, endedAt = :at, endedBy = :by REMOVE failingSince',
        { ':ended': 'ended', ':at': at.toISOString(), ':by': endedBy },
      ),
      ...[secretNumber, secretNumber - 1].map(
        (number): GuardedWrite => ({
          item: { Delete: { TableName: this.#table, Key: secretKey(subscriptionId, number) } },
        }),
      ),
    ]);
  }

  /** Keeps since when attempts fail, or forgets it after a success. */
  async noteHealth(subscription: ActiveSubscription, succeeded: boolean, at: Date): Promise<void> {
    // Most attempts go as the one before them, and change nothing.
    if (succeeded === (subscription.failingSince === undefined)) return;
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: subscriptionKey(subscription.subscriptionId),
          UpdateExpression: succeeded
            ? 'REMOVE failingSince'
            : 'SET failingSince = if_not_exists(failingSince, :at)',
          ConditionExpression: '#status = :active',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':active': 'active', ...(!succeeded && { ':at': at.toISOString() }) },
        }),
      );
    } catch (error) {
      // It ended meanwhile: nobody asks for its health any more.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Writes all or nothing. @throws DomainError as the writes say. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.#client, writes);
  }

  /** Changes a subscription that is active still: a rotation since it was read would leave its secret behind. */
  #changeAsRead(
    { subscriptionId, secretNumber }: ActiveSubscription,
    change: string,
    values: Readonly<Record<string, unknown>>,
  ): GuardedWrite {
    return {
      item: {
        Update: {
          TableName: this.#table,
          Key: subscriptionKey(subscriptionId),
          UpdateExpression: change,
          ConditionExpression: '#status = :active AND secretNumber = :present',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':active': 'active', ':present': secretNumber, ...values },
        },
      },
    };
  }

  #newSecret(subscriptionId: string, number: number, secret: string): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: { ...secretKey(subscriptionId, number), secret },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    };
  }
}
