import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

export interface UndeliveredEventsProps {
  readonly settings: Environment;
}

/**
 * Keeps the events that a rule could hand to none of its targets: those of every rule of the stack that is there by then. What
 * a function took and could not handle is another matter, and its own queue's.
 */
export class UndeliveredEvents extends Construct {
  constructor(scope: Construct, id: string, { settings }: UndeliveredEventsProps) {
    super(scope, id);
    const { queue } = new DeadLetterQueue(this, 'DeadLetters', { settings, purpose: 'undelivered-events' });
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const rule of Stack.of(this).node.findAll()) {
      if (!(rule instanceof events.CfnRule)) continue;
      const targets: readonly unknown[] = Stack.of(this).resolve(rule.targets) ?? [];
      for (const at of targets.keys())
        rule.addPropertyOverride(`Targets.${at}.DeadLetterConfig`, { Arn: queue.queueArn });
    }
  }
}
