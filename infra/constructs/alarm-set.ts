import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';

export interface AlarmSetProps {
  /** Told of every alarm, and of its end. */
  readonly action: SnsAction;
}

/** What an alarm watches. All of them fire on the first period above the threshold; silence is health. */
export interface AlarmProps {
  readonly metric: cloudwatch.Metric;
  /** Highest value that is still fine. Default: 0. */
  readonly limit?: number;
  /** Periods in a row above it. Default: 1. */
  readonly periods?: number;
  /** What it means, in one sentence for the mail. */
  readonly meaning: string;
  /** Its runbook: a file of docs/runbooks without the ending. */
  readonly runbook: string;
}

/** Alarms that all report to one place and all name their runbook. */
export class AlarmSet extends Construct {
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, props: AlarmSetProps) {
    super(scope, id);
    this.#action = props.action;
  }

  add(id: string, props: AlarmProps): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, {
      metric: props.metric,
      threshold: props.limit ?? 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.meaning} Runbook: docs/runbooks/${props.runbook}.md`,
    });
    alarm.addAlarmAction(this.#action);
    alarm.addOkAction(this.#action);
    return alarm;
  }
}

/** A metric of AWS or of our own, summed over five minutes unless told otherwise. */
export function metricOf(
  namespace: string,
  metricName: string,
  dimensions: Record<string, string> = {},
  statistic = 'Sum',
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: dimensions,
    statistic,
    period: Duration.minutes(5),
  });
}
