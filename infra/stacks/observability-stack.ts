import { ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { Door } from '../../functions/shared/environment.ts';
import { securityEvents } from '../../functions/shared/security-event.ts';
import { doorsOf } from '../access/doors.ts';
import { AlarmSet, metricOf } from '../constructs/alarm-set.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { scansAmissMetricName } from '../constructs/file-scanning.ts';
import { brokenMetricName, unfinishedMetricName } from '../constructs/nightly-audit.ts';
import { stalledMetricName } from '../constructs/outbox-delivery.ts';
import { securityMetricName } from '../constructs/security-events.ts';
import { forbiddenMetricName, throttledMetricName } from '../constructs/service-api.ts';
import { batchFailuresMetricName } from '../constructs/stream-consumer.ts';
import { deadWebhooksMetricName } from '../constructs/webhook-delivery.ts';
import type { Environment } from '../environment-settings.ts';
import { metricNamespace, names, pascalCase } from '../names.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly settings: Environment;
  readonly apiId: string;
}

const definitions = ['application-review', 'budget-round', 'budget-order', 'registry-import'];
const streamReaders = [
  'events/relay-outbox',
  'events/index-tasks',
  'events/screen-awards',
  'events/publish-events',
] as const satisfies readonly Door[];
/** Sandboxes at once that are a reason to look: the preflight asks for 200 of the account at least. */
const manySandboxes = 160;
const queues = [
  'outbox-dead-letters',
  'arrival-dead-letters',
  'task-indexing-dead-letters',
  'award-screening-dead-letters',
  'event-dead-letters',
  'account-event-dead-letters',
  'notification-dead-letters',
  'webhook-dead-letters',
  'undelivered-events',
];

const securityMeanings: Readonly<Record<keyof Environment['securityAlarms'], string>> = {
  'guide-published': 'A guide was published: other rules may count from now on.',
  'role-granted': 'A role of officials was granted.',
  'role-revoked': 'A role of officials was revoked.',
  'account-changed': 'An account was changed, or an award goes to another one than it was approved for.',
  'payment-returned': 'The bank is said to have returned payments, which can be paid again.',
  'reporter-read': 'Somebody read who reported wrongdoing.',
  'claims-refused': 'Logins came with claims that were refused.',
  'roles-apart': 'Somebody was to be given roles that are kept apart.',
  forbidden: 'Many requests of people who may not do what they asked for.',
};

/** Alarms, each with a runbook, and one page that shows how the system is. */
export class ObservabilityStack extends Stack {
  readonly #environment: string;
  readonly #alarms: AlarmSet;

  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    this.#environment = props.settings.name;
    const { topic } = new AlarmTopic(this, 'AlarmTopic', { settings: props.settings });
    this.#alarms = new AlarmSet(this, 'Alarms', { action: new SnsAction(topic) });

