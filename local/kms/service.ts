/** Key Management Service: makes and verifies message authentication codes, and refuses everything else by name. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { serveActions } from '../aws-json-endpoint.ts';
import type { KmsService, ResolvedProperties, ServiceOptions } from '../contracts.ts';
import type { JsonObject } from '../states/json.ts';
import { ServiceError } from '../states/service-error.ts';
import { parseProperties } from '../template-properties.ts';
import { KeyFile, type MacKey } from './key-file.ts';

const keySchema = z.strictObject({
  KeySpec: z.literal('HMAC_256', 'only HMAC_256 can make codes here'),
  KeyUsage: z.literal('GENERATE_VERIFY_MAC'),
  Enabled: z.literal(true, 'a disabled key is not supported on a laptop').optional(),
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
const verifySchema = generateSchema.extend({ Mac: bytesSchema });

/** Whether a key of the template is for message authentication codes. */
export function makesMacs(properties: ResolvedProperties): boolean {
  const { KeySpec, KeyUsage } = properties;
  return KeyUsage === 'GENERATE_VERIFY_MAC' || String(KeySpec).startsWith('HMAC_');
}

/** Starts KMS with the keys of the data dir; a key answers once the template has named it. */
export async function startKms(options: ServiceOptions): Promise<KmsService> {
  const file = new KeyFile(options.dataDir);
  const keys = new Map<string, MacKey>();
  const arnOf = ({ keyId }: MacKey) =>
    `arn:${options.partition}:kms:${options.region}:${options.account}:key/${keyId}`;

  const compute = ({ KeyId, Message, MacAlgorithm }: z.output<typeof generateSchema>) => {
    const key = keys.get(KeyId);
    if (!key) throw new ServiceError('NotFoundException', `Key '${KeyId}' does not exist`);
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
    },
    { name: 'kms', target: 'TrentService', protocol: '1.1', log: options.log },
  );

  return {
    endpoint: server.endpoint,
    ensureKey(name, properties) {
      parseProperties(`${name} (AWS::KMS::Key)`, keySchema, cosmeticProperties, properties);
      const key = file.ensure(name);
      const arn = arnOf(key);
      keys.set(key.keyId, key).set(arn, key);
      return { ref: key.keyId, attributes: { Arn: arn, KeyId: key.keyId } };
    },
    stop: server.stop,
  };
}

function parse<T>(schema: z.ZodType<T>, request: JsonObject): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new ServiceError('ValidationException', z.prettifyError(parsed.error));
}
