import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { OrganisationCode } from '../shared/vocabulary.ts';
import type { PeopleStore } from './people-store.ts';

/**
 * Ends a declared interest of somebody else, with the reason that the record keeps.
 * @throws DomainError same-person for one's own interest; not-found when none stands.
 */
export async function endInterest(
  parts: { readonly people: PeopleStore; readonly clock: Clock },
  actor: Actor,
  request: { readonly personId: string; readonly organisation: OrganisationCode; readonly reason: string },
): Promise<void> {
  const { personId, organisation, reason } = request;
  if (personId === actor.id) {
    throw new DomainError('same-person', {
      detail: {
        zh: '不得解除本人申报的利害关系',
        en: 'nobody ends an interest that they declared themselves',
      },
    });
  }
  await decideAgainOnConflict(async () => {
    const { version, organisations } = await parts.people.interests(personId);
    const interest = organisations[organisation];
    if (!interest) throw new DomainError('not-found');
    const at = parts.clock().toISOString();
    await parts.people.write(
      parts.people.endInterest(personId, version, { organisation, by: actor.id, at, interest, reason }),
    );
  });
}
