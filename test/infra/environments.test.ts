import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { placeholders } from '../../infra/environment-rules.ts';
import { EnvironmentError, environmentNames, parseEnvironment } from '../../infra/environments.ts';

const complete = {
  account: '123456789012',
  region: 'cn-north-1',
  deployInChina: true,
  oidcIssuer: 'https://identity.gz.gov.cn',
  oidcAudience: 'software-support',
  icp: { kind: 'filed', number: '粤ICP备2023000000号' },
  domain: { kind: 'own', name: 'portal.gz.gov.cn', certificate: '12345678-1234-1234-1234-123456789012' },
  portal: { clientId: 'portal', scope: 'openid profile support/apply' },
  personClaim: 'person_id',
  scopes: { apply: 'support/apply', work: 'support/work' },
  strongLogin: { kind: 'acr', values: ['urn:gov:two-factor'] },
  grantDays: 365,
  allowedOrigins: ['https://portal.gz.gov.cn'],
  logRetentionDays: 365,
  logLevel: 'INFO',
  alarmEmail: 'ops@gz.gov.cn',
  mail: { kind: 'none' },
  fileScanner: { account: '123456789012', role: 'scanner' },
  paymentSigning: 'ECDSA_SHA_256',
  bankSignature: { kind: 'none', reason: 'the bank has no key yet' },
  webhookNetworks: 'public',
  guides: 'official',
  headsLock: { mode: 'compliance', days: 3650 },
  removalPolicy: 'retain',
  deletionProtection: true,
  throttling: {
    public: { ratePerSecond: 10, burst: 20 },
    applicant: { ratePerSecond: 10, burst: 20 },
    official: { ratePerSecond: 10, burst: 20 },
  },
  securityAlarms: parseEnvironment('prod').securityAlarms,
  reservedForApplicants: 10,
  noncurrentDocumentDays: 30,
};

