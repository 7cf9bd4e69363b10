import type { AccountCipher } from './account-cipher.ts';
import type { AccountOpener, AccountSealer, BankAccount } from './bank-account.ts';

/**
 * Accounts under a key that AWS KMS keeps; which half of it works is for the function's rights to say. The client is
 * loaded on first use: few requests are about accounts.
 */
export class KmsAccounts implements AccountSealer, AccountOpener {
  readonly #keyId: string;
  #cipher: Promise<AccountCipher> | undefined;

  /** @param keyId id or ARN of a symmetric key */
  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `AccountSealer.seal`. */
  async seal(organisation: string, account: BankAccount): Promise<string> {
    return (await this.#loaded()).seal(organisation, account);
  }

  /** See `AccountOpener.open`. */
  async open(organisation: string, ciphertext: string): Promise<BankAccount> {
    return (await this.#loaded()).open(organisation, ciphertext);
  }

  #loaded(): Promise<AccountCipher> {
    this.#cipher ??= import('./account-cipher.ts').then(
      ({ AccountCipher }) => new AccountCipher(this.#keyId),
    );
    return this.#cipher;
  }
}
