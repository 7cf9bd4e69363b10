import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type Channel, channelOf, channelsOf } from './channel.ts';
import { type Contact, ContactSchema } from './contact.ts';

const OwnContactSchema = z.object({
  contact: ContactSchema,
  /** Channels that hold a copy. */
  channels: z.array(z.string()),
  /** When the person was last seen in them. */
  seenAt: z.string(),
  /** Rises with every change: the copies are those that it knows of. */
  version: z.int(),
});
type OwnContact = z.output<typeof OwnContactSchema>;
const RecipientSchema = z.object({ person: z.string(), contact: ContactSchema });
/** Somebody who wants the mails of a channel. */
export type Recipient = z.output<typeof RecipientSchema>;

const dayMs = 86_400_000;
/** Who has left an organisation or a department is not seen there again: its mails end after so long. */
const keptDays = 365;
/** Copies are not renewed more often. */
const renewedDays = 30;

/**
 * Contacts that people gave. A copy stands in each of their channels, so that a channel's recipients are one query.
 * The addresses are personal data: they are in no log, no event and no index.
 */
export class ContactStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'messages'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  async get(person: string): Promise<Contact | undefined> {
    return (await this.#own(person))?.contact;
  }

  /** Keeps a contact in the channels that are a person's now, and takes it out of those that were. */
  async set(actor: Actor, contact: Contact, now: Date): Promise<void> {
    await decideAgainOnConflict(async () => this.#keep(actor, contact, await this.#own(actor.id), now));
  }

  /**
   * Brings the copies of a contact in line with the channels that are the person's by now: somebody has moved, or was
   * not seen for a while. Without a contact nothing happens.
   */
  async follow(actor: Actor, now: Date): Promise<void> {
    await decideAgainOnConflict(async () => {
      const own = await this.#own(actor.id);
      if (!own) return;
      const moved = namesOf(actor).join() !== own.channels.join();
      if (!moved && now.getTime() - Date.parse(own.seenAt) < renewedDays * dayMs) return;
      await this.#keep(actor, own.contact, own, now);
    });
  }

  /** Forgets a contact everywhere. */
  async remove(person: string): Promise<void> {
    await decideAgainOnConflict(async () => {
      const own = await this.#own(person);
      if (!own) return;
      await writeAll(this.#client, [
        { item: { Delete: { TableName: this.#table, Key: ownKey(person), ...unchanged(own) } } },
        ...this.#removals(person, own.channels),
      ]);
    });
  }

  async #keep(actor: Actor, contact: Contact, read: OwnContact | undefined, now: Date): Promise<void> {
    const person = actor.id;
    const channels = namesOf(actor);
    const version = (read?.version ?? 0) + 1;
    const own = { ...ownKey(person), contact, channels, seenAt: now.toISOString(), version };
    const expiresAt = Math.floor(now.getTime() / 1000) + (keptDays * dayMs) / 1000;
    const left = (read?.channels ?? []).filter(
      (channel) => !(channels as readonly string[]).includes(channel),
    );
    await writeAll(this.#client, [
      { item: { Put: { TableName: this.#table, Item: own, ...unchanged(read) } } },
      ...channels.map((pk): GuardedWrite => {
        const Item = { pk, sk: recipientKey(person), person, contact, expiresAt };
        return { item: { Put: { TableName: this.#table, Item } } };
      }),
      ...this.#removals(person, left),
    ]);
  }

  /** Everybody who wants the mails of a channel. */
  async recipients(channel: Channel): Promise<Recipient[]> {
    const found: Recipient[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': channel, ':prefix': recipientKey('') },
          ExclusiveStartKey: from,
        }),
      );
      found.push(...Items.map((item) => RecipientSchema.parse(item)));
      from = LastEvaluatedKey;
    } while (from);
    return found;
  }

  #removals(person: string, channels: readonly string[]): GuardedWrite[] {
    return channels.map((pk) => ({
      item: { Delete: { TableName: this.#table, Key: { pk, sk: recipientKey(person) } } },
    }));
  }

  async #own(person: string): Promise<OwnContact | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: ownKey(person), ConsistentRead: true }),
    );
    return Item && OwnContactSchema.parse(Item);
  }
}

function namesOf(actor: Actor): Channel[] {
  return channelsOf(actor).map(([, channel]) => channel);
}

/** On condition that a contact is as it was read. */
function unchanged(read: OwnContact | undefined) {
  if (!read) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': read.version },
  };
}

function ownKey(person: string): { pk: string; sk: string } {
  return { pk: channelOf('person', person), sk: 'CONTACT' };
}

function recipientKey(person: string): string {
  return `RECIPIENT#${person}`;
}
