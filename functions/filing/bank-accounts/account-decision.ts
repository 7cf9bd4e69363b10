import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { DepartmentId } from '../../shared/vocabulary.ts';
import {
  type AccountRecord,
  type AccountRecordIn,
  type ConfirmingRole,
  isInForce,
  isUnchanged,
  isUnderWay,
  standingAccount,
} from './account-record.ts';
import { isSameAccount, type SealedAccount } from './bank-account.ts';

/** What somebody decides on a proposed account, by the hash of what they saw. */
export type AccountDecision =
  | { readonly decision: 'confirm'; readonly contentHash: string; readonly reason?: string | undefined }
  | { readonly decision: 'refuse'; readonly contentHash: string; readonly reason: string }
  | { readonly decision: 'withdraw'; readonly contentHash: string; readonly reason?: string | undefined };

/**
 * An account that is proposed; what stands where the same person has proposed it already.
 * @param account its version and proposer are set here.
 * @throws DomainError already-exists while another change waits or cools off.
 */
export function proposedAccount(
  before: AccountRecord | undefined,
  account: Omit<SealedAccount, 'version' | 'at' | 'by'>,
  {
    actor,
    organisationName,
    district,
    now,
  }: {
    readonly actor: Actor;
    readonly organisationName: string;
    readonly district: DepartmentId | undefined;
    readonly now: Date;
  },
): AccountRecord {
  const standing = standingAccount(before, now);
  const proposals = (before?.proposals ?? 0) + 1;
  const proposed: SealedAccount = { ...account, version: proposals, at: now.toISOString(), by: actor.id };
  if (before && isUnderWay(before, now)) {
    const known = before.change.account;
    if (known.by === actor.id && isSameAccount(known, proposed)) return before;
    throw new DomainError('already-exists', {
      detail: {
        zh: '已有一项账户变更待确认或尚在冷静期，请先办结或撤回',
        en: 'a change of the account waits or cools off: have it decided or withdrawn first',
      },
    });
  }
  const { organisation } = account;
  return {
    status: 'proposed',
    ...{ organisation, organisationName, proposals },
    version: (before?.version ?? 0) + 1,
    ...(before?.historyHash !== undefined && { historyHash: before.historyHash }),
    ...(standing && { before: standing }),
    change: {
      account: proposed,
      contentHash: contentHash({
        ...{ organisation, number: proposals, by: actor.id, at: proposed.at, district: district ?? null },
        ...{ fingerprint: proposed.fingerprint, bank: proposed.bank, lastFour: proposed.lastFour },
        takesThePlaceOf: standing?.fingerprint ?? null,
      }),
      ...(district !== undefined && { district }),
    },
  };
}

/**
 * A change that somebody decided on; itself where this person decided so before.
 * @param cooledOff when it takes effect if it is confirmed now and is another account than the one that stands.
 * @throws DomainError same-person for whoever proposed it, unless they withdraw it; forbidden for a withdrawal of another's;
 * basis-changed for another hash; not-in-this-state when it was decided otherwise, or is in force.
 */
export function decidedAccount(
  record: AccountRecord,
  { decision, contentHash: seen, reason }: AccountDecision,
  {
    by,
    role,
    now,
    cooledOff,
  }: {
    readonly by: string;
    readonly role: ConfirmingRole;
    readonly now: Date;
    readonly cooledOff: Date;
  },
): AccountRecord {
  const { change } = record;
  const isOwn = change.account.by === by;
  if (seen !== change.contentHash) throw new DomainError('basis-changed');
  if (decision === 'withdraw' && !isOwn) throw new DomainError('forbidden');
  if (decision !== 'withdraw' && isOwn) throw new DomainError('same-person');
  const given = { by, role, at: now.toISOString(), ...(reason !== undefined && { reason }) };
  if (decision === 'confirm') {
    if (record.status === 'confirmed' && record.confirmation.by === by) return record;
    if (record.status !== 'proposed') throw new DomainError('not-in-this-state');
    const inForceFrom = (isUnchanged(record) ? now : cooledOff).toISOString();
    return {
      ...record,
      status: 'confirmed',
      version: record.version + 1,
      confirmation: { ...given, inForceFrom },
    };
  }
  const outcome = decision === 'refuse' ? 'refused' : 'withdrawn';
  if (record.status === 'ended') {
    if (record.ended.by === by && record.ended.outcome === outcome) return record;
    throw new DomainError('not-in-this-state');
  }
  if (isInForce(record, now)) throw new DomainError('not-in-this-state');
  const ended: AccountRecordIn<'ended'> = {
    ...record,
    status: 'ended',
    version: record.version + 1,
    ended: { ...given, outcome },
  };
  return ended;
}
