import type { Actor } from '../shared/actor.ts';
import { tellSecurity } from '../shared/log.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { initialRole } from './access.ts';
import { decidedGrant, type GrantDecision } from './access-decision.ts';
import type { AccessParts, PersonsGrant } from './propose-grant.ts';
import { requireProposer } from './require-proposer.ts';

/**
 * Takes the second person's decision on a proposed role, on condition that neither the person's roles nor their logins
 * have changed meanwhile. Its sender may repeat a decision and gets the same answer.
 * @throws DomainError not-found; version-mismatch; same-person for whoever proposed it or is to have it; not-in-this-state,
 * also where whoever proposed it may not any more;
 * deadline-passed; roles-apart; concurrent-change.
 */
export async function decideGrant(
  parts: AccessParts,
  actor: Actor,
  { reference, grantId }: { readonly reference: string; readonly grantId: string },
  decision: GrantDecision,
): Promise<PersonsGrant> {
  const { access, logins, clock } = parts;
  return decideAgainOnConflict(async () => {
    const before = await access.require(reference);
    const standing = await logins.standing(reference);
    const now = clock();
    const { access: to, grant } = decidedGrant(before, standing, grantId, decision, { by: actor.id, now });
    if (to === before) return { reference, grant };
    const { contentHash } = grant;
    const note = {
      ...{ at: now.toISOString(), actor: { id: actor.id, role: initialRole }, subject: grantId, contentHash },
      ...(decision.outcome === 'confirm'
        ? { event: 'granted' as const }
        : { event: 'refused' as const, reason: decision.reason }),
    };
    const checks = [
      standing.unchanged,
      ...(grant.status === 'granted' ? [await requireProposer(parts, grant.proposedBy)] : []),
    ];
    await access.write([...checks, ...access.change(before, to, note)]);
    if (grant.status === 'granted')
      tellSecurity('role-granted', { grant: grantId, role: grant.role, by: actor.id });
    return { reference, grant };
  });
}
