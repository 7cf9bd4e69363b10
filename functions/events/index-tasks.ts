import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { Inbox } from '../review/tasks/inbox.ts';
import { indexTasks } from '../review/tasks/index-tasks.ts';
import { SignOffTaskStore, taskIdIn } from '../review/tasks/task-store.ts';
import { readEnvironment } from '../shared/environment.ts';
import { log } from '../shared/log.ts';
import { openTables } from '../shared/table.ts';

const tables = openTables(readEnvironment('events/index-tasks'));
const parts = {
  tasks: new SignOffTaskStore(tables.applications),
  inbox: new Inbox(tables.applications),
};

/** Tasks were opened or ended: names are found by open ones. The stream tries again from the first that failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    const taskId = taskIdIn(record.dynamodb?.Keys?.['sk']?.S ?? '');
    if (taskId === undefined) continue;
    try {
      await indexTasks(parts, taskId);
    } catch (error) {
      log.error('task.unindexed', error);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}
