import * as z from 'zod';
import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Table } from '../shared/table.ts';
import { people } from '../shared/tables.ts';
import { KnownOrganisationSchema } from '../shared/vocabulary.ts';
import { unchanged } from './people-items.ts';

/** The logins of one person, by the keyed hash of what the identity provider verified of them. */
const IdentitySchema = z.object({
  version: z.int().min(1),
  /** Subject of the first login that was used: the person's id in everything that the system keeps. */
  person: z.string(),
  logins: z.array(z.string()),
  /** Organisations that any of the logins belongs to, or belonged to. */
  organisations: z.array(KnownOrganisationSchema),
});

const LoginSchema = z.object({ identity: z.string(), person: z.string() });

const { identity: identityItem, login: loginItem } = people.entities;

/** Logins that are one person's, so that nobody is two people by having two of them. */
export class LoginStore {
  readonly #table: Table<'people'>;

  constructor(table: Table<'people'>) {
    this.#table = table;
  }

  /**
   * Who a login is: the person with the id of the first login, and with the organisations of all of them. A login that
   * was never used is kept; used by two at once, one of them looks again.
   * @param identity keyed hash of the verified identifier of the person.
   * @throws DomainError login-refused for a subject that was another person's.
   */
  join(actor: Actor, identity: string): Promise<Actor> {
    return decideAgainOnConflict(async () => {
      const key = identityItem.key({ identity });
      const item = await this.#table.get(key);
      const known = item ? IdentitySchema.parse(item) : undefined;
      const { organisation } = actor;
      const isNew = !known?.logins.includes(actor.id);
      if (isNew) await this.#requireFree(actor.id, identity);
      const moves = organisation !== undefined && !known?.organisations.includes(organisation);
      const person = known?.person ?? actor.id;
      const organisations = [...(known?.organisations ?? []), ...(moves ? [organisation] : [])];
      if (isNew || moves) {
        const version = known?.version ?? 0;
        const logins = [...(known?.logins ?? []), ...(isNew ? [actor.id] : [])];
        await this.#table.transact([
          this.#table.put(key, { version: version + 1, person, logins, organisations }, unchanged(version)),
          ...(isNew ? [this.#keepLogin(actor.id, { identity, person })] : []),
        ]);
      }
      return { ...actor, id: person, organisations };
    });
  }

  /** The person whose login a subject is; the subject itself where it was never used. */
  async personOf(login: string): Promise<string> {
    const item = await this.#table.get(loginItem.key({ login }));
    return item ? LoginSchema.parse(item).person : login;
  }

  #keepLogin(login: string, kept: z.output<typeof LoginSchema>) {
    return this.#table.put(loginItem.key({ login }), kept, { when: 'attribute_not_exists(pk)' });
  }

  /** A provider that gives one subject to two people, or two identifiers to one, cannot be relied upon. */
  async #requireFree(login: string, identity: string): Promise<void> {
    const item = await this.#table.get(loginItem.key({ login }));
    if (!item || LoginSchema.parse(item).identity === identity) return;
    throw new DomainError('login-refused', {
      detail: {
        zh: '该账号先前对应另一人员标识',
        en: 'this account came with another identifier of a person before',
      },
    });
  }
}
