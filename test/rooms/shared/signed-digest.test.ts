import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { signedDigest } from '../../../functions/shared/signed-digest.ts';

it('is the SHA-256 of the bytes for ECDSA', () => {
  const bytes = Buffer.from('a payment file');
  expect(signedDigest('ECDSA_SHA_256', bytes, undefined)).toEqual(
    createHash('sha256').update(bytes).digest(),
  );
});

it('is that of the example of GB/T 32918.5 for SM2', () => {
  // The key of its appendix A.2, in DER: what stands before the point says nothing of it here.
  const point = [
    '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020',
    'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
  ];
  const key = Buffer.from(`3059301306072A8648CE3D020106082A811CCF5501822D03420004${point.join('')}`, 'hex');
  expect(signedDigest('SM2DSA', Buffer.from('message digest'), key).toString('hex').toUpperCase()).toBe(
    'F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640',
  );
  expect(() => signedDigest('SM2DSA', Buffer.from('message digest'), undefined)).toThrow('public key');
});
