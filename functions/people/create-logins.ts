import { KmsKeyedHash } from '../filing/enterprise/kms-keyed-hash.ts';
import type { Logins } from '../shared/actor.ts';
import type { Table } from '../shared/table.ts';
import { loginStrength, readClaims, requireStrength } from './claims.ts';
import { LoginStore } from './login-store.ts';

/** What a door knows of logins. */
interface LoginVariables {
  readonly LOGIN_DEPARTMENTS: string;
  readonly LOGIN_PERSON_CLAIM: string;
  readonly LOGIN_STRENGTH: string;
  readonly IDENTITY_KEY_ARN: string;
}

/** How many hashes are remembered: as many as a function sees people. */
const mostRemembered = 1_000;

/** Who asks at a door of the API, by its variables. Identifiers of people leave their hashes alone behind. */
export function createLogins(variables: LoginVariables, table: Table<'people'>): Logins {
  const { LOGIN_DEPARTMENTS, LOGIN_PERSON_CLAIM: personClaim, IDENTITY_KEY_ARN } = variables;
  const departments = new Set(LOGIN_DEPARTMENTS.split(','));
  const strength = loginStrength(variables.LOGIN_STRENGTH);
  const store = new LoginStore(table);
  const keyedHash = new KmsKeyedHash(IDENTITY_KEY_ARN);
  const hashes = new Map<string, string>();
  const hashOf = async (identifier: string): Promise<string> => {
    const known = hashes.get(identifier) ?? (await keyedHash.hash('person', identifier));
    if (hashes.size >= mostRemembered) hashes.clear();
    hashes.set(identifier, known);
    return known;
  };
  return {
    read: (claims) => readClaims(claims, { departments, personClaim }),
    requireStrength: (claims) => requireStrength(claims, strength),
    join: async ({ actor, identifier }) => store.join(actor, await hashOf(identifier)),
  };
}
