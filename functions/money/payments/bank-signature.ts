import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { Bilingual } from '../../shared/text.ts';

/** How it is known that an answer is the bank's: by its signature, or for a reason why it has none not at all. */
export const AuthenticitySchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('signature') }),
  z.object({ by: z.literal('none'), reason: z.string().min(1) }),
]);
export type Authenticity = z.output<typeof AuthenticitySchema>;

const withoutKey = /^none: (.+)$/;

/**
 * Refuses bytes that the bank has not signed: ECDSA or RSA (PKCS #1) with SHA-256, or Ed25519.
 * @param bankKey the bank's public key, base64 of its DER (SPKI), or `none: ` and the reason why there is none.
 * @param signature base64; of ECDSA in DER.
 * @throws DomainError invalid-request
 */
export function authenticate(
  bankKey: string,
  bytes: Uint8Array,
  signature: string | undefined,
): Authenticity {
  const reason = withoutKey.exec(bankKey)?.[1];
  if (reason !== undefined) return { by: 'none', reason };
  if (signature === undefined) {
    throw refused('signature-missing', { zh: '缺少银行签名', en: 'the signature of the bank is missing' });
  }
  const key = createPublicKey({ key: Buffer.from(bankKey, 'base64'), format: 'der', type: 'spki' });
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (verify(digest, bytes, key, Buffer.from(signature, 'base64'))) return { by: 'signature' };
  throw refused('signature', {
    zh: '银行签名与文件不符',
    en: 'the signature is not that of the bank over this file',
  });
}

function refused(rule: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path: 'header.x-bank-signature', rule, message }] });
}
