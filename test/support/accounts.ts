import { createCipheriv, createDecipheriv, generateKeyPairSync, sign } from 'node:crypto';
import type {
  AccountOpener,
  AccountSealer,
  BankAccount,
} from '../../functions/filing/bank-accounts/bank-account.ts';
import { decideAccount } from '../../functions/filing/bank-accounts/decide-account.ts';
import { type ProposalParts, proposeAccount } from '../../functions/filing/bank-accounts/propose-account.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import type { Signer } from '../../functions/shared/signing.ts';

const [key, nonce] = [Buffer.alloc(32, 7), Buffer.alloc(12, 7)];

/** Accounts sealed as KMS would, under a key of the tests: the organisation is authenticated with them. */
export const sealedInTests: AccountSealer & AccountOpener = {
  seal: async (organisation, account) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(organisation));
    const text = Buffer.concat([cipher.update(JSON.stringify(account)), cipher.final()]);
    return Buffer.concat([cipher.getAuthTag(), text]).toString('base64');
  },
  open: async (organisation, ciphertext): Promise<BankAccount> => {
    const sealed = Buffer.from(ciphertext, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
      .setAAD(Buffer.from(organisation))
      .setAuthTag(sealed.subarray(0, 16));
    return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]).toString());
  },
};

/** The key that payment files are signed with in tests. */
export const paymentKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Signatures as KMS would make them. */
export const signedInTests: Signer = {
  sign: async (bytes) => ({
    ...{ algorithm: 'ECDSA_SHA_256', keyId: 'key of the tests' },
    value: sign('sha256', bytes, paymentKeys.privateKey).toString('base64'),
  }),
};

/** Has one of an enterprise's people propose an account, and its administrator confirm it. */
export async function agreeAccount(
  parts: ProposalParts,
  { organisation, organisationName }: Required<Pick<Actor, 'organisation' | 'organisationName'>>,
  account: Partial<BankAccount> = {},
) {
  const company = { organisation, organisationName };
  const preparer: Actor = { id: 'preparer', roles: ['preparer'], ...company };
  const admin: Actor = { id: 'admin', roles: ['organisation-admin'], ...company };
  const { change } = await proposeAccount(parts, preparer, {
    ...{ holder: organisationName, bank: '示例银行广州分行', branchCode: '102581000013' },
    ...{ accountNumber: '6222020000001234', ...account },
  });
  return decideAccount(parts, admin, { decision: 'confirm', contentHash: change.contentHash });
}
