import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { beginningOf } from '../../functions/shared/keys.ts';
import { catalogue } from '../../functions/shared/tables.ts';
import type { Environment } from '../environment-settings.ts';
import { metricNamespace } from '../names.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ItemTable } from './item-table.ts';
import type { ServiceFunction } from './service-function.ts';
import { countBatchFailures } from './stream-consumer.ts';

/** Name of the metric that counts sweeps which met messages older than they should be. */
export const stalledMetricName = 'OutboxStalled';

export interface OutboxDeliveryProps {
  readonly settings: Environment;
  /** The table whose stream announces outbox messages. */
  readonly table: ItemTable;
  readonly relay: ServiceFunction;
  readonly sweep: ServiceFunction;
}

/**
 * Brings outbox messages to their destinations: the relay at once, from the table's stream; the sweep every minute,
 * from the index of what is still pending, so that a lost or poisoned stream record only delays a message.
 */
export class OutboxDelivery extends Construct {
  /** Stream positions that the relay gave up on; the sweep still finds their messages. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: OutboxDeliveryProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      settings: props.settings,
      purpose: 'outbox-dead-letters',
    });
    this.#relayStream(props);
    this.#sweepEveryMinute(props.sweep);
    this.#countStalls(props.sweep);
  }

  #relayStream({ table, relay }: OutboxDeliveryProps): void {
    const streamArn = table.table.tableStreamArn;
    if (!streamArn) throw new Error('the outbox needs a table with a stream');
    table.grantStreamRead(relay);
    countBatchFailures(relay);
    new lambda.EventSourceMapping(this, 'Stream', {
      target: relay.function,
      eventSourceArn: streamArn,
      // From the beginning: a message written before the mapping was there is delivered too.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: {
            Keys: {
              pk: { S: lambda.FilterRule.beginsWith(beginningOf(catalogue.workflow.partitions.outbox)) },
            },
          },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(this.deadLetters.queue),
    });
  }

  #sweepEveryMinute(sweep: ServiceFunction): void {
    new events.Rule(this, 'EveryMinute', {
      description: 'Delivers outbox messages that the relay left behind',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      // No retries: the next minute is the retry.
      targets: [new LambdaFunction(sweep.function, { retryAttempts: 0 })],
    });
  }

  #countStalls(sweep: ServiceFunction): void {
    new logs.MetricFilter(this, 'Stalls', {
      logGroup: sweep.logGroup,
      // The catalogued message as a term, wherever the log format puts it.
      filterPattern: logs.FilterPattern.literal('"outbox.stalled"'),
      metricNamespace,
      metricName: stalledMetricName,
      metricValue: '1',
      defaultValue: 0,
    });
  }
}
