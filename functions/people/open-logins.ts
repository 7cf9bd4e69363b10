import type { Logins } from '../shared/actor.ts';
import { actorFromClaims } from './claims.ts';

/** Who asks at a door of the API, by its variables. */
export function openLogins({ LOGIN_DEPARTMENTS }: { readonly LOGIN_DEPARTMENTS: string }): Logins {
  const departments = new Set(LOGIN_DEPARTMENTS.split(','));
  return { read: (claims) => actorFromClaims(claims, departments) };
}
