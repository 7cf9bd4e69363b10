import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { type Access, initialRole, withCorrection } from './access.ts';
import { type Correction, type CorrectionDecision, decidedCorrection } from './correction.ts';
import { closedLogin, type Identity, movedLogin, notNow, personOf } from './identity.ts';
import type { PeopleStore } from './people-store.ts';
import type { PersonsCorrection } from './propose-correction.ts';
import type { AccessParts } from './propose-grant.ts';
import { requireProposer } from './require-proposer.ts';

type Parts = AccessParts & { readonly people: PeopleStore };

/**
 * Takes the second person's decision on a correction; confirmed, the login is another person's with the next request, or
 * nobody's. Roles are not carried over: neither person may have any meanwhile, and two people grant them anew. Its sender may
 * repeat a decision and gets the same answer.
 * @throws DomainError not-found; version-mismatch; same-person for whoever proposed it or whom it is about; not-in-this-state
 * when it is decided otherwise, or when something has to be done before; concurrent-change.
 */
export async function decideCorrection(
  parts: Parts,
  actor: Actor,
  { reference, correctionId }: { readonly reference: string; readonly correctionId: string },
  decision: CorrectionDecision,
): Promise<PersonsCorrection> {
  const { access, logins, clock } = parts;
  return decideAgainOnConflict(async () => {
    const before = await access.require(reference);
    const correction = before.corrections?.find((one) => one.correctionId === correctionId);
    if (!correction) throw new DomainError('not-found');
    const from = await logins.identity(reference);
    const right = correction.to === undefined ? undefined : await logins.identity(correction.to);
    const at = clock().toISOString();
    const concerned = [personOf(from), personOf(right)];
    const to = decidedCorrection(correction, decision, { by: actor.id, at }, concerned);
    if (to === correction) return { reference, correction };
    const writes =
      to.status === 'confirmed'
        ? [
            await requireProposer(parts, correction.proposedBy),
            ...(await carriedOut(parts, before, correction, from, right)),
          ]
        : [];
    const { contentHash, decided } = to;
    const note = {
      ...{ at, actor: { id: actor.id, role: initialRole }, subject: correctionId, contentHash },
      ...(to.status === 'confirmed'
        ? { event: 'corrected' as const, reason: correction.reason }
        : { event: 'correction-refused' as const, reason: decided?.reason ?? '' }),
    };
    await access.write([...writes, ...access.change(before, withCorrection(before, reference, to), note)]);
    return { reference, correction: to };
  });
}

/** The writes that carry a correction out, on condition that everything is as it was read. */
async function carriedOut(
  { access, logins, people }: Parts,
  before: Access,
  { login, to }: Correction,
  from: Identity | undefined,
  right: Identity | undefined,
): Promise<GuardedWrite[]> {
  if (!from?.logins.includes(login)) throw notNow(gone);
  if (to === undefined) return logins.closed(before.reference, from, closedLogin(from, login));
  const other = await access.get(to);
  const isOpen = ({ status }: { readonly status: string }) => status === 'granted' || status === 'proposed';
  if ([...before.grants, ...(other?.grants ?? [])].some(isOpen)) throw notNow(hasRoles);
  const moved = movedLogin(from, right, login);
  const checks: GuardedWrite[] = [];
  if (moved.to.person !== from.person) {
    const [earlier, later] = [await people.interests(from.person), await people.interests(moved.to.person)];
    const lacks = Object.keys(earlier.organisations).some((one) => !Object.hasOwn(later.organisations, one));
    if (lacks) throw notNow(hasInterests);
    checks.push(people.interestsUnchanged(from.person, earlier.version));
    checks.push(people.interestsUnchanged(moved.to.person, later.version));
  }
  return [
    ...logins.moved({ from: before.reference, to }, { from, to: right }, moved, login),
    access.unchanged(to, other),
    ...checks,
  ];
}

const gone = { zh: '该账号已不在原人员名下', en: 'the login is not this person’s any more' };
const hasRoles = {
  zh: '请先撤销双方的授权和待确认的授权，更正后另行授予',
  en: 'revoke the roles of both people first, those proposed too, and grant them anew afterwards',
};
const hasInterests = {
  zh: '请先以正确人员申报原申报的利害关系',
  en: 'have the person whom it belongs to declare first the interests that were declared by it',
};
