import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Door } from '../../functions/shared/environment.ts';
import { beginningOf } from '../../functions/shared/keys.ts';
import { catalogue } from '../../functions/shared/tables.ts';
import { importDoors, orderDoors, reviewDoors, roundDoors } from '../access/workflow-doors.ts';
import type { Bundles } from '../bundles.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { DocumentArrivals } from '../constructs/document-arrivals.ts';
import { DomainEvents } from '../constructs/domain-events.ts';
import { DoorFunctions } from '../constructs/door-functions.ts';
import { Dossiers } from '../constructs/dossiers.ts';
import { FileScanning } from '../constructs/file-scanning.ts';
import { NightlyAudit } from '../constructs/nightly-audit.ts';
import { OutboxDelivery } from '../constructs/outbox-delivery.ts';
import { portalOrigins } from '../constructs/portal-origins.ts';
import { RegistryImports } from '../constructs/registry-imports.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { UndeliveredEvents } from '../constructs/undelivered-events.ts';
import { WebhookDelivery } from '../constructs/webhook-delivery.ts';
import { WorkflowMachine } from '../constructs/workflow-machine.ts';
import type { Environment } from '../environment-settings.ts';
import type { StateStack } from './state-stack.ts';

const definitions = fileURLToPath(new URL('../../statemachines/', import.meta.url));

export interface WorkflowStackProps extends StackProps {
  readonly settings: Environment;
  readonly state: StateStack;
  readonly bundles: Bundles;
}

const { announced, closingReminder, history, lateAllowed, reminder, task } = catalogue.applications.entities;
const taskKeys = { sk: { S: lambda.FilterRule.beginsWith(task.prefix) } };
/** A task handed from one person to another is no matter of the name index. */
const openedOrEndedTasks = [
  lambda.FilterCriteria.filter({
    eventName: lambda.FilterRule.isEqual('INSERT'),
    dynamodb: { Keys: taskKeys },
  }),
  lambda.FilterCriteria.filter({
    eventName: lambda.FilterRule.isEqual('MODIFY'),
    dynamodb: {
      Keys: taskKeys,
      NewImage: { task: { M: { status: { S: lambda.FilterRule.notEquals('open') } } } },
    },
  }),
];

/** The state machines, what wakes them and what follows from them. Holds no state: it can be replaced as a whole. */
export class WorkflowStack extends Stack {
  /** The bus, on which the API's functions put codes. */
  readonly domainEvents: DomainEvents;
  readonly #props: WorkflowStackProps;
  readonly #functions: DoorFunctions;

  constructor(scope: Construct, id: string, props: WorkflowStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { settings, state } = props;
    this.#functions = new DoorFunctions(this, props);

    const review = this.#machine('ApplicationReview', 'application-review', reviewDoors);
    const round = this.#machine('BudgetRound', 'budget-round', roundDoors);
    const order = this.#machine('BudgetOrder', 'budget-order', orderDoors);

    this.domainEvents = new DomainEvents(this, 'DomainEvents', { settings });

    const failedArrivals = new DeadLetterQueue(this, 'ArrivalDeadLetters', {
      settings,
      purpose: 'arrival-dead-letters',
    });
    const verifier = this.#functions.add(
      'events/verify-document',
      { EVENT_BUS_NAME: this.domainEvents.bus.eventBusName },
      failedArrivals,
    );
    new DocumentArrivals(this, 'DocumentArrivals', { documents: state.documents, verifier });
    new FileScanning(this, 'FileScanning', { settings, domainEvents: this.domainEvents, verifier });

    new Dossiers(this, 'Dossiers', {
      documents: state.documents,
      maker: this.#functions.add('events/make-dossier'),
    });

    new RegistryImports(this, 'RegistryImports', {
      documents: state.documents,
      machine: this.#machine('RegistryImport', 'registry-import', importDoors),
    });

    const machineArns = {
      REVIEW_STATE_MACHINE_ARN: review.stateMachine.stateMachineArn,
      ROUND_STATE_MACHINE_ARN: round.stateMachine.stateMachineArn,
      ORDER_STATE_MACHINE_ARN: order.stateMachine.stateMachineArn,
    };
    const relay = this.#functions.add('events/relay-outbox', machineArns);
    const sweep = this.#functions.add('events/sweep-outbox', machineArns);
    for (const driver of [relay, sweep]) {
      review.grantDrive(driver);
      round.grantDrive(driver);
      order.grantDrive(driver);
    }
    new OutboxDelivery(this, 'Outbox', { settings, table: state.tables.workflow, relay, sweep });

    new StreamConsumer(this, 'TaskIndexing', {
      settings,
      table: state.tables.applications,
      consumer: this.#functions.add('events/index-tasks'),
      filters: openedOrEndedTasks,
      deadLetters: 'task-indexing-dead-letters',
      batchSize: 10,
    });

    new StreamConsumer(this, 'AwardScreening', {
      settings,
      table: state.tables.workflow,
      consumer: this.#functions.add('events/screen-awards'),
      filters: [
        lambda.FilterCriteria.filter({
          // A part of a file that is imported again is asked for again.
          eventName: lambda.FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: {
            Keys: {
              pk: { S: lambda.FilterRule.beginsWith(beginningOf(catalogue.workflow.partitions.screening)) },
            },
          },
        }),
      ],
      deadLetters: 'award-screening-dead-letters',
      // Each row stands for up to a thousand awards.
      batchSize: 1,
    });

