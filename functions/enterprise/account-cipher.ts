import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { type BankAccount, BankAccountSchema } from './bank-account.ts';

/** Asks AWS KMS to encrypt and decrypt accounts. Imported lazily, by `KmsAccounts` only. */
export class AccountCipher {
  readonly #keyId: string;
  readonly #client = new KMSClient({});

  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `AccountSealer.seal`. */
  async seal(organisation: string, account: BankAccount): Promise<string> {
    const { CiphertextBlob } = await this.#client.send(
      new EncryptCommand({
        KeyId: this.#keyId,
        Plaintext: Buffer.from(JSON.stringify(account)),
        EncryptionContext: { organisation },
      }),
    );
    if (!CiphertextBlob) throw new Error('KMS encrypted nothing');
    return Buffer.from(CiphertextBlob).toString('base64');
  }

  /** See `AccountOpener.open`. */
  async open(organisation: string, ciphertext: string): Promise<BankAccount> {
    const { Plaintext } = await this.#client.send(
      new DecryptCommand({
        KeyId: this.#keyId,
        CiphertextBlob: Buffer.from(ciphertext, 'base64'),
        EncryptionContext: { organisation },
      }),
    );
    if (!Plaintext) throw new Error('KMS decrypted nothing');
    // Not by the schema's own message, which might tell what it met.
    const parsed = BankAccountSchema.safeParse(JSON.parse(Buffer.from(Plaintext).toString()));
    if (!parsed.success) throw new Error('what was decrypted is no bank account');
    return parsed.data;
  }
}
