/** Key Management Service: makes and verifies message authentication codes, signs, encrypts and decrypts; no other actions. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import * as z from 'zod';
import { serveActions } from '../aws-json-endpoint.ts';
import type { KmsService, ResolvedProperties, ServiceOptions } from '../contracts.ts';
import type { JsonObject } from '../states/json.ts';
import { ServiceError } from '../states/service-error.ts';
import { parseProperties } from '../template-properties.ts';
import { KeyFile, type KeyMaterial } from './key-file.ts';
import { publicKeyOf, signDigest } from './signatures.ts';

const enabled = { Enabled: z.literal(true, 'a disabled key is not supported on a laptop').optional() };
const macKeySchema = z.strictObject({
  KeySpec: z.literal('HMAC_256', 'only HMAC_256 can make codes here'),
  KeyUsage: z.literal('GENERATE_VERIFY_MAC'),
  ...enabled,
});
const signingKeySchema = z.strictObject({
  KeySpec: z.literal('ECC_NIST_P256', 'only ECC_NIST_P256 can sign here'),
  KeyUsage: z.literal('SIGN_VERIFY'),
  ...enabled,
});
const cipherKeySchema = z.strictObject({
  KeySpec: z
    .literal('SYMMETRIC_DEFAULT', 'only SYMMETRIC_DEFAULT and HMAC_256 are supported here')
    .optional(),
  KeyUsage: z.literal('ENCRYPT_DECRYPT').optional(),
  // KMS keeps the older material for what it encrypted: to its callers nothing changes.
  EnableKeyRotation: z.boolean().optional(),
  ...enabled,
});
const cosmeticProperties = [
  'BypassPolicyLockoutSafetyCheck',
  'Description',
  'KeyPolicy',
  'PendingWindowInDays',
  'Tags',
];

const bytesSchema = z.base64().transform((text) => Buffer.from(text, 'base64'));
const generateSchema = z.strictObject({
  KeyId: z.string().min(1),
  Message: bytesSchema.refine((message) => message.length > 0 && message.length <= 4096, {
    error: 'a message has 1 to 4096 bytes',
  }),
  MacAlgorithm: z.string(),
});
const signSchema = z.strictObject({
  KeyId: z.string().min(1),
  Message: bytesSchema.refine((message) => message.length > 0 && message.length <= 4096, {
    error: 'a message has 1 to 4096 bytes',
  }),
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.literal('ECDSA_SHA_256'),
});
const publicKeySchema = z.strictObject({ KeyId: z.string().min(1) });
const verifySchema = generateSchema.extend({ Mac: bytesSchema });
const contextSchema = z.record(z.string(), z.string()).default({});
const encryptSchema = z.strictObject({
  KeyId: z.string().min(1),
  Plaintext: bytesSchema.refine((text) => text.length > 0 && text.length <= 4096, {
    error: 'a plain text has 1 to 4096 bytes',
  }),
  EncryptionContext: contextSchema,
});
const decryptSchema = z.strictObject({
  KeyId: z.string().min(1).optional(),
  CiphertextBlob: bytesSchema,
  EncryptionContext: contextSchema,
});

/** Of SHA-256. */
const digestBytes = 32;

/** What stands before the encrypted bytes: the key's id, the nonce, the tag. */
const lengths = { keyId: 36, nonce: 12, tag: 16 };

interface ServedKey extends KeyMaterial {
  readonly usage: 'mac' | 'cipher' | 'signature';
}

