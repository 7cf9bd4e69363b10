import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Signer } from './keep-heads.ts';

/** Signs by a key of KMS: ECDSA on P-256 over SHA-256, which OpenSSL and every library verify. */
export function kmsSigner(client: KMSClient, keyArn: string): Signer {
  return {
    async sign(text) {
      const { Signature, KeyId } = await client.send(
        new SignCommand({
          KeyId: keyArn,
          Message: text,
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (!Signature || !KeyId) throw new Error('KMS signed nothing');
      return { keyId: KeyId, signature: Buffer.from(Signature).toString('base64') };
    },
    async publicKey() {
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
      if (!PublicKey) throw new Error('KMS has no public key');
      return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    },
  };
}
