import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type GuardedWrite, writeAll } from '../shared/transaction.ts';
import { type Channel, channelOf } from './channel.ts';
import { type Contact, ContactSchema } from './contact.ts';

const OwnContactSchema = z.object({
  contact: ContactSchema,
  /** Channels that hold a copy. */
  channels: z.array(z.string()),
});
const RecipientSchema = z.object({ person: z.string(), contact: ContactSchema });
/** Somebody who wants the mails of a channel. */
export type Recipient = z.output<typeof RecipientSchema>;

/**
 * Contacts that people gave. A copy stands in each of their channels, so that a channel's recipients are one query.
 * The addresses are personal data: they are in no log, no event and no index.
 */
export class ContactStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(person: string): Promise<Contact | undefined> {
    return (await this.#own(person))?.contact;
  }

  /** Keeps a contact in the channels that are a person's now, and takes it out of those that were. */
  async set(person: string, contact: Contact, channels: readonly Channel[]): Promise<void> {
    const earlier = (await this.#own(person))?.channels ?? [];
    const own = ownKey(person);
    await writeAll(this.#client, [
      { item: { Put: { TableName: this.#table, Item: { ...own, contact, channels: [...channels] } } } },
      ...channels.map(
        (pk): GuardedWrite => ({
          item: {
            Put: { TableName: this.#table, Item: { pk, sk: recipientKey(person), person, contact } },
          },
        }),
      ),
      ...this.#removals(
        person,
        earlier.filter((channel) => !(channels as readonly string[]).includes(channel)),
      ),
    ]);
  }

  /** Forgets a contact everywhere. */
  async remove(person: string): Promise<void> {
    const own = await this.#own(person);
    if (!own) return;
    await writeAll(this.#client, [
      { item: { Delete: { TableName: this.#table, Key: ownKey(person) } } },
      ...this.#removals(person, own.channels),
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

  async #own(person: string): Promise<z.output<typeof OwnContactSchema> | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: ownKey(person), ConsistentRead: true }),
    );
    return Item && OwnContactSchema.parse(Item);
  }
}

function ownKey(person: string): { pk: string; sk: string } {
  return { pk: channelOf('person', person), sk: 'CONTACT' };
}

function recipientKey(person: string): string {
  return `RECIPIENT#${person}`;
}
