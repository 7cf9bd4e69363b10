import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Instance, type InstanceOptions, startInstance } from '../../local/instance.ts';
import { type AssemblyFixture, writeAssembly } from './fixtures/assembly.ts';

let dir: string;
let started: Instance[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'instance-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((instance) => instance.stop()));
  await rm(dir, { recursive: true, force: true });
});

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

const bundle = { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'door.zip' };
const integration = {
  IntegrationType: 'AWS_PROXY',
  IntegrationUri: { 'Fn::GetAtt': ['Door', 'Arn'] },
  PayloadFormatVersion: '2.0',
};

/** A table in one stack; a function behind an API with an authorizer in another. */
function systemWith(extra: Resources = {}, assets: AssemblyFixture['assets'] = {}): AssemblyFixture {
  const resources: Resources = {
    LogGroup: { Type: 'AWS::Logs::LogGroup' },
    Role: { Type: 'AWS::IAM::Role', Properties: { Boundary: { 'Fn::GetAtt': ['LogGroup', 'Arn'] } } },
    Door: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: bundle,
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { TABLE: { 'Fn::ImportValue': 'state:Table' } } },
      },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { ApiId: { Ref: 'Api' }, ...integration },
    },
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: { Ref: 'OidcIssuer' }, Audience: [{ Ref: 'OidcAudience' }] },
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: 'GET /who',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: 'Authorizer' },
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Door', 'Arn'] },
        Principal: 'apigateway.amazonaws.com',
      },
    },
    ...extra,
  };
  return {
    stacks: [
      {
        name: 'service',
        dependsOn: ['state'],
        template: {
          Parameters: {
            OidcIssuer: { Type: 'String', Default: 'https://issuer.example.test' },
            OidcAudience: { Type: 'String', Default: 'https://api.example.test' },
            BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' },
          },
          Resources: resources,
        },
      },
      {
        name: 'state',
        template: {
          Resources: {
            Table: {
              Type: 'AWS::DynamoDB::Table',
              Properties: {
                AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
                KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
                BillingMode: 'PAY_PER_REQUEST',
              },
            },
          },
          Outputs: { Table: { Value: { Ref: 'Table' }, Export: { Name: 'state:Table' } } },
        },
      },
    ],
    assets: {
      ...assets,
      'door.zip': {
        'index.mjs': `export const handler = async (event) => ({
          sub: event.requestContext.authorizer.jwt.claims.sub,
          table: process.env.TABLE,
          endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB,
        });`,
      },
    },
  };
}

async function start(
  overrides: Partial<InstanceOptions> & {
    extra?: Resources;
    assets?: AssemblyFixture['assets'];
    name?: string;
  } = {},
): Promise<Instance> {
  const { extra, assets, name = 'data', ...options } = overrides;
  const assemblyDir = await mkdtemp(join(dir, 'assembly-'));
  await writeAssembly(assemblyDir, systemWith(extra, assets));
  const dataDir = join(dir, name);
  const instance = await startInstance({ port: 0, dataDir, assemblyDir, log: () => {}, ...options });
  started.push(instance);
  return instance;
}

async function who({ url, token }: Pick<Instance, 'url' | 'token'>): Promise<unknown> {
  const authorization = `Bearer ${await token('preparer-1')}`;
  return (await fetch(`${url}/who`, { headers: { authorization } })).json();
}

const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

describe('an instance', () => {
  it('serves the template: a route with its authorizer, a function with its variables, a table', async () => {
    const instance = await start();
    const table = instance.resources.get('Table')?.ref;
    expect(await who(instance)).toEqual({
      sub: 'preparer-1',
      table,
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/),
    });
    expect((await fetch(`${instance.url}/who`)).status).toBe(401);
    expect(instance.functionNames).toEqual(['service-Door']);
    expect(await instance.invoke('service-Door', {})).toMatchObject({ functionError: 'Unhandled' });
  });

  it('runs beside another, and each keeps its tokens to itself', async () => {
    const [first, second] = [await start({ name: 'first' }), await start({ name: 'second' })];
    expect(await who(first)).toMatchObject({ sub: 'preparer-1' });
    const stranger = await fetch(`${second.url}/who`, {
      headers: { authorization: `Bearer ${await first.token('preparer-1')}` },
    });
    expect(stranger.status).toBe(401);
  });

  it('leaves no process behind, gives its data dir free, and can be stopped twice', async () => {
    const before = children();
    const instance = await start();
    expect(children()).toBeGreaterThan(before);
    await instance.stop();
    await instance.stop();
    expect(children()).toBe(before);
    await expect(fetch(`${instance.url}/who`)).rejects.toThrow();
    expect(await who(await start())).toMatchObject({ sub: 'preparer-1' });
  });

  it('writes down what a dead-letter queue would get', async () => {
    const source = `export const handler = async ({ put }) => {
      if (!put) throw new Error('never');
      const response = await fetch(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, {
        method: 'POST',
        headers: { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify({ Entries: [{ Source: 'test', DetailType: 'Tried', Detail: '{"n":1}' }] }),
      });
      return response.status;
    };`;
    const instance = await start({
      assets: { 'failing.zip': { 'index.mjs': source } },
      extra: {
        Letters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
        Failing: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { S3Key: 'failing.zip' },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] } },
          },
        },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: { source: ['test'] },
            State: 'ENABLED',
            Targets: [{ Id: 'one', Arn: { 'Fn::GetAtt': ['Failing', 'Arn'] } }],
          },
        },
        RulePermission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { 'Fn::GetAtt': ['Failing', 'Arn'] },
            Principal: 'events.amazonaws.com',
          },
        },
      },
    });
    expect(await instance.invoke('service-Failing', { put: true })).toEqual({ payload: 200 });
    const file = join(dir, 'data', 'dead-letters.jsonl');
    const text = await vi.waitFor(() => readFile(file, 'utf8'), { timeout: 20_000, interval: 100 });
    expect(JSON.parse(text)).toMatchObject({
      destination: 'arn:aws-cn:sqs:cn-north-1:000000000000:letters',
      record: { source: 'test', 'detail-type': 'Tried', detail: { n: 1 } },
    });
  });

  it('forgets everything on reset, and only then', async () => {
    await (await start()).stop();
    await writeFile(join(dir, 'data', 'kept'), '');
    await (await start()).stop();
    expect(await readdir(join(dir, 'data'))).toContain('kept');
    await (await start({ reset: true })).stop();
    expect(await readdir(join(dir, 'data'))).not.toContain('kept');
  });
});

