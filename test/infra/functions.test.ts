import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ZodType } from 'zod';
import { allRoutes } from '../../functions/contracts/routes.ts';
import { type Door, environments, variableOf } from '../../functions/shared/environment.ts';
import { scopesOf } from '../../functions/shared/route.ts';
import { catalogue } from '../../functions/shared/tables.ts';
import { doors, doorsOf } from '../../infra/access/doors.ts';
import { importDoors, reviewDoors, roundDoors } from '../../infra/access/workflow-doors.ts';
import { parseEnvironment } from '../../infra/environments.ts';
import { names, pascalCase } from '../../infra/names.ts';
import {
  listOf,
  type Resource,
  resourcesOf,
  type Statement,
  type Synthesized,
  Synthesizer,
  statementsOf,
} from './synthesized.ts';

const allDoors = doorsOf(parseEnvironment('prod'));

let synthesizer: Synthesizer;
let prod: Synthesized;

beforeAll(async () => {
  // system.test.ts holds every environment against CloudFormation's schemas, which takes seconds.
  vi.stubEnv('CDK_VALIDATION', 'false');
  synthesizer = await Synthesizer.create();
  prod = synthesizer.synthesize('prod');
}, 240_000);
afterAll(() => {
  vi.unstubAllEnvs();
  synthesizer?.remove();
});

function functionOf(door: Door): { readonly id: string; readonly properties: Resource['Properties'] } {
  const found = resourcesOf(prod.service, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties['FunctionName'] === names.function('prod', door),
  );
  if (!found) throw new Error(`no function for ${door}`);
  return { id: found[0], properties: found[1].Properties };
}

function roleOf(door: Door): string {
  const role = functionOf(door).properties['Role'] as { 'Fn::GetAtt': [string, string] };
  return role['Fn::GetAtt'][0];
}

/** Directory of a function's bundle in the cloud assembly. */
function bundleOf(door: Door): string {
  const code = functionOf(door).properties['Code'] as { S3Key: string };
  return join(prod.directory, `asset.${code.S3Key.replace(/\.zip$/, '')}`);
}

/** Statements of a function on the table whose logical id begins so. */
function onTable(door: Door, table: string): Statement[] {
  // A table's stream is another matter.
  return statementsOf(prod.service, roleOf(door)).filter(({ Resource }) => {
    const resource = JSON.stringify(Resource);
    return resource.includes(`ExportsOutputFnGetAtt${table}Table`) && !/StreamArn|\/stream\//.test(resource);
  });
}

/** All code of a bundle, the parts that are loaded on demand included. */
function codeOf(door: Door): string {
  const files = readdirSync(bundleOf(door)).filter((file) => file.endsWith('.mjs'));
  return files.map((file) => readFileSync(join(bundleOf(door), file), 'utf8')).join('');
}

const actionsOf = (statements: readonly Statement[]) =>
  statements.flatMap(({ Action }) => listOf<string>(Action)).sort();

