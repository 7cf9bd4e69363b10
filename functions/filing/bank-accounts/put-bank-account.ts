import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { organisationOf } from '../applications/own-application.ts';
import type { KeyedHash } from '../enterprise/keyed-hash.ts';
import {
  type AccountSealer,
  type BankAccount,
  fingerprintedText,
  isHeldBy,
  isToConfirm,
  type SealedAccount,
} from './bank-account.ts';
import type { BankAccountStore } from './bank-account-store.ts';

/**
 * Puts the account that an enterprise's awards are paid to, in place of an earlier one. Payment files that were made
 * before keep the account they were made with. Put again as it was, it is confirmed: after a payment that the bank has
 * returned, nothing is paid to it before.
 * @throws DomainError forbidden when the login names no organisation; invalid-request on `holder` for an account that
 * is not in the enterprise's own name; concurrent-change.
 */
export async function putBankAccount(
  parts: {
    readonly accounts: BankAccountStore;
    readonly sealer: AccountSealer;
    readonly keyedHash: KeyedHash;
    readonly clock: Clock;
  },
  actor: Actor,
  account: BankAccount,
): Promise<SealedAccount> {
  const organisation = organisationOf(actor);
  if (!isHeldBy(account, actor.organisationName ?? '')) throw anotherName();
  const ciphertext = await parts.sealer.seal(organisation, account);
  const fingerprint = await parts.keyedHash.hash('paid-account', fingerprintedText(account));
  return decideAgainOnConflict(async () => {
    const before = await parts.accounts.get(organisation);
    const sealed: SealedAccount = {
      organisation,
      ciphertext,
      lastFour: account.accountNumber.slice(-4),
      fingerprint,
      version: (before?.version ?? 0) + 1,
      at: parts.clock().toISOString(),
      by: actor.id,
    };
    await parts.accounts.put(sealed);
    return sealed;
  });
}

/** The account of the caller's organisation. @throws DomainError forbidden, not-found when none was put. */
export async function showBankAccount(
  parts: { readonly accounts: BankAccountStore },
  actor: Actor,
): Promise<ShownAccount> {
  const organisation = organisationOf(actor);
  const account = await parts.accounts.get(organisation);
  if (!account) throw new DomainError('not-found');
  return { ...account, toConfirm: isToConfirm(account, await parts.accounts.returned(organisation)) };
}

/** An account with whether it has to be put again, since the bank has returned a payment to it. */
type ShownAccount = SealedAccount & { readonly toConfirm?: boolean };

/** An account as its own enterprise sees it again. */
export function accountView({ lastFour, at, version, toConfirm = false }: ShownAccount) {
  return { accountNumber: `****${lastFour}`, version, updatedAt: at, toConfirm };
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
