import * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Guard, Table } from '../../shared/table.ts';
import { messages } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Channel, channelsOf } from './channel.ts';
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

const { entities } = messages;

/**
 * Contacts that people gave. A copy stands in each of their channels, so that a channel's recipients are one query.
 * The addresses are personal data: they are in no log, no event and no index.
 */
export class ContactStore {
  readonly #table: Table<'messages'>;

  constructor(table: Table<'messages'>) {
    this.#table = table;
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
      await this.#table.transact([
        this.#table.remove(entities.contact.key({ person }), unchanged(own)),
        ...this.#removals(person, own.channels),
      ]);
    });
  }

  /** Everybody who wants the mails of a channel. */
  async recipients(channel: Channel): Promise<Recipient[]> {
    const items = await this.#table.all(entities.recipient.of({ place: channel }), { consistent: false });
    return items.map((item) => RecipientSchema.parse(item));
  }

  async #keep(actor: Actor, contact: Contact, read: OwnContact | undefined, now: Date): Promise<void> {
    const person = actor.id;
    const channels = namesOf(actor);
    const version = (read?.version ?? 0) + 1;
    const own = { contact, channels, seenAt: now.toISOString(), version };
    const expiresAt = Math.floor(now.getTime() / 1000) + (keptDays * dayMs) / 1000;
    const left = (read?.channels ?? []).filter(
      (channel) => !(channels as readonly string[]).includes(channel),
    );
    await this.#table.transact([
      this.#table.put(entities.contact.key({ person }), own, unchanged(read)),
      ...channels.map((place) =>
        this.#table.put(entities.recipient.key({ place, person }), { person, contact, expiresAt }),
      ),
      ...this.#removals(person, left),
    ]);
  }

  #removals(person: string, channels: readonly string[]): GuardedWrite[] {
    return channels.map((place) => this.#table.remove(entities.recipient.key({ place, person })));
  }

  async #own(person: string): Promise<OwnContact | undefined> {
    const item = await this.#table.get(entities.contact.key({ person }));
    return item && OwnContactSchema.parse(item);
  }
}

function namesOf(actor: Actor): Channel[] {
  return channelsOf(actor).map(([, channel]) => channel);
}

/** That a contact is as it was read. */
function unchanged(read: OwnContact | undefined): Guard {
  if (!read) return { when: 'attribute_not_exists(pk)' };
  return { when: 'version = :version', values: { ':version': read.version } };
}
