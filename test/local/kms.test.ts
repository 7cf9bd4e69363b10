import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KmsService } from '../../local/contracts.ts';
import { startKms } from '../../local/kms/service.ts';

const hmacKey = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
const message = { Message: Buffer.from('bank-account:622202'), MacAlgorithm: 'HMAC_SHA_256' } as const;

let dataDir: string;
let service: KmsService;
let client: KMSClient;
const logged: string[] = [];

async function start(): Promise<void> {
  service = await startKms({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: (line) => logged.push(line),
  });
  client = new KMSClient({
    endpoint: service.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await service.stop();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kms-'));
  logged.length = 0;
  await start();
});
afterEach(async () => {
  await stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a key for signatures of digests', () => {
  const signingKey = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };

  it('signs what its public key verifies, also after a restart, and does nothing else', async () => {
    const { ref } = service.ensureKey('state-Heads', signingKey);
    const Message = Buffer.from('heads');
    const sent = { KeyId: ref, Message, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    const { Signature } = await client.send(new SignCommand(sent));
    await stop();
    await start();
    service.ensureKey('state-Heads', signingKey);
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: ref }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(verify('sha256', Message, key, Signature ?? Buffer.alloc(0))).toBe(true);
    expect(verify('sha256', Buffer.from('others'), key, Signature ?? Buffer.alloc(0))).toBe(false);
    await expect(client.send(new GenerateMacCommand({ KeyId: ref, ...message }))).rejects.toThrow(
      /not for this action/,
    );
  });
});

describe('a key for authentication codes', () => {
  it('makes the HMAC of RFC 2104 under material that only the owner of the file can read', async () => {
    const { ref, attributes } = service.ensureKey('state-Identity', hmacKey);
    const { Mac, KeyId } = await client.send(new GenerateMacCommand({ KeyId: ref, ...message }));
    expect(KeyId).toBe(attributes['Arn']);
    expect(KeyId).toBe(`arn:aws-cn:kms:cn-north-1:000000000000:key/${ref}`);
    const path = join(dataDir, 'kms-keys.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(await readFile(path, 'utf8'));
    const material = Buffer.from(kept['state-Identity'].material, 'base64');
    expect(material).toHaveLength(32);
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac('sha256', material).update(message.Message).digest());
  });

  it('is the same key after a restart, and another one under another name', async () => {
    const first = service.ensureKey('one', hmacKey);
    const { Mac } = await client.send(new GenerateMacCommand({ KeyId: first.ref, ...message }));
    await stop();
    await start();
    expect(service.ensureKey('one', hmacKey)).toEqual(first);
    const again = await client.send(new GenerateMacCommand({ KeyId: first.attributes['Arn'], ...message }));
    expect(again.Mac).toEqual(Mac);
    const { ref } = service.ensureKey('two', hmacKey);
    expect((await client.send(new GenerateMacCommand({ KeyId: ref, ...message }))).Mac).not.toEqual(Mac);
  });

  it('verifies its own codes and no others', async () => {
    const { ref } = service.ensureKey('one', hmacKey);
    const { Mac } = await client.send(new GenerateMacCommand({ KeyId: ref, ...message }));
    const verify = (mac: Uint8Array | undefined) =>
      client.send(new VerifyMacCommand({ KeyId: ref, ...message, Mac: mac }));
    expect((await verify(Mac)).MacValid).toBe(true);
    await expect(verify(Buffer.alloc(32))).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
    await expect(verify(Mac?.subarray(1))).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  it.each([
    [{ ...hmacKey, KeySpec: 'HMAC_512' }, 'only HMAC_256 can make codes here'],
    [{ ...hmacKey, Enabled: false }, 'a disabled key is not supported on a laptop'],
    [{ ...hmacKey, EnableKeyRotation: true }, 'EnableKeyRotation is not supported on a laptop'],
  ])('with the properties %j is refused by name', (properties, fault) => {
    expect(() => service.ensureKey('state-Identity', properties)).toThrow(fault);
    expect(() => service.ensureKey('state-Identity', properties)).toThrow('state-Identity (AWS::KMS::Key)');
  });
});

describe('a key that encrypts', () => {
  const symmetric = { EnableKeyRotation: true };
  const Plaintext = Buffer.from('6222 0200 1234');
  const EncryptionContext = { organisation: '91440101731566630A', purpose: 'payment' };
  const encrypt = async (KeyId: string) =>
    (await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))).CiphertextBlob;

  it('gives the text back under the same context, in whatever order, also after a restart', async () => {
    const { ref, attributes } = service.ensureKey('accounts', symmetric);
    const CiphertextBlob = await encrypt(ref);
    expect(Buffer.from(CiphertextBlob ?? []).includes(Plaintext)).toBe(false);
    await stop();
    await start();
    service.ensureKey('accounts', symmetric);
    const turned = { purpose: 'payment', organisation: '91440101731566630A' };
    const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: turned }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    expect(opened.KeyId).toBe(attributes['Arn']);
  });

  it('never encrypts alike twice', async () => {
    const { ref } = service.ensureKey('accounts', symmetric);
    expect(await encrypt(ref)).not.toEqual(await encrypt(ref));
  });

  it('opens nothing under another context or key, or that was changed', async () => {
    const { ref } = service.ensureKey('accounts', symmetric);
    const other = service.ensureKey('others', symmetric).ref;
    const CiphertextBlob = await encrypt(ref);
    const open = (input: Partial<ConstructorParameters<typeof DecryptCommand>[0]>) =>
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...input }));
    const invalid = { name: 'InvalidCiphertextException' };
    await expect(open({ EncryptionContext: { organisation: 'another' } })).rejects.toMatchObject(invalid);
    await expect(open({ EncryptionContext: {} })).rejects.toMatchObject(invalid);
    const changed = Buffer.from(CiphertextBlob ?? []);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(open({ CiphertextBlob: changed })).rejects.toMatchObject(invalid);
    await expect(open({ CiphertextBlob: changed.subarray(0, 40) })).rejects.toMatchObject(invalid);
    await expect(open({ KeyId: other })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('is not for codes, nor the other way round', async () => {
    const cipher = service.ensureKey('accounts', symmetric).ref;
    const mac = service.ensureKey('hashes', hmacKey).ref;
    const wrong = { name: 'InvalidKeyUsageException' };
    await expect(encrypt(mac)).rejects.toMatchObject(wrong);
    const generate = client.send(new GenerateMacCommand({ KeyId: cipher, ...message }));
    await expect(generate).rejects.toMatchObject(wrong);
  });

  it('of another spec is refused by name', () => {
    expect(() => service.ensureKey('rsa', { KeySpec: 'RSA_2048' })).toThrow('only SYMMETRIC_DEFAULT');
  });
});

