import { KmsKeyedHash } from '../filing/enterprise/kms-keyed-hash.ts';
import { applicantRoles, type Logins, type Role } from '../shared/actor.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Table } from '../shared/table.ts';
import { loginStrength, readClaims, requireStrength } from './claims.ts';
import { LoginStore } from './login-store.ts';

/** What a door knows of logins. */
interface LoginVariables {
  readonly LOGIN_DEPARTMENTS: string;
  readonly LOGIN_PERSON_CLAIM: string;
  readonly LOGIN_STRENGTH: string;
  readonly LOGIN_INITIAL_ADMINS: string;
  readonly IDENTITY_KEY_ARN: string;
}

/** How many people, and uses of roles in a day, are remembered: as many as a function sees. */
const mostRemembered = 1_000;

/** Logins that have `access-admin` by the deployment, see `LOGIN_INITIAL_ADMINS`. */
export function initialAdmins(variables: Pick<LoginVariables, 'LOGIN_INITIAL_ADMINS'>): string[] {
  return variables.LOGIN_INITIAL_ADMINS.split(',').filter((login) => login !== '');
}

/**
 * Who asks at a door of the API, by its variables. Identifiers of people leave their hashes alone behind. What somebody is
 * granted is read with every request: nothing is remembered of it, so that a revoked role is gone with the next one.
 */
export function createLogins(
  variables: LoginVariables,
  table: Table<'people'>,
  clock: Clock = systemClock,
): Logins {
  const { LOGIN_DEPARTMENTS, LOGIN_PERSON_CLAIM: personClaim, IDENTITY_KEY_ARN } = variables;
  const departments = new Set(LOGIN_DEPARTMENTS.split(','));
  const strength = loginStrength(variables.LOGIN_STRENGTH);
  const store = new LoginStore(table, initialAdmins(variables));
  const keyedHash = new KmsKeyedHash(IDENTITY_KEY_ARN);
  const hashes = new Map<string, string>();
  const hashOf = async (identifier: string): Promise<string> => {
    const known = hashes.get(identifier) ?? (await keyedHash.hash('person', identifier));
    if (hashes.size >= mostRemembered) hashes.clear();
    hashes.set(identifier, known);
    return known;
  };
  const noted = new Set<string>();
  const noteUse = async (identity: string, role: Role, day: string): Promise<void> => {
    const use = `${identity} ${role} ${day}`;
    if (noted.has(use)) return;
    await store.noteUse(identity, role, day);
    if (noted.size >= mostRemembered) noted.clear();
    noted.add(use);
  };
  return {
    read: (claims) => readClaims(claims, { departments, personClaim }),
    requireStrength: (claims) => requireStrength(claims, strength),
    join: async ({ actor, identifier }, roles) => {
      const identity = await hashOf(identifier);
      const now = clock();
      const person = await store.join(actor, identity, now);
      const used = person.roles.filter((role) => roles.includes(role));
      if (used.length === 0) throw notGranted(identity);
      const granted = used.filter((role) => !applicantRoles.includes(role));
      await Promise.all(granted.map((role) => noteUse(identity, role, shanghaiDate(now))));
      return person;
    },
  };
}

/** Whoever is refused is told what an administrator of access has to know, and nobody else can make use of. */
function notGranted(reference: string): DomainError {
  return new DomainError('not-granted', {
    detail: {
      zh: `该角色未经授权，或授权已到期、已撤销：请向授权管理员提供您的人员编号“${reference}”`,
      en: `this role is not granted to you, or not any more: tell an administrator of access your reference "${reference}"`,
    },
  });
}