function faultsOf(name: string | undefined, settings?: unknown): string[] {
  try {
    parseEnvironment(name, name === undefined ? undefined : { [name]: settings });
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the environments', () => {
  it.each(environmentNames)('%s is complete', (name) => {
    expect(parseEnvironment(name).name).toBe(name);
  });

  it('exercise both partitions, and prod lies in China', () => {
    expect(parseEnvironment('prod').partition).toBe('aws-cn');
    expect(parseEnvironment('dev').partition).toBe('aws');
  });

  it('refuse an unknown name and list the known ones', () => {
    expect(() => parseEnvironment('prdo')).toThrow('prdo: environment: is one of: local, dev, staging, prod');
    expect(() => parseEnvironment(undefined)).toThrow('is required, one of: local, dev, staging, prod');
    expect(() => parseEnvironment('toString')).toThrow(EnvironmentError);
  });

  it('report everything that an empty environment lacks at once', () => {
    const required = Object.keys(complete).filter((field) => field !== 'alarmEmail');
    const faults = faultsOf('pilot', {});
    for (const field of [...required, 'alarmEmail']) {
      expect(faults.filter((fault) => fault.startsWith(`pilot: ${field}: `))).toHaveLength(1);
    }
  });

  it('report faults of single settings and faults between settings together', () => {
    const faults = faultsOf('pilot', {
      ...complete,
      account: '12345',
      region: 'eu-west-1',
      allowedOrigins: ['https://portal.gz.gov.cn/'],
      logRetentionDays: 90,
      throttling: { ...complete.throttling, public: { ratePerSecond: 10, burst: 0 } },
      loglevel: 'INFO',
      removalPolicy: 'destroy',
    });
    expect(faults).toEqual([
      'pilot: account: has 12 digits',
      'pilot: allowedOrigins.0: is an origin: scheme, host and port, without a path or a slash at its end',
      expect.stringMatching(/^pilot: throttling\.public\.burst: /),
      'pilot: loglevel: is no setting',
      'pilot: region: begins with cn- exactly when deployInChina is true',
      'pilot: deletionProtection: is false when removalPolicy is destroy: the stack could not be deleted',
      'pilot: removalPolicy: is retain outside local and dev',
      'pilot: logRetentionDays: is at least 180 outside local and dev',
    ]);
  });

  it.each([
    [
      'limits below their rate',
      { throttling: { ...complete.throttling, official: { ratePerSecond: 10, burst: 9 } } },
      'throttling',
    ],
    ['a plain-text issuer', { oidcIssuer: 'http://identity.gz.gov.cn' }, 'oidcIssuer'],
    ['no address for alarms', { alarmEmail: undefined }, 'alarmEmail'],
    ['tables that can be deleted', { deletionProtection: false }, 'deletionProtection'],
    ['debugging logs', { logLevel: 'DEBUG' }, 'logLevel'],
    ['data abroad', { deployInChina: false, region: 'eu-west-1' }, 'deployInChina'],
    ['webhooks to private networks', { webhookNetworks: 'any' }, 'webhookNetworks'],
    ['money by a password', { strongLogin: { kind: 'none', reason: 'it is easier' } }, 'strongLogin'],
    ['a class of logins with a space', { strongLogin: { kind: 'acr', values: ['a b'] } }, 'strongLogin'],
    ['roles for ever', { grantDays: 10_000 }, 'grantDays'],
    ['one scope for all', { scopes: { apply: 'support/apply', work: 'support/apply' } }, 'scopes'],
    ['a portal that asks for none', { portal: { clientId: 'portal', scope: 'openid' } }, 'scopes'],
    ['ID tokens for access tokens', { oidcAudience: 'portal' }, 'oidcAudience'],
    ['guides that are samples', { guides: 'any' }, 'guides'],
    ['mails by SES in China', { mail: { kind: 'ses', from: 'a@gz.gov.cn' } }, 'mail'],
    [
      'a key of the bank that is none',
      { bankSignature: { kind: 'key', publicKey: 'YQ==' } },
      'bankSignature',
    ],
    ['a bank without a key for no reason', { bankSignature: { kind: 'none' } }, 'bankSignature'],
    [
      'a domain that is not the portal’s',
      { domain: { kind: 'own', name: 'api.gz.gov.cn', certificate: '12345678-1234-1234-1234-123456789012' } },
      'domain',
    ],
    ['a plain-text portal', { allowedOrigins: ['http://portal.gz.gov.cn'] }, 'allowedOrigins'],
  ])('refuse %s where data is kept', (_case, change, field) => {
    expect(faultsOf('pilot', { ...complete, ...change })).toEqual([
      expect.stringMatching(new RegExp(`^pilot: ${field}[.:]`)),
    ]);
  });

  it('refuse SM2 where KMS has none', () => {
    const abroad = { ...complete, region: 'eu-west-1', deployInChina: false };
    expect(faultsOf('dev', { ...abroad, paymentSigning: 'SM2DSA' })).toEqual([
      'dev: paymentSigning: is SM2DSA only in China: KMS has such keys nowhere else',
    ]);
    expect(faultsOf('dev', abroad)).toEqual([]);
  });

  it('accept a complete one', () => {
    expect(faultsOf('pilot', complete)).toEqual([]);
  });
});

describe('placeholders', () => {
  it('are found in every setting that names somebody', () => {
    expect(placeholders(parseEnvironment('prod')).map(({ field }) => field)).toEqual([
      'account',
      'oidcIssuer',
      'allowedOrigins',
      'alarmEmail',
      'strongLogin',
      'fileScanner',
      'bankSignature',
      'icp',
      'domain',
    ]);
  });

  it('are found in the address that mails come from', () => {
    expect(placeholders(parseEnvironment('dev')).map(({ field }) => field)).toContain('mail');
  });

  it('are not suspected in settings of ops', () => {
    expect(placeholders(parseEnvironment('pilot', { pilot: complete }))).toEqual([]);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../../infra/cdk.ts', import.meta.url)), ...args], {
      encoding: 'utf8',
    });

  it.each([
    [['synth'], 'Name an environment: npm run synth -- local|dev|staging|prod\n'],
    [['diff', 'prdo'], 'There is no environment prdo: npm run diff -- local|dev|staging|prod\n'],
    [['deploy', '--force'], 'Name an environment: npm run deploy -- local|dev|staging|prod\n'],
    [['destroy', 'prod'], 'Usage: npm run synth|diff|preflight|bootstrap|deploy -- ENVIRONMENT\n'],
    [['deploy', 'local'], 'The environment local runs on this machine: npm start\n'],
  ])('%j is refused in one line', (args, line) => {
    const { status, stderr, stdout } = run(...args);
    expect({ status, stderr, stdout }).toEqual({ status: 1, stderr: line, stdout: '' });
  });

  it('does not deploy placeholders', () => {
    const { status, stderr } = run('deploy', 'prod');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(9);
    expect(stderr).toContain('prod: account: is still a placeholder');
  });
});
