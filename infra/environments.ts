import * as z from 'zod';
import { type EnvironmentFault, faultsBetweenFields } from './environment-rules.ts';

/** Retention periods that CloudWatch Logs knows, in days. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653,
] as const;

/** An origin as a browser sends it: scheme, host and port, nothing behind. */
const OriginSchema = z
  .url({ protocol: /^https?$/ })
  .refine((value) => URL.canParse(value) && new URL(value).origin === value, {
    error: 'is an origin: scheme, host and port, without a path or a slash at its end',
  });

/** What ops decide for one environment. */
const EnvironmentSettingsSchema = z.strictObject({
  /** AWS account that holds the environment. */
  account: z.string().regex(/^\d{12}$/, { error: 'has 12 digits' }),
  /** AWS region; the partition follows from it. */
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'is a region such as cn-north-1' }),
  /** Says on purpose that the environment lies in China, so that a mistyped region does not move data abroad. */
  deployInChina: z.boolean(),
  /** `iss` of the tokens, exactly as the issuer writes it. Default of the stack parameter OidcIssuer. */
  oidcIssuer: z.url({ protocol: /^https?$/ }),
  /** `aud` of the tokens. Default of the stack parameter OidcAudience. */
  oidcAudience: z.string().min(1),
  /** Origins of the portal, for the API and for uploads into the bucket. */
  allowedOrigins: z.array(OriginSchema).min(1),
  /** Days that logs are kept. */
  logRetentionDays: z.literal(retentionDays),
  /** Lowest level of the functions' own logs. Above WARN the alarm on a stalled outbox would hear nothing. */
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN']),
  /** Where alarms are sent; the address confirms its subscription once. */
  alarmEmail: z.email().optional(),
  /** Whether news are mailed to those who asked for it, and from which address of a verified domain. */
  mail: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ses'), from: z.email() }),
    z.strictObject({ kind: z.literal('none') }),
  ]),
  /** Where webhooks may go: `public` Internet by https alone, or `any` address, by http too. */
  webhookNetworks: z.enum(['public', 'any']),
  /** What happens to tables, bucket, keys and logs when their stack goes. */
  removalPolicy: z.enum(['retain', 'destroy']),
  /** Whether tables refuse to be deleted. */
  deletionProtection: z.boolean(),
  /** Limits of the whole API. */
  throttling: z.strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() }),
  /** Days after which a replaced or deleted version of a document is expired. */
  noncurrentDocumentDays: z.int().positive(),
});
export type EnvironmentSettings = z.output<typeof EnvironmentSettingsSchema>;

/** The settings of an environment with what follows from them. */
export interface Environment extends EnvironmentSettings {
  readonly name: string;
  readonly partition: 'aws' | 'aws-cn';
}

/**
 * The environments. Accounts, hosts and addresses below are placeholders (RFC 2606 names, accounts of one digit), so
 * that anybody can synthesize: ops put their own here before the first deployment, and `deploy` refuses placeholders.
 * None of these values is a secret.
 */
