import type { KmsCipher } from './kms-cipher.ts';

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
  #cipher: Promise<KmsCipher> | undefined;

  /** @param keyId id or ARN of a symmetric key */
  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `Sealer.seal`. */
  async seal(context: SealContext, value: unknown): Promise<string> {
    return (await this.#loaded()).encrypt({ ...context }, JSON.stringify(value));
  }

  /** See `Opener.open`. */
  async open(context: SealContext, ciphertext: string): Promise<unknown> {
    return JSON.parse(await (await this.#loaded()).decrypt({ ...context }, ciphertext));
  }

  #loaded(): Promise<KmsCipher> {
    this.#cipher ??= import('./kms-cipher.ts').then(({ KmsCipher }) => new KmsCipher(this.#keyId));
    return this.#cipher;
  }
}
