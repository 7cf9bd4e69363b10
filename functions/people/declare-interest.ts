import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { OrganisationCode } from '../shared/vocabulary.ts';
import type { InterestKind } from './interest-kinds.ts';
import type { Interest, PeopleStore } from './people-store.ts';

/**
 * Declares an interest of the caller in an organisation: from then on the caller decides on nothing of it. Declared
 * again, the first declaration stands. Only an operator can end it.
 */
export async function declareInterest(
  parts: { readonly people: PeopleStore; readonly clock: Clock },
  actor: Actor,
  request: {
    readonly organisation: OrganisationCode;
    readonly kind: InterestKind;
    readonly note?: string | undefined;
  },
): Promise<Interest> {
  const { organisation, kind, note } = request;
  return decideAgainOnConflict(async () => {
    const { organisations } = await parts.people.interests(actor.id);
    const declared = organisations[organisation];
    if (declared) return declared;
    const interest: Interest = { kind, at: parts.clock().toISOString(), ...(note !== undefined && { note }) };
    await parts.people.write([
      parts.people.declare(actor.id, organisation, interest),
      parts.people.declarationRow(actor.id, organisation, interest),
    ]);
    return interest;
  });
}
