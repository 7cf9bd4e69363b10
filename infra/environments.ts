import { type EnvironmentFault, faultsBetweenFields } from './environment-rules.ts';
import {
  type Environment,
  type EnvironmentSettings,
  EnvironmentSettingsSchema,
} from './environment-settings.ts';

/** Where applications are real, whatever is rare tells of itself the first time. */
const watched = {
  'guide-published': 0,
  'role-granted': 0,
  'role-revoked': 0,
  'account-changed': 0,
  'payment-returned': 0,
  'reporter-read': 0,
  'claims-refused': 10,
  'roles-apart': 0,
  forbidden: 50,
};

/** Where people try things out, some of it in a row is as usual. */
const rehearsed = Object.fromEntries(
  Object.entries(watched).map(([event, limit]) => [event, 10 * limit + 20]),
);

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
    portal: { clientId: 'portal', scope: 'openid profile apply work' },
    icp: { kind: 'none', reason: 'nobody else reaches this machine' },
    domain: { kind: 'gateway' },
    personClaim: 'person_id',
    scopes: { apply: 'apply', work: 'work' },
    strongLogin: { kind: 'acr', values: ['two-factor'] },
    grantDays: 365,
    allowedOrigins: ['http://127.0.0.1:3000'],
    logRetentionDays: 7,
    logLevel: 'DEBUG',
    mail: { kind: 'ses', from: 'software-support@example.com' },
    fileScanner: { account: '000000000000', role: 'file-scanner' },
    paymentSigning: 'ECDSA_SHA_256',
    bankSignature: { kind: 'none', reason: 'the bank of this machine is a program that signs nothing' },
    webhookNetworks: 'any',
    guides: 'any',
    headsLock: { mode: 'governance', days: 1 },
    removalPolicy: 'destroy',
    deletionProtection: false,
    throttling: {
      public: { ratePerSecond: 1000, burst: 2000 },
      applicant: { ratePerSecond: 1000, burst: 2000 },
      official: { ratePerSecond: 1000, burst: 2000 },
    },
    securityAlarms: rehearsed,
    reservedForApplicants: 0,
    noncurrentDocumentDays: 1,
  },
  /** Developers' shared account outside China: invented companies only, never a real applicant's data. */
  dev: {
    account: '333333333333',
    region: 'ap-southeast-1',
    deployInChina: false,
    oidcIssuer: 'https://identity.dev.example.com',
    oidcAudience: 'software-support-dev',
    portal: { clientId: 'portal', scope: 'openid profile apply work' },
    icp: { kind: 'none', reason: 'it lies outside China' },
    domain: { kind: 'gateway' },
    personClaim: 'person_id',
    scopes: { apply: 'apply', work: 'work' },
    strongLogin: { kind: 'none', reason: 'developers log in as they like' },
    grantDays: 365,
    allowedOrigins: ['https://portal.dev.example.com', 'http://127.0.0.1:3000'],
    logRetentionDays: 30,
    logLevel: 'DEBUG',
    mail: { kind: 'ses', from: 'software-support@dev.example.com' },
    fileScanner: { account: '333333333333', role: 'file-scanner' },
    paymentSigning: 'ECDSA_SHA_256',
    bankSignature: { kind: 'none', reason: 'no bank answers here: developers write its files' },
    webhookNetworks: 'public',
    guides: 'any',
    headsLock: { mode: 'governance', days: 1 },
    removalPolicy: 'destroy',
    deletionProtection: false,
    throttling: {
      public: { ratePerSecond: 20, burst: 40 },
      applicant: { ratePerSecond: 20, burst: 40 },
      official: { ratePerSecond: 20, burst: 40 },
    },
    securityAlarms: rehearsed,
    reservedForApplicants: 0,
    noncurrentDocumentDays: 7,
  },
  /** Rehearsal before prod, in the other region of the same partition. */
  staging: {
    account: '222222222222',
    region: 'cn-northwest-1',
    deployInChina: true,
    oidcIssuer: 'https://identity.staging.example.com',
    oidcAudience: 'software-support-staging',
    portal: { clientId: 'portal', scope: 'openid profile apply work' },
    icp: { kind: 'filed', number: 'PLACEHOLDER' },
    domain: {
      kind: 'own',
      name: 'portal.staging.example.com',
      certificate: '00000000-0000-0000-0000-000000000000',
    },
    personClaim: 'person_id',
    scopes: { apply: 'apply', work: 'work' },
    strongLogin: { kind: 'acr', values: ['PLACEHOLDER'] },
    grantDays: 365,
    allowedOrigins: ['https://portal.staging.example.com'],
    logRetentionDays: 180,
    logLevel: 'INFO',
    alarmEmail: 'software-support-staging@example.com',
    mail: { kind: 'none' },
    fileScanner: { account: '222222222222', role: 'file-scanner' },
    paymentSigning: 'SM2DSA',
    bankSignature: { kind: 'none', reason: 'PLACEHOLDER' },
    webhookNetworks: 'public',
    guides: 'official',
    headsLock: { mode: 'governance', days: 30 },
    removalPolicy: 'retain',
    deletionProtection: true,
    throttling: {
      public: { ratePerSecond: 50, burst: 100 },
      applicant: { ratePerSecond: 50, burst: 100 },
      official: { ratePerSecond: 50, burst: 100 },
    },
    securityAlarms: watched,
    reservedForApplicants: 10,
    noncurrentDocumentDays: 30,
  },
  /** The real one. */
  prod: {
    account: '111111111111',
    region: 'cn-north-1',
    deployInChina: true,
    oidcIssuer: 'https://identity.example.com',
    oidcAudience: 'software-support',
    portal: { clientId: 'portal', scope: 'openid profile apply work' },
    icp: { kind: 'filed', number: 'PLACEHOLDER' },
    domain: {
      kind: 'own',
      name: 'portal.example.com',
      certificate: '00000000-0000-0000-0000-000000000000',
    },
    personClaim: 'person_id',
    scopes: { apply: 'apply', work: 'work' },
    strongLogin: { kind: 'acr', values: ['PLACEHOLDER'] },
    grantDays: 365,
    allowedOrigins: ['https://portal.example.com'],
    logRetentionDays: 365,
    logLevel: 'INFO',
    alarmEmail: 'software-support@example.com',
    mail: { kind: 'none' },
    fileScanner: { account: '111111111111', role: 'file-scanner' },
    paymentSigning: 'SM2DSA',
    bankSignature: { kind: 'none', reason: 'PLACEHOLDER' },
    webhookNetworks: 'public',
    guides: 'official',
    headsLock: { mode: 'compliance', days: 3650 },
    removalPolicy: 'retain',
    deletionProtection: true,
    throttling: {
      public: { ratePerSecond: 100, burst: 200 },
      applicant: { ratePerSecond: 100, burst: 200 },
      official: { ratePerSecond: 50, burst: 100 },
    },
    securityAlarms: watched,
    reservedForApplicants: 50,
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
