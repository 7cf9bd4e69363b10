import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { PeopleStore } from './people-store.ts';

/**
 * Ends a delegation of the caller's own before its time; at once.
 * @throws DomainError not-found when the caller has not given it, or has ended it.
 */
export async function endDelegation(
  parts: { readonly people: PeopleStore; readonly clock: Clock },
  actor: Actor,
  delegationId: string,
): Promise<void> {
  await decideAgainOnConflict(async () => {
    const given = await parts.people.given(actor.id);
    const delegation = given.delegations.find((one) => one.delegationId === delegationId);
    if (!delegation) throw new DomainError('not-found');
    await parts.people.write(parts.people.endDelegation(given, delegation, parts.clock().toISOString()));
  });
}
