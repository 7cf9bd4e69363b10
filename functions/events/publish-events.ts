import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { EventBridgeBus } from '../news/domain-events/event-bus.ts';
import { publishEvents } from '../news/domain-events/publish-events.ts';
import { readEnvironment } from '../shared/environment.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('events/publish-events');
const client = documentClient();
const bus = new EventBridgeBus(environment.EVENT_BUS_NAME, new EventBridgeClient({}));
const parts = { client, table: environment.APPLICATIONS_TABLE, bus };

/** Makes domain events of new rows; the stream tries again from the first that failed. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const rows = Records.map(({ dynamodb }) => ({
    position: dynamodb?.SequenceNumber ?? '',
    pk: dynamodb?.Keys?.['pk']?.S ?? '',
    sk: dynamodb?.Keys?.['sk']?.S ?? '',
  }));
  const failed = await publishEvents(parts, rows);
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}