describe('a start is refused in one line', () => {
  const refusal = async (promise: Promise<Instance>): Promise<string> => {
    const before = children();
    const message = await promise.then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(message).not.toContain('\n');
    expect(children()).toBe(before);
    return message;
  };

  it('for a type that cannot be run, with its stack, logical id and type', async () => {
    const extra = { Cluster: { Type: 'AWS::ECS::Cluster' } };
    expect(await refusal(start({ extra }))).toBe(
      'stack service: the embedded cloud cannot run Cluster, a AWS::ECS::Cluster',
    );
  });

  it('for a reference to nothing', async () => {
    const extra = { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Of: { Ref: 'Nothing' } } } };
    expect(await refusal(start({ extra }))).toContain(
      'stack service, Alarm.Properties.Of: refers to Nothing',
    );
  });

  it('for a route whose function the API may not invoke', async () => {
    const extra = { Permission: { Type: 'AWS::CDK::Metadata' } };
    expect(await refusal(start({ extra }))).toContain('route GET /who invokes service-Door, but no');
  });

  it('for a state machine with a substitution too few or too many', async () => {
    const machine = (DefinitionSubstitutions: Record<string, string>) => ({
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { DefinitionString: '{"StartAt":"${First}"}', DefinitionSubstitutions },
      },
    });
    expect(await refusal(start({ extra: machine({}) }))).toContain('uses ${First}, which nothing');
    expect(await refusal(start({ extra: machine({ First: 'A', Second: 'B' }) }))).toContain(
      'does not use the substitutions Second',
    );
  });

  it('for a function property that would change nothing here', async () => {
    const extra = {
      Layered: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: bundle, Handler: 'index.handler', Runtime: 'nodejs24.x', Layers: ['x'] },
      },
    };
    expect(await refusal(start({ extra }))).toMatch(/stack service: .*Layered .*Layers/);
  });

  it('for a taken port', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await refusal(start({ port }))).toBe(`port ${port} is taken; set PORT to another`);
    await new Promise((done) => server.close(done));
  });

  it('for a data dir in use', async () => {
    await start();
    expect(await refusal(start())).toContain('is used by another instance (process');
  });

  it('but not for the lock of a process that was killed', async () => {
    await (await start()).stop();
    await writeFile(join(dir, 'data', 'instance.lock'), '{"pid":999999999,"port":1}');
    await (await start()).stop();
    // The process id is in use again, by a program that does not listen on the port.
    await writeFile(join(dir, 'data', 'instance.lock'), `{"pid":${process.pid},"port":1}`);
    expect(await who(await start())).toMatchObject({ sub: 'preparer-1' });
  });

  it('for a data dir that is a file, or that holds what is not ours, reset or not', async () => {
    await writeFile(join(dir, 'data'), 'a file');
    expect(await refusal(start())).toMatch(/^data dir .* cannot be used: /);
    const home = join(dir, 'home');
    await mkdir(home);
    await writeFile(join(home, 'thesis.txt'), 'ten years');
    for (const reset of [false, true]) {
      expect(await refusal(start({ name: 'home', reset }))).toContain('holds files that are not ours');
    }
    expect(await readFile(join(home, 'thesis.txt'), 'utf8')).toBe('ten years');
  });

  it('for an assembly that is none', async () => {
    const assemblyDir = join(dir, 'nothing');
    expect(await refusal(start({ assemblyDir }))).toContain('cannot read');
  });
});
