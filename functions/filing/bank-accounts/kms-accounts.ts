import { KmsSealing } from '../../shared/sealing.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import {
  type AccountOpener,
  type AccountSealer,
  type BankAccount,
  BankAccountSchema,
} from './bank-account.ts';

/** Accounts under a key that AWS KMS keeps; which half of it works is for the function's rights to say. */
export class KmsAccounts implements AccountSealer, AccountOpener {
  readonly #sealing: KmsSealing;

  /** @param keyId id or ARN of a symmetric key */
  constructor(keyId: string) {
    this.#sealing = new KmsSealing(keyId);
  }

  /** See `AccountSealer.seal`. */
  async seal(organisation: OrganisationCode, account: BankAccount): Promise<string> {
    return this.#sealing.seal({ organisation }, account);
  }

  /** See `AccountOpener.open`. */
  async open(organisation: OrganisationCode, ciphertext: string): Promise<BankAccount> {
    const opened = BankAccountSchema.safeParse(await this.#sealing.open({ organisation }, ciphertext));
    // Not by the schema's own message, which might tell what it met.
    if (!opened.success) throw new Error('what was decrypted is no bank account');
    return opened.data;
  }
}
