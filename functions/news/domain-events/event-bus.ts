import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../shared/errors.ts';
import { type DomainEvent, eventSource } from './domain-event.ts';

/** EventBridge's limit of one request. */
export const eventsPerCall = 10;

/** Where domain events go. */
export interface EventBus {
  /**
   * Puts up to ten events on the bus.
   * @returns for each, in order, the code of the error that kept it away, or undefined.
   * @throws TransientError when the bus answers nothing of use.
   */
  put(events: readonly DomainEvent[]): Promise<(string | undefined)[]>;
}

/** A bus of EventBridge. The stream is the retry. */
export class EventBridgeBus implements EventBus {
  readonly #name: string;
  readonly #client: EventBridgeClient;

  constructor(name: string, client: EventBridgeClient) {
    this.#name = name;
    this.#client = client;
  }

  /** See `EventBus.put`. */
  async put(events: readonly DomainEvent[]): Promise<(string | undefined)[]> {
    const command = new PutEventsCommand({ Entries: events.map((event) => this.#entry(event)) });
    const { Entries = [] } = await this.#client.send(command).catch((cause: unknown) => {
      throw new TransientError('the event bus cannot be reached', { cause });
    });
    return events.map((_event, index) => {
      const entry = Entries[index];
      return entry?.EventId === undefined ? (entry?.ErrorCode ?? 'NoAnswer') : undefined;
    });
  }

  #entry(event: DomainEvent) {
    return {
      EventBusName: this.#name,
      Source: eventSource,
      DetailType: event.type,
      Time: new Date(event.at),
      Resources: ['applicationId' in event ? event.applicationId : event.organisation],
      Detail: JSON.stringify(event),
    };
  }
}
