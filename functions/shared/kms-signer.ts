import type { KmsSigning } from './kms-signing.ts';
import type { Signature, Signer, SigningAlgorithm } from './signing.ts';

/** Signatures by an asymmetric key that AWS KMS keeps. The client is loaded on first use. */
export class KmsSigner implements Signer {
  readonly #keyId: string;
  readonly #algorithm: SigningAlgorithm;
  #signing: Promise<KmsSigning> | undefined;

  /** @param keyId id or ARN of a key for signing, of the spec that the algorithm needs */
  constructor(keyId: string, algorithm: SigningAlgorithm) {
    this.#keyId = keyId;
    this.#algorithm = algorithm;
  }

  /** See `Signer.sign`. */
  async sign(bytes: Uint8Array): Promise<Signature> {
    this.#signing ??= import('./kms-signing.ts').then(
      ({ KmsSigning }) => new KmsSigning(this.#keyId, this.#algorithm),
    );
    return (await this.#signing).sign(bytes);
  }
}
