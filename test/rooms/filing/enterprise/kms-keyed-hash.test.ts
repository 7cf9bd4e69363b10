import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KmsKeyedHash } from '../../../../functions/filing/enterprise/kms-keyed-hash.ts';

const kms = mockClient(KMSClient);
const keyArn = 'arn:aws-cn:kms:cn-north-1:000000000000:key/identity';

beforeAll(() => vi.stubEnv('AWS_REGION', 'cn-north-1'));
afterAll(() => {
  vi.unstubAllEnvs();
  kms.restore();
});
beforeEach(() => kms.reset());

describe('a hash by KMS', () => {
  it('is the HMAC-SHA-256 of the field and the value, in hexadecimal', async () => {
    kms.on(GenerateMacCommand).resolves({ Mac: Buffer.alloc(32, 0xab) });
    const hash = await new KmsKeyedHash(keyArn).hash('bank-account', '6222021234567890123');
    expect(hash).toBe('ab'.repeat(32));
    expect(kms.commandCalls(GenerateMacCommand).map(({ args }) => args[0].input)).toEqual([
      {
        KeyId: keyArn,
        MacAlgorithm: 'HMAC_SHA_256',
        Message: Buffer.from('bank-account:6222021234567890123'),
      },
    ]);
  });

  it.each([undefined, Buffer.alloc(0), Buffer.alloc(48)])('is never made up from %j', async (Mac) => {
    kms.on(GenerateMacCommand).resolves(Mac ? { Mac } : {});
    await expect(new KmsKeyedHash(keyArn).hash('bank-account', '6222')).rejects.toThrow('no HMAC-SHA-256');
  });

  it('fails with the error of KMS, which says nothing of the value', async () => {
    const denied = Object.assign(new Error('not authorized to perform kms:GenerateMac'), {
      name: 'AccessDeniedException',
    });
    kms.on(GenerateMacCommand).rejects(denied);
    await expect(new KmsKeyedHash(keyArn).hash('bank-account', '6222')).rejects.toBe(denied);
  });
});