    const functionMetrics = doorsOf(props.settings).map((door) => this.#watchFunction(door));
    const executionMetrics = definitions.flatMap((definition) => this.#watchExecutions(definition));
    const mailQueues = props.settings.mail.kind === 'ses' ? ['mail-dead-letters'] : [];
    const queueMetrics = [...queues, ...mailQueues].map((queue) => this.#watchQueue(queue));
    const apiMetrics = this.#watchApi(props.apiId);
    const stalls = this.#watchOutbox();
    const lags = streamReaders.map((door) => this.#watchStream(door));
    const sandboxes = this.#watchSandboxes();
    const deadWebhooks = this.#watchWebhooks();
    const audit = this.#watchAudit();
    const scans = this.#watchScans();
    const security = this.#watchSecurity(props.settings);

    const graph = (title: string, left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, width: 12 });
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: names.queue(this.#environment, 'health'),
      widgets: [
        [graph('API answers', apiMetrics), graph('Executions that went wrong', executionMetrics)],
        [
          graph(
            'Errors of functions',
            functionMetrics.map(({ errors }) => errors),
          ),
          graph(
            'Throttled invocations',
            functionMetrics.map(({ throttles }) => throttles),
          ),
        ],
        [graph('Dead letters', queueMetrics), graph('Sweeps that met a stalled outbox', [stalls])],
        [graph('Age of what streams hand over (ms)', lags), graph('Sandboxes at once', [sandboxes])],
        [graph('Webhooks that could not be delivered', [deadWebhooks]), graph('Nightly audit', audit)],
        [graph('Scans of files that went amiss', [scans]), graph('Security', security)],
      ],
    });
  }

  #watchFunction(door: Door): { errors: cloudwatch.Metric; throttles: cloudwatch.Metric } {
    const dimensions = { FunctionName: names.function(this.#environment, door) };
    const errors = metricOf('AWS/Lambda', 'Errors', dimensions);
    const throttles = metricOf('AWS/Lambda', 'Throttles', dimensions);
    this.#alarms.add(`${pascalCase(door)}Errors`, {
      metric: errors,
      meaning: `The function ${door} failed.`,
      runbook: 'function-errors',
    });
    this.#alarms.add(`${pascalCase(door)}Throttles`, {
      metric: throttles,
      meaning: `The function ${door} was not given a sandbox.`,
      runbook: 'function-throttles',
    });
    return { errors, throttles };
  }

  #watchExecutions(definition: string): cloudwatch.Metric[] {
    const StateMachineArn = this.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: names.stateMachine(this.#environment, definition),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return ['ExecutionsFailed', 'ExecutionsTimedOut'].map((name) => {
      const metric = metricOf('AWS/States', name, { StateMachineArn });
      this.#alarms.add(`${pascalCase(definition)}${name}`, {
        metric,
        meaning: `An execution of ${definition} ${name === 'ExecutionsFailed' ? 'failed' : 'timed out'}.`,
        runbook: 'executions',
      });
      return metric;
    });
  }

  #watchQueue(purpose: string): cloudwatch.Metric {
    const metric = metricOf(
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      { QueueName: names.queue(this.#environment, purpose) },
      'Maximum',
    );
    this.#alarms.add(pascalCase(purpose), {
      metric,
      meaning: `The queue ${purpose} holds events that a function gave up on.`,
      runbook: 'dead-letters',
    });
    return metric;
  }

  #watchApi(apiId: string): cloudwatch.Metric[] {
    const count = metricOf('AWS/ApiGateway', 'Count', { ApiId: apiId });
    const clientErrors = metricOf('AWS/ApiGateway', '4xx', { ApiId: apiId });
    const serverErrors = metricOf('AWS/ApiGateway', '5xx', { ApiId: apiId });
    this.#alarms.add('ApiServerErrors', {
      metric: serverErrors,
      meaning: 'The API answered with a server error.',
      runbook: 'api-server-errors',
    });
    this.#alarms.add('ApiThrottled', {
      metric: metricOf(metricNamespace, throttledMetricName),
      limit: 20,
      meaning: 'Requests met the limits of the API.',
      runbook: 'function-throttles',
    });
    return [count, clientErrors, serverErrors];
  }

  /** How far a reader of a stream is behind, and what it could not handle, which Lambda counts as no error. */
  #watchStream(door: Door): cloudwatch.Metric {
    const dimensions = { FunctionName: names.function(this.#environment, door) };
    const age = metricOf('AWS/Lambda', 'IteratorAge', dimensions, 'Maximum');
    this.#alarms.add(`${pascalCase(door)}Lag`, {
      metric: age,
      limit: 600_000,
      meaning: `The function ${door} is ten minutes behind its stream.`,
      runbook: 'stream-lag',
    });
    this.#alarms.add(batchFailuresMetricName(door), {
      metric: metricOf(metricNamespace, batchFailuresMetricName(door)),
      meaning: `The function ${door} could not handle something of its stream.`,
      runbook: 'stream-lag',
    });
    return age;
  }

  #watchSandboxes(): cloudwatch.Metric {
    const metric = metricOf('AWS/Lambda', 'ConcurrentExecutions', {}, 'Maximum');
    this.#alarms.add('SandboxesScarce', {
      metric,
      limit: manySandboxes,
      meaning: `More than ${manySandboxes} sandboxes run in the account at once.`,
      runbook: 'function-throttles',
    });
    return metric;
  }

  #watchAudit(): cloudwatch.Metric[] {
    const [broken, unfinished] = [brokenMetricName, unfinishedMetricName].map((name) =>
      metricOf(metricNamespace, name),
    ) as [cloudwatch.Metric, cloudwatch.Metric];
    this.#alarms.add('AuditBroken', {
      metric: broken,
      meaning: 'A history, a ledger or a guide is not what the system wrote.',
      runbook: 'history-breaks',
    });
    this.#alarms.add('AuditUnfinished', {
      metric: unfinished,
      meaning: 'The nightly audit had no time to look at everything.',
      runbook: 'history-breaks',
    });
    return [broken, unfinished];
  }

  #watchSecurity({ securityAlarms }: Environment): cloudwatch.Metric[] {
    const events = securityEvents.map((event) => [event, securityMetricName(event)] as const);
    return [...events, ['forbidden', forbiddenMetricName] as const].map(([event, metricName]) => {
      const metric = metricOf(metricNamespace, metricName);
      this.#alarms.add(metricName, {
        metric,
        limit: securityAlarms[event],
        meaning: securityMeanings[event],
        runbook: 'security-events',
      });
      return metric;
    });
  }

  #watchScans(): cloudwatch.Metric {
    const metric = metricOf(metricNamespace, scansAmissMetricName);
    this.#alarms.add('ScansAmiss', {
      metric,
      meaning: 'A verdict on an uploaded file is late, contradicts another one or was not asked for.',
      runbook: 'file-scans',
    });
    return metric;
  }

  #watchWebhooks(): cloudwatch.Metric {
    const metric = metricOf(metricNamespace, deadWebhooksMetricName);
    this.#alarms.add('WebhooksDead', {
      metric,
      meaning: 'Messages to a subscriber could not be delivered within a day.',
      runbook: 'webhooks',
    });
    return metric;
  }

  #watchOutbox(): cloudwatch.Metric {
    const metric = metricOf(metricNamespace, stalledMetricName);
    this.#alarms.add('OutboxStalled', {
      metric,
      meaning: 'Messages wait in the outbox longer than they should.',
      runbook: 'outbox-stalled',
    });
    return metric;
  }
}