describe('the functions', () => {
  it('are the doors, one each', () => {
    expect(resourcesOf(prod.service, 'AWS::Lambda::Function')).toHaveLength(allDoors.length);
    expect(Object.keys(doors).sort()).toEqual(Object.keys(environments).sort());
  });

  it('can all be imported as they are deployed', () => {
    const urls = allDoors.map((door) => pathToFileURL(join(bundleOf(door), 'index.mjs')).href);
    const code = `for (const url of ${JSON.stringify(urls)}) {
      const { handler } = await import(url);
      if (typeof handler !== 'function') throw new Error('no handler in ' + url);
    }`;
    const variables = allDoors.flatMap((door) => Object.keys(environments[door]));
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
      env: {
        ...Object.fromEntries(variables.map((name) => [name, 'any'])),
        ...{ PAYMENT_SIGNING: 'SM2DSA', LOGIN_STRENGTH: 'none', GRANT_DAYS: '1', AWS_REGION: 'cn-north-1' },
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('share neither roles nor log groups', () => {
    const roles = allDoors.map(roleOf);
    const logs = allDoors.map((door) => JSON.stringify(functionOf(door).properties['LoggingConfig']));
    expect(new Set(roles).size).toBe(allDoors.length);
    expect(new Set(logs).size).toBe(allDoors.length);
  });
});

describe.each(allDoors)('the function %s', (door) => {
  it('runs on Node 24 and ARM, logs JSON to a group that forgets, without tracing', () => {
    const { properties } = functionOf(door);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
    });
    expect(properties).not.toHaveProperty('TracingConfig');
    const { LogGroup } = properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    expect(prod.service.Resources[LogGroup.Ref]?.Properties['RetentionInDays']).toBe(365);
  });

  it('has the variables that it reads, and no others', () => {
    const { Variables } = functionOf(door).properties['Environment'] as { Variables: object };
    const needed = Object.entries<ZodType>(environments[door]).filter(
      ([, schema]) => !schema.safeParse(undefined).success,
    );
    expect(Object.keys(Variables).sort()).toEqual(needed.map(([name]) => name).sort());
  });

  it('may reach the tables that its variables name, and no others', () => {
    for (const { name: table } of Object.values(catalogue)) {
      const named = variableOf(table) in environments[door];
      const reached = onTable(door, pascalCase(table)).length > 0;
      expect({ table, reached }).toEqual({ table, reached: named });
    }
  });

  it('may do nothing by a wildcard', () => {
    const statements = statementsOf(prod.service, roleOf(door));
    expect(statements).not.toHaveLength(0);
    for (const { Action, Resource, Effect } of statements) {
      expect(Effect).toBe('Allow');
      for (const action of listOf<string>(Action)) expect(action).not.toContain('*');
      for (const resource of listOf<unknown>(Resource)) expect(resource).not.toBe('*');
    }
  });

  it('is a small ES module', () => {
    expect(Buffer.byteLength(codeOf(door))).toBeLessThanOrEqual(700_000);
    const main = readFileSync(join(bundleOf(door), 'index.mjs'), 'utf8');
    expect(main).toMatch(/export\s*\{[^}]*\bhandler\b[^}]*\}/);
  });

  it('imports no module of Node, which would read all that it exports', () => {
    expect(codeOf(door)).not.toMatch(/\b(from|import)\s*\(?\s*['"]node:/);
  });

  it('has the compiled notice, thresholds, periods and calendars beside it, and no guide, exactly when it asks for them', () => {
    const read = () => JSON.parse(readFileSync(join(bundleOf(door), 'policy.json'), 'utf8'));
    if ('policy' in doors[door])
      expect(Object.keys(read())).toEqual(['notice', 'matching', 'retention', 'calendars']);
    else expect(read).toThrow(/ENOENT/);
  });

  it('asks for the compiled policy when its code reads it', () => {
    expect('policy' in doors[door]).toBe(codeOf(door).includes('policy.json'));
  });
});

describe('hashes that stand for personal data', () => {
  it('are made by doors that logins come to, and of objectors’ contacts by another key by api/intake', () => {
    const hashing = allDoors.filter((door) =>
      actionsOf(statementsOf(prod.service, roleOf(door))).some((action) => action.includes('Mac')),
    );
    const open = ['api/register', 'api/public', 'api/portal'];
    expect(hashing).toEqual(allDoors.filter((door) => door.startsWith('api/') && !open.includes(door)));
    for (const door of hashing) {
      const macs = statementsOf(prod.service, roleOf(door)).filter(
        ({ Action }) => Action === 'kms:GenerateMac',
      );
      const keys = JSON.stringify(macs.map(({ Resource }) => Resource));
      expect([keys.includes('IdentityKey'), keys.includes('ContactsKey')]).toEqual([
        true,
        door === 'api/intake',
      ]);
      for (const { Condition } of macs)
        expect(Condition).toEqual({ StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } });
    }
  });
});

describe('what officials are granted', () => {
  /** Actions of a function on a partition of the table of people; a statement without keys is on all of them. */
  const actionsOn = (door: Door, partition: string) =>
    onTable(door, 'People')
      .filter(({ Condition }) => {
        const keys = JSON.stringify(Condition ?? '');
        return Condition === undefined || keys.includes(partition);
      })
      .flatMap(({ Action }) => listOf<string>(Action));

  it('is changed by one function, and seen by every other that lets officials in', () => {
    const writers = allDoors.filter((door) =>
      actionsOn(door, 'ACCESS#').some((action) => /:(Put|Update|Delete|BatchWrite)/.test(action)),
    );
    expect(writers).toEqual(['api/access']);
    for (const door of allDoors.filter((one) => 'LOGIN_DEPARTMENTS' in environments[one])) {
      const actions = actionsOn(door, 'ACCESS#');
      expect({ door, actions }).toMatchObject({
        actions: expect.arrayContaining(['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem']),
      });
    }
  });

  it('is read with who somebody is by one request, which one statement has to allow', () => {
    const statement = onTable('api/reports', 'People').find(({ Action }) =>
      listOf<string>(Action).includes('dynamodb:BatchGetItem'),
    );
    expect(JSON.stringify(statement?.Condition)).toContain('["IDENTITY#*","ACCESS#*"]');
  });

  it('is begun by two logins that the deployment may name, and by none otherwise', () => {
    const { Default, AllowedPattern } = prod.service.Parameters?.['InitialAccessAdmins'] ?? {};
    const pattern = new RegExp(String(AllowedPattern));
    expect(Default).toBe('');
    expect(['', 'one,two', 'a-b@c.d,e:f/g~h'].every((text) => pattern.test(text))).toBe(true);
    expect(['one', 'one,two,three', ',two', 'one, two', 'one,'].some((text) => pattern.test(text))).toBe(
      false,
    );
  });
});

describe('who objects', () => {
  it.each([
    ['kms:Encrypt', 'api/intake'],
    ['kms:Decrypt', 'api/objections'],
  ])('%s is for %s alone', (action, only) => {
    const mine = allDoors.filter((door) =>
      statementsOf(prod.service, roleOf(door)).some(
        ({ Action, Resource }) =>
          listOf<string>(Action).includes(action) && JSON.stringify(Resource).includes('ObjectorsKey'),
      ),
    );
    expect(mine).toEqual([only]);
  });

  it('is taken in by a function that adds, and reads, changes and removes no objection and no application', () => {
    expect(actionsOf(onTable('api/intake', 'Applications'))).toEqual(['dynamodb:GetItem']);
    const onObjections = onTable('api/intake', 'Budget').filter((statement) =>
      JSON.stringify(statement).includes('"OBJECTION#'),
    );
    expect(actionsOf(onObjections)).toEqual(['dynamodb:PutItem']);
    expect(actionsOf(onTable('api/intake', 'Budget'))).not.toContain('dynamodb:DeleteItem');
  });
});

describe('bank accounts', () => {
  it.each([
    ['kms:Encrypt', 'api/applicant'],
    ['kms:Decrypt', 'api/treasury'],
  ])('%s is for %s alone, and only for a stated organisation', (action, only) => {
    const mine = allDoors.flatMap((door) =>
      statementsOf(prod.service, roleOf(door))
        .filter((statement) => JSON.stringify(statement.Resource).includes('AccountsKey'))
        .map((statement) => ({ door, ...statement })),
    );
    expect(mine.filter(({ Action }) => actionsOf([{ Action } as Statement]).includes(action))).toEqual([
      expect.objectContaining({
        door: only,
        Action: action,
        Condition: { Null: { 'kms:EncryptionContext:organisation': 'false' } },
      }),
    ]);
    expect(new Set(mine.map(({ door }) => door)).size).toBe(2);
  });
});

describe('task tokens', () => {
  const apiDoors = allDoors.filter((door) => door.startsWith('api/'));

  it.each(apiDoors)('are out of reach for %s', (door) => {
    const statements = onTable(door, 'Workflow');
    expect(new Set(actionsOf(statements))).toEqual(
      new Set('WORKFLOW_TABLE' in environments[door] ? ['dynamodb:PutItem'] : []),
    );
    for (const { Condition } of statements) {
      const keys = door === 'api/registry' ? ['SCREENING#*'] : ['OUTBOX#*'];
      expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
    }
  });

  it('are answered by the relay and the sweep only', () => {
    const drivers = allDoors.filter((door) =>
      actionsOf(statementsOf(prod.service, roleOf(door))).some((action) => action.startsWith('states:')),
    );
    expect(drivers).toEqual(['events/relay-outbox', 'events/sweep-outbox']);
  });
});

describe('published guides', () => {
  it('are put beside the others by the operator, changed and deleted by nobody', () => {
    for (const door of allDoors.filter((name) => 'POLICY_TABLE' in environments[name])) {
      const publishes = door === 'api/operator' ? ['dynamodb:PutItem'] : [];
      // A submission holds under what is published while it is written.
      const checks = door === 'api/applicant' ? ['dynamodb:ConditionCheckItem'] : [];
      expect(actionsOf(onTable(door, 'Policy'))).toEqual([
        ...checks,
        'dynamodb:GetItem',
        ...publishes,
        'dynamodb:Query',
      ]);
    }
  });
});

describe('secrets of webhooks', () => {
  const reading = ['GetItem', 'BatchGetItem', 'Query', 'Scan'].map((action) => `dynamodb:${action}`);
  const keysOf = ({ Condition }: Statement) => {
    const condition = Condition as {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': string | string[] };
    };
    return listOf<string>(condition['ForAllValues:StringLike']['dynamodb:LeadingKeys']);
  };

  it('are read by the doors that sign, and by no other', () => {
    const reachesSecrets = (statement: Statement) =>
      listOf<string>(statement.Action).some((action) => reading.includes(action)) &&
      (statement.Condition === undefined ||
        keysOf(statement).some((key) => key === 'WEBHOOK-SECRET#*' || key === '*'));
    const readers = allDoors.filter((door) => onTable(door, 'Messages').some(reachesSecrets));
    expect(readers).toEqual(['events/queue-webhooks', 'events/deliver-webhooks']);
  });
});

describe('files', () => {
  it('are deleted by one function, which reads of documents and evidence no more than that, and puts none', () => {
    const onObjects = (door: Door) =>
      statementsOf(prod.service, roleOf(door)).filter(({ Action }) =>
        listOf<string>(Action).some((action) => action.startsWith('s3:')),
      );
    const deleting = allDoors.filter((door) =>
      actionsOf(onObjects(door)).some((one) => one.includes('Delete')),
    );
    expect(deleting).toEqual(['events/erase-due']);
    const below = onObjects('events/erase-due').filter(({ Action }) => Action !== 's3:ListBucket');
    const places = below.flatMap(({ Resource }) => JSON.stringify(Resource).match(/\/\w+\/\*/g));
    expect(places).toEqual(['/applications/*', '/objections/*']);
    expect(actionsOf(below)).toEqual(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject']);
  });

  it('and rows are erased without a right to place or lift a hold', () => {
    const onHolds = onTable('events/erase-due', 'People').filter(({ Condition }) =>
      JSON.stringify(Condition ?? 'HOLD#').includes('HOLD#'),
    );
    expect(actionsOf(onHolds)).toEqual(['dynamodb:ConditionCheckItem', 'dynamodb:GetItem']);
  });
});

describe('files of awards', () => {
  const onObjects = (door: Door) =>
    statementsOf(prod.service, roleOf(door)).filter(({ Action }) =>
      listOf<string>(Action).some((action) => action.startsWith('s3:')),
    );

  it('are signed for by one door alone and read by the import alone, apart from documents', () => {
    const reaching = allDoors.flatMap((door) =>
      onObjects(door)
        .filter(({ Resource }) => JSON.stringify(Resource).includes('/imports/*'))
        .map(({ Action }) => [door, Action]),
    );
    expect(reaching).toEqual([
      ['api/imports', 's3:PutObject'],
      ['workflow/import-awards', 's3:GetObject'],
    ]);
    for (const door of ['api/imports', 'workflow/import-awards'] as const) {
      expect(JSON.stringify(onObjects(door))).not.toContain('/applications/*');
    }
  });

  it('are written into the registry beside claims, traces and verdicts, which stay out of reach', () => {
    const writing = onTable('workflow/import-awards', 'Registry').filter(({ Action }) =>
      listOf<string>(Action).some((action) => /Put|Update|Delete|Write/.test(action)),
    );
    const keys = writing.flatMap(({ Condition }) => {
      const { 'ForAllValues:StringLike': like } = Condition as Record<
        string,
        Record<string, string | string[]>
      >;
      return listOf<string>(like?.['dynamodb:LeadingKeys'] ?? '*');
    });
    expect([...new Set(keys)].sort()).toEqual([
      ...['AWARD#*', 'CODE-OF#*', 'ENTERPRISE#*', 'EVIDENCE#*', 'EVIDENCE-NUMBER#*', 'FILL#*', 'GRAM#*'],
      ...['IMPORT-AWARDS#*', 'IMPORT-FAULTS#*', 'IMPORT-ROWS#*', 'IMPORTS', 'LIKE-NAME#*', 'MATTER#*'],
      ...['NAME-OF#*', 'REGISTRY', 'VOCABULARY'],
    ]);
    expect(onTable('api/operator', 'Registry')).toEqual([]);
  });

  it('start their import by a rule that may do nothing else', () => {
    const [[, rule] = []] = resourcesOf(prod.service, 'AWS::Events::Rule').filter(([, { Properties }]) =>
      JSON.stringify(Properties['EventPattern'] ?? '').includes('"imports/"'),
    );
    // The template's rule has a list of targets, each started in the name of a role.
    const [target, ...others] = (rule?.Properties['Targets'] ?? []) as readonly {
      readonly Arn: { readonly Ref: string };
      readonly RoleArn: { readonly 'Fn::GetAtt': readonly [string, string] };
      readonly InputTransformer: object;
    }[];
    expect(others).toEqual([]);
    expect(target?.InputTransformer).toEqual({
      InputPathsMap: { 'detail-object-key': '$.detail.object.key' },
      InputTemplate: '{"key":<detail-object-key>}',
    });
    expect(statementsOf(prod.service, target?.RoleArn['Fn::GetAtt'][0] ?? '')).toEqual([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: target?.Arn.Ref } },
    ]);
  });
});