    this.#publishEvents(this.domainEvents);
    this.#notify(this.domainEvents);
    this.#remind();
    this.#closeRegisterDays();
    this.#sendWebhooks(this.domainEvents);
    new NightlyAudit(this, 'NightlyAudit', { verifier: this.#functions.add('events/verify-audit') });
    this.#eraseDue();
    // The last: it looks at every rule that is there.
    new UndeliveredEvents(this, 'UndeliveredEvents', { settings });
  }

  #publishEvents(domainEvents: DomainEvents): void {
    const { settings, state } = this.#props;
    const publisher = this.#functions.add('events/publish-events', {
      EVENT_BUS_NAME: domainEvents.bus.eventBusName,
    });
    domainEvents.grantPublish(publisher);
    const rows = [history, task, reminder, closingReminder, announced, lateAllowed].flatMap(({ prefix }) =>
      lambda.FilterRule.beginsWith(prefix),
    );
    new StreamConsumer(this, 'EventPublishing', {
      settings,
      table: state.tables.applications,
      consumer: publisher,
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: rows } } },
        }),
      ],
      deadLetters: 'event-dead-letters',
      batchSize: 50,
    });
    new StreamConsumer(this, 'AccountEventPublishing', {
      settings,
      table: state.tables.budget,
      consumer: publisher,
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: {
            Keys: {
              pk: { S: lambda.FilterRule.beginsWith(beginningOf(catalogue.budget.partitions.bankAccount)) },
              sk: { S: lambda.FilterRule.beginsWith(catalogue.budget.entities.history.prefix) },
            },
          },
        }),
      ],
      deadLetters: 'account-event-dead-letters',
      batchSize: 50,
    });
  }

  /** Messages in the portal for everybody concerned, and mails where there is a way to send them. */
  #notify(domainEvents: DomainEvents): void {
    const { settings } = this.#props;
    const unnotified = new DeadLetterQueue(this, 'NotificationDeadLetters', {
      settings,
      purpose: 'notification-dead-letters',
    });
    domainEvents.deliver('Notify', this.#functions.add('events/notify', {}, unnotified));
    if (settings.mail.kind === 'none') return;
    const { from } = settings.mail;
    const unsent = new DeadLetterQueue(this, 'MailDeadLetters', { settings, purpose: 'mail-dead-letters' });
    const [portal = ''] = portalOrigins(this, settings);
    const mailer = this.#functions.add('events/send-mail', { MAIL_FROM: from, PORTAL_URL: portal }, unsent);
    mailer.allowMail(from);
    domainEvents.deliver('SendMail', mailer);
  }

  #remind(): void {
    const doors = ['events/remind-reviewers', 'events/remind-applicants'] as const;
    new events.Rule(this, 'EveryHour', {
      description: 'Reminds departments of tasks that are due, and holders of drafts of windows that close',
      schedule: events.Schedule.rate(Duration.hours(1)),
      // No retries: the next hour is the retry.
      targets: doors.map(
        (door) => new LambdaFunction(this.#functions.add(door).function, { retryAttempts: 0 }),
      ),
    });
  }

  #closeRegisterDays(): void {
    new events.Rule(this, 'EveryHourOfTheRegister', {
      description: 'Closes the days of the public register that are over',
      schedule: events.Schedule.rate(Duration.hours(1)),
      // No retries: the next hour is the retry.
      targets: [
        new LambdaFunction(this.#functions.add('events/close-register-day').function, { retryAttempts: 0 }),
      ],
    });
  }

  #eraseDue(): void {
    new events.Rule(this, 'EveryNightOfErasure', {
      description: 'Deletes or anonymises personal data whose time is over',
      // From 00:05 to 02:50 in Shanghai, before the nightly audit, which so sees that nothing is broken by it.
      schedule: events.Schedule.cron({ hour: '16-18', minute: '5/15' }),
      // No retries: the next quarter of an hour is the retry.
      targets: [new LambdaFunction(this.#functions.add('events/erase-due').function, { retryAttempts: 0 })],
    });
  }

  #sendWebhooks(domainEvents: DomainEvents): void {
    const { settings } = this.#props;
    const unqueued = new DeadLetterQueue(this, 'WebhookDeadLetters', {
      settings,
      purpose: 'webhook-dead-letters',
    });
    new WebhookDelivery(this, 'Webhooks', {
      domainEvents,
      queue: this.#functions.add('events/queue-webhooks', {}, unqueued),
      deliver: this.#functions.add('events/deliver-webhooks'),
    });
  }

  #machine(id: string, definition: string, taskDoors: readonly Door[]): WorkflowMachine {
    return new WorkflowMachine(this, id, {
      settings: this.#props.settings,
      logsKey: this.#props.state.logsKey,
      definition,
      definitionFile: join(definitions, `${definition}.asl.json`),
      tasks: taskDoors.map((door) => this.#functions.add(door)),
    });
  }
}
