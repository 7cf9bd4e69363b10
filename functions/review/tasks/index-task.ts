import { setTimeout as pause } from 'node:timers/promises';
import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../shared/errors.ts';
import type { SearchEntry } from './inbox.ts';
import { gramsOf, searchable, searchPartition } from './name-search.ts';
import { dueSort, type SignOffTask, type SignOffTaskStore } from './task-store.ts';

type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/**
 * Brings the name index in line with a task as it stands: rows for each piece of the organisation's name while it is
 * open, none afterwards. It may run any number of times, late and in any order, since a task that has ended never
 * opens again.
 * @throws TransientError when the table is too busy; what was written by then is written again.
 */
export async function indexTask(store: SignOffTaskStore, taskId: string): Promise<void> {
  const task = await store.get(taskId);
  if (!task) return;
  const requests = searchRows(task).map(
    ({ pk, sk, entry }): WriteRequest =>
      task.status === 'open'
        ? { PutRequest: { Item: { pk, sk, entry } } }
        : { DeleteRequest: { Key: { pk, sk } } },
  );
  await writeBatches(store, requests);
}

function searchRows(task: SignOffTask): { pk: string; sk: string; entry: SearchEntry }[] {
  const { taskId, item, kind, district, department } = task;
  const name = searchable(task.organisationName);
  const entry = { taskId, item, kind, district, name };
  return gramsOf(name).map((gram) => ({ pk: searchPartition(department, gram), sk: dueSort(task), entry }));
}

/** DynamoDB's limit of one batch of writes. */
const batchLimit = 25;
const attempts = 6;

async function writeBatches(store: SignOffTaskStore, requests: readonly WriteRequest[]): Promise<void> {
  for (let start = 0; start < requests.length; start += batchLimit) {
    let left = requests.slice(start, start + batchLimit);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > attempts) throw new TransientError('the table left writes of a batch undone');
      if (attempt > 1) await pause(Math.random() * 25 * 2 ** attempt);
      const { UnprocessedItems } = await store.client.send(
        new BatchWriteCommand({ RequestItems: { [store.table]: left } }),
      );
      left = UnprocessedItems?.[store.table] ?? [];
    }
  }
}
