import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { removalPolicy } from './service-function.ts';

export interface AlarmTopicProps {
  readonly settings: Environment;
}

/** Carries alarms to the address of the environment, encrypted on the way. */
export class AlarmTopic extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const alarms = new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    // SNS's own key does not let CloudWatch in, so it takes one of ours.
    const masterKey = new kms.Key(this, 'Key', {
      description: 'Alarms of the support programme',
      enableKeyRotation: true,
      removalPolicy: removalPolicy(props.settings),
    });
    masterKey.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        principals: [alarms],
        // In a key's own policy this is the key.
        resources: ['*'],
      }),
    );
    this.topic = new sns.Topic(this, 'Topic', { masterKey, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sns:Publish'],
        principals: [alarms],
        resources: [this.topic.topicArn],
      }),
    );
    if (props.settings.alarmEmail) {
      this.topic.addSubscription(new EmailSubscription(props.settings.alarmEmail));
    }
  }
}
