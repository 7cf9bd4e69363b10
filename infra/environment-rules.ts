import type { Environment, EnvironmentSettings } from './environment-settings.ts';

/** One thing that is wrong with an environment's settings. */
export interface EnvironmentFault {
  readonly environment: string;
  /** Path of the setting, e.g. `throttling.burst`. */
  readonly field: string;
  /** What the setting must be. */
  readonly rule: string;
}

interface Rule {
  readonly field: keyof EnvironmentSettings;
  readonly rule: string;
  /** A rule whose settings are missing or faulty holds: their own fault is reported already. */
  readonly broken: (settings: Partial<EnvironmentSettings>) => boolean;
}

/** Environments that may be thrown away; every other one holds applicants' data and audit records. */
const disposable: readonly string[] = ['local', 'dev'];

/** 网络安全法: network logs are kept for at least six months. */
const leastLogRetentionDays = 180;

const everywhere: readonly Rule[] = [
  {
    field: 'region',
    rule: 'begins with cn- exactly when deployInChina is true',
    broken: ({ region, deployInChina }) =>
      region !== undefined && deployInChina !== undefined && region.startsWith('cn-') !== deployInChina,
  },
  {
    field: 'paymentSigning',
    rule: 'is SM2DSA only in China: KMS has such keys nowhere else',
    broken: ({ paymentSigning, region }) =>
      paymentSigning === 'SM2DSA' && region !== undefined && !region.startsWith('cn-'),
  },
  {
    field: 'throttling',
    rule: 'has bursts of at least ratePerSecond',
    broken: ({ throttling }) =>
      Object.values(throttling ?? {}).some(({ burst, ratePerSecond }) => burst < ratePerSecond),
  },
  {
    field: 'oidcAudience',
    rule: 'is not the client id of the portal: what the issuer tells the portal of a login is no access token',
    broken: ({ oidcAudience, portal }) => oidcAudience !== undefined && oidcAudience === portal?.clientId,
  },
  {
    field: 'scopes',
    rule: 'are two, and the portal asks for that of applicants',
    broken: ({ scopes, portal }) =>
      scopes !== undefined &&
      portal !== undefined &&
      (scopes.apply === scopes.work || !portal.scope.split(' ').includes(scopes.apply)),
  },
  {
    field: 'domain',
    rule: 'is the host of the first of allowedOrigins: the portal comes from the origin of the API',
    broken: ({ domain, allowedOrigins: [own] = [] }) =>
      domain?.kind === 'own' && own !== undefined && new URL(own).hostname !== domain.name,
  },
  {
    field: 'deletionProtection',
    rule: 'is false when removalPolicy is destroy: the stack could not be deleted',
    broken: ({ deletionProtection, removalPolicy }) =>
      deletionProtection === true && removalPolicy === 'destroy',
  },
];

/** Who has what is looked at every year: 等保三级 asks for it. */
const mostGrantDays = 366;

const whereDataIsKept: readonly Rule[] = [
  {
    field: 'grantDays',
    rule: `is at most ${mostGrantDays} outside local and dev`,
    broken: ({ grantDays }) => grantDays !== undefined && grantDays > mostGrantDays,
  },
  {
    field: 'removalPolicy',
    rule: 'is retain outside local and dev',
    broken: ({ removalPolicy }) => removalPolicy === 'destroy',
  },
  {
    field: 'deletionProtection',
    rule: 'is true outside local and dev',
    broken: ({ deletionProtection }) => deletionProtection === false,
  },
  {
    field: 'logRetentionDays',
    rule: `is at least ${leastLogRetentionDays} outside local and dev`,
    broken: ({ logRetentionDays }) =>
      logRetentionDays !== undefined && logRetentionDays < leastLogRetentionDays,
  },
  {
    field: 'logLevel',
    rule: 'is not DEBUG outside local and dev',
    broken: ({ logLevel }) => logLevel === 'DEBUG',
  },
  {
    field: 'guides',
    rule: 'is official outside local and dev: real applications are not decided by samples',
    broken: ({ guides }) => guides === 'any',
  },
  {
    field: 'strongLogin',
    rule: 'is acr or amr outside local and dev: a password alone moves no money',
    broken: ({ strongLogin }) => strongLogin?.kind === 'none',
  },
  {
    field: 'alarmEmail',
    rule: 'is required outside local and dev',
    broken: ({ alarmEmail }) => alarmEmail === undefined,
  },
  {
    field: 'deployInChina',
    rule: 'is true outside local and dev: personal data stays in China',
    broken: ({ deployInChina }) => deployInChina === false,
  },
  {
    field: 'allowedOrigins',
    rule: 'are https outside local and dev',
    broken: ({ allowedOrigins }) => allowedOrigins?.some((origin) => !origin.startsWith('https:')) ?? false,
  },
];