/** Starts KMS with the keys of the data dir; a key answers once the template has named it. */
export async function startKms(options: ServiceOptions): Promise<KmsService> {
  const file = new KeyFile(options.dataDir);
  const keys = new Map<string, ServedKey>();
  const arnOf = ({ keyId }: KeyMaterial) =>
    `arn:${options.partition}:kms:${options.region}:${options.account}:key/${keyId}`;

  const keyOf = (keyId: string, usage: ServedKey['usage']): ServedKey => {
    const key = keys.get(keyId);
    if (!key) throw new ServiceError('NotFoundException', `Key '${keyId}' does not exist`);
    if (key.usage !== usage) {
      throw new ServiceError('InvalidKeyUsageException', `${arnOf(key)} is not for this action.`);
    }
    return key;
  };

  const compute = ({ KeyId, Message, MacAlgorithm }: z.output<typeof generateSchema>) => {
    const key = keyOf(KeyId, 'mac');
    if (MacAlgorithm !== 'HMAC_SHA_256') {
      throw new ServiceError('InvalidKeyUsageException', `The key does not support ${MacAlgorithm}.`);
    }
    const mac = createHmac('sha256', key.material).update(Message).digest();
    return { mac, common: { KeyId: arnOf(key), MacAlgorithm } };
  };

  const server = await serveActions(
    {
      GenerateMac: (request) => {
        const { mac, common } = compute(parse(generateSchema, request));
        return { ...common, Mac: mac.toString('base64') };
      },
      VerifyMac: (request) => {
        const { Mac, ...stated } = parse(verifySchema, request);
        const { mac, common } = compute(stated);
        if (mac.length !== Mac.length || !timingSafeEqual(mac, Mac)) {
          throw new ServiceError('KMSInvalidMacException', 'The code does not fit the message.');
        }
        return { ...common, MacValid: true };
      },
      Sign: (request) => {
        const { KeyId, Message, MessageType, SigningAlgorithm } = parse(signSchema, request);
        const key = keyOf(KeyId, 'signature');
        const isDigest = MessageType === 'DIGEST';
        if (isDigest && Message.length !== digestBytes) {
          throw new ServiceError('ValidationException', `a digest has ${digestBytes} bytes`);
        }
        const digest = isDigest ? Message : createHash('sha256').update(Message).digest();
        const signature = signDigest(key.material, digest).toString('base64');
        return { KeyId: arnOf(key), Signature: signature, SigningAlgorithm };
      },
      GetPublicKey: (request) => {
        const key = keyOf(parse(publicKeySchema, request).KeyId, 'signature');
        const spki = publicKeyOf(key.material);
        return {
          ...{ KeyId: arnOf(key), PublicKey: spki.toString('base64') },
          ...{ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] },
        };
      },
      Encrypt: (request) => {
        const { KeyId, Plaintext, EncryptionContext } = parse(encryptSchema, request);
        const key = keyOf(KeyId, 'cipher');
        const sealed = seal(key, Plaintext, EncryptionContext).toString('base64');
        return { KeyId: arnOf(key), CiphertextBlob: sealed, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
      },
      Decrypt: (request) => {
        const { KeyId, CiphertextBlob, EncryptionContext } = parse(decryptSchema, request);
        const key = keys.get(CiphertextBlob.toString('latin1', 0, lengths.keyId));
        if (key?.usage !== 'cipher') throw new ServiceError('InvalidCiphertextException', 'no key made this');
        if (KeyId !== undefined && keyOf(KeyId, 'cipher').keyId !== key.keyId) {
          throw new ServiceError('IncorrectKeyException', 'another key made this');
        }
        const opened = open(key, CiphertextBlob, EncryptionContext).toString('base64');
        return { KeyId: arnOf(key), Plaintext: opened, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
      },
    },
    { name: 'kms', target: 'TrentService', protocol: '1.1', log: options.log },
  );

  return {
    endpoint: server.endpoint,
    ensureKey(name, properties) {
      const usage = usageOf(properties);
      const schemas = { mac: macKeySchema, signature: signingKeySchema, cipher: cipherKeySchema };
      const schema: z.ZodType = schemas[usage];
      parseProperties(`${name} (AWS::KMS::Key)`, schema, cosmeticProperties, properties);
      const key = { ...file.ensure(name), usage } as const;
      const arn = arnOf(key);
      keys.set(key.keyId, key).set(arn, key);
      return { ref: key.keyId, attributes: { Arn: arn, KeyId: key.keyId } };
    },
    stop: server.stop,
  };
}

function usageOf({ KeySpec, KeyUsage }: ResolvedProperties): ServedKey['usage'] {
  if (KeyUsage === 'GENERATE_VERIFY_MAC' || String(KeySpec).startsWith('HMAC_')) return 'mac';
  return KeyUsage === 'SIGN_VERIFY' ? 'signature' : 'cipher';
}

/** Encrypts by AES-256-GCM; the key and the context are authenticated with it, as KMS does. */
function seal(key: KeyMaterial, text: Buffer, context: Readonly<Record<string, string>>): Buffer {
  const nonce = randomBytes(lengths.nonce);
  const cipher = createCipheriv('aes-256-gcm', key.material, nonce).setAAD(authenticated(key, context));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([Buffer.from(key.keyId), nonce, cipher.getAuthTag(), sealed]);
}

/** @throws ServiceError InvalidCiphertextException when anything of it, or the context, is another. */
function open(key: KeyMaterial, sealed: Buffer, context: Readonly<Record<string, string>>): Buffer {
  const [nonceAt, tagAt] = [lengths.keyId, lengths.keyId + lengths.nonce];
  const textAt = tagAt + lengths.tag;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.material, sealed.subarray(nonceAt, tagAt))
      .setAAD(authenticated(key, context))
      .setAuthTag(sealed.subarray(tagAt, textAt));
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
  } catch {
    throw new ServiceError('InvalidCiphertextException', 'the text or its context is not what was encrypted');
  }
}

function authenticated({ keyId }: KeyMaterial, context: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([keyId, entries]));
}

function parse<T>(schema: z.ZodType<T>, request: JsonObject): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new ServiceError('ValidationException', z.prettifyError(parsed.error));
}
