import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNamespace } from '../names.ts';
import type { ServiceFunction } from './service-function.ts';

/** Name of the metric that counts what is not as it was written. */
export const brokenMetricName = 'AuditBroken';
/** Name of the metric that counts nights in which the time was too short. */
export const unfinishedMetricName = 'AuditUnfinished';

/** Verifies every night what is stored, keeps its signed heads, and counts what is broken. */
export class NightlyAudit extends Construct {
  constructor(scope: Construct, id: string, { verifier }: { readonly verifier: ServiceFunction }) {
    super(scope, id);
    new events.Rule(this, 'EveryNight', {
      description: 'Verifies histories, ledgers and guides, and keeps their signed heads',
      // From 03:10 in Shanghai, when the register has closed the day before, until 06:55: `legsPerNight` times.
      schedule: events.Schedule.cron({ hour: '19-22', minute: '10/15' }),
      targets: [new LambdaFunction(verifier.function, { retryAttempts: 0 })],
    });
    const counted = [
      ['Broken', 'audit.broken', brokenMetricName],
      ['Unfinished', 'audit.unfinished', unfinishedMetricName],
    ] as const;
    for (const [name, message, metricName] of counted) {
      new logs.MetricFilter(this, name, {
        logGroup: verifier.logGroup,
        filterPattern: logs.FilterPattern.literal(`"${message}"`),
        metricNamespace,
        metricName,
        metricValue: '1',
        defaultValue: 0,
      });
    }
  }
}
