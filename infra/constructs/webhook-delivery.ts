import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNamespace } from '../names.ts';
import type { DomainEvents } from './domain-events.ts';
import type { ServiceFunction } from './service-function.ts';

/** Name of the metric that counts messages which no attempt could deliver. */
export const deadWebhooksMetricName = 'WebhooksDead';

export interface WebhookDeliveryProps {
  readonly domainEvents: DomainEvents;
  /** Makes the deliveries of an event and tries each once; keeps failed events in its own dead-letter queue. */
  readonly queue: ServiceFunction;
  /** Makes the attempts that are due. */
  readonly deliver: ServiceFunction;
}

/** Sends every event to the systems that subscribed: at once, and again from the index of what is due. */
export class WebhookDelivery extends Construct {
  constructor(scope: Construct, id: string, props: WebhookDeliveryProps) {
    super(scope, id);
    props.domainEvents.deliver('QueueWebhooks', props.queue);
    new events.Rule(this, 'EveryMinute', {
      description: 'Makes the attempts at webhooks that are due',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      // No retries: the next minute is the retry.
      targets: [new LambdaFunction(props.deliver.function, { retryAttempts: 0 })],
    });
    for (const { door, logGroup } of [props.queue, props.deliver]) {
      new logs.MetricFilter(this, `Dead-${door.replace('/', '-')}`, {
        logGroup,
        // The catalogued message as a term, wherever the log format puts it.
        filterPattern: logs.FilterPattern.literal('"webhook.dead"'),
        metricNamespace,
        metricName: deadWebhooksMetricName,
        metricValue: '1',
        defaultValue: 0,
      });
    }
  }
}
