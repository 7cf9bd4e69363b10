import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { type IdentityField, messageOf } from './keyed-hash.ts';

/** Asks AWS KMS for message authentication codes. Imported lazily, by `KmsKeyedHash` only. */
export class MacGenerator {
  readonly #keyId: string;
  readonly #client = new KMSClient({});

  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** See `KeyedHash.hash`. */
  async generate(field: IdentityField, value: string): Promise<string> {
    const { Mac } = await this.#client.send(
      new GenerateMacCommand({
        KeyId: this.#keyId,
        MacAlgorithm: 'HMAC_SHA_256',
        Message: Buffer.from(messageOf(field, value)),
      }),
    );
    if (Mac?.byteLength !== 32) throw new Error('KMS gave no HMAC-SHA-256');
    return Buffer.from(Mac).toString('hex');
  }
}
