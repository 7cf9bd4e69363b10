/** Resources that make no difference on a laptop: accepted, with the values that others may refer to. */
import type { ProvisionedResource, ResolvedProperties } from './contracts.ts';

export interface Naming {
  readonly stackName: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

interface CosmeticType {
  /** The property that names the resource. */
  readonly nameProperty?: string;
  /** The ARN after `arn:<partition>:`, with `{region}`, `{account}` and `{name}`. */
  readonly arn?: string;
  /** Attributes besides `Arn`: the name (`name`) or the ARN (`arn`). */
  readonly attributes?: Readonly<Record<string, 'name' | 'arn'>>;
  readonly ref?: 'arn';
}

const cosmeticTypes: Readonly<Record<string, CosmeticType>> = {
  'AWS::CDK::Metadata': {},
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    arn: 'cloudwatch:{region}:{account}:alarm:{name}',
  },
  'AWS::CloudWatch::CompositeAlarm': {
    nameProperty: 'AlarmName',
    arn: 'cloudwatch:{region}:{account}:alarm:{name}',
  },
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName' },
  'AWS::Events::EventBusPolicy': {},
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    arn: 'iam::{account}:policy/{name}',
    attributes: { PolicyArn: 'arn' },
    ref: 'arn',
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', attributes: { Id: 'name' } },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    arn: 'iam::{account}:role/{name}',
    attributes: { RoleId: 'name' },
  },
  'AWS::KMS::Alias': { nameProperty: 'AliasName' },
  'AWS::Lambda::EventInvokeConfig': {},
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    arn: 'logs:{region}:{account}:log-group:{name}:*',
  },
  'AWS::Logs::MetricFilter': {},
  'AWS::Logs::QueryDefinition': { attributes: { QueryDefinitionId: 'name' } },
  'AWS::Logs::ResourcePolicy': {},
  'AWS::S3::BucketPolicy': {},
  'AWS::SNS::Subscription': {},
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    arn: 'sns:{region}:{account}:{name}',
    attributes: { TopicArn: 'arn', TopicName: 'name' },
    ref: 'arn',
  },
  'AWS::SNS::TopicPolicy': {},
  'AWS::SQS::QueuePolicy': {},
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    arn: 'scheduler:{region}:{account}:schedule-group/{name}',
  },
};

/** Values of a cosmetic resource; undefined when its type is not cosmetic. */
export function cosmeticResource(
  type: string,
  logicalId: string,
  properties: ResolvedProperties,
  naming: Naming,
): ProvisionedResource | undefined {
  const cosmetic = Object.hasOwn(cosmeticTypes, type) ? cosmeticTypes[type] : undefined;
  if (!cosmetic) return undefined;
  const given = cosmetic.nameProperty ? properties[cosmetic.nameProperty] : undefined;
  const name = typeof given === 'string' ? given : `${naming.stackName}-${logicalId}`;
  const attributes: Record<string, string> = {};
  let arn: string | undefined;
  if (cosmetic.arn) {
    const rest = cosmetic.arn
      .replace('{region}', naming.region)
      .replace('{account}', naming.account)
      .replace('{name}', name);
    arn = `arn:${naming.partition}:${rest}`;
    attributes['Arn'] = arn;
  }
  for (const [attribute, source] of Object.entries(cosmetic.attributes ?? {})) {
    attributes[attribute] = source === 'arn' ? (arn ?? name) : name;
  }
  return { ref: cosmetic.ref === 'arn' ? (arn ?? name) : name, attributes };
}
