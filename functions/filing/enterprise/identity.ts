import * as z from 'zod';
import { both, lineOf } from '../../shared/text.ts';
import type { KeyedHash } from './keyed-hash.ts';

/**
 * One way of writing a value: compatibility forms and full width folded (NFKC), upper case, and nothing but letters,
 * marks and digits, so that spaces, hyphens and the dots inside names make no difference.
 */
export function normalise(value: string): string {
  return value
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** A text that is checked in its normalised form; messages never repeat the value. */
function identityText(pattern: RegExp, error: string) {
  return lineOf(0, 100).refine((value) => pattern.test(normalise(value)), { error });
}

const LegalRepresentativeSchema = z.strictObject({
  name: identityText(/^[\p{L}\p{M}]{2,60}$/u, both('姓名为 2 至 60 个字', 'a name has 2 to 60 letters')),
  idNumber: identityText(
    /^(\d{17}[\dX]|[A-Z0-9]{5,17})$/,
    both(
      '身份证号码为 18 位，末位可为 X；其他证件号码为 5 至 17 位字母或数字',
      'an identity number has 18 digits, the last may be X; another document 5 to 17 letters and digits',
    ),
  ).optional(),
});
const BankAccountSchema = identityText(
  /^[A-Z0-9]{6,34}$/,
  both('账号为 6 至 34 位字母或数字', 'an account has 6 to 34 letters and digits'),
);

const kept =
  'Only a keyed hash is kept and none is ever returned. Left out of an edit: what is kept stays; null removes it.';

/** Personal data of an enterprise as it is sent: to be compared with that of others, never to be read again. */
export const identityInput = {
  legalRepresentative: LegalRepresentativeSchema.nullable()
    .optional()
    .meta({ description: `Legal representative. ${kept}` }),
  bankAccount: BankAccountSchema.nullable()
    .optional()
    .meta({ description: `Number of the account that awards are paid to. ${kept}` }),
};

const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Personal data of an enterprise as it is stored: keyed hashes, of which only equality means something. */
export const IdentityHashesSchema = z.object({
  legalRepresentativeHash: HashSchema.optional(),
  /** Beside the hash of the name, since not everybody states the number and many people share a name. */
  legalRepresentativeIdHash: HashSchema.optional(),
  bankAccountHash: HashSchema.optional(),
});
export type IdentityHashes = z.output<typeof IdentityHashesSchema>;

interface Identity {
  readonly legalRepresentative?: z.output<typeof identityInput.legalRepresentative>;
  readonly bankAccount?: z.output<typeof identityInput.bankAccount>;
}

/**
 * The hashes to store with an enterprise: of what is stated now, or else those that are kept already; a value of null
 * removes them. Values that are not stated cost no call.
 */
export async function hashIdentity(
  keyedHash: KeyedHash,
  { legalRepresentative, bankAccount }: Identity,
  stored: IdentityHashes = {},
): Promise<IdentityHashes> {
  const [representative, account] = await Promise.all([
    legalRepresentative === undefined
      ? pick(stored, 'legalRepresentativeHash', 'legalRepresentativeIdHash')
      : hashRepresentative(keyedHash, legalRepresentative),
    bankAccount === undefined
      ? pick(stored, 'bankAccountHash')
      : bankAccount !== null && {
          bankAccountHash: await keyedHash.hash('bank-account', normalise(bankAccount)),
        },
  ]);
  return { ...representative, ...account };
}

/** The name of an enterprise as it is kept. */
export interface KeptNames {
  readonly name: string;
  /** The name that the applicant states, where the login gives another one, or none: a reviewer has to confirm it. */
  readonly statedName?: string | undefined;
}

/**
 * The name to keep with an enterprise: the login's, which the applicant cannot choose. Another one that it states is
 * kept beside it; where the login gives none, the stated one is both, and nobody vouches for it.
 * @param fixed what is kept of an application that was submitted, as long as no other name is stated.
 */
export function namesOf(stated: string, login: string | undefined, fixed?: KeptNames): KeptNames {
  if (
    fixed &&
    [fixed.name, fixed.statedName].some((name) => name !== undefined && isSameName(name, stated))
  ) {
    const { name, statedName } = fixed;
    return { name, ...(statedName !== undefined && { statedName }) };
  }
  const own = login?.trim();
  // In a draft none may be stated yet.
  const isOther = stated !== '' && !(own && isSameName(own, stated));
  return { name: own || stated, ...(isOther && { statedName: stated }) };
}

/** Whether nobody but the applicant vouches for an enterprise's name. */
export function isUnconfirmed({ name, statedName }: KeptNames): boolean {
  return name === statedName;
}

function isSameName(name: string, other: string): boolean {
  return normalise(name) === normalise(other);
}

/** An enterprise without its hashes and without a name that nobody has confirmed, as it may be shown. */
export function withoutHashes<E extends IdentityHashes & Pick<KeptNames, 'statedName'>>(
  enterprise: E,
): Omit<E, keyof IdentityHashes | 'statedName'> {
  const {
    legalRepresentativeHash: _name,
    legalRepresentativeIdHash: _number,
    bankAccountHash: _account,
    statedName: _stated,
    ...shown
  } = enterprise;
  return shown;
}

async function hashRepresentative(
  keyedHash: KeyedHash,
  stated: NonNullable<Identity['legalRepresentative']> | null,
): Promise<IdentityHashes> {
  if (stated === null) return {};
  const { name, idNumber } = stated;
  const [legalRepresentativeHash, legalRepresentativeIdHash] = await Promise.all([
    keyedHash.hash('legal-representative', normalise(name)),
    idNumber === undefined ? undefined : keyedHash.hash('legal-representative-id', normalise(idNumber)),
  ]);
  return {
    legalRepresentativeHash,
    ...(legalRepresentativeIdHash !== undefined && { legalRepresentativeIdHash }),
  };
}

function pick(hashes: IdentityHashes, ...names: (keyof IdentityHashes)[]): IdentityHashes {
  return Object.fromEntries(names.flatMap((name) => (hashes[name] ? [[name, hashes[name]]] : [])));
}
