import * as z from 'zod';

/** How KMS signs: ECDSA on P-256 with SHA-256 in every region, SM2 with SM3 (GB/T 32918) in those of China. */
export const signingAlgorithms = ['ECDSA_SHA_256', 'SM2DSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A signature over bytes, apart from them. */
export const SignatureSchema = z.object({
  algorithm: z.enum(signingAlgorithms),
  /** The key that made it, as its keeper names it. */
  keyId: z.string().min(1),
  /** Base64 of the signature in DER. */
  value: z.base64(),
});
export type Signature = z.output<typeof SignatureSchema>;

/** Signs by a key that nobody sees. */
export interface Signer {
  sign(bytes: Uint8Array): Promise<Signature>;
}
