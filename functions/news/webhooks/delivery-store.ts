import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryKey,
  DeliverySchema,
  type DeliveryStatus,
} from './delivery.ts';

/** Value of the sparse index's partition: present as long as something is to be sent. */
const duePartition = 'WEBHOOK-DUE';

/** Partition of the index that lists a subscription's deliveries of one status. */
export const deliveryListing = (subscriptionId: string, status: DeliveryStatus) =>
  `WEBHOOK#${subscriptionId}#${status}`;

const deliveryKey = ({ subscriptionId, deliveryId }: DeliveryKey) => ({
  pk: `WEBHOOK#${subscriptionId}`,
  sk: `DELIVERY#${deliveryId}`,
});

const KeySchema = z.object({ pk: z.string(), sk: z.string() });

/** How long an attempt may take before it counts as lost: longer than any function runs. */
const leaseMs = 120_000;
const keptSeconds = 30 * 86_400;
const attemptsKept = 30;

/** How an attempt ended. */
export interface Settlement {
  readonly status: DeliveryStatus;
  /** Of a pending one: when to try again. */
  readonly nextAttemptAt?: Date;
  /** Undefined when nothing was sent. */
  readonly attempt?: Attempt;
}

/** Deliveries in DynamoDB. */
export class DeliveryStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'messages'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The delivery, read consistently, or undefined. */
  async get(key: DeliveryKey): Promise<Delivery | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: deliveryKey(key), ConsistentRead: true }),
    );
    return Item && DeliverySchema.parse(Item);
  }

  /**
   * Makes a delivery that is due at once. One that exists is left as it is: an event may come twice.
   * @returns whether it is new.
   */
  async create(delivery: DeliveryKey & Pick<Delivery, 'eventType' | 'body'>, at: Date): Promise<boolean> {
    const item: Delivery = {
      ...delivery,
      status: 'pending',
      createdAt: at.toISOString(),
      attempts: 0,
      nextAttemptAt: at.toISOString(),
      attemptLog: [],
    };
    return this.#ifConditionHolds(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: {
            ...deliveryKey(delivery),
            ...item,
            due: duePartition,
            deliveries: deliveryListing(delivery.subscriptionId, 'pending'),
            expiresAt: expiry(at),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  /** Keys of everything that is due, longest overdue first. */
  async *due(now: Date): AsyncGenerator<DeliveryKey> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          IndexName: 'due',
          KeyConditionExpression: 'due = :due AND nextAttemptAt <= :now',
          ExpressionAttributeValues: { ':due': duePartition, ':now': now.toISOString() },
          ExclusiveStartKey: start,
        }),
      );
      for (const item of Items) {
        const { pk, sk } = KeySchema.parse(item);
        yield { subscriptionId: pk.slice('WEBHOOK#'.length), deliveryId: sk.slice('DELIVERY#'.length) };
      }
      start = LastEvaluatedKey;
    } while (start);
  }

  /**
   * Takes a due delivery for one attempt, which is counted here, so that an attempt that kills its function counts too.
   * Until it is settled or its lease ends nobody else gets it.
   * @returns undefined when it is not due: another run has it, or it is done.
   */
  async claim(key: DeliveryKey, now: Date): Promise<Delivery | undefined> {
    try {
      const { Attributes } = await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: deliveryKey(key),
          UpdateExpression: 'SET nextAttemptAt = :lease ADD attempts :one',
          ConditionExpression: 'due = :due AND nextAttemptAt <= :now',
          ExpressionAttributeValues: {
            ':lease': new Date(now.getTime() + leaseMs).toISOString(),
            ':one': 1,
            ':due': duePartition,
            ':now': now.toISOString(),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return DeliverySchema.parse(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /**
   * Writes how a claimed attempt ended.
   * @returns false when its lease had ended and another attempt has begun: that one settles it.
   */
  async settle(claimed: Delivery, { status, nextAttemptAt, attempt }: Settlement): Promise<boolean> {
    const attemptLog = [...claimed.attemptLog, ...(attempt ? [attempt] : [])].slice(-attemptsKept);
    return this.#ifConditionHolds(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: deliveryKey(claimed),
          UpdateExpression: `SET #status = :status, deliveries = :listing, attemptLog = :log${
            nextAttemptAt ? ', nextAttemptAt = :next' : ' REMOVE due, nextAttemptAt'
          }`,
          ConditionExpression: 'attempts = :attempts AND nextAttemptAt = :lease',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':status': status,
            ':listing': deliveryListing(claimed.subscriptionId, status),
            ':log': attemptLog,
            ':attempts': claimed.attempts,
            ':lease': claimed.nextAttemptAt,
            ...(nextAttemptAt && { ':next': nextAttemptAt.toISOString() }),
          },
        }),
      ),
    );
  }

  /**
   * Makes a delivery due again, with all its attempts before it.
   * @param from what it has to be, so that what is on its way is not sent beside itself.
   * @returns whether it was.
   */
  async revive(key: DeliveryKey, from: readonly DeliveryStatus[], now: Date): Promise<boolean> {
    const names = from.map((_, index) => `:from${index}`);
    return this.#ifConditionHolds(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: deliveryKey(key),
          UpdateExpression:
            'SET #status = :pending, deliveries = :listing, due = :due, nextAttemptAt = :now, attempts = :none, expiresAt = :expires',
          ConditionExpression: `#status IN (${names.join(', ')})`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
            ':pending': 'pending',
            ':listing': deliveryListing(key.subscriptionId, 'pending'),
            ':due': duePartition,
            ':now': now.toISOString(),
            ':none': 0,
            ':expires': expiry(now),
          },
        }),
      ),
    );
  }

  /** One page of a subscription's deliveries of a status, newest first. */
  async page(
    subscriptionId: string,
    status: DeliveryStatus,
    limit: number,
    start?: Record<string, unknown>,
  ): Promise<{ deliveries: Delivery[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'deliveries',
        KeyConditionExpression: 'deliveries = :listing',
        ExpressionAttributeValues: { ':listing': deliveryListing(subscriptionId, status) },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    return { deliveries: Items.map((item) => DeliverySchema.parse(item)), lastKey: LastEvaluatedKey };
  }

  async #ifConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function expiry(from: Date): number {
  return Math.floor(from.getTime() / 1000) + keptSeconds;
}
