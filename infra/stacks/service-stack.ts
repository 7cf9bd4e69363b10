import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArnFormat, CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  type Door,
  environmentSchema,
  type Environment as Variables,
  variableOf,
} from '../../functions/shared/environment.ts';
import { beginningOf } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { doors, type Variable } from '../access/doors.ts';
import type { DoorSettings } from '../access/rights.ts';
import { importDoors, orderDoors, reviewDoors, roundDoors } from '../access/workflow-doors.ts';
import type { Bundles } from '../bundles.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { DocumentArrivals } from '../constructs/document-arrivals.ts';
import { DomainEvents } from '../constructs/domain-events.ts';
import { NightlyAudit } from '../constructs/nightly-audit.ts';
import { OutboxDelivery } from '../constructs/outbox-delivery.ts';
import { portalOrigins } from '../constructs/portal-origins.ts';
import { RegistryImports } from '../constructs/registry-imports.ts';
import { ServiceApi } from '../constructs/service-api.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { WebhookDelivery } from '../constructs/webhook-delivery.ts';
import { WorkflowMachine } from '../constructs/workflow-machine.ts';
import type { Environment } from '../environment-settings.ts';
import type { StateStack } from './state-stack.ts';

const definitions = fileURLToPath(new URL('../../statemachines/', import.meta.url));

export interface ServiceStackProps extends StackProps {
  readonly settings: Environment;
  readonly state: StateStack;
  readonly bundles: Bundles;
}

const { announced, closingReminder, history, reminder, task } = catalogue.applications.entities;
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

/** The API, its functions, the state machines and what wakes them. Holds no state: it can be replaced as a whole. */
export class ServiceStack extends Stack {
  readonly apiId: string;
  readonly #props: ServiceStackProps;
  readonly #origins: readonly string[];

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { settings, state } = props;
    this.#origins = portalOrigins(this, settings);

    const review = this.#machine('ApplicationReview', 'application-review', reviewDoors);
    const round = this.#machine('BudgetRound', 'budget-round', roundDoors);
    const order = this.#machine('BudgetOrder', 'budget-order', orderDoors);

    const domainEvents = new DomainEvents(this, 'DomainEvents', { settings });
    const { OIDC_ISSUER, ...login } = this.#login();
    const api = new ServiceApi(this, 'Api', {
      settings,
      issuer: OIDC_ISSUER,
      origins: this.#origins,
      portal: this.#function('api/portal', { OIDC_ISSUER, ...login }),
      functions: {
        applicant: this.#function('api/applicant'),
        documents: this.#function('api/documents'),
        reviewer: this.#function('api/reviewer'),
        reconsiderations: this.#function('api/reconsiderations'),
        adjudicator: this.#function('api/adjudicator'),
        expert: this.#function('api/expert'),
        person: this.#function('api/person'),
        messages: this.#function('api/messages'),
        operator: this.#function('api/operator'),
        rounds: this.#function('api/rounds'),
        treasury: this.#function('api/treasury'),
        objections: this.#function('api/objections'),
        intake: this.#intake(domainEvents),
        registry: this.#function('api/registry'),
        audit: this.#function('api/audit'),
        register: this.#function('api/register'),
        reports: this.#function('api/reports'),
        public: this.#function('api/public'),
      },
    });
    this.apiId = api.api.apiId;

    const failedArrivals = new DeadLetterQueue(this, 'ArrivalDeadLetters', {
      settings,
      purpose: 'arrival-dead-letters',
    });
    const verifier = this.#function('events/verify-document', {}, failedArrivals);
    new DocumentArrivals(this, 'DocumentArrivals', { documents: state.documents, verifier });

    new RegistryImports(this, 'RegistryImports', {
      documents: state.documents,
      machine: this.#machine('RegistryImport', 'registry-import', importDoors),
    });

    const machineArns = {
      REVIEW_STATE_MACHINE_ARN: review.stateMachine.stateMachineArn,
      ROUND_STATE_MACHINE_ARN: round.stateMachine.stateMachineArn,
      ORDER_STATE_MACHINE_ARN: order.stateMachine.stateMachineArn,
    };
    const relay = this.#function('events/relay-outbox', machineArns);
    const sweep = this.#function('events/sweep-outbox', machineArns);
    for (const driver of [relay, sweep]) {
      review.grantDrive(driver);
      round.grantDrive(driver);
      order.grantDrive(driver);
    }
    new OutboxDelivery(this, 'Outbox', { settings, table: state.tables.workflow, relay, sweep });

