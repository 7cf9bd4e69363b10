import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createRelay } from '../news/relay/create-relay.ts';
import { log } from '../shared/log.ts';

const relay = createRelay('events/relay-outbox');

/** Delivers new outbox messages; the stream tries again from the first that failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    const pk = record.dynamodb?.Keys?.['pk']?.S;
    if (pk === undefined) continue;
    try {
      await relay.deliver(pk);
    } catch (error) {
      log.error('outbox.failed', error);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}
