import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKms } from '../../local/kms/service.ts';

/** The stand-in of KMS with the key of the hashes that stand for personal data. */
export async function startTestKms() {
  const dataDir = await mkdtemp(join(tmpdir(), 'kms-'));
  const account = { account: '000000000000', region: 'cn-north-1', partition: 'aws-cn' };
  const kms = await startKms({ dataDir, ...account, log: () => undefined });
  const { attributes } = kms.ensureKey('Identity', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  return {
    endpoint: kms.endpoint,
    key: attributes['Arn'] ?? '',
    async stop() {
      await kms.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
