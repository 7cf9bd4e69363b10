import * as z from 'zod';
import { type Actor, applicantRoles, type Role } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Table } from '../shared/table.ts';
import { getMany } from '../shared/table-batches.ts';
import { people } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { inForce, initialRole } from './access.ts';
import type { Standing } from './access-decision.ts';
import { accessUnchanged, readAccess } from './access-store.ts';
import { type Identity, IdentitySchema, personOf } from './identity.ts';
import { unchanged } from './people-items.ts';
import { admittedRoles } from './role-rules.ts';

const LoginSchema = z.object({ identity: z.string(), person: z.string() });

const { access: accessItem, identity: identityItem, login: loginItem, roleUse } = people.entities;

/** Logins that are one person's, so that nobody is two people by having two of them. */
export class LoginStore {
  readonly #table: Table<'people'>;
  readonly #initial: readonly string[];

  /** @param initial logins that have `access-admin` by the deployment. */
  constructor(table: Table<'people'>, initial: readonly string[] = []) {
    this.#table = table;
    this.#initial = initial;
  }

  /**
   * Who a login is: the person with the id of the first login, with the organisations of all of them, and with the roles
   * that are granted to them, as they stand now. A login that is used for the first time is kept, and one that is for the
   * first time an applicant's, on condition that nothing was granted meanwhile; used by two at once, one looks again.
   * @param identity keyed hash of the verified identifier of the person.
   * @throws DomainError login-refused for a subject that was another person's, and for a person of whom all logins together
   * have roles that are to be kept apart.
   */
  join(actor: Actor, identity: string, now: Date): Promise<Actor> {
    return decideAgainOnConflict(async () => {
      const { known, access } = await this.#read(identity);
      const isNew = !known?.logins.includes(actor.id);
      if (isNew) await this.#requireFree(actor.id, identity);
      if (known?.closed.includes(actor.id)) throw closedAlready();
      const logins = [...(known?.logins ?? []), ...(isNew ? [actor.id] : [])];
      const granted = inForce(access, now);
      const held = [
        ...granted,
        ...(this.#isInitial(logins) ? [{ role: initialRole, department: undefined }] : []),
      ];
      const roles = admittedRoles(actor, { isApplicant: (known?.applicants.length ?? 0) > 0, held });
      if (roles.length === 0) return { ...actor, roles };
      const applies = roles.some((role) => applicantRoles.includes(role));
      const applicants = withOne(known?.applicants, applies ? actor.id : undefined);
      const organisations = withOne(known?.organisations, actor.organisation);
      const person = personOf(known) ?? actor.id;
      const before = known ?? { applicants: [], organisations: [] };
      const isChanged =
        isNew ||
        applicants.length > before.applicants.length ||
        organisations.length > before.organisations.length;
      if (isChanged) {
        const version = known?.version ?? 0;
        const closed = known?.closed ?? [];
        const to: Identity = { version: version + 1, person, logins, applicants, closed, organisations };
        await this.#table.transact([
          this.#table.put(identityItem.key({ identity }), to, unchanged(version)),
          ...(isNew ? [this.#keepLogin(actor.id, { identity, person })] : []),
          ...(applies ? [accessUnchanged(this.#table, identity, access)] : []),
        ]);
      }
      const grants = granted.flatMap(({ role, department, grantId }) =>
        roles.includes(role) && (department === undefined || department === actor.department)
          ? [{ role, grantId }]
          : [],
      );
      return { ...actor, id: person, roles, organisations, ...(grants.length > 0 && { grants }) };
    });
  }

  /** The person whose login a subject is; the subject itself where it was never used. */
  async personOf(login: string): Promise<string> {
    const item = await this.#table.get(loginItem.key({ login }));
    return item ? LoginSchema.parse(item).person : login;
  }

  /** What is known of a person beside grants, and the check that it stays so. */
  async standing(identity: string): Promise<Standing & { readonly unchanged: GuardedWrite }> {
    const key = identityItem.key({ identity });
    const known = readIdentity(await this.#table.get(key));
    return {
      person: personOf(known),
      isApplicant: (known?.applicants.length ?? 0) > 0,
      initial: this.#isInitial(known?.logins ?? []) ? [initialRole] : [],
      unchanged: this.#table.check(key, unchanged(known?.version ?? 0)),
    };
  }

  /** The logins of a person, read consistently, or undefined. */
  async identity(identity: string): Promise<Identity | undefined> {
    return readIdentity(await this.#table.get(identityItem.key({ identity })));
  }

  /** The hash of the identifier that a login came with; undefined for one that was never used. */
  async identityOf(login: string): Promise<string | undefined> {
    const item = await this.#table.get(loginItem.key({ login }));
    return item && LoginSchema.parse(item).identity;
  }

  /** The writes that bring a login from one person to another, on condition that both are as they were read. */
  moved(
    place: { readonly from: string; readonly to: string },
    before: { readonly from: Identity; readonly to: Identity | undefined },
    after: { readonly from: Identity; readonly to: Identity },
    login: string,
  ): GuardedWrite[] {
    const kept = { identity: place.to, person: after.to.person };
    return [
      this.#put(place.from, before.from, after.from),
      this.#put(place.to, before.to, after.to),
      this.#table.put(loginItem.key({ login }), kept, {
        when: '#identity = :from',
        names: { '#identity': 'identity' },
        values: { ':from': place.from },
      }),
    ];
  }

  /** The writes that close a login of a person, on the same condition. */
  closed(identity: string, before: Identity, after: Identity): GuardedWrite[] {
    return [this.#put(identity, before, after)];
  }

  /** Ids of people by the hashes of their identifiers; those who never logged in are left out. */
  async peopleOf(identities: readonly string[]): Promise<Map<string, string>> {
    const keys = identities.map((identity) => identityItem.key({ identity }));
    const items = await getMany(this.#table, keys, { attempts: 4, pausing: true });
    return new Map(
      items.flatMap((item) => {
        const parts = identityItem.partsOf({ pk: String(item['pk']), sk: String(item['sk']) });
        const person = personOf(IdentitySchema.parse(item));
        return parts && person !== undefined ? [[parts.identity, person] as const] : [];
      }),
    );
  }

  /** Keeps that a person acted in a role on a day. */
  async noteUse(identity: string, role: Role, day: string): Promise<void> {
    await this.#table.write(this.#table.put(roleUse.key({ identity, role }), { day }));
  }

  /** Days on which people last acted in roles, by `identity role`. */
  async lastUses(used: readonly { readonly identity: string; readonly role: Role }[]) {
    const keys = new Map(used.map((one) => [`${one.identity} ${one.role}`, roleUse.key(one)]));
    const items = await getMany(this.#table, [...keys.values()], { attempts: 4, pausing: true });
    const days = new Map(items.map(({ pk, sk, day }) => [`${String(pk)} ${String(sk)}`, String(day)]));
    return new Map([...keys].map(([name, { pk, sk }]) => [name, days.get(`${pk} ${sk}`)] as const));
  }

  /** The two items that say who somebody is and what they may, by one request. */
  async #read(identity: string) {
    const keys = [identityItem.key({ identity }), accessItem.key({ reference: identity })] as const;
    const items = await getMany(this.#table, keys, { attempts: 4, pausing: true });
    const [known, access] = keys.map(({ pk }) => items.find((item) => item['pk'] === pk));
    return { known: readIdentity(known), access: readAccess(access) };
  }

  #put(identity: string, before: Identity | undefined, after: Identity): GuardedWrite {
    return this.#table.put(identityItem.key({ identity }), after, unchanged(before?.version ?? 0));
  }

  #isInitial(logins: readonly string[]): boolean {
    return logins.some((login) => this.#initial.includes(login));
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

function closedAlready(): DomainError {
  return new DomainError('login-refused', {
    detail: { zh: '该账号已停用', en: 'this account is closed' },
  });
}

function readIdentity(item: Record<string, unknown> | undefined): Identity | undefined {
  return item && IdentitySchema.parse(item);
}

function withOne<T>(known: readonly T[] | undefined, one: T | undefined): T[] {
  const all = known ?? [];
  return one === undefined || all.includes(one) ? [...all] : [...all, one];
}
