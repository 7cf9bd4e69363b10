import type { AdministratorStore } from '../../people/administrator-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { DepartmentId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import { organisationOf } from '../applications/own-application.ts';
import type { KeyedHash } from '../enterprise/keyed-hash.ts';
import { proposedAccount } from './account-decision.ts';
import type { AccountRecord } from './account-record.ts';
import { type AccountSealer, type BankAccount, fingerprintedText, isHeldBy } from './bank-account.ts';
import type { BankAccountStore } from './bank-account-store.ts';

export interface AccountParts {
  readonly accounts: BankAccountStore;
  readonly administrators: Pick<AdministratorStore, 'seenSince'>;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface ProposalParts extends AccountParts {
  readonly store: Pick<ApplicationStore, 'ofOrganisation'>;
  readonly sealer: AccountSealer;
  readonly keyedHash: KeyedHash;
}

/**
 * Proposes the account that an enterprise's awards are to be paid to: another of its people confirms it, or its district
 * where no other administrator is known; then it cools off. The same again is the same proposal. The account that
 * stands may be proposed again: confirmed, it counts as looked at after a payment that the bank has returned.
 * @throws DomainError forbidden when the login names no organisation; invalid-request on `holder` for an account that
 * is not in the enterprise's own name; already-exists while another change is under way; concurrent-change.
 */
export async function proposeAccount(
  parts: ProposalParts,
  actor: Actor,
  account: BankAccount,
): Promise<AccountRecord> {
  const organisation = organisationOf(actor);
  const organisationName = actor.organisationName ?? '';
  if (!isHeldBy(account, organisationName)) throw anotherName();
  const [ciphertext, fingerprint, district] = await Promise.all([
    parts.sealer.seal(organisation, account),
    parts.keyedHash.hash('paid-account', fingerprintedText(account)),
    districtOf(parts, actor, organisation),
  ]);
  const { bank, accountNumber } = account;
  const sealed = { organisation, ciphertext, bank, lastFour: accountNumber.slice(-4), fingerprint };
  return decideAgainOnConflict(async () => {
    const before = await parts.accounts.get(organisation);
    const now = parts.clock();
    const to = proposedAccount(before, sealed, { actor, organisationName, district, now });
    if (to === before) return to;
    await parts.accounts.write(
      parts.accounts.transition(before, to, {
        at: to.change.account.at,
        actor: { id: actor.id, role: roleOf(actor) },
        event: 'proposed',
      }),
    );
    return to;
  });
}

/** Whether an administrator other than somebody was seen within the days of the policy. */
export async function hasOtherAdministrator(
  { administrators, policy, clock }: Pick<AccountParts, 'administrators' | 'policy' | 'clock'>,
  organisation: OrganisationCode,
  person: string,
): Promise<boolean> {
  const since = new Date(clock().getTime() - policy.notice.accounts.administratorSeenDays * 86_400_000);
  return (await administrators.seenSince(organisation, since)).some((one) => one !== person);
}

/** In which of an enterprise's roles somebody acts. */
export function roleOf({ roles }: Actor): 'preparer' | 'organisation-admin' {
  return roles.includes('organisation-admin') ? 'organisation-admin' : 'preparer';
}

/**
 * The district that may confirm what the only known administrator proposes: that of the application which the enterprise
 * has submitted last. None for others, and before there is such an application: what a login alone says proves nothing.
 */
async function districtOf(
  parts: ProposalParts,
  actor: Actor,
  organisation: OrganisationCode,
): Promise<DepartmentId | undefined> {
  if (await hasOtherAdministrator(parts, organisation, actor.id)) return undefined;
  let cursor: string | undefined;
  do {
    const page = await parts.store.ofOrganisation(organisation, { limit: 50, cursor });
    const submitted = page.items.find(({ status, content }) => {
      return status !== 'draft' && content.enterprise.district in parts.policy.notice.districts;
    });
    if (submitted) return `district-${submitted.content.enterprise.district}`;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return undefined;
}

function anotherName(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'holder',
        rule: 'own-name',
        message: {
          zh: '户名须与申报单位名称一致',
          en: 'the account has to be in the name of the enterprise',
        },
      },
    ],
  });
}
