import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Door } from '../../functions/shared/environment.ts';
import type { Environment } from '../environment-settings.ts';
import { metricNamespace, pascalCase } from '../names.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ItemTable } from './item-table.ts';
import type { ServiceFunction } from './service-function.ts';

export interface StreamConsumerProps {
  readonly settings: Environment;
  /** The table whose stream is read; a stream bears two readers. */
  readonly table: ItemTable;
  /** Reports which of a batch it could not handle. */
  readonly consumer: ServiceFunction;
  /** Which records it is called for, each of them a pattern as `lambda.FilterCriteria.filter` makes it; one has to fit. */
  readonly filters: readonly { readonly [key: string]: unknown }[];
  /** Part of the name of the queue that keeps the positions of records it gave up on. */
  readonly deadLetters: string;
  /** Records of a call at most. */
  readonly batchSize: number;
}

/** Hands the changes of a table to a function, in order; what it keeps failing on is kept, and the rest goes on. */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { settings, table, consumer } = props;
    const streamArn = table.table.tableStreamArn;
    if (!streamArn) throw new Error(`${table.node.path} has no stream`);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { settings, purpose: props.deadLetters });
    table.grantStreamRead(consumer);
    countBatchFailures(consumer);
    new lambda.EventSourceMapping(this, 'Stream', {
      target: consumer.function,
      eventSourceArn: streamArn,
      // From the beginning: a change made before the mapping was there is handed over too.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      filters: [...props.filters],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      // A day, which is as long as the stream itself remembers.
      maxRecordAge: Duration.days(1),
      onFailure: new SqsDlq(deadLetters.queue),
    });
  }
}

/** Name of the metric that counts what a reader of a stream could not handle: a call that says so does not fail itself. */
export function batchFailuresMetricName(door: Door): string {
  return `${pascalCase(door)}BatchFailures`;
}

/** Counts the errors that a reader of a stream logs, once for all the streams that it reads. */
export function countBatchFailures(reader: ServiceFunction): void {
  if (reader.node.tryFindChild('BatchFailures')) return;
  new logs.MetricFilter(reader, 'BatchFailures', {
    logGroup: reader.logGroup,
    filterPattern: logs.FilterPattern.stringValue('$.level', '=', 'ERROR'),
    metricNamespace,
    metricName: batchFailuresMetricName(reader.door),
    metricValue: '1',
    defaultValue: 0,
  });
}
