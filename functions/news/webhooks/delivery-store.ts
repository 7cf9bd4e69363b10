import * as z from 'zod';
import type { Range } from '../../shared/keys.ts';
import type { Item, Table } from '../../shared/table.ts';
import { messages } from '../../shared/tables.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryKey,
  DeliverySchema,
  type DeliveryStatus,
} from './delivery.ts';

const { entities } = messages;

/** Value of the sparse index's partition: present as long as something is to be sent. */
const [, isDue] = entities.delivery.listed('due', {}).partition;

/** Deliveries of a subscription that have a status. */
export function deliveriesOf(subscriptionId: string, status: DeliveryStatus): Range<'messages'> {
  return entities.delivery.listed('deliveries', { subscriptionId, status });
}

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
  readonly #table: Table<'messages'>;

  constructor(table: Table<'messages'>) {
    this.#table = table;
  }

  /** The delivery, read consistently, or undefined. */
  async get(key: DeliveryKey): Promise<Delivery | undefined> {
    const item = await this.#table.get(entities.delivery.key(key));
    return item && DeliverySchema.parse(item);
  }

  /**
   * Makes a delivery that is due at once. One that exists is left as it is: an event may come twice.
   * @returns whether it is new.
   */
  async create(made: DeliveryKey & Pick<Delivery, 'eventType' | 'body'>, at: Date): Promise<boolean> {
    const now = at.toISOString();
    const first = { ...made, status: 'pending', createdAt: now, nextAttemptAt: now } as const;
    const item: Delivery = { ...first, attempts: 0, attemptLog: [] };
    return this.#table.tryWrite(
      this.#table.putNew(entities.delivery.key(made), {
        ...item,
        ...entities.delivery.entry('due', first),
        ...entities.delivery.entry('deliveries', first),
        expiresAt: expiry(at),
      }),
    );
  }

  /** Keys of everything that is due, longest overdue first. */
  async *due(now: Date): AsyncGenerator<DeliveryKey> {
    const due = entities.delivery.listed('due', {}, { upTo: now.toISOString() });
    for await (const items of this.#table.pages(due)) {
      for (const item of items) {
        const key = entities.delivery.partsOf(KeySchema.parse(item));
        if (key) yield key;
      }
    }
  }

  /**
   * Takes a due delivery for one attempt, which is counted here, so that an attempt that kills its function counts too.
   * Until it is settled or its lease ends nobody else gets it.
   * @returns undefined when it is not due: another run has it, or it is done.
   */
  async claim(key: DeliveryKey, now: Date): Promise<Delivery | undefined> {
    const claimed = await this.#table.tryUpdate(entities.delivery.key(key), {
      set: 'SET nextAttemptAt = :lease ADD attempts :one',
      when: 'due = :due AND nextAttemptAt <= :now',
      values: {
        ':lease': new Date(now.getTime() + leaseMs).toISOString(),
        ':one': 1,
        ':due': isDue,
        ':now': now.toISOString(),
      },
    });
    return claimed && DeliverySchema.parse(claimed);
  }

  /**
   * Writes how a claimed attempt ended.
   * @returns false when its lease had ended and another attempt has begun: that one settles it.
   */
  async settle(claimed: Delivery, { status, nextAttemptAt, attempt }: Settlement): Promise<boolean> {
    const attemptLog = [...claimed.attemptLog, ...(attempt ? [attempt] : [])].slice(-attemptsKept);
    return this.#table.tryWrite(
      this.#table.update(entities.delivery.key(claimed), {
        set: `SET #status = :status, deliveries = :listing, attemptLog = :log${
          nextAttemptAt ? ', nextAttemptAt = :next' : ' REMOVE due, nextAttemptAt'
        }`,
        when: 'attempts = :attempts AND nextAttemptAt = :lease',
        names: { '#status': 'status' },
        values: {
          ':status': status,
          ':listing': listingOf(claimed, status),
          ':log': attemptLog,
          ':attempts': claimed.attempts,
          ':lease': claimed.nextAttemptAt,
          ...(nextAttemptAt && { ':next': nextAttemptAt.toISOString() }),
        },
      }),
    );
  }

  /**
   * Makes a delivery due again, with all its attempts before it.
   * @param from what it has to be, so that what is on its way is not sent beside itself.
   * @returns whether it was.
   */
  async revive(key: DeliveryKey, from: readonly DeliveryStatus[], now: Date): Promise<boolean> {
    const names = from.map((_, index) => `:from${index}`);
    return this.#table.tryWrite(
      this.#table.update(entities.delivery.key(key), {
        set: 'SET #status = :pending, deliveries = :listing, due = :due, nextAttemptAt = :now, attempts = :none, expiresAt = :expires',
        when: `#status IN (${names.join(', ')})`,
        names: { '#status': 'status' },
        values: {
          ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
          ':pending': 'pending',
          ':listing': listingOf(key, 'pending'),
          ':due': isDue,
          ':now': now.toISOString(),
          ':none': 0,
          ':expires': expiry(now),
        },
      }),
    );
  }

  /** One page of a subscription's deliveries of a status, newest first. */
  async page(
    subscriptionId: string,
    status: DeliveryStatus,
    limit: number,
    start?: Item,
  ): Promise<{ deliveries: Delivery[]; lastKey: Item | undefined }> {
    const { items, lastKey } = await this.#table.page(deliveriesOf(subscriptionId, status), {
      newestFirst: true,
      limit,
      start,
    });
    return { deliveries: items.map((item) => DeliverySchema.parse(item)), lastKey };
  }
}

/** Value of the partition that lists a subscription's deliveries of one status. */
function listingOf({ subscriptionId }: DeliveryKey, status: DeliveryStatus): string {
  return deliveriesOf(subscriptionId, status).partition[1];
}

function expiry(from: Date): number {
  return Math.floor(from.getTime() / 1000) + keptSeconds;
}