const settings: Readonly<Record<string, unknown>> = {
  /** This machine. In the China partition on purpose, so that daily work meets its ARNs. */
  local: {
    account: '000000000000',
    region: 'cn-north-1',
    deployInChina: true,
    oidcIssuer: 'http://127.0.0.1:3000/oidc',
    oidcAudience: 'software-support',
    allowedOrigins: ['http://127.0.0.1:3000'],
    logRetentionDays: 7,
    logLevel: 'DEBUG',
    mail: { kind: 'ses', from: 'software-support@example.com' },
    webhookNetworks: 'any',
    removalPolicy: 'destroy',
    deletionProtection: false,
    throttling: { ratePerSecond: 1000, burst: 2000 },
    noncurrentDocumentDays: 1,
  },
  /** Developers' shared account outside China: invented companies only, never a real applicant's data. */
  dev: {
    account: '333333333333',
    region: 'ap-southeast-1',
    deployInChina: false,
    oidcIssuer: 'https://identity.dev.example.com',
    oidcAudience: 'software-support-dev',
    allowedOrigins: ['https://portal.dev.example.com', 'http://127.0.0.1:3000'],
    logRetentionDays: 30,
    logLevel: 'DEBUG',
    mail: { kind: 'ses', from: 'software-support@dev.example.com' },
    webhookNetworks: 'public',
    removalPolicy: 'destroy',
    deletionProtection: false,
    throttling: { ratePerSecond: 50, burst: 100 },
    noncurrentDocumentDays: 7,
  },
  /** Rehearsal before prod, in the other region of the same partition. */
  staging: {
    account: '222222222222',
    region: 'cn-northwest-1',
    deployInChina: true,
    oidcIssuer: 'https://identity.staging.example.com',
    oidcAudience: 'software-support-staging',
    allowedOrigins: ['https://portal.staging.example.com'],
    logRetentionDays: 180,
    logLevel: 'INFO',
    alarmEmail: 'software-support-staging@example.com',
    mail: { kind: 'none' },
    webhookNetworks: 'public',
    removalPolicy: 'retain',
    deletionProtection: true,
    throttling: { ratePerSecond: 100, burst: 200 },
    noncurrentDocumentDays: 30,
  },
  /** The real one. */
  prod: {
    account: '111111111111',
    region: 'cn-north-1',
    deployInChina: true,
    oidcIssuer: 'https://identity.example.com',
    oidcAudience: 'software-support',
    allowedOrigins: ['https://portal.example.com'],
    logRetentionDays: 365,
    logLevel: 'INFO',
    alarmEmail: 'software-support@example.com',
    mail: { kind: 'none' },
    webhookNetworks: 'public',
    removalPolicy: 'retain',
    deletionProtection: true,
    throttling: { ratePerSecond: 200, burst: 400 },
    noncurrentDocumentDays: 3650,
  },
};

/** Names of the environments, in the order of their importance. */
export const environmentNames: readonly string[] = Object.keys(settings);

/** An environment that must not be synthesized, with everything that is wrong with it. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly faults: readonly EnvironmentFault[];

  constructor(faults: readonly EnvironmentFault[]) {
    super(faults.map(({ environment, field, rule }) => `${environment}: ${field}: ${rule}`).join('\n'));
    this.faults = faults;
  }
}

/**
 * Checks one environment's settings.
 * @param name as given on the command line, undefined when none was
 * @param source settings by environment. Default: the ones of this file.
 * @throws EnvironmentError that lists every fault at once.
 */
export function parseEnvironment(
  name: string | undefined,
  source: Readonly<Record<string, unknown>> = settings,
): Environment {
  const known = Object.keys(source).join(', ');
  if (name === undefined || name === '') {
    throw new EnvironmentError([
      { environment: '(none)', field: 'environment', rule: `is required, one of: ${known}` },
    ]);
  }
  if (!Object.hasOwn(source, name)) {
    throw new EnvironmentError([{ environment: name, field: 'environment', rule: `is one of: ${known}` }]);
  }
  const raw = source[name];
  const result = EnvironmentSettingsSchema.safeParse(raw);
  const faults = (result.error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        environment: name,
        field: [...issue.path, key].join('.'),
        rule: 'is no setting',
      }));
    }
    return [{ environment: name, field: path || '(all)', rule: issue.message }];
  });
  faults.push(...faultsBetweenFields(name, soundFields(raw, faults)));
  if (!result.success || faults.length > 0) throw new EnvironmentError(faults);
  return { ...result.data, name, partition: result.data.region.startsWith('cn-') ? 'aws-cn' : 'aws' };
}

/** The fields that have no fault of their own, so that the rules between fields can be checked all the same. */
function soundFields(raw: unknown, faults: readonly EnvironmentFault[]): Partial<EnvironmentSettings> {
  if (typeof raw !== 'object' || raw === null) return {};
  const faulty = new Set(faults.map((fault) => fault.field.split('.')[0]));
  // What is left was accepted by the schema, field by field.
  return Object.fromEntries(
    Object.entries(raw).filter(([field]) => !faulty.has(field)),
  ) as Partial<EnvironmentSettings>;
}
