import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { signedDigest } from './signed-digest.ts';
import type { Signature, SigningAlgorithm } from './signing.ts';

/** Asks AWS KMS to sign. Imported lazily, by `KmsSigner` only: so the cold start of others does not pay for it. */
export class KmsSigning {
  readonly #keyId: string;
  readonly #algorithm: SigningAlgorithm;
  readonly #client = new KMSClient({});

  constructor(keyId: string, algorithm: SigningAlgorithm) {
    this.#keyId = keyId;
    this.#algorithm = algorithm;
  }

  /** See `Signer.sign`. */
  async sign(bytes: Uint8Array): Promise<Signature> {
    const [KeyId, algorithm] = [this.#keyId, this.#algorithm];
    const publicKey = algorithm === 'SM2DSA' ? await this.#publicKey() : undefined;
    const { Signature: signed } = await this.#client.send(
      new SignCommand({
        ...{ KeyId, MessageType: 'DIGEST', SigningAlgorithm: algorithm },
        Message: signedDigest(algorithm, bytes, publicKey),
      }),
    );
    if (!signed) throw new Error('KMS signed nothing');
    return { algorithm, keyId: KeyId, value: Buffer.from(signed).toString('base64') };
  }

  async #publicKey(): Promise<Uint8Array | undefined> {
    return (await this.#client.send(new GetPublicKeyCommand({ KeyId: this.#keyId }))).PublicKey;
  }
}
