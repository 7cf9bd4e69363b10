import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { EventBridgeBus } from '../news/domain-events/event-bus.ts';
import { EventRows } from '../news/domain-events/event-rows.ts';
import { publishEvents } from '../news/domain-events/publish-events.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('events/publish-events');
const tables = openTables(environment);
const bus = new EventBridgeBus(environment.EVENT_BUS_NAME, new EventBridgeClient({}));
const parts = { rows: new EventRows(tables.applications, tables.budget), bus };

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
