import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseEnvironment } from '../../infra/environments.ts';
import { Account } from '../../infra/preflight/account.ts';
import { checkAccount } from '../../infra/preflight/check-account.ts';
import { isFirstDeployment } from '../../infra/preflight/check-first-deployment.ts';
import { checkIssuer } from '../../infra/preflight/check-issuer.ts';
import { checkLimits } from '../../infra/preflight/check-limits.ts';
import { parameterArguments } from '../../infra/preflight/parameters.ts';
import { parseTemplate, type Resource, type StackTemplate } from '../../infra/preflight/templates.ts';

const prod = parseEnvironment('prod');

function stackOf(resources: Readonly<Record<string, Partial<Resource>>>, name = 'any'): StackTemplate {
  const template = parseTemplate(JSON.stringify({ Resources: resources }));
  return { id: 'Any', name, file: '', bootstrapVersion: 6, ...template };
}

function table(...indexes: string[]): Partial<Resource> {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: { GlobalSecondaryIndexes: indexes.map((IndexName) => ({ IndexName })) },
  };
}

describe('limits', () => {
  const rules = (resources: Readonly<Record<string, Partial<Resource>>>) =>
    checkLimits(stackOf(resources)).map(({ rule }) => rule);
  const many = <T>(count: number, one: T) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`Any${at}`, one]));

  it.each<[string, Readonly<Record<string, Partial<Resource>>>]>([
    ['resource-count', many(501, { Type: 'AWS::SQS::Queue' })],
    ['template-size', { Any: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'x'.repeat(1_000_000) } } }],
    [
      'variable-size',
      {
        Any: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: many(30, { Ref: 'Any' }) } },
        },
      },
    ],
    [
      'role-policy-size',
      many(2, {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: ['x'.repeat(5200)] } },
      }),
    ],
    [
      'function-policy-size',
      many(60, { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: 'any' } }),
    ],
    ['index-count', { Any: table(...Array.from({ length: 21 }, (_, at) => `by${at}`)) }],
    [
      'stream-readers',
      many(3, { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'any' } }),
    ],
    [
      'log-delivery-policy',
      {
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
        Stage: {
          Type: 'AWS::ApiGatewayV2::Stage',
          Properties: { AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': ['Logs', 'Arn'] } } },
        },
      },
    ],
  ])('%s is found', (rule, resources) => {
    expect(new Set(rules(resources))).toEqual(new Set([rule]));
  });

  it('let pass what keeps to them', () => {
    expect(rules(many(500, { Type: 'AWS::SQS::Queue' }))).toEqual([]);
    expect(
      rules(many(2, { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'any' } })),
    ).toEqual([]);
  });
});

describe('parameters', () => {
  it('are all given by the settings at every deployment', () => {
    const template = (name: string, ...parameters: string[]) => ({
      name,
      parameters: Object.fromEntries([
        ...parameters.map((parameter) => [parameter, { Type: 'String' }] as const),
        ['BootstrapVersion', { Type: 'AWS::SSM::Parameter::Value<String>' }] as const,
      ]),
    });
    expect(
      parameterArguments([template('a', 'OidcIssuer', 'OidcAudience'), template('b', 'PortalOrigin')], prod),
    ).toEqual([
      ...['--parameters', `a:OidcIssuer=${prod.oidcIssuer}`],
      ...['--parameters', `a:OidcAudience=${prod.oidcAudience}`],
      ...['--parameters', `b:PortalOrigin=${prod.allowedOrigins[0]}`],
    ]);
    expect(() => parameterArguments([template('a', 'Forgotten')], prod)).toThrow('Forgotten of a');
  });
});

