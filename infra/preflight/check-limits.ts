import type { Finding, Text } from './finding.ts';
import { type Resource, resourcesOf, type StackTemplate } from './templates.ts';

/**
 * Limits that no request raises, from the quotas' pages of each service, looked up on 2026-11-30. Sizes are bytes; what only the
 * deployment knows, such as the ARN behind a reference, counts as its longest usual form.
 */
const limits = {
  resources: 500,
  outputs: 200,
  parameters: 200,
  templateBytes: 1000 * 1000,
  variableBytes: 4096,
  inlinePolicyBytes: 10_240,
  bucketPolicyBytes: 20_480,
  keyPolicyBytes: 32_768,
  functionPolicyBytes: 20_480,
  indexes: 20,
  streamReaders: 2,
} as const;

const referenceBytes = 140;
/** A statement of a function's own policy, as Lambda writes it for one permission. */
const permissionBytes = 420;

/** What would exceed a limit of CloudFormation, Lambda, IAM, S3, KMS, DynamoDB or of log delivery. */
export function checkLimits(stack: StackTemplate): Finding[] {
  return [...checkStack(stack), ...checkSizes(stack), ...checkTables(stack), ...checkLogDelivery(stack)];
}

function checkStack(stack: StackTemplate): Finding[] {
  const counted = [
    ['resource-count', Object.keys(stack.resources).length, limits.resources],
    ['output-count', Object.keys(stack.outputs).length, limits.outputs],
    ['parameter-count', Object.keys(stack.parameters).length, limits.parameters],
    ['template-size', stack.bytes, limits.templateBytes],
  ] as const;
  return counted.flatMap(([rule, is, most]) =>
    tooMuch(rule, stack.name, is, most, {
      zh: '请把一部分资源移到另一个堆栈。',
      en: 'Move a part of its resources to another stack.',
    }),
  );
}

function checkSizes(stack: StackTemplate): Finding[] {
  const sizes = [
    ...resourcesOf(stack, 'AWS::Lambda::Function').map(
      ([id, { Properties }]) =>
        ['variable-size', id, variableBytes(Properties), limits.variableBytes] as const,
    ),
    ...[...inlinePolicies(stack)].map(
      ([role, bytes]) => ['role-policy-size', role, bytes, limits.inlinePolicyBytes] as const,
    ),
    ...resourcesOf(stack, 'AWS::S3::BucketPolicy').map(
      ([id, { Properties }]) =>
        ['bucket-policy-size', id, sizeOf(Properties['PolicyDocument']), limits.bucketPolicyBytes] as const,
    ),
    ...resourcesOf(stack, 'AWS::KMS::Key').map(
      ([id, { Properties }]) =>
        ['key-policy-size', id, sizeOf(Properties['KeyPolicy']), limits.keyPolicyBytes] as const,
    ),
    ...[...permissionsOf(stack)].map(
      ([id, count]) =>
        ['function-policy-size', id, count * permissionBytes, limits.functionPolicyBytes] as const,
    ),
  ];
  return sizes.flatMap(([rule, id, is, most]) =>
    tooMuch(rule, `${stack.name} ${id}`, is, most, {
      zh: '请缩短，或者把函数分成两个。',
      en: 'Make it shorter, or make two functions of the one.',
    }),
  );
}

function checkTables(stack: StackTemplate): Finding[] {
  const indexes = resourcesOf(stack, 'AWS::DynamoDB::Table').map(
    ([id, table]) => ['index-count', id, indexNames(table).length, limits.indexes] as const,
  );
  const readers = new Map<string, number>();
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::Lambda::EventSourceMapping')) {
    const source = JSON.stringify(Properties['EventSourceArn']);
    readers.set(source, (readers.get(source) ?? 0) + 1);
  }
  const streams = [...readers].map(
    ([source, count]) => ['stream-readers', source, count, limits.streamReaders] as const,
  );
  return [...indexes, ...streams].flatMap(([rule, id, is, most]) =>
    tooMuch(rule, `${stack.name} ${id}`, is, most, {
      zh: '请减少索引，或者让一个函数替两个读取。',
      en: 'Use fewer indexes, or let one function read for two.',
    }),
  );
}

