/** ECDSA on P-256 of digests, as KMS signs them: `node:crypto` signs messages alone, and gives the points of the curve. */
import { createECDH, createPublicKey, randomBytes } from 'node:crypto';

/** FIPS 186-5: how many points there are. */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The public key of a private one, in DER (SPKI). @param material 32 bytes, whose number it is */
export function publicKeyOf(material: Buffer): Buffer {
  const point = pointOf(numberOf(material));
  const half = (from: number, to: number) => point.toString('base64url', from, to);
  const jwk = { kty: 'EC', crv: 'P-256', x: half(1, 33), y: half(33, 65) };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

/** A signature of a digest of 32 bytes, in DER. @param material see `publicKeyOf` */
export function signDigest(material: Buffer, digest: Buffer): Buffer {
  const nonce = scalarOf(randomBytes(32));
  const r = numberOf(pointOf(nonce).subarray(1, 33)) % order;
  const s = (inverse(nonce) * (numberOf(digest) + r * numberOf(material))) % order;
  const parts = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, parts.length]), parts]);
}

/** A number from 1 to the order less one. */
function scalarOf(bytes: Buffer): bigint {
  return (numberOf(bytes) % (order - 1n)) + 1n;
}

/** The point of the curve that a number leads to, uncompressed. */
function pointOf(scalar: bigint): Buffer {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex');
  return curve.getPublicKey();
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** By Euclid's algorithm. */
function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, order, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % order) + order) % order;
}

/** An integer in DER: with a zero before it where its first bit is set. */
function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const signed = (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, signed.length]), signed]);
}
