import type { KMSClient } from '@aws-sdk/client-kms';

/** What a sealed value belongs to: opened for anything else, it does not open. */
export type SealContext = Readonly<Record<string, string>>;

/** Puts values away that only another function can read. */
export interface Sealer {
  /** @param value what JSON can say, of a few kilobytes @returns base64 */
  seal(context: SealContext, value: unknown): Promise<string>;
}

/** The other half. */
export interface Opener {
  /** @throws when it was sealed for something else or under another key. */
  open(context: SealContext, ciphertext: string): Promise<unknown>;
}

/**
 * Values under a key that AWS KMS keeps; which half of it works is for the function's rights to say. The client is
 * loaded on first use.
 */
export class KmsSealing implements Sealer, Opener {
  readonly #keyId: string;
  #client: Promise<KMSClient> | undefined;

  /** @param keyId id or ARN of a symmetric key */
  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `Sealer.seal`. */
  async seal(context: SealContext, value: unknown): Promise<string> {
    const { EncryptCommand } = await import('@aws-sdk/client-kms');
    const { CiphertextBlob } = await (await this.#loaded()).send(
      new EncryptCommand({
        KeyId: this.#keyId,
        Plaintext: Buffer.from(JSON.stringify(value)),
        EncryptionContext: { ...context },
      }),
    );
    if (!CiphertextBlob) throw new Error('KMS encrypted nothing');
    return Buffer.from(CiphertextBlob).toString('base64');
  }

  /** See `Opener.open`. */
  async open(context: SealContext, ciphertext: string): Promise<unknown> {
    const { DecryptCommand } = await import('@aws-sdk/client-kms');
    const { Plaintext } = await (await this.#loaded()).send(
      new DecryptCommand({
        KeyId: this.#keyId,
        CiphertextBlob: Buffer.from(ciphertext, 'base64'),
        EncryptionContext: { ...context },
      }),
    );
    if (!Plaintext) throw new Error('KMS decrypted nothing');
    return JSON.parse(Buffer.from(Plaintext).toString());
  }

  #loaded(): Promise<KMSClient> {
    this.#client ??= import('@aws-sdk/client-kms').then(({ KMSClient }) => new KMSClient({}));
    return this.#client;
  }
}
