import type { Actor } from '../shared/actor.ts';
import { tellSecurity } from '../shared/log.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { initialRole } from './access.ts';
import { revokedGrant } from './access-decision.ts';
import type { AccessParts, PersonsGrant } from './propose-grant.ts';

/**
 * Ends a role, or the proposal of one, at once and by one person: with the next request it opens nothing. Repeated, it
 * finds what was ended.
 * @throws DomainError not-found; not-in-this-state for one that was refused or renewed; concurrent-change.
 */
export async function revokeGrant(
  { access, clock }: Pick<AccessParts, 'access' | 'clock'>,
  actor: Actor,
  { reference, grantId }: { readonly reference: string; readonly grantId: string },
  reason: string,
): Promise<PersonsGrant> {
  return decideAgainOnConflict(async () => {
    const before = await access.require(reference);
    const at = clock().toISOString();
    const { access: to, grant } = revokedGrant(before, grantId, { by: actor.id, at, reason });
    if (to === before) return { reference, grant };
    const { contentHash } = grant;
    const note = { at, actor: { id: actor.id, role: initialRole }, event: 'revoked' as const };
    await access.write(access.change(before, to, { ...note, subject: grantId, contentHash, reason }));
    tellSecurity('role-revoked', { grant: grantId, role: grant.role, by: actor.id });
    return { reference, grant };
  });
}
