import * as z from 'zod';
import { canonicalJson } from '../../shared/hash.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { both, lineOf } from '../../shared/text.ts';
import { KnownOrganisationSchema, type OrganisationCode } from '../../shared/vocabulary.ts';
import { normalise } from '../enterprise/identity.ts';

/** Where an enterprise's awards are paid to. Messages never repeat a value. */
export const BankAccountSchema = z.strictObject({
  holder: lineOf(2, 100).meta({ description: 'Name of the account, that of the enterprise' }),
  bank: lineOf(2, 100).meta({ description: 'Bank and branch' }),
  branchCode: z
    .string()
    .regex(/^\d{12}$/, { error: both('联行号（CNAPS）为 12 位数字', 'a branch code (CNAPS) has 12 digits') })
    .meta({ description: 'Code of the branch in the national payment system (CNAPS)' }),
  accountNumber: z
    .string()
    .transform((written) => written.replace(/[ -]/g, ''))
    .pipe(
      z.string().regex(/^\d{8,32}$/, {
        error: both('账号为 8 至 32 位数字', 'an account number has 8 to 32 digits'),
      }),
    ),
});
export type BankAccount = z.output<typeof BankAccountSchema>;

/** Whether an account is in the name of an organisation, however both are spelt. */
export function isHeldBy({ holder }: Pick<BankAccount, 'holder'>, organisationName: string): boolean {
  return normalise(holder) === normalise(organisationName);
}

/** A bank account as it is kept: its number encrypted, but for the last four digits. */
export const SealedAccountSchema = z.object({
  organisation: KnownOrganisationSchema,
  /** Base64 of what the key made of it. */
  ciphertext: z.string().min(1),
  bank: z.string(),
  lastFour: z.string().regex(/^\d{4}$/),
  /** Keyed hash of the whole account, which tells it from another one; accounts of earlier versions lack it. */
  fingerprint: z.string().optional(),
  /** Which of those that were proposed for the organisation it is, from 1. */
  version: z.int().min(1),
  /** When it was proposed, and by whom. */
  at: InstantSchema,
  by: z.string(),
});
export type SealedAccount = z.output<typeof SealedAccountSchema>;

/** Whether two are one account: by their fingerprints, or where one lacks it by the version. */
export function isSameAccount(
  one: Pick<SealedAccount, 'fingerprint' | 'version'>,
  other: Pick<SealedAccount, 'fingerprint' | 'version'>,
): boolean {
  if (one.fingerprint === undefined || other.fingerprint === undefined) return one.version === other.version;
  return one.fingerprint === other.fingerprint;
}

/** What a fingerprint is made of. */
export function fingerprintedText({ holder, bank, branchCode, accountNumber }: BankAccount): string {
  return canonicalJson([normalise(holder), bank, branchCode, accountNumber]);
}

/** That the bank returned a payment of an organisation. */
export const AccountReturnSchema = z.object({
  organisation: KnownOrganisationSchema,
  /** The account that the payment went to, by its version and last digits. */
  version: z.int().min(1),
  lastFour: z.string(),
  /** The newest version that was proposed when the return was heard of: one that is newer was proposed in knowledge of it. */
  newest: z.int().min(1),
  paymentId: z.string(),
  /** Rises with every return, which is the condition of the next one. */
  revision: z.int().min(1),
});
export type AccountReturn = z.output<typeof AccountReturnSchema>;

/**
 * Whether an account has to be proposed again before anything is paid to it: a payment to it came back, and its enterprise
 * has proposed none since. One with the same last digits counts as the same.
 */
export function isToConfirm(
  account: Pick<SealedAccount, 'version' | 'lastFour'>,
  returned: AccountReturn | undefined,
): boolean {
  if (!returned || account.version > returned.newest) return false;
  return account.version === returned.version || account.lastFour === returned.lastFour;
}

/** Encrypts accounts for the organisation that they belong to; what was sealed for one opens for no other. */
export interface AccountSealer {
  /** @returns base64 */
  seal(organisation: OrganisationCode, account: BankAccount): Promise<string>;
}

/** The other half, which one function has. */
export interface AccountOpener {
  /** @throws when it was sealed for another organisation or under another key. */
  open(organisation: OrganisationCode, ciphertext: string): Promise<BankAccount>;
}
