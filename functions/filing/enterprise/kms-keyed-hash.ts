import type { IdentityField, KeyedHash } from './keyed-hash.ts';
import type { MacGenerator } from './mac-generator.ts';

/**
 * HMAC-SHA-256 by a key that AWS KMS keeps. The client is loaded on first use: few requests state personal data, and
 * the cold start of the others should not pay for it.
 */
export class KmsKeyedHash implements KeyedHash {
  readonly #keyId: string;
  #generator: Promise<MacGenerator> | undefined;

  /** @param keyId id or ARN of a key of the spec HMAC_256 */
  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `KeyedHash.hash`. */
  async hash(field: IdentityField, value: string): Promise<string> {
    this.#generator ??= import('./mac-generator.ts').then(
      ({ MacGenerator }) => new MacGenerator(this.#keyId),
    );
    return (await this.#generator).generate(field, value);
  }
}
