import { Duration, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { names } from '../names.ts';

export interface DeadLetterQueueProps {
  readonly settings: Environment;
  /** What it collects, as a part of its name. */
  readonly purpose: string;
}

/** Keeps, for two weeks, the events that a function could not handle; an alarm tells of the first. */
export class DeadLetterQueue extends Construct {
  readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: names.queue(props.settings.name, props.purpose),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'It is the dead-letter queue of a function, which the rule, looking for redrive policies, does not see.',
    });
  }
}