describe('limits', () => {
  it('stand at every route by who calls it, and wait for the route', () => {
    const [stage] = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Stage');
    const settings = stage?.[1].Properties['RouteSettings'] as Record<string, unknown>;
    expect(Object.keys(settings).sort()).toEqual(
      allRoutes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(settings).toMatchObject({
      'GET /v1/awards': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      'POST /v1/applications': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      'GET /v1/tasks': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
    const routes = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Route')
      .filter(([, { Properties }]) => String(Properties['RouteKey']) in settings)
      .map(([id]) => id);
    expect(stage?.[1].DependsOn).toEqual(expect.arrayContaining(routes));
  });

  it('leave sandboxes to the functions that applicants depend on', () => {
    const reserved = allDoors.filter(
      (door) => functionOf(door).properties['ReservedConcurrentExecutions'] !== undefined,
    );
    expect(reserved).toEqual(['api/applicant', 'api/documents']);
  });
});

describe('domain events', () => {
  const patternOf = ({ Properties }: Resource) => JSON.stringify(Properties['FilterCriteria']);

  it('are made of new rows of applications, in one of the two places that a stream has for readers', () => {
    const mappings = resourcesOf(prod.service, 'AWS::Lambda::EventSourceMapping').filter(
      ([, { Properties }]) => JSON.stringify(Properties['EventSourceArn']).includes('ApplicationsTable'),
    );
    expect(mappings.length).toBeLessThanOrEqual(2);
    const ofEvents = mappings.filter(([, mapping]) => patternOf(mapping).includes('REMINDER#'));
    expect(ofEvents).toEqual([
      [
        expect.any(String),
        expect.objectContaining({
          Properties: expect.objectContaining({
            FunctionName: { Ref: functionOf('events/publish-events').id },
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          }),
        }),
      ],
    ]);
  });

  it('are put on the one bus by the one function; codes and files to be scanned by others, as what they are', () => {
    const putting = allDoors.filter((door) =>
      actionsOf(statementsOf(prod.service, roleOf(door))).includes('events:PutEvents'),
    );
    const [[bus = ''] = []] = resourcesOf(prod.service, 'AWS::Events::EventBus');
    expect(putting).toEqual(['api/intake', 'events/verify-document', 'events/publish-events']);
    for (const [door, source] of [
      ['api/intake', 'software-support.codes'],
      ['events/verify-document', 'software-support.scans'],
      ['events/publish-events', 'software-support'],
    ] as const) {
      const statements = statementsOf(prod.service, roleOf(door));
      expect(statements.filter(({ Action }) => Action === 'events:PutEvents')).toEqual([
        {
          Effect: 'Allow',
          Action: 'events:PutEvents',
          // Its own stack names the bus itself, the other one what that exports of it.
          Resource: expect.toSatisfy((arn: unknown) => JSON.stringify(arn).includes(bus)),
          Condition: { StringEquals: { 'events:source': source } },
        },
      ]);
    }
  });

  it('tell verdicts on files where the role of the scanner puts them, and nobody else may', () => {
    const role = {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111111111111:role/file-scanner']],
    };
    const policies = resourcesOf(prod.service, 'AWS::Events::EventBusPolicy').map(
      ([, { Properties }]) => Properties['Statement'],
    );
    expect(policies).toMatchObject([
      {
        Effect: 'Allow',
        Principal: { AWS: role },
        Condition: { StringEquals: { 'events:source': 'file-scanner' } },
      },
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: {
          StringEquals: { 'events:source': 'file-scanner' },
          ArnNotEquals: { 'aws:PrincipalArn': role },
        },
      },
    ]);
    const [rule] = resourcesOf(prod.service, 'AWS::Events::Rule').filter(([, { Properties }]) =>
      JSON.stringify(Properties['EventPattern'] ?? '').includes('FileScanned'),
    );
    expect(rule?.[1].Properties['EventPattern']).toEqual({
      account: ['111111111111'],
      source: ['file-scanner'],
      'detail-type': ['FileScanned'],
    });
  });

  it('are mailed where there is SES, from the one address, and not in China', () => {
    const dev = synthesizer.synthesize('dev');
    const sending = (text: string) => text.includes('ses:SendEmail');
    expect(sending(JSON.stringify(prod.service))).toBe(false);
    const statements = resourcesOf(dev.service, 'AWS::IAM::Policy').flatMap(
      ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
    );
    const mailing = statements.filter(({ Action }) => sending(JSON.stringify({ Action })));
    // What is news, and the codes that confirm a contact.
    expect(mailing).toHaveLength(2);
    for (const statement of mailing) {
      expect(statement.Action).toBe('ses:SendEmail');
      expect(JSON.stringify(statement.Resource)).toMatch(/:identity\/dev\.example\.com"/);
      expect(statement.Condition).toEqual({
        StringEquals: { 'ses:FromAddress': 'software-support@dev.example.com' },
      });
    }
  }, 240_000);
});

describe('the function of reviewers', () => {
  it('may check the task beside which it keeps a draft', () => {
    expect(actionsOf(onTable('api/reviewer', 'Applications'))).toContain('dynamodb:ConditionCheckItem');
  });
});

describe('the public function', () => {
  it('may query the index of awards and read nothing else', () => {
    const statements = onTable('api/public', 'Applications');
    expect(actionsOf(statements)).toEqual(['dynamodb:Query']);
    expect(JSON.stringify(statements)).toContain('/index/awards');
  });
});

describe('the routes', () => {
  it('are those of the contracts, and the portal at every other address', () => {
    const keys = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Route').map(
      ([, { Properties }]) => Properties['RouteKey'],
    );
    const contracts = allRoutes.map(({ method, path }) => `${method} ${path}`);
    const portal = ['GET /', 'GET /{path+}'];
    expect(keys.sort()).toEqual(['$default', ...portal, ...contracts].sort());
  });

  it.each(allRoutes)('$method $path stands behind the authorizer unless it is public', (contract) => {
    const [, route] =
      resourcesOf(prod.service, 'AWS::ApiGatewayV2::Route').find(
        ([, { Properties }]) => Properties['RouteKey'] === `${contract.method} ${contract.path}`,
      ) ?? [];
    const [[authorizerId] = []] = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Authorizer');
    if (contract.roles.length === 0) {
      expect(route?.Properties).toMatchObject({ AuthorizationType: 'NONE' });
      expect(['public', 'register', 'objections', 'intake']).toContain(contract.audience);
    } else {
      expect(route?.Properties).toMatchObject({
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: authorizerId },
        AuthorizationScopes: scopesOf(contract).map(([scope]) => scope),
      });
    }
    const target = JSON.stringify(route?.Properties['Target']).match(/"Ref":"(\w+)"/)?.[1] ?? '';
    const uri = JSON.stringify(prod.service.Resources[target]?.Properties['IntegrationUri']);
    expect(uri).toContain(functionOf(`api/${contract.audience}`).id);
  });
});

describe.each([
  ['application-review', reviewDoors],
  ['budget-round', roundDoors],
  ['registry-import', importDoors],
] as const)('the state machine %s', (definition, tasks) => {
  const machine = () => {
    const found = resourcesOf(prod.service, 'AWS::StepFunctions::StateMachine').find(
      ([, { Properties }]) => Properties['StateMachineName'] === names.stateMachine('prod', definition),
    );
    if (!found) throw new Error(`no state machine ${definition}`);
    return found[1].Properties;
  };

  it('is given every substitution that its definition uses', () => {
    const { Key } = machine()['DefinitionS3Location'] as { Key: string };
    const text = readFileSync(join(prod.directory, `asset.${Key}`), 'utf8');
    const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const given = Object.keys(machine()['DefinitionSubstitutions'] as object);
    expect(given).toEqual(expect.arrayContaining([...used]));
    expect(given.sort()).toEqual(
      [
        'AWSPartition',
        ...tasks.map((door) => `${pascalCase(door.replace('workflow/', ''))}FunctionArn`),
      ].sort(),
    );
  });

  it('may invoke its own tasks only', () => {
    const role = machine()['RoleArn'] as { 'Fn::GetAtt': [string, string] };
    const statements = statementsOf(prod.service, role['Fn::GetAtt'][0]);
    const invoke = statements.filter(({ Action }) =>
      listOf<string>(Action).includes('lambda:InvokeFunction'),
    );
    expect(invoke).toHaveLength(1);
    expect(
      JSON.stringify(invoke[0]?.Resource)
        .match(/Workflow\w+Function[0-9A-F]{8}/g)
        ?.sort(),
    ).toEqual(tasks.map((door) => functionOf(door).id).sort());
  });
});

describe('the public register', () => {
  const rights = (door: Door) =>
    onTable(door, 'Budget').map(({ Action, Condition }) => {
      const like = (Condition as Record<string, Record<string, string | string[]>> | undefined)?.[
        'ForAllValues:StringLike'
      ];
      return [listOf<string>(Action), listOf<string>(like?.['dynamodb:LeadingKeys'] ?? '*')];
    });

  it('is closed day by day by one function, which changes no entry', () => {
    expect(rights('events/close-register-day')).toEqual([
      [['dynamodb:Query'], ['REGISTER#*', 'ROOT#*']],
      [['dynamodb:PutItem'], ['ROOT#2*']],
      [['dynamodb:UpdateItem'], ['ROOT#FENCE']],
    ]);
    const schedules = resourcesOf(prod.service, 'AWS::Events::Rule').filter(([, { Properties }]) =>
      JSON.stringify(Properties['Targets']).includes(functionOf('events/close-register-day').id),
    );
    expect(schedules.map(([, { Properties }]) => Properties['ScheduleExpression'])).toEqual(['rate(1 hour)']);
  });

  it('is served by a function that sees nothing else of the money', () => {
    expect(rights('api/register')).toEqual([[['dynamodb:Query'], ['REGISTER#*', 'ROOT#*']]]);
    expect(rights('api/public')).toEqual([[['dynamodb:Query'], ['ROOT#*']]]);
  });
});

describe('reports', () => {
  it('read the index of applications from end to end, and neither documents nor histories', () => {
    const [statement, ...others] = onTable('api/reports', 'Applications');
    expect(others).toEqual([]);
    expect(statement?.Action).toBe('dynamodb:Scan');
    expect(JSON.stringify(statement?.Resource)).toMatch(/\/index\/byOrganisation"/);
  });
});

describe('what is called without anybody waiting', () => {
  it('has a place for every event that a rule cannot hand over', () => {
    const rules = resourcesOf(prod.service, 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(8);
    const targets = rules.flatMap(([, { Properties }]) => Properties['Targets'] as Record<string, unknown>[]);
    const [queue] = resourcesOf(prod.service, 'AWS::SQS::Queue').find(
      ([, { Properties }]) => Properties['QueueName'] === names.queue('prod', 'undelivered-events'),
    ) ?? [''];
    for (const target of targets)
      expect(target['DeadLetterConfig']).toEqual({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } });
    const policies = resourcesOf(prod.service, 'AWS::SQS::QueuePolicy').map(([, policy]) =>
      JSON.stringify(policy),
    );
    const mine = policies.find(
      (policy) => policy.includes(`"${queue}"`) && policy.includes('"sqs:SendMessage"'),
    );
    expect(mine).toContain('"events.amazonaws.com"');
  });

  it('is not called again where the next call of its schedule is the retry', () => {
    const once = resourcesOf(prod.service, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => {
      expect(Properties['MaximumRetryAttempts']).toBe(0);
      return (Properties['FunctionName'] as { Ref: string }).Ref;
    });
    const scheduledAlone = [
      ...['events/sweep-outbox', 'events/remind-reviewers', 'events/remind-applicants'],
      ...['events/close-register-day', 'events/deliver-webhooks', 'events/erase-due', 'events/verify-audit'],
    ] as Door[];
    expect(once.sort()).toEqual(scheduledAlone.map((door) => functionOf(door).id).sort());
  });
});

describe('objects that are not there', () => {
  it('are told from those that may not be read, to the doors that read or delete objects, on the bucket itself', () => {
    const listed = allDoors.flatMap((door) =>
      statementsOf(prod.service, roleOf(door))
        .filter(({ Action }) => listOf<string>(Action).includes('s3:ListBucket'))
        .filter(({ Resource }) => /DocumentsBucket\w*Arn\w*"\}$/.test(JSON.stringify(Resource)))
        .map(({ Condition }) => ({
          door,
          prefixes: (Condition as { StringLike?: object } | undefined)?.StringLike,
        })),
    );
    const whole = listed.filter(({ prefixes }) => prefixes === undefined).map(({ door }) => door);
    expect(whole).toEqual(['workflow/import-awards', 'events/verify-document', 'events/erase-due']);
    // Others see objects of one kind alone.
    const others = listed.filter(({ prefixes }) => prefixes !== undefined);
    expect(new Set(others.map(({ door }) => door))).toEqual(new Set(['api/dossiers', 'events/make-dossier']));
    for (const { prefixes } of others)
      expect(prefixes).toEqual({ 's3:prefix': expect.stringMatching(/\/\*$/) });
  });
});

describe('routes', () => {
  it('are made ten at a time', () => {
    const routes = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Route');
    const free = routes.filter(
      ([, { DependsOn = [] }]) => !listOf<string>(DependsOn).some((id) => routes.some(([one]) => one === id)),
    );
    // The first ten, and those of the portal and of unknown paths.
    expect(free.length).toBeLessThanOrEqual(13);
  });

  it('are asked about by a browser once in two hours', () => {
    const [[, api] = []] = resourcesOf(prod.service, 'AWS::ApiGatewayV2::Api');
    expect(api?.Properties['CorsConfiguration']).toMatchObject({ MaxAge: 7200 });
  });
});
