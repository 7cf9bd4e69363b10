import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { securityEvents } from '../functions/shared/security-event.ts';
import { signingAlgorithms } from '../functions/shared/signing.ts';

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

/** A public key as one line: base64 of its DER (SPKI), which is a PEM file without its first and last line. */
const PublicKeySchema = z.base64().refine(isPublicKey, {
  error: 'is a public key for ECDSA, RSA or Ed25519: base64 of its DER (SPKI), in one line',
});

function isPublicKey(text: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return ['ec', 'rsa', 'ed25519'].includes(key.asymmetricKeyType ?? '');
  } catch {
    return false;
  }
}

/** A scope as it stands in tokens (RFC 6749, 3.3). */
const ScopeNameSchema = z
  .string()
  .regex(/^[!#-[\]-~]+$/, { error: 'is the name of a scope, without spaces' });

/** Requests a second, and how many at once. */
const LimitSchema = z.strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() });
const AccountSchema = z.string().regex(/^\d{12}$/, { error: 'has 12 digits' });

/** What ops decide for one environment. */
export const EnvironmentSettingsSchema = z.strictObject({
  /** AWS account that holds the environment. */
  account: AccountSchema,
  /** AWS region; the partition follows from it. */
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'is a region such as cn-north-1' }),
  /** Says on purpose that the environment lies in China, so that a mistyped region does not move data abroad. */
  deployInChina: z.boolean(),
  /** `iss` of the tokens, exactly as the issuer writes it. Default of the stack parameter OidcIssuer. */
  oidcIssuer: z.url({ protocol: /^https?$/ }),
  /** `aud` of the tokens. Default of the stack parameter OidcAudience. */
  oidcAudience: z.string().min(1),
  /** The portal's client at the issuer. */
  portal: z.strictObject({
    /** Client id: a public client that logs in by authorization code with PKCE. */
    clientId: z.string().min(1),
    /** What it asks for, with spaces between; the access token has to be one for the API. */
    scope: z.string().min(1),
  }),
  /**
   * The ICP filing of the domain, which in China stands at the foot of every page and has to be entered for the account before
   * anybody without a login is answered; or that there is none, and why. `police` is the filing with the public security organ.
   */
  icp: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('filed'),
      number: z.string().min(1),
      police: z.string().min(1).optional(),
    }),
    z.strictObject({ kind: z.literal('none'), reason: z.string().min(1) }),
  ]),
  /** Where API and portal answer: at a domain of one's own, by the id of its certificate in ACM, or at the gateway's. */
  domain: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('own'),
      name: z.hostname(),
      certificate: z.guid({ error: 'is the id of a certificate: the last part of its ARN' }),
    }),
    z.strictObject({ kind: z.literal('gateway') }),
  ]),
  /** Claim of the tokens with the verified identifier of a person: the same by every login, and no other's. */
  personClaim: z.string().regex(/^[a-z][a-z0-9_:/.-]*$/i, { error: 'is the name of a claim' }),
  /** How the issuer calls the scopes of the API: those of applicants, and of officials. */
  scopes: z.strictObject({ apply: ScopeNameSchema, work: ScopeNameSchema }),
  /**
   * What a login has to be for money, rules and rights: of a class (`acr`) or by a method (`amr`) of the issuer's, any of
   * those named; or as every login, and why.
   */
  strongLogin: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['acr', 'amr']),
      values: z.array(z.string().regex(/^[!#-[\]-~]+$/)).min(1),
    }),
    z.strictObject({ kind: z.literal('none'), reason: z.string().min(1) }),
  ]),
  /** Days for which a role is granted to an official at most; it ends by itself then. */
  grantDays: z.int().positive(),
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
  /**
   * Role of the scanner that judges uploaded files: it reads them, and nobody else gives verdicts (docs/events.md). Another
   * account's may be named.
   */
  fileScanner: z.strictObject({
    account: AccountSchema,
    role: z.string().regex(/^[\w+=,.@/-]+$/, { error: 'is the name of a role, with its path' }),
  }),
  /** How payment files are signed: ECDSA everywhere, SM2 in the regions of China. */
  paymentSigning: z.enum(signingAlgorithms),
  /** What the bank signs its answers with; or that it signs none, and why: who confirms an answer is shown that. */
  bankSignature: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('key'), publicKey: PublicKeySchema }),
    z.strictObject({ kind: z.literal('none'), reason: z.string().min(1) }),
  ]),
  /** Where webhooks may go: `public` Internet by https alone, or `any` address, by http too. */
  webhookNetworks: z.enum(['public', 'any']),
  /**
   * How long the signed heads of a day are locked, and for whom: `compliance` for everybody, `governance` for all but those
   * who have the right to lift it.
   */
  headsLock: z.strictObject({ mode: z.enum(['compliance', 'governance']), days: z.int().positive() }),
  /** Address of a time-stamping authority (RFC 3161) that says when a day's heads were there. Default: none. */
  timestampUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Guides that may be published: `official` ones, counted in days, or `any`, samples and rehearsals too. */
  guides: z.enum(['official', 'any']),
  /** What happens to tables, bucket, keys and logs when their stack goes. */
  removalPolicy: z.enum(['retain', 'destroy']),
  /** Whether tables refuse to be deleted. */
  deletionProtection: z.boolean(),
  /**
   * Limits of each route by who may call it, so that a flood on one leaves the others: everybody (pages of the portal too),
   * applicants, officials.
   */
  throttling: z.strictObject({ public: LimitSchema, applicant: LimitSchema, official: LimitSchema }),
  /** How often each may happen within five minutes before somebody is told; `forbidden` are answers of 403. */
  securityAlarms: z.record(z.enum(['forbidden', ...securityEvents]), z.int().nonnegative()),
  /** Sandboxes of the account that each function of applicants keeps for itself, and has at most; 0 for none in particular. */
  reservedForApplicants: z.int().nonnegative(),
  /** Days after which a replaced or deleted version of a document is expired. */
  noncurrentDocumentDays: z.int().positive(),
});

export type EnvironmentSettings = z.output<typeof EnvironmentSettingsSchema>;

/** The settings of an environment with what follows from them. */
export interface Environment extends EnvironmentSettings {
  readonly name: string;
  readonly partition: 'aws' | 'aws-cn';
}