    new StreamConsumer(this, 'TaskIndexing', {
      settings,
      table: state.tables.applications,
      consumer: this.#function('events/index-tasks'),
      filters: openedOrEndedTasks,
      deadLetters: 'task-indexing-dead-letters',
      batchSize: 10,
    });

    new StreamConsumer(this, 'AwardScreening', {
      settings,
      table: state.tables.workflow,
      consumer: this.#function('events/screen-awards'),
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

    this.#publishEvents(domainEvents);
    this.#notify(domainEvents);
    this.#remind();
    this.#closeRegisterDays();
    this.#sendWebhooks(domainEvents);
    new NightlyAudit(this, 'NightlyAudit', { verifier: this.#function('events/verify-audit') });

    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Address of the API' });
  }

  /** How people log in: the issuer is a parameter of the stack, so that one template serves any OpenID Connect issuer. */
  #login() {
    const { settings, state } = this.#props;
    const issuer = new CfnParameter(this, 'OidcIssuer', {
      description: 'Issuer of the access tokens (OpenID Connect), exactly as their iss claim has it',
      default: settings.oidcIssuer,
      allowedPattern: '^https?://.+',
    });
    return {
      OIDC_ISSUER: issuer.valueAsString,
      PORTAL_SETTINGS: JSON.stringify(settings.portal),
      UPLOADS_URL: `https://${state.documents.bucket.bucketRegionalDomainName}`,
    };
  }

  #publishEvents(domainEvents: DomainEvents): void {
    const { settings, state } = this.#props;
    const publisher = this.#function('events/publish-events', {
      EVENT_BUS_NAME: domainEvents.bus.eventBusName,
    });
    domainEvents.grantPublish(publisher);
    const rows = [history, task, reminder, closingReminder, announced].flatMap(({ prefix }) =>
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
  }

  /** Messages in the portal for everybody concerned, and mails where there is a way to send them. */
  #notify(domainEvents: DomainEvents): void {
    const { settings } = this.#props;
    const unnotified = new DeadLetterQueue(this, 'NotificationDeadLetters', {
      settings,
      purpose: 'notification-dead-letters',
    });
    domainEvents.deliver('Notify', this.#function('events/notify', {}, unnotified));
    if (settings.mail.kind === 'none') return;
    const { from } = settings.mail;
    const unsent = new DeadLetterQueue(this, 'MailDeadLetters', { settings, purpose: 'mail-dead-letters' });
    const [portal = ''] = this.#origins;
    const mailer = this.#function('events/send-mail', { MAIL_FROM: from, PORTAL_URL: portal }, unsent);
    this.#letMail(mailer, from);
    domainEvents.deliver('SendMail', mailer);
  }