/** Ten years, as long as prod keeps replaced documents. */
const leastHeadsLockDays = 3650;

const whereApplicationsAreReal: readonly Rule[] = [
  {
    field: 'headsLock',
    rule: `is compliance for at least ${leastHeadsLockDays} days in prod: nobody lifts it`,
    broken: ({ headsLock }) =>
      headsLock !== undefined && (headsLock.mode !== 'compliance' || headsLock.days < leastHeadsLockDays),
  },
];

const awayFromThisMachine: readonly Rule[] = [
  {
    field: 'webhookNetworks',
    rule: 'is public outside local: open to every network, webhooks would reach what is not meant for them',
    broken: ({ webhookNetworks }) => webhookNetworks === 'any',
  },
  {
    field: 'oidcIssuer',
    rule: 'is https outside local: API Gateway fetches its keys',
    broken: ({ oidcIssuer }) => oidcIssuer !== undefined && !oidcIssuer.startsWith('https:'),
  },
  {
    field: 'mail',
    rule: 'is none in China, where there is no SES; subscribers of the bus can send mails there',
    broken: ({ mail, region }) => mail?.kind === 'ses' && region?.startsWith('cn-') === true,
  },
];

/** Faults that only two settings together, or a setting and the environment's name, show. */
export function faultsBetweenFields(
  environment: string,
  settings: Partial<EnvironmentSettings>,
): EnvironmentFault[] {
  const rules = [
    ...everywhere,
    ...(environment === 'local' ? [] : awayFromThisMachine),
    ...(disposable.includes(environment) ? [] : whereDataIsKept),
    ...(environment === 'prod' ? whereApplicationsAreReal : []),
  ];
  return rules
    .filter((rule) => rule.broken(settings))
    .map(({ field, rule }) => ({ environment, field, rule }));
}

/** Settings that still hold the placeholders of environments.ts; such an environment synthesizes but is not deployed. */
export function placeholders(environment: Environment): EnvironmentFault[] {
  const found: (keyof EnvironmentSettings)[] = [];
  if (isOneDigit(environment.account)) found.push('account');
  if (isReserved(new URL(environment.oidcIssuer).hostname)) found.push('oidcIssuer');
  if (environment.allowedOrigins.some((origin) => isReserved(new URL(origin).hostname)))
    found.push('allowedOrigins');
  if (environment.alarmEmail && isReserved(environment.alarmEmail.split('@')[1] ?? ''))
    found.push('alarmEmail');
  if (environment.mail.kind === 'ses' && isReserved(environment.mail.from.split('@')[1] ?? ''))
    found.push('mail');
  const { bankSignature, strongLogin } = environment;
  if (strongLogin.kind !== 'none' && strongLogin.values.includes('PLACEHOLDER')) found.push('strongLogin');
  if (isOneDigit(environment.fileScanner.account)) found.push('fileScanner');
  if (bankSignature.kind === 'none' && bankSignature.reason === 'PLACEHOLDER') found.push('bankSignature');
  const { icp, domain } = environment;
  if (icp.kind === 'filed' && icp.number === 'PLACEHOLDER') found.push('icp');
  if (domain.kind === 'own' && (isReserved(domain.name) || /^[0-]+$/.test(domain.certificate)))
    found.push('domain');
  return found.map((field) => ({
    environment: environment.name,
    field,
    rule: 'is still a placeholder; put your own value into infra/environments.ts',
  }));
}

function isOneDigit(account: string): boolean {
  return /^(\d)\1{11}$/.test(account);
}

/** Names that RFC 2606 keeps free for documentation. */
function isReserved(host: string): boolean {
  return /(^|\.)(example\.(com|net|org)|example|test|invalid)$/.test(host);
}
