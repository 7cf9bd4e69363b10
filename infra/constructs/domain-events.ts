import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { scanSource } from '../../functions/filing/documents/scan-source.ts';
import { type EventType, eventSource } from '../../functions/news/domain-events/domain-event.ts';
import { codeSource } from '../../functions/publicity/objections/code-source.ts';
import type { Environment } from '../environment-settings.ts';
import { names } from '../names.ts';
import type { ServiceFunction } from './service-function.ts';

export interface DomainEventsProps {
  readonly settings: Environment;
}

/** The bus on which the system says what has happened; whoever wants to know adds a rule. */
export class DomainEvents extends Construct {
  readonly bus: events.EventBus;

  constructor(scope: Construct, id: string, props: DomainEventsProps) {
    super(scope, id);
    this.bus = new events.EventBus(this, 'Bus', {
      eventBusName: names.bus(props.settings.name),
      description: 'What happened to applications and tasks: ids and codes, no personal data',
    });
  }

  /** Lets a function put events of the system on the bus. */
  grantPublish(grantee: ServiceFunction): void {
    grantee.allow(['events:PutEvents'], [this.bus.eventBusArn], {
      StringEquals: { 'events:source': eventSource },
    });
  }

  /** Lets a function put codes on the bus that confirm a contact, for whoever sends text messages to hear. */
  grantSendCodes(grantee: ServiceFunction): void {
    grantee.allow(['events:PutEvents'], [this.bus.eventBusArn], {
      StringEquals: { 'events:source': codeSource },
    });
  }

  /** Lets a function ask scanners on the bus to judge files. */
  grantAskScanner(grantee: ServiceFunction): void {
    grantee.allow(['events:PutEvents'], [this.bus.eventBusArn], {
      StringEquals: { 'events:source': scanSource },
    });
  }

  /**
   * Hands events to a function, each at least once and in any order.
   * @param types of the events; all unless given
   */
  deliver(id: string, subscriber: ServiceFunction, types?: readonly EventType[]): void {
    new events.Rule(this, id, {
      eventBus: this.bus,
      description: `Hands events to ${subscriber.door}`,
      eventPattern: { source: [eventSource], ...(types && { detailType: [...types] }) },
      targets: [
        new LambdaFunction(subscriber.function, { maxEventAge: Duration.hours(6), retryAttempts: 20 }),
      ],
    });
  }
}
