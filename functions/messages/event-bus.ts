import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../shared/errors.ts';
import { signedHeaders } from '../shared/signed-call.ts';
import { type DomainEvent, eventSource } from './domain-event.ts';

/** EventBridge's limit of one request. */
export const eventsPerCall = 10;

const ResultSchema = z.object({
  Entries: z.array(z.object({ EventId: z.string().optional(), ErrorCode: z.string().optional() })),
});

/** Where domain events go. */
export interface EventBus {
  /**
   * Puts up to ten events on the bus.
   * @returns for each, in order, the code of the error that kept it away, or undefined.
   * @throws TransientError when the bus answers nothing of use.
   */
  put(events: readonly DomainEvent[]): Promise<(string | undefined)[]>;
}

/**
 * A bus of EventBridge. PutEvents is the one action that the system needs of it, so it is called without a client;
 * credentials and region are those of the client that the function has anyway. The stream is the retry.
 */
export class EventBridgeBus implements EventBus {
  readonly #name: string;
  readonly #client: DynamoDBDocumentClient;
  readonly #endpoint: string | undefined;

  /** @param endpoint of EventBridge; the region's own unless given. */
  constructor(name: string, client: DynamoDBDocumentClient, endpoint: string | undefined) {
    this.#name = name;
    this.#client = client;
    this.#endpoint = endpoint;
  }

  /** See `EventBus.put`. */
  async put(events: readonly DomainEvent[]): Promise<(string | undefined)[]> {
    const [credentials, region] = await Promise.all([
      this.#client.config.credentials(),
      this.#client.config.region(),
    ]);
    const call = {
      url: new URL('/', this.#endpoint ?? endpointIn(region)),
      service: 'events',
      region,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
      body: JSON.stringify({ Entries: events.map((event) => this.#entry(event)) }),
    };
    // The signature needs the machine's time, whatever a test's clock says.
    const { host: _, ...headers } = signedHeaders(call, credentials, new Date());
    const response = await fetch(call.url, {
      method: 'POST',
      headers,
      body: call.body,
      signal: AbortSignal.timeout(10_000),
    }).catch((cause: unknown) => {
      throw new TransientError('the event bus cannot be reached', { cause });
    });
    if (!response.ok) throw new TransientError(`the event bus answered ${response.status}`);
    const { Entries } = ResultSchema.parse(await response.json());
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
      Time: Math.floor(Date.parse(event.at) / 1000),
      Resources: [event.applicationId],
      Detail: JSON.stringify(event),
    };
  }
}

function endpointIn(region: string): string {
  return `https://events.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
