import { createHash } from 'node:crypto';
import type { SigningAlgorithm } from './signing.ts';

/** GB/T 32918.2: what everybody takes for the signer's identity where none was agreed. */
const identity = Buffer.from('1234567812345678');
/** GB/T 32918.5: a and b of the curve, and its base point. */
const curve = Buffer.from(
  [
    'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC',
    '28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93',
    '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7',
    'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
  ].join(''),
  'hex',
);

/**
 * What is signed in the place of bytes that are more than KMS takes: their SHA-256, or for SM2 the SM3 of the signer's
 * identity and key, and of them (GB/T 32918.2, 5.5 and 6.1).
 * @param publicKey the signer's in DER (SPKI), which SM2 needs.
 */
export function signedDigest(
  algorithm: SigningAlgorithm,
  bytes: Uint8Array,
  publicKey: Uint8Array | undefined,
): Buffer {
  if (algorithm === 'ECDSA_SHA_256') return createHash('sha256').update(bytes).digest();
  if (!publicKey) throw new Error('SM2 signs for a public key');
  // The key ends with the coordinates of its point, 32 bytes each.
  const point = publicKey.subarray(-64);
  const bits = Buffer.from([0, identity.length * 8]);
  const signer = createHash('sm3').update(bits).update(identity).update(curve).update(point).digest();
  return createHash('sm3').update(signer).update(bytes).digest();
}