/**
 * Services that deliver logs themselves enter each log group into one policy of the account, of 5,120 characters at most, except
 * groups below /aws/vendedlogs/.
 */
function checkLogDelivery(stack: StackTemplate): Finding[] {
  const destinations = [
    ...resourcesOf(stack, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) => Properties),
    ...resourcesOf(stack, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties),
  ].map((properties) =>
    JSON.stringify([properties['LoggingConfiguration'], properties['AccessLogSettings']]),
  );
  return resourcesOf(stack, 'AWS::Logs::LogGroup')
    .filter(([id]) => destinations.some((destination) => destination.includes(`"${id}"`)))
    .filter(([, { Properties }]) => !String(Properties['LogGroupName']).startsWith('/aws/vendedlogs/'))
    .map(([id]) => ({
      rule: 'log-delivery-policy',
      subject: `${stack.name} ${id}`,
      problem: {
        zh: '服务会把这个日志组写进账户的日志资源策略，策略最多 5120 个字符，写满后创建会失败。',
        en: 'The service enters this log group into a policy of the account with 5,120 characters at most; when it is full, creating fails.',
      },
      mend: {
        zh: '请把日志组命名在 /aws/vendedlogs/ 之下。',
        en: 'Name the log group below /aws/vendedlogs/.',
      },
    }));
}

/**
 * Indexes that an update would add to a table beside others: CloudFormation makes one of a table at a time.
 * @param deployed template of the stack as it is in the account
 */
export function checkIndexUpdates(
  stack: StackTemplate,
  deployed: Readonly<Record<string, Resource>>,
): Finding[] {
  return resourcesOf(stack, 'AWS::DynamoDB::Table').flatMap(([id, table]) => {
    const before = deployed[id];
    if (!before) return [];
    const had = indexNames(before);
    const has = indexNames(table);
    const changed = [
      ...has.filter((name) => !had.includes(name)),
      ...had.filter((name) => !has.includes(name)),
    ];
    return tooMuch('index-updates', `${stack.name} ${id} ${changed.join(', ')}`, changed.length, 1, {
      zh: '请分几次部署，每次一个索引。',
      en: 'Deploy in several steps, each with one index.',
    });
  });
}

function tooMuch(rule: string, subject: string, is: number, most: number, mend: Text): Finding[] {
  if (is <= most) return [];
  return [
    {
      rule,
      subject,
      problem: { zh: `现为 ${is}，上限为 ${most}。`, en: `It is ${is}, and ${most} is the limit.` },
      mend,
    },
  ];
}

function indexNames({ Properties }: Resource): string[] {
  const indexes = Properties['GlobalSecondaryIndexes'];
  return Array.isArray(indexes) ? indexes.map(({ IndexName }) => String(IndexName)) : [];
}

function variableBytes(properties: Resource['Properties']): number {
  const { Variables = {} } = Object(properties['Environment']);
  return Object.entries(Variables).reduce((sum, [name, value]) => sum + name.length + sizeOf(value), 0);
}

/** Bytes of the inline policies of each role together, by the role's logical id. */
function inlinePolicies(stack: StackTemplate): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::IAM::Policy')) {
    const roles = Array.isArray(Properties['Roles']) ? Properties['Roles'] : [];
    for (const role of roles) {
      const name = String(Object(role).Ref ?? role);
      bytes.set(name, (bytes.get(name) ?? 0) + sizeOf(Properties['PolicyDocument']));
    }
  }
  return bytes;
}

/** How many permissions each function's own policy has. */
function permissionsOf(stack: StackTemplate): Map<string, number> {
  const count = new Map<string, number>();
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::Lambda::Permission')) {
    const name = JSON.stringify(Properties['FunctionName']);
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return count;
}

/** Bytes of a value when it is deployed: a text as it is, anything else as JSON without spaces. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return Buffer.byteLength(JSON.stringify(resolved(value)));
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument;
    return Array.isArray(parts) ? parts.map(resolved).join(String(separator)) : 'x'.repeat(referenceBytes);
  }
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return 'x'.repeat(argument === 'AWS::Partition' ? 6 : argument === 'AWS::Region' ? 14 : referenceBytes);
  }
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, resolved(below)]));
}
