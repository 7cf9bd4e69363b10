import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Delegation } from './delegation.ts';
import type { PeopleStore } from './people-store.ts';

/** What the caller has handed over and what was handed to the caller, for today or later, the first to begin first. */
export async function listDelegations(
  parts: { readonly people: PeopleStore; readonly clock: Clock },
  actor: Actor,
): Promise<{ given: Delegation[]; received: Delegation[] }> {
  const today = shanghaiDate(parts.clock());
  const [{ delegations }, received] = await Promise.all([
    parts.people.given(actor.id),
    parts.people.received(actor.id, today),
  ]);
  return {
    given: delegations.filter(({ until }) => until >= today).sort(byFirstDay),
    received: received.sort(byFirstDay),
  };
}

function byFirstDay(a: Delegation, b: Delegation): number {
  return a.from < b.from ? -1 : 1;
}
