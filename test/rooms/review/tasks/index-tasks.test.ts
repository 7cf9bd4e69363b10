import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignOffTask } from '../../../../functions/review/tasks/task.ts';
import { taskKey } from '../../../../functions/review/tasks/task-store.ts';
import { openTask } from '../../../builders/sign-off-task.ts';

const table = mockClient(DynamoDBDocumentClient);
let handler: typeof import('../../../../functions/events/index-tasks.ts').handler;
beforeAll(async () => {
  vi.stubEnv('APPLICATIONS_TABLE', 'Applications');
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  ({ handler } = await import('../../../../functions/events/index-tasks.ts'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  table.restore();
});
beforeEach(() => {
  table.reset();
  table.on(BatchWriteCommand).resolves({});
});

const recordOf = ({ taskId }: Pick<SignOffTask, 'taskId'>, number: number): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: String(number), Keys: { pk: { S: 'any' }, sk: { S: `TASK#${taskId}` } } },
});

function stored(task: SignOffTask): SignOffTask {
  const { pk, sk } = taskKey(task.taskId);
  table.on(GetCommand, { Key: { pk, sk } }).resolves({ Item: { pk, sk, task } });
  return task;
}

const written = () =>
  table
    .commandCalls(BatchWriteCommand)
    .flatMap((call) => call.args[0].input.RequestItems?.['Applications'] ?? []);

describe('the index of names', () => {
  it('puts a row for each piece of an open task, in batches that DynamoDB takes', async () => {
    const name = Array.from({ length: 60 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    const task = stored(openTask({ organisationName: name }));
    await handler({ Records: [recordOf(task, 1)] });
    expect(table.commandCalls(BatchWriteCommand)).toHaveLength(3);
    expect(new Set(written().map((one) => one.PutRequest?.Item?.['pk'])).size).toBe(59);
    expect(written()[0]?.PutRequest?.Item).toEqual({
      pk: 'SEARCH#gz-miit#一丁',
      sk: `${task.dueAt}#${task.taskId}`,
      entry: { taskId: task.taskId, item: 'dcmm', kind: 'approve', district: '440106', name },
    });
  });

  it('deletes the same rows of a task that is no longer open, even when told of its opening', async () => {
    const task = stored(openTask({ organisationName: '云帆木棉', status: 'decided' }));
    await handler({ Records: [recordOf(task, 1)] });
    expect(written().map((one) => one.DeleteRequest?.Key?.['pk'])).toEqual([
      'SEARCH#gz-miit#云帆',
      'SEARCH#gz-miit#帆木',
      'SEARCH#gz-miit#木棉',
    ]);
  });

  it('writes again what the table left undone', async () => {
    const task = stored(openTask({ organisationName: '云帆木' }));
    const left = { Applications: [{ PutRequest: { Item: { pk: 'SEARCH#gz-miit#帆木', sk: 'x' } } }] };
    table.on(BatchWriteCommand).resolvesOnce({ UnprocessedItems: left }).resolves({});
    expect(await handler({ Records: [recordOf(task, 1)] })).toEqual({ batchItemFailures: [] });
    expect(table.commandCalls(BatchWriteCommand)[1]?.args[0].input.RequestItems).toEqual(left);
  });

  it('hands the stream back from the first record that failed, and passes over what is no task', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const good = stored(openTask());
    const bad = openTask();
    table.on(GetCommand, { Key: taskKey(bad.taskId) }).rejects(new Error('busy'));
    const history = { dynamodb: { SequenceNumber: '2', Keys: { sk: { S: 'HISTORY#000000001' } } } };
    const answer = await handler({
      Records: [recordOf(good, 1), history, recordOf(bad, 3), recordOf(good, 4)],
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    vi.restoreAllMocks();
  });
});
