import type { PeopleStore } from '../../people/people-store.ts';
import { requireDepartment } from '../../people/require-department.ts';
import { type Actor, belongsTo } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { tellSecurity } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { organisationOf } from '../applications/own-application.ts';
import { type AccountDecision, decidedAccount } from './account-decision.ts';
import type { AccountRecord, ConfirmingRole } from './account-record.ts';
import { type AccountParts, hasOtherAdministrator, roleOf } from './propose-account.ts';

/**
 * Takes the decision of another person of the enterprise on a proposed account, or its proposer's withdrawal. An
 * administrator confirms; anybody of the enterprise stops it, also while it cools off. Its sender may repeat it.
 * @throws DomainError forbidden for a preparer who confirms; not-found; and what `decidedAccount` refuses;
 * calendar-missing; concurrent-change.
 */
export async function decideAccount(
  parts: AccountParts,
  actor: Actor,
  decision: AccountDecision,
): Promise<AccountRecord> {
  const organisation = organisationOf(actor);
  const role = roleOf(actor);
  if (decision.decision === 'confirm' && role !== 'organisation-admin') throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    const record = await parts.accounts.get(organisation);
    if (!record) throw new DomainError('not-found');
    return settle(parts, record, decision, { by: actor.id, role });
  });
}

/**
 * Takes the district's decision on an account that the only known administrator of an enterprise has proposed; it
 * always has a reason.
 * @throws DomainError forbidden for another district, or where none is asked; conflict-of-interest; not-in-this-state where
 * another administrator is known by now; what `decidedAccount` refuses; calendar-missing; concurrent-change.
 */
export async function decideAccountForDistrict(
  parts: AccountParts & { readonly people: Pick<PeopleStore, 'noInterest'> },
  actor: Actor,
  organisation: OrganisationCode,
  decision: Exclude<AccountDecision, { decision: 'withdraw' }> & { readonly reason: string },
): Promise<AccountRecord> {
  const department = requireDepartment(actor);
  return decideAgainOnConflict(async () => {
    const record = await parts.accounts.get(organisation);
    if (record?.change.district !== department) throw new DomainError('forbidden');
    if (belongsTo(actor, organisation)) throw new DomainError('conflict-of-interest');
    const { by: proposer } = record.change.account;
    if (record.status === 'proposed' && (await hasOtherAdministrator(parts, organisation, proposer))) {
      throw new DomainError('not-in-this-state', {
        detail: {
          zh: '该单位另有企业管理员，应由其确认',
          en: 'another administrator of the enterprise has logged in: it is theirs to confirm',
        },
      });
    }
    return settle(parts, record, decision, { by: actor.id, role: 'district-reviewer' }, [
      parts.people.noInterest(actor.id, organisation),
    ]);
  });
}

async function settle(
  parts: AccountParts,
  record: AccountRecord,
  decision: AccountDecision,
  { by, role }: { readonly by: string; readonly role: ConfirmingRole },
  checks: readonly ReturnType<PeopleStore['noInterest']>[] = [],
): Promise<AccountRecord> {
  const now = parts.clock();
  // Only what is confirmed cools off: a year without a calendar keeps nobody from stopping a change.
  const cooledOff = decision.decision === 'confirm' ? await parts.policy.accountCooledOff(now) : now;
  const to = decidedAccount(record, decision, { by, role, now, cooledOff });
  if (to === record) return to;
  const event = to.status === 'ended' ? to.ended.outcome : 'confirmed';
  await parts.accounts.write([
    ...checks,
    ...parts.accounts.transition(record, to, { at: now.toISOString(), actor: { id: by, role }, event }),
  ]);
  if (event === 'confirmed' && record.before) tellSecurity('account-changed', { version: to.version, by });
  return to;
}
