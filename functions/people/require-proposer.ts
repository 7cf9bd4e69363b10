import { DomainError } from '../shared/errors.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { inForce, initialRole } from './access.ts';
import type { AccessParts } from './propose-grant.ts';

/**
 * Looks whether somebody who proposed something may still do so: what they left behind when their role ended is not confirmed.
 * @param proposedBy id of the person, which is the subject of their first login.
 * @returns the check, for the transaction of the confirmation, that it stays so.
 * @throws DomainError not-in-this-state
 */
export async function requireProposer(
  { access, logins, clock }: AccessParts,
  proposedBy: string,
): Promise<GuardedWrite> {
  const reference = await logins.identityOf(proposedBy);
  const own = reference === undefined ? undefined : await access.get(reference);
  const initial = reference === undefined ? [] : (await logins.standing(reference)).initial;
  const held = [...inForce(own, clock()).map(({ role }) => role), ...initial];
  if (reference === undefined || !held.includes(initialRole)) {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '提出人已不再是授权管理员：请由他人重新提出',
        en: 'whoever proposed it grants roles no more: have somebody else propose it again',
      },
    });
  }
  return access.unchanged(reference, own);
}