  /** Takes objections in, and sends the codes that confirm who brings them: by mail where there is a way, or by the bus. */
  #intake(domainEvents: DomainEvents): ServiceFunction {
    const { mail } = this.#props.settings;
    const from = mail.kind === 'ses' ? mail.from : '';
    const intake = this.#function('api/intake', {
      EVENT_BUS_NAME: domainEvents.bus.eventBusName,
      MAIL_FROM: from,
    });
    domainEvents.grantSendCodes(intake);
    if (from !== '') this.#letMail(intake, from);
    return intake;
  }

  /** Lets a function send mails from one address. */
  #letMail(sender: ServiceFunction, from: string): void {
    const identity = this.formatArn({
      service: 'ses',
      resource: 'identity',
      resourceName: from.slice(from.indexOf('@') + 1),
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    sender.allow(['ses:SendEmail'], [identity], { StringEquals: { 'ses:FromAddress': from } });
  }

  #remind(): void {
    const doors = ['events/remind-reviewers', 'events/remind-applicants'] as const;
    new events.Rule(this, 'EveryHour', {
      description: 'Reminds departments of tasks that are due, and holders of drafts of windows that close',
      schedule: events.Schedule.rate(Duration.hours(1)),
      // No retries: the next hour is the retry.
      targets: doors.map((door) => new LambdaFunction(this.#function(door).function, { retryAttempts: 0 })),
    });
  }

  #closeRegisterDays(): void {
    new events.Rule(this, 'EveryHourOfTheRegister', {
      description: 'Closes the days of the public register that are over',
      schedule: events.Schedule.rate(Duration.hours(1)),
      // No retries: the next hour is the retry.
      targets: [
        new LambdaFunction(this.#function('events/close-register-day').function, { retryAttempts: 0 }),
      ],
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
      queue: this.#function('events/queue-webhooks', {}, unqueued),
      deliver: this.#function('events/deliver-webhooks'),
    });
  }

  #machine(id: string, definition: string, taskDoors: readonly Door[]): WorkflowMachine {
    return new WorkflowMachine(this, id, {
      settings: this.#props.settings,
      definition,
      definitionFile: join(definitions, `${definition}.asl.json`),
      tasks: taskDoors.map((door) => this.#function(door)),
    });
  }

  /** A function with the settings and rights of its door. `more` holds the variables that the state stack does not know. */
  #function<D extends Door>(
    door: D,
    more: Partial<Record<Variable, string>> = {},
    deadLetters?: DeadLetterQueue,
  ): ServiceFunction {
    const { settings, state, bundles } = this.#props;
    const given: DoorSettings = doors[door];
    const serviceFunction = new ServiceFunction<D>(this, {
      door,
      settings,
      bundle: bundles.directory(door),
      environment: this.#variables(door, more),
      memoryMiB: given.memoryMiB,
      timeout: Duration.seconds(given.timeoutSeconds),
      ...(deadLetters && { deadLetterQueue: deadLetters.queue }),
    });
    for (const [table, accesses] of Object.entries(given.tables)) {
      // The keys of a literal record are its type's keys.
      for (const access of accesses) state.tables[table as TableName].grant(serviceFunction, access);
    }
    if (given.documents) state.documents.grant(serviceFunction, 'documents', given.documents);
    if (given.imports) state.documents.grant(serviceFunction, 'imports', given.imports);
    if (given.heads) state.heads.grant(serviceFunction);
    if (given.identity) state.identityKey.grant(serviceFunction);
    if (given.contacts) state.contactKey.grant(serviceFunction);
    if (given.evidence) state.documents.grant(serviceFunction, 'evidence', given.evidence);
    if (given.signsPayments) state.paymentKey.grant(serviceFunction);
    if (given.accounts) state.accountKey.grant(serviceFunction, given.accounts);
    for (const use of given.objectors ?? []) state.objectorKey.grant(serviceFunction, use);
    return serviceFunction;
  }

  /** The variables that the door's schema asks for, and no others: what has no value fails the synthesis. */
  #variables<D extends Door>(door: D, more: Partial<Record<Variable, string>>): Variables<D> {
    const { settings, state, bundles } = this.#props;
    const { tables, documents, identityKey, contactKey, accountKey, objectorKey, paymentKey } = state;
    const { bankSignature, strongLogin } = settings;
    const values: Partial<Record<Variable, string>> = {
      ...Object.fromEntries(
        Object.values(catalogue).map(({ name }) => [variableOf(name), tables[name].table.tableName]),
      ),
      DOCUMENTS_BUCKET: documents.bucket.bucketName,
      WEBHOOK_NETWORKS: settings.webhookNetworks,
      GUIDES_ALLOWED: settings.guides,
      LOGIN_DEPARTMENTS: bundles.departments.join(','),
      LOGIN_PERSON_CLAIM: settings.personClaim,
      LOGIN_STRENGTH:
        strongLogin.kind === 'none' ? 'none' : [strongLogin.kind, ...strongLogin.values].join(' '),
      HEADS_BUCKET: state.heads.bucket.bucketName,
      HEADS_KEY_ARN: state.heads.key.keyArn,
      TIMESTAMP_URL: settings.timestampUrl ?? '',
      IDENTITY_KEY_ARN: identityKey.key.keyArn,
      CONTACT_KEY_ARN: contactKey.key.keyArn,
      ACCOUNT_KEY_ARN: accountKey.key.keyArn,
      OBJECTOR_KEY_ARN: objectorKey.key.keyArn,
      PAYMENT_KEY_ARN: paymentKey.key.keyArn,
      PAYMENT_SIGNING: settings.paymentSigning,
      BANK_KEY: bankSignature.kind === 'key' ? bankSignature.publicKey : `none: ${bankSignature.reason}`,
      ...more,
    };
    // The schema was looked up by the same key, which the compiler cannot follow through the record.
    return environmentSchema(door).parse(values) as Variables<D>;
  }
}
