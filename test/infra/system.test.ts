import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentNames, parseEnvironment } from '../../infra/environments.ts';
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
          DeletionPolicy: kept.includes(name) ? 'Retain' : 'Delete',
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

describe('the rules of AWS Solutions', () => {
  it('stop a synthesis that breaks them', () => {
    const app = createApp({ outdir: synthesizer.directory('careless') });
    addSystem(app, parseEnvironment('dev'), synthesizer.bundles);
    new s3.Bucket(new Stack(app, 'Careless'), 'Open');
    expect(() => app.synth()).toThrow(/Careless\/Open[\s\S]*AwsSolutions-S1\b/);
  });
});
