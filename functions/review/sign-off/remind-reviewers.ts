import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { stateKey } from '../../filing/applications/application-store.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { writeAll } from '../../shared/transaction.ts';

/** Said once of each task before it is due, and week after week while it is overdue. */
export const ReminderSchema = z.object({
  about: z.enum(['due-soon', 'overdue']),
  number: z.int().min(1),
  at: z.string(),
  taskId: z.string(),
  applicationId: z.string(),
  department: z.string(),
  step: z.int().min(1),
  kind: z.enum(['recommend', 'opinion', 'approve']),
  dueAt: z.string(),
  assignee: z.string().optional(),
});
export type Reminder = z.output<typeof ReminderSchema>;

/** What an open task's entry in the inbox has to show. */
const OpenTaskSchema = ReminderSchema.omit({ about: true, number: true, at: true }).extend({
  status: z.literal('open'),
  remindAt: z.string().optional(),
});
type OpenTask = z.output<typeof OpenTaskSchema>;

/** An overdue task is brought up again after each of these. */
const weekMs = 7 * 86_400_000;
/** DynamoDB's limit of one batch. */
const batchLimit = 100;

export interface RemindParts {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly notice: Notice;
  readonly clock: Clock;
}

/**
 * Reminds departments of open tasks: once when the guide's time before the due date has come, once when it has passed,
 * and every week from then on. A reminder is a row that is written once, beside its task and on condition that the
 * task is still open; its event follows from the row. Nothing is ever decided here. Run twice, it writes nothing new;
 * run late, it says what is due now and leaves out the weeks that it missed.
 * @returns how many reminders were new.
 */
export async function remindReviewers(parts: RemindParts): Promise<{ reminded: number }> {
  const now = parts.clock();
  let reminded = 0;
  for (const department of departmentsOf(parts.notice)) {
    for await (const tasks of openTasks(parts, department)) {
      const wanted = tasks.flatMap((task) => reminderDue(task, now) ?? []);
      for (let start = 0; start < wanted.length; start += batchLimit) {
        const missing = await notYetWritten(parts, wanted.slice(start, start + batchLimit));
        for (const reminder of missing) reminded += (await write(parts, reminder)) ? 1 : 0;
      }
    }
  }
  return { reminded };
}

/** The reminder that an open task has come to by an instant, or undefined. */
function reminderDue(task: OpenTask, now: Date): Reminder | undefined {
  const { remindAt, status: _, ...shown } = task;
  const at = now.toISOString();
  const overdueMs = now.getTime() - Date.parse(task.dueAt);
  if (overdueMs >= 0) {
    return { ...shown, about: 'overdue', number: 1 + Math.floor(overdueMs / weekMs), at };
  }
  if (remindAt !== undefined && Date.parse(remindAt) <= now.getTime()) {
    return { ...shown, about: 'due-soon', number: 1, at };
  }
  return undefined;
}

/** Every department that can have tasks: those of the notice, and each district's. */
function departmentsOf({ departments, districts }: Notice): string[] {
  return [...departments.map(({ id }) => id), ...Object.keys(districts).map((code) => `district-${code}`)];
}

/** Open tasks of a department, page by page. */
async function* openTasks({ client, table }: RemindParts, department: string): AsyncGenerator<OpenTask[]> {
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'inbox',
        KeyConditionExpression: 'inboxDepartment = :department',
        ExpressionAttributeValues: { ':department': department },
        ExclusiveStartKey: from,
      }),
    );
    yield Items.map((item) => OpenTaskSchema.parse(item['task']));
    from = LastEvaluatedKey;
  } while (from);
}

async function notYetWritten(
  { client, table }: RemindParts,
  wanted: readonly Reminder[],
): Promise<readonly Reminder[]> {
  const written = new Set<string>();
  let keys: Record<string, unknown>[] | undefined = wanted.map(reminderKey);
  while (keys && keys.length > 0) {
    const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ProjectionExpression: 'sk' } } }),
    );
    for (const item of Responses?.[table] ?? []) written.add(String(item['sk']));
    keys = UnprocessedKeys?.[table]?.Keys;
  }
  return wanted.filter((reminder) => !written.has(reminderKey(reminder).sk));
}

/** Whether the reminder is new, and its task still open. */
async function write({ client, table }: RemindParts, reminder: Reminder): Promise<boolean> {
  const key = reminderKey(reminder);
  try {
    await writeAll(client, [
      {
        item: {
          ConditionCheck: {
            TableName: table,
            Key: { pk: key.pk, sk: `TASK#${reminder.taskId}` },
            ConditionExpression: '#task.#status = :open',
            ExpressionAttributeNames: { '#task': 'task', '#status': 'status' },
            ExpressionAttributeValues: { ':open': 'open' },
          },
        },
      },
      {
        item: {
          Put: {
            TableName: table,
            Item: { ...key, reminder },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      },
    ]);
    return true;
  } catch (error) {
    // Decided in the meantime, or said by another run.
    if (error instanceof DomainError && error.code === 'concurrent-change') return false;
    throw error;
  }
}

/** A row of its own for each time that a task is brought up. */
function reminderKey({ applicationId, taskId, about, number }: Reminder): { pk: string; sk: string } {
  return { pk: stateKey(applicationId).pk, sk: `REMINDER#${taskId}#${about}#${number}` };
}
