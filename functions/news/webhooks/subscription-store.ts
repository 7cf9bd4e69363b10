import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { Range } from '../../shared/keys.ts';
import type { Item, Table } from '../../shared/table.ts';
import { messages } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type ActiveSubscription, type Subscription, SubscriptionSchema } from './subscription.ts';

const { entities } = messages;

/** All subscriptions, in the order of their creation. */
export const allSubscriptions: Range<'messages'> = entities.subscription.of({});

const SecretSchema = z.object({ secret: z.string(), endsAt: z.string().optional() });

/** Subscriptions and their secrets in DynamoDB. */
export class SubscriptionStore {
  readonly #table: Table<'messages'>;

  constructor(table: Table<'messages'>) {
    this.#table = table;
  }

  /** The subscription, read consistently, or undefined. */
  async get(subscriptionId: string): Promise<Subscription | undefined> {
    const item = await this.#table.get(entities.subscription.key({ subscriptionId }));
    return item && SubscriptionSchema.parse(item);
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
    start: Item | undefined,
  ): Promise<{ subscriptions: Subscription[]; lastKey: Item | undefined }> {
    const { items, lastKey } = await this.#table.page(allSubscriptions, { limit, start });
    return { subscriptions: items.map((item) => SubscriptionSchema.parse(item)), lastKey };
  }

  /** Every subscription that is to be sent events of a type. There are few: they are a few offices' systems. */
  async wanting(eventType: string): Promise<ActiveSubscription[]> {
    const all = await this.#table.all(allSubscriptions);
    return all
      .map((item) => SubscriptionSchema.parse(item))
      .filter((one) => one.status === 'active')
      .filter(({ eventTypes }) => eventTypes.includes(eventType));
  }

  /** The writes that put a new subscription with its first secret. */
  creation(subscription: ActiveSubscription, secret: string): GuardedWrite[] {
    const { subscriptionId, secretNumber } = subscription;
    return [
      this.#table.putNew(entities.subscription.key({ subscriptionId }), subscription),
      this.#newSecret(subscriptionId, secretNumber, secret),
    ];
  }

  /**
   * Puts a secret in the place of the one that signs first; the old one signs beside it until `endsAt`.
   * @throws DomainError concurrent-change when another rotation came between, or the subscription has ended.
   */
  async replaceSecret(subscription: ActiveSubscription, secret: string, endsAt: Date): Promise<void> {
    const { subscriptionId, secretNumber } = subscription;
    await this.#table.transact([
      this.#changeAsRead(subscription, 'SET secretNumber = :next', { ':next': secretNumber + 1 }),
      this.#newSecret(subscriptionId, secretNumber + 1, secret),
      this.#table.update(entities.secret.key({ subscriptionId, number: secretNumber }), {
        set: 'SET endsAt = :endsAt, expiresAt = :expires',
        when: 'attribute_exists(pk)',
        values: { ':endsAt': endsAt.toISOString(), ':expires': Math.ceil(endsAt.getTime() / 1000) },
      }),
    ]);
  }

  /** The secrets that sign now, newest first; none when the subscription has ended. */
  async secrets(subscriptionId: string, now: Date): Promise<string[]> {
    const items = await this.#table.all(entities.secret.partition({ subscriptionId }), { newestFirst: true });
    return items
      .map((item) => SecretSchema.parse(item))
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
    await this.#table.transact([
      this.#changeAsRead(
        subscription,
        'SET #status = :ended, endedAt = :at, endedBy = :by REMOVE failingSince',
        { ':ended': 'ended', ':at': at.toISOString(), ':by': endedBy },
      ),
      ...[secretNumber, secretNumber - 1].map((number) =>
        this.#table.remove(entities.secret.key({ subscriptionId, number })),
      ),
    ]);
  }

  /** Keeps since when attempts fail, or forgets it after a success. */
  async noteHealth(subscription: ActiveSubscription, succeeded: boolean, at: Date): Promise<void> {
    // Most attempts go as the one before them, and change nothing.
    if (succeeded === (subscription.failingSince === undefined)) return;
    // If it ended meanwhile, nobody asks for its health any more.
    await this.#table.tryWrite(
      this.#table.update(entities.subscription.key(subscription), {
        set: succeeded ? 'REMOVE failingSince' : 'SET failingSince = if_not_exists(failingSince, :at)',
        when: '#status = :active',
        names: { '#status': 'status' },
        values: { ':active': 'active', ...(!succeeded && { ':at': at.toISOString() }) },
      }),
    );
  }

  /** Writes all or nothing. @throws DomainError as the writes say. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  /** Changes a subscription that is active still: a rotation since it was read would leave its secret behind. */
  #changeAsRead(
    { subscriptionId, secretNumber }: ActiveSubscription,
    change: string,
    values: Readonly<Record<string, unknown>>,
  ): GuardedWrite {
    return this.#table.update(entities.subscription.key({ subscriptionId }), {
      set: change,
      when: '#status = :active AND secretNumber = :present',
      names: { '#status': 'status' },
      values: { ':active': 'active', ':present': secretNumber, ...values },
    });
  }

  #newSecret(subscriptionId: string, number: number, secret: string): GuardedWrite {
    return this.#table.putNew(entities.secret.key({ subscriptionId, number }), { secret });
  }
}
