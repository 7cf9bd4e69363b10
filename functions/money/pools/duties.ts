import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Concerned, type Involved, requireNoInterest, requireNotInvolved } from './duty-rules.ts';

/**
 * Refuses somebody who was involved in a candidate or has an interest in its organisation or one that it continues.
 * @returns the check that the interests are as they were read; it belongs into the transaction of the decision.
 * @throws DomainError same-person, conflict-of-interest
 */
export async function requireImpartial(
  people: PeopleStore,
  actor: Actor,
  candidates: readonly Involved[],
): Promise<GuardedWrite> {
  requireNotInvolved(actor.id, candidates);
  return requireNoInterestIn(people, actor, candidates);
}

/**
 * Refuses somebody who belongs to an organisation or has an interest in it, or in one that it continues; that they acted
 * on its application does not matter, as for those who carry out what was decided.
 * @returns see `requireImpartial`.
 * @throws DomainError conflict-of-interest
 */
export async function requireNoInterestIn(
  people: PeopleStore,
  actor: Actor,
  candidates: readonly Concerned[],
): Promise<GuardedWrite> {
  const { version, organisations } = await people.interests(actor.id);
  requireNoInterest(actor, organisations, candidates);
  return people.interestsUnchanged(actor.id, version);
}
