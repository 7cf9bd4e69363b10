import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { scannerSource, scanTypes } from '../../functions/filing/documents/scan-source.ts';
import type { Environment } from '../environment-settings.ts';
import { metricNamespace } from '../names.ts';
import type { DomainEvents } from './domain-events.ts';
import { scannerRole } from './scanner-role.ts';
import type { ServiceFunction } from './service-function.ts';

/** Name of the metric that counts verdicts that are late, contradict another one or come from nobody who was asked. */
export const scansAmissMetricName = 'ScansAmiss';

export interface FileScanningProps {
  readonly settings: Environment;
  readonly domainEvents: DomainEvents;
  /** Asks the scanner, and takes its verdicts. */
  readonly verifier: ServiceFunction;
}

/**
 * Has a scanner outside judge every file: it is asked on the bus, and answers there by events that its role alone may put.
 * What it owes an answer on it is asked again.
 */
export class FileScanning extends Construct {
  constructor(scope: Construct, id: string, { settings, domainEvents, verifier }: FileScanningProps) {
    super(scope, id);
    const role = scannerRole(this, settings);
    const { bus } = domainEvents;
    domainEvents.grantAskScanner(verifier);
    this.#letAnswer(bus, role);
    new events.Rule(this, 'Verdicts', {
      eventBus: bus,
      description: 'Takes verdicts on uploaded files',
      eventPattern: {
        account: [settings.fileScanner.account],
        source: [scannerSource],
        detailType: [scanTypes.answered],
      },
      targets: [new LambdaFunction(verifier.function, { maxEventAge: Duration.hours(6), retryAttempts: 20 })],
    });
    new events.Rule(this, 'EveryMinuteOfScans', {
      description: 'Asks the scanner again for files whose verdict is late',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      // No retries: the next minute is the retry.
      targets: [new LambdaFunction(verifier.function, { retryAttempts: 0 })],
    });
    new logs.MetricFilter(this, 'Amiss', {
      logGroup: verifier.logGroup,
      filterPattern: logs.FilterPattern.literal('?"scan.overdue" ?"scan.contrary" ?"scan.rejected"'),
      metricNamespace,
      metricName: scansAmissMetricName,
      metricValue: '1',
      defaultValue: 0,
    });
  }

  /** The role may answer, from another account too; nobody else may, in this account neither. */
  #letAnswer(bus: events.EventBus, role: string): void {
    const answering = { actions: ['events:PutEvents'], resources: [bus.eventBusArn] };
    const StringEquals = { 'events:source': scannerSource };
    bus.addToResourcePolicy(
      new iam.PolicyStatement({
        ...answering,
        sid: 'LetScannerAnswer',
        principals: [new iam.ArnPrincipal(role)],
        conditions: { StringEquals },
      }),
    );
    bus.addToResourcePolicy(
      new iam.PolicyStatement({
        ...answering,
        sid: 'LetNobodyElseAnswer',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        conditions: { StringEquals, ArnNotEquals: { 'aws:PrincipalArn': role } },
      }),
    );
  }
}
