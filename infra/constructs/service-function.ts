import { ArnFormat, type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct, type IConstruct } from 'constructs';
import type { Door, Environment as Variables } from '../../functions/shared/environment.ts';
import type { Environment } from '../environment-settings.ts';
import { names, pascalCase } from '../names.ts';

export interface ServiceFunctionProps<D extends Door> {
  /** Its file under `functions/`, without the ending. */
  readonly door: D;
  /** Settings of the environment: log level and retention. */
  readonly settings: Environment;
  readonly logsKey: IKey;
  /** Directory that holds its bundle. */
  readonly bundle: string;
  /** Its variables, typed by the schema that the door itself parses. */
  readonly environment: Variables<D>;
  /** Memory in MiB; processor and network grow with it. */
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** Sandboxes that it keeps for itself, and has at most. Default: none in particular. */
  readonly reservedConcurrency?: number;
  /** Takes the events of asynchronous invocations that kept failing. Default: they are dropped. */
  readonly deadLetterQueue?: IQueue;
}

/** One door as a Lambda, with a log group and a role that nobody shares. */
export class ServiceFunction<D extends Door = Door> extends Construct {
  readonly door: D;
  readonly function: lambda.Function;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, props: ServiceFunctionProps<D>) {
    super(scope, pascalCase(props.door));
    this.door = props.door;
    this.logGroup = new logs.LogGroup(this, 'Logs', logGroupProps(props.settings, props.logsKey));
    // A role of its own rather than the construct library's: that one brings a managed policy for every log group.
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.function = new lambda.Function(this, 'Function', {
      functionName: names.function(props.settings.name, props.door),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(props.bundle),
      handler: 'index.handler',
      role,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      // The schema's output is a flat record of strings, which a generic lookup does not show to the compiler.
      environment: props.environment as Record<string, string>,
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel[props.settings.logLevel],
      systemLogLevelV2: lambda.SystemLogLevel.INFO,
      // China has no X-Ray for Lambda; request ids in every log line stand in for it, in every environment alike.
      tracing: lambda.Tracing.DISABLED,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
    });
  }

  /** Allows actions on resources, exactly as given. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, unknown>,
  ): void {
    this.function.addToRolePolicy(
      new iam.PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }

  /**
   * Allows actions on everything below a resource: objects, executions, streams, whose names nobody knows before. The
   * wildcard is acknowledged by itself, so that any other one still fails the synthesis.
   * @param owner whose resource it is
   * @param arn of the resource, or the part of it before the pattern
   */
  allowBelow(
    actions: readonly string[],
    owner: IConstruct,
    arn: string,
    pattern: string,
    reason: string,
  ): void {
    this.allow(actions, [`${arn}${pattern}`]);
    const here = Stack.of(this);
    const there = Stack.of(owner);
    // The finding names a resource of another stack by its export, which is otherwise made up only later.
    const visible: string = here === there ? arn : there.exportValue(arn);
    const finding = flattenCfnReference(here.resolve(`${visible}${pattern}`));
    Validations.of(this).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  }

  /** Allows mails from one address, of a domain that SES knows. */
  allowMail(from: string): void {
    const identity = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'identity',
      resourceName: from.slice(from.indexOf('@') + 1),
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.allow(['ses:SendEmail'], [identity], { StringEquals: { 'ses:FromAddress': from } });
  }
}

/** Logs are encrypted by our key, and kept as long as the law asks, also when the stack that made them is gone. */
export function logGroupProps(settings: Environment, encryptionKey: IKey): logs.LogGroupProps {
  return { retention: settings.logRetentionDays, removalPolicy: removalPolicy(settings), encryptionKey };
}

/**
 * What happens to a stateful resource when its stack goes. What is kept goes all the same when the very deployment that makes it
 * fails: it would belong to no stack, and hold names that the next attempt needs.
 */
export function removalPolicy(settings: Environment): RemovalPolicy {
  return settings.removalPolicy === 'retain'
    ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    : RemovalPolicy.DESTROY;
}