describe('the issuer', () => {
  /** An issuer that answers the two paths so; a number is a status. */
  async function issuer(answers: {
    discovery?: object | number;
    keys?: object | number;
    silent?: true;
  }): Promise<string> {
    const server: Server = createServer((request, response) => {
      if (answers.silent) return;
      const answer = request.url?.endsWith('/openid-configuration') ? answers.discovery : answers.keys;
      const body = typeof answer === 'number' || answer === undefined ? {} : answer;
      response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body).replaceAll('SELF', self()));
    });
    const self = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return self();
  }
  const discovery = { issuer: 'SELF', jwks_uri: 'SELF/keys' };
  const keys = {
    keys: [
      { kty: 'EC', crv: 'SM2' },
      { kty: 'RSA', alg: 'RS256' },
    ],
  };
  const rules = async (url: string) => (await checkIssuer(url)).map(({ rule }) => rule);

  it('is fine with its document and an RSA key', async () => {
    expect(await rules(await issuer({ discovery, keys }))).toEqual([]);
  });

  it.each<[string, string, Parameters<typeof issuer>[0]]>([
    ['issuer-reachable', 'says nothing in time', { silent: true }],
    ['issuer-reachable', 'has no such document', { discovery: 404 }],
    ['issuer-reachable', 'has no keys to fetch', { discovery, keys: 500 }],
    ['issuer-name', 'names another one', { discovery: { ...discovery, issuer: 'SELF/' }, keys }],
    ['issuer-keys', 'signs by SM2 alone', { discovery, keys: { keys: keys.keys.slice(0, 1) } }],
    ['issuer-keys', 'signs by PSS alone', { discovery, keys: { keys: [{ kty: 'RSA', alg: 'PS256' }] } }],
  ])('%s is found when it %s', async (rule, _case, answers) => {
    expect(await rules(await issuer(answers))).toEqual([rule]);
  });

  it('is found when nobody listens', async () => {
    expect(await rules('http://127.0.0.1:9')).toEqual(['issuer-reachable']);
  });
});

describe('the account', () => {
  const folders: string[] = [];
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Puts an AWS CLI into the path that answers by the first two words; what has no answer fails. */
  function answering(answers: Readonly<Record<string, unknown>>): Account {
    const folder = mkdtempSync(join(tmpdir(), 'software-support-aws-'));
    folders.push(folder);
    const program = `#!${process.execPath}
      const answer = ${JSON.stringify(answers)}[process.argv.slice(2, 4).join(' ')];
      if (answer === undefined) { console.error('no such rights'); process.exit(255); }
      console.log(JSON.stringify(answer));`;
    writeFileSync(join(folder, 'aws'), program);
    chmodSync(join(folder, 'aws'), 0o755);
    vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
    return new Account(prod);
  }
  const toolkit = (version: string) => ({
    StackName: 'CDKToolkit',
    StackStatus: 'UPDATE_COMPLETE',
    Outputs: [{ OutputKey: 'BootstrapVersion', OutputValue: version }],
  });
  const ready = {
    'sts get-caller-identity': { Account: prod.account },
    'lambda get-account-settings': { AccountLimit: { ConcurrentExecutions: 1000 } },
    'cloudformation describe-stacks': { Stacks: [toolkit('21')] },
  };
  const withStack = (StackStatus: string, EnableTerminationProtection: boolean) => ({
    ...ready,
    'cloudformation describe-stacks': {
      Stacks: [toolkit('21'), { StackName: 'any', StackStatus, EnableTerminationProtection }],
    },
  });
  const rules = (answers: Readonly<Record<string, unknown>>, stack = stackOf({})) =>
    checkAccount(answering(answers), [stack], prod).map(({ rule }) => rule);

  it('is fine when it is bootstrapped and empty', () => {
    expect(rules(ready)).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['bootstrap-version', { ...ready, 'cloudformation describe-stacks': { Stacks: [] } }],
    ['bootstrap-version', { ...ready, 'cloudformation describe-stacks': { Stacks: [toolkit('5')] } }],
    ['other-account', { ...ready, 'sts get-caller-identity': { Account: '999999999999' } }],
    ['account-reachable', {}],
    [
      'lambda-concurrency',
      { ...ready, 'lambda get-account-settings': { AccountLimit: { ConcurrentExecutions: 10 } } },
    ],
    ['protected-failed-stack', withStack('ROLLBACK_COMPLETE', true)],
  ])('%s is found', (rule, answers) => {
    expect(rules(answers)).toEqual([rule]);
  });

  it('is asked how its tables are, since an update makes one index of a table', () => {
    const answers = {
      ...withStack('UPDATE_COMPLETE', true),
      'cloudformation get-template': { TemplateBody: { Resources: { Any: table('byDay') } } },
    };
    expect(rules(answers, stackOf({ Any: table('byDay', 'byName') }))).toEqual([]);
    expect(rules(answers, stackOf({ Any: table('byName', 'byYear') }))).toEqual(['index-updates']);
    expect(rules(answers, stackOf({ New: table('byName', 'byYear') }))).toEqual([]);
  });

  it('has a stack for the first time until one attempt has succeeded', () => {
    const state = (status: string) => ({ status, terminationProtection: false });
    expect(
      [undefined, state('ROLLBACK_COMPLETE'), state('REVIEW_IN_PROGRESS')].map(isFirstDeployment),
    ).toEqual([...[true, true, true]]);
    expect([state('CREATE_COMPLETE'), state('UPDATE_ROLLBACK_COMPLETE')].map(isFirstDeployment)).toEqual([
      false,
      false,
    ]);
  });
});
