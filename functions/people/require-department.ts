import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';

/** The caller's department. @throws DomainError forbidden when the token names none. */
export function requireDepartment(actor: Actor): string {
  if (actor.department === undefined) throw new DomainError('forbidden');
  return actor.department;
}
