import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';

/** Asks AWS KMS to encrypt and decrypt. Imported lazily, by `KmsSealing` only: so the bundle holds no other command. */
export class KmsCipher {
  readonly #keyId: string;
  readonly #client = new KMSClient({});

  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** @returns base64 */
  async encrypt(EncryptionContext: Record<string, string>, text: string): Promise<string> {
    const { CiphertextBlob } = await this.#client.send(
      new EncryptCommand({ KeyId: this.#keyId, Plaintext: Buffer.from(text), EncryptionContext }),
    );
    if (!CiphertextBlob) throw new Error('KMS encrypted nothing');
    return Buffer.from(CiphertextBlob).toString('base64');
  }

  /** @param ciphertext base64 */
  async decrypt(EncryptionContext: Record<string, string>, ciphertext: string): Promise<string> {
    const CiphertextBlob = Buffer.from(ciphertext, 'base64');
    const { Plaintext } = await this.#client.send(
      new DecryptCommand({ KeyId: this.#keyId, CiphertextBlob, EncryptionContext }),
    );
    if (!Plaintext) throw new Error('KMS decrypted nothing');
    return Buffer.from(Plaintext).toString();
  }
}