describe('a request', () => {
  it('for a key that the template does not have is refused', async () => {
    const request = client.send(new GenerateMacCommand({ KeyId: 'nobody', ...message }));
    await expect(request).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('with an empty or too long message, or another algorithm, is refused', async () => {
    const { ref } = service.ensureKey('one', hmacKey);
    const generate = (input: Partial<ConstructorParameters<typeof GenerateMacCommand>[0]>) =>
      client.send(new GenerateMacCommand({ KeyId: ref, ...message, ...input }));
    const invalid = { name: 'ValidationException' };
    await expect(generate({ Message: Buffer.alloc(0) })).rejects.toMatchObject(invalid);
    await expect(generate({ Message: Buffer.alloc(4097) })).rejects.toMatchObject(invalid);
    await expect(generate({ MacAlgorithm: 'HMAC_SHA_512' })).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
  });

  it('for another action is refused by name', async () => {
    const { ref } = service.ensureKey('one', hmacKey);
    const request = client.send(new GenerateDataKeyCommand({ KeyId: ref, KeySpec: 'AES_256' }));
    await expect(request).rejects.toThrow('"GenerateDataKey" is not supported here');
  });

  it('leaves nothing of its message in the log', async () => {
    const { ref } = service.ensureKey('one', hmacKey);
    await client.send(new GenerateMacCommand({ KeyId: ref, ...message }));
    await client.send(new GenerateMacCommand({ KeyId: 'nobody', ...message })).catch(() => undefined);
    expect(logged).toEqual([]);
  });
});

describe('a key for signatures of digests', () => {
  const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };

  it('signs digests, and its public half says so, also after another start', async () => {
    const { ref } = service.ensureKey('state-Payments', signing);
    const bytes = Buffer.from('a payment file');
    const request = { KeyId: ref, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    const Message = createHash('sha256').update(bytes).digest();
    const { Signature = Buffer.of() } = await client.send(new SignCommand({ ...request, Message }));
    await stop();
    await start();
    service.ensureKey('state-Payments', signing);
    const { PublicKey = Buffer.of() } = await client.send(new GetPublicKeyCommand({ KeyId: ref }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    expect(verify('sha256', bytes, key, Signature)).toBe(true);
    expect(verify('sha256', Buffer.from('another'), key, Signature)).toBe(false);
  });

  it('does nothing else, and no other key signs', async () => {
    const { ref } = service.ensureKey('state-Payments', signing);
    const hashes = service.ensureKey('state-Identity', hmacKey);
    await expect(client.send(new GenerateMacCommand({ KeyId: ref, ...message }))).rejects.toThrow(
      'not for this action',
    );
    const request = { MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    const sign = new SignCommand({ ...request, KeyId: hashes.ref, Message: Buffer.alloc(32) });
    await expect(client.send(sign)).rejects.toThrow('not for this action');
  });
});
