import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Door } from '../../functions/shared/environment.ts';
import { securityEvents } from '../../functions/shared/security-event.ts';
import { doors } from '../../infra/access/doors.ts';
import { environmentNames, parseEnvironment } from '../../infra/environments.ts';
import { names } from '../../infra/names.ts';
import { checkOffline } from '../../infra/preflight/check-all.ts';
import { readTemplates, type StackTemplate } from '../../infra/preflight/templates.ts';
import { addSystem, createApp } from '../../infra/system.ts';
import { resourcesOf, type Synthesized, Synthesizer, type Template } from './synthesized.ts';

let synthesizer: Synthesizer;
const environments = new Map<string, Synthesized>();

beforeAll(async () => {
  synthesizer = await Synthesizer.create();
  for (const name of environmentNames) environments.set(name, synthesizer.synthesize(name));
}, 120_000);
afterAll(() => synthesizer?.remove());

function templatesOf(name: string): Synthesized {
  const found = environments.get(name);
  if (!found) throw new Error(`${name} was not synthesized`);
  return found;
}

const kept = ['staging', 'prod'];

describe.each(environmentNames)('environment %s', (name) => {
  const stateful = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'];
  const types = (template: Template) =>
    new Set(Object.values(template.Resources).map((resource) => resource.Type));

  it('holds its state apart from everything that can be replaced', () => {
    const { state, service } = templatesOf(name);
    for (const type of stateful) {
      expect(types(state)).toContain(type);
      expect(types(service)).not.toContain(type);
    }
  });

  it('spells no partition out', () => {
    expect(templatesOf(name).text).not.toMatch(/arn:aws(-[a-z]+)?:/);
  });

  it('uses no service that China lacks, and no custom resource', () => {
    const { text } = templatesOf(name);
    expect(text).not.toMatch(/AWS::(Cognito|SES|CloudFront|XRay|WAFv2)::|Custom::|"Mode": ?"Active"/);
  });

  it('keeps or drops its state as its settings say', () => {
    const { state } = templatesOf(name);
    for (const type of stateful) {
      for (const [id, { DeletionPolicy }] of resourcesOf(state, type)) {
        expect({ id, DeletionPolicy }).toEqual({
          id,
          DeletionPolicy: kept.includes(name) ? 'RetainExceptOnCreate' : 'Delete',
        });
      }
    }
    for (const [, { Properties }] of resourcesOf(state, 'AWS::DynamoDB::Table')) {
      expect(Properties['DeletionProtectionEnabled']).toBe(kept.includes(name));
    }
  });

  it('takes issuer and audience as parameters with its own as defaults', () => {
    const { oidcIssuer, oidcAudience } = parseEnvironment(name);
    const { Parameters, Resources } = templatesOf(name).service;
    expect(Parameters).toMatchObject({
      OidcIssuer: { Default: oidcIssuer },
      OidcAudience: { Default: oidcAudience },
    });
    const authorizers = Object.values(Resources).filter(
      ({ Type }) => Type === 'AWS::ApiGatewayV2::Authorizer',
    );
    expect(authorizers.map(({ Properties }) => Properties['JwtConfiguration'])).toEqual([
      { Issuer: { Ref: 'OidcIssuer' }, Audience: [{ Ref: 'OidcAudience' }] },
    ]);
  });

  it('encrypts every log with a key that CloudWatch Logs of the account and region alone may use', () => {
    const { service, state, observability } = templatesOf(name);
    const groups = [service, state, observability].flatMap((one) => resourcesOf(one, 'AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(30);
    const named = [...new Set(groups.map(([, { Properties }]) => JSON.stringify(Properties['KmsKeyId'])))];
    expect(named).toEqual([expect.stringMatching(/Fn::ImportValue.*LogsKey/)]);
    const { region, partition } = parseEnvironment(name);
    const keys = resourcesOf(state, 'AWS::KMS::Key').filter(([id]) => id.startsWith('LogsKey'));
    expect(keys.map(([, { Properties }]) => Properties)).toMatchObject([{ EnableKeyRotation: true }]);
    const { Statement } = Object(keys[0]?.[1].Properties['KeyPolicy']) as {
      Statement: Record<string, unknown>[];
    };
    const used = Statement.filter(({ Principal }) => !JSON.stringify(Principal).includes(':root'));
    const suffix = partition === 'aws-cn' ? '.cn' : '';
    expect(used).toEqual([
      {
        ...{ Sid: 'Logs', Effect: 'Allow', Resource: '*' },
        Principal: { Service: `logs.${region}.amazonaws.com${suffix}` },
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
      },
    ]);
    const arn = JSON.stringify(Object(used[0]?.['Condition']).ArnLike);
    expect(arn).toContain(`:logs:${region}:`);
    expect(arn).toContain(':log-group:*');
  });

  it('logs of every request who asked for what, from where, and nothing that opens anything', () => {
    const [[, stage] = []] = resourcesOf(templatesOf(name).service, 'AWS::ApiGatewayV2::Stage');
    const { Format } = Object(stage?.Properties['AccessLogSettings']) as { Format: string };
    expect(JSON.parse(Format)).toEqual({
      requestId: '$context.requestId',
      requestTime: '$context.requestTime',
      sourceAddress: '$context.identity.sourceIp',
      subject: '$context.authorizer.claims.sub',
      // The template: neither the path nor the query of a request.
      route: '$context.routeKey',
      status: '$context.status',
      responseBytes: '$context.responseLength',
      latencyMs: '$context.responseLatency',
      integrationLatencyMs: '$context.integrationLatency',
      integrationError: '$context.integrationErrorMessage',
      authorizerError: '$context.authorizer.error',
    });
  });

  it('keeps every log for as long as its settings say', () => {
    const { service } = templatesOf(name);
    for (const [, { Properties }] of resourcesOf(service, 'AWS::Logs::LogGroup')) {
      expect(Properties['RetentionInDays']).toBe(parseEnvironment(name).logRetentionDays);
    }
  });

  it('logs the data of executions only where nothing of worth can be resumed', () => {
    for (const [, { Properties }] of resourcesOf(
      templatesOf(name).service,
      'AWS::StepFunctions::StateMachine',
    )) {
      expect(Properties['LoggingConfiguration']).toMatchObject({
        Level: 'ALL',
        IncludeExecutionData: !kept.includes(name),
      });
    }
  });

  it('sends its alarms to an address where one is set', () => {
    const { observability } = templatesOf(name);
    const endpoints = resourcesOf(observability, 'AWS::SNS::Subscription').map(
      ([, { Properties }]) => Properties['Endpoint'],
    );
    expect(endpoints).toEqual([parseEnvironment(name).alarmEmail].filter((address) => address !== undefined));
  });
});

describe.each(environmentNames)('the preflight of %s', (name) => {
  const stacks = () => readTemplates(templatesOf(name).directory);

  it('finds nothing in templates and settings', () => {
    // This machine files for nothing, and is not deployed.
    const findings = checkOffline(stacks(), parseEnvironment(name)).map(({ rule }) => rule);
    expect(findings).toEqual(name === 'local' ? ['icp-filing'] : []);
  });

  it('leaves room in every stack', () => {
    for (const { name, resources } of stacks())
      expect([name, Object.keys(resources).length < 475]).toEqual([name, true]);
  });

  it('sees no tags where they are refused, on stacks neither', () => {
    for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::CloudWatch::Dashboard', 'AWS::Events::Rule'])
      for (const { resources } of stacks())
        for (const { Type, Properties } of Object.values(resources))
          if (Type === type) expect(Properties).not.toHaveProperty('Tags');
    const manifest = JSON.parse(readFileSync(join(templatesOf(name).directory, 'manifest.json'), 'utf8'));
    for (const stack of ['State', 'Workflow', 'Api', 'Observability'])
      expect(manifest.artifacts[stack].properties).not.toHaveProperty('tags');
  });
});

describe('the preflight of prod', () => {
  /** What it finds after a change to the templates or the settings. */
  const rulesAfter = (
    change: (stacks: StackTemplate[]) => void,
    settings: Partial<ReturnType<typeof parseEnvironment>> = {},
  ) => {
    const stacks = readTemplates(templatesOf('prod').directory);
    change(stacks);
    const findings = checkOffline(stacks, { ...parseEnvironment('prod'), ...settings });
    for (const { problem, mend } of findings) {
      expect(problem.zh + mend.zh).toMatch(/[\u4e00-\u9fff]。/);
      expect(`${problem.en} ${mend.en}`).not.toMatch(/[\u4e00-\u9fff]/);
    }
    return [
      ...new Set(findings.map(({ rule, subject }) => `${rule} ${subject.split(' ').slice(-2).join(' ')}`)),
    ];
  };
  const first = (stacks: readonly StackTemplate[], type: string) => {
    const found = stacks
      .flatMap(({ resources }) => Object.values(resources))
      .find(({ Type }) => Type === type);
    if (!found) throw new Error(`no ${type}`);
    return found;
  };

  it.each(['AWS::Lambda::EventSourceMapping', 'AWS::CloudWatch::Dashboard', 'AWS::Events::Rule'])(
    'finds tags of %s',
    (type) => {
      const tag = (stacks: StackTemplate[]) => {
        first(stacks, type).Properties['Tags'] = [{ Key: 'system', Value: 'any' }];
      };
      expect(rulesAfter(tag)).toContain(`resource-property (${type}) Tags`);
    },
  );

  it('finds types and properties that the partition lacks, at any depth', () => {
    const change = (stacks: StackTemplate[]) => {
      first(stacks, 'AWS::Lambda::Function').Properties['TracingConfig'] = { Mode: 'Active' };
      Object.assign(first(stacks, 'AWS::S3::Bucket').Properties['BucketEncryption'] as object, {
        Made: 'up',
      });
      first(stacks, 'AWS::SQS::Queue').Type = 'AWS::Cognito::UserPool';
    };
    expect(rulesAfter(change)).toEqual([
      'resource-property (AWS::S3::Bucket) BucketEncryption.Made',
      'resource-property (AWS::Lambda::Function) TracingConfig',
      expect.stringMatching(/^resource-type \S+ \(AWS::Cognito::UserPool\)$/),
    ]);
  });

  it('finds that nobody filed for what is open to everybody', () => {
    const icp = { kind: 'none', reason: 'we forgot' } as const;
    expect(rulesAfter(() => undefined, { icp })).toEqual([expect.stringMatching(/^icp-filing /)]);
    expect(rulesAfter(() => undefined, { icp, partition: 'aws' }).join()).not.toContain('icp-filing');
  });

  it('finds what a failed first deployment would leave behind', () => {
    const keep = (stacks: StackTemplate[]) => {
      first(stacks, 'AWS::DynamoDB::Table').DeletionPolicy = 'Retain';
    };
    expect(rulesAfter(keep)).toEqual([
      expect.stringMatching(/^orphaned-resource .*\(AWS::DynamoDB::Table\)$/),
    ]);
  });
});

describe('a first deployment', () => {
  it('protects nothing yet of what has never been complete', () => {
    vi.stubEnv('CDK_VALIDATION', 'false');
    const outdir = synthesizer.directory('first');
    const app = createApp({ outdir, context: { unprotected: 'State,Api' } });
    addSystem(app, parseEnvironment('prod'), synthesizer.bundles);
    app.synth();
    vi.unstubAllEnvs();
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    const isProtected = (id: string) => artifacts[id].properties.terminationProtection ?? false;
    expect(['State', 'Workflow', 'Api', 'Observability'].map(isProtected)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    const tables = readTemplates(outdir)
      .flatMap(({ resources }) => Object.values(resources))
      .filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
    for (const { Properties } of tables) expect(Properties['DeletionProtectionEnabled']).toBe(false);
  });
});

describe.each(environmentNames)('alarms of %s', (name) => {
  const alarms = () => resourcesOf(templatesOf(name).observability, 'AWS::CloudWatch::Alarm');

  it('name a runbook that tells of them', () => {
    for (const [logicalId, { Properties }] of alarms()) {
      // Between the name of the set and CDK's hash.
      const alarm = logicalId.slice('Alarms'.length, -8);
      const file = /docs\/runbooks\/[a-z-]+\.md$/.exec(String(Properties['AlarmDescription']))?.[0] ?? '';
      const told = [...readFileSync(file, 'utf8').matchAll(/`([A-Za-z…]+)`/g)].map(([, words = '']) => words);
      expect(told, `${file} about ${alarm}`).toContainEqual(
        expect.toSatisfy((words: string) => new RegExp(`^${words.replace('…', '.*')}$`).test(alarm)),
      );
    }
  });
});

describe.each(environmentNames)('security events of %s', (name) => {
  it.each([...securityEvents])(
    'of %s are counted, alarmed of by the settings, and told of in the runbook',
    (event) => {
      const { service, observability } = templatesOf(name);
      const counted = resourcesOf(service, 'AWS::Logs::MetricFilter').filter(
        ([, { Properties }]) => Properties['FilterPattern'] === `"security.${event}"`,
      );
      expect(counted.length).toBeGreaterThan(0);
      const metrics = counted.flatMap(
        ([, { Properties }]) =>
          Properties['MetricTransformations'] as { MetricName: string; MetricValue: string }[],
      );
      const [{ MetricName = '' } = {}] = metrics;
      for (const metric of metrics) expect(metric).toMatchObject({ MetricName, MetricValue: '1' });
      const alarms = resourcesOf(observability, 'AWS::CloudWatch::Alarm').filter(
        ([, { Properties }]) => Properties['MetricName'] === MetricName,
      );
      expect(alarms).toMatchObject([
        [expect.anything(), { Properties: { Threshold: parseEnvironment(name).securityAlarms[event] } }],
      ]);
      expect(readFileSync('docs/runbooks/security-events.md', 'utf8')).toContain(`\n- \`${MetricName}\`: `);
      expect(readFileSync('docs/operations.md', 'utf8')).toContain(`\`${MetricName}\``);
    },
  );

  it('are told by the functions whose logs are looked through', () => {
    // Each door with what it imports, as it is deployed.
    const { service } = templatesOf(name);
    for (const [, { Properties }] of resourcesOf(service, 'AWS::Logs::MetricFilter')) {
      const [, message] = /^"(security\..*)"$/.exec(String(Properties['FilterPattern'])) ?? [];
      if (message === undefined) continue;
      const { Ref } = Properties['LogGroupName'] as { Ref: string };
      const teller = resourcesOf(service, 'AWS::Lambda::Function').find(
        ([, one]) => Object(Object(one.Properties['LoggingConfig']).LogGroup).Ref === Ref,
      );
      const functionName = String(teller?.[1].Properties['FunctionName']);
      const door = (Object.keys(doors) as Door[]).find((one) => names.function(name, one) === functionName);
      if (!door) throw new Error(`no function logs to ${Ref}`);
      const event = message.slice('security.'.length);
      const code = readdirSync(synthesizer.bundles.directory(door))
        .filter((file) => /\.m?js$/.test(file))
        .map((file) => readFileSync(join(synthesizer.bundles.directory(door), file), 'utf8'))
        .join();
      expect(new RegExp(`\\w\\(["'\`]${event}["'\`],`).test(code), `${door} tells of ${event}`).toBe(true);
    }
  });

  it('are alarmed of when many are refused, too', () => {
    const [alarm] = resourcesOf(templatesOf(name).observability, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties['MetricName'] === 'ApiForbidden',
    );
    expect(alarm?.[1].Properties['Threshold']).toBe(parseEnvironment(name).securityAlarms.forbidden);
  });
});

describe('alarms of readers of streams', () => {
  it('are there for each of them: when it is behind, and when it could not handle something', () => {
    const { service, observability } = templatesOf('prod');
    const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => {
      const { Ref } = Properties['FunctionName'] as { Ref: string };
      return String(service.Resources[Ref]?.Properties['FunctionName']);
    });
    const readers = [...new Set(mappings)];
    const alarms = resourcesOf(observability, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties,
    );
    const lagging = alarms
      .filter(({ MetricName }) => MetricName === 'IteratorAge')
      .map(({ Dimensions }) => (Dimensions as { Value: string }[])[0]?.Value);
    expect(lagging.sort()).toEqual(readers.sort());
    const counted = resourcesOf(service, 'AWS::Logs::MetricFilter').flatMap(
      ([, { Properties }]) => Properties['MetricTransformations'] as { MetricName: string }[],
    );
    const names = counted
      .map(({ MetricName }) => MetricName)
      .filter((name) => name.endsWith('BatchFailures'));
    const watched = alarms
      .map(({ MetricName }) => String(MetricName))
      .filter((name) => name.endsWith('BatchFailures'));
    expect(names).toHaveLength(readers.length);
    expect(watched.sort()).toEqual(names.sort());
  });
});

describe('the rules of AWS Solutions', () => {
  it('stop a synthesis that breaks them', () => {
    const app = createApp({ outdir: synthesizer.directory('careless') });
    addSystem(app, parseEnvironment('dev'), synthesizer.bundles);
    new s3.Bucket(new Stack(app, 'Careless'), 'Open');
    expect(() => app.synth()).toThrow(/Careless\/Open[\s\S]*AwsSolutions-S1\b/);
  });
});
