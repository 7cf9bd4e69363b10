import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { stateKey } from '../applications/application-store.ts';
import { SlugSchema, UlidSchema } from '../contracts/schemas.ts';
import { decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import type { GuardedWrite } from '../shared/transaction.ts';

/** A department's task to decide on one submission. */
export const SignOffTaskSchema = z.object({
  taskId: z.string(),
  applicationId: UlidSchema,
  submission: z.int(),
  /** Number and kind of the step in the guide's plan. */
  step: z.int().min(1),
  kind: z.enum(['recommend', 'opinion', 'approve']),
  attempt: z.int(),
  department: SlugSchema,
  organisation: z.string(),
  organisationName: z.string(),
  item: SlugSchema,
  /** District of registration. */
  district: z.string(),
  status: z.enum(['open', 'decided', 'expired', 'closed']),
  createdAt: z.string(),
  dueAt: z.string(),
  /** When the department is reminded, if the guide says so. */
  remindAt: z.string().optional(),
  /** Who has taken the task; others of the department leave it alone. */
  assignee: z.string().optional(),
  decidedBy: z.string().optional(),
});
export type SignOffTask = z.output<typeof SignOffTaskSchema>;

/** The id says what the task is for, so that a repeated stage finds the same one. */
export function taskIdOf(
  applicationId: string,
  submission: number,
  step: number,
  department: string,
  attempt: number,
): string {
  return `${applicationId}.${submission}.${step}.${department}.${attempt}`;
}

/** Sign-off tasks, beside their application. */
export class SignOffTaskStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(taskId: string): Promise<SignOffTask | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: taskKey(taskId), ConsistentRead: true }),
    );
    return Item && SignOffTaskSchema.parse(Item['task']);
  }

  /** Open tasks of a department, the first due first. */
  async inbox(department: string, limit: number, cursor: string | undefined) {
    const scope = { partition: { inboxDepartment: department }, place: ['inboxSort', 'pk', 'sk'] };
    const { Items, LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'inbox',
        KeyConditionExpression: 'inboxDepartment = :department',
        ExpressionAttributeValues: { ':department': department },
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      items: (Items ?? []).map((item) => SignOffTaskSchema.parse(item['task'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** The write that opens a new task. */
  open(task: SignOffTask): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: {
            ...taskKey(task.taskId),
            inboxDepartment: task.department,
            inboxSort: `${task.dueAt}#${task.taskId}`,
            task,
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    };
  }

  /** The write that ends an open task undecided; it leaves the inbox. A task that is not open any more is a conflict. */
  end(taskId: string, status: 'expired' | 'closed'): GuardedWrite {
    return this.#change(taskId, `SET #task.#status = :status ${leaveInbox}`, '#task.#status = :open', {
      ':status': status,
      ':open': 'open',
    });
  }

  /** The write that ends a task by a decision, if it is open and still with the person that it was read with. */
  decide(task: SignOffTask, by: string): GuardedWrite {
    const update = `SET #task.#status = :status, #task.decidedBy = :by ${leaveInbox}`;
    const seen = stillWith(task);
    const values = { ...seen.values, ':status': 'decided', ':by': by };
    return this.#change(task.taskId, update, seen.condition, values);
  }

  /** The write that gives a task back to its department, if it is open and still with the person it was read with. */
  release(task: SignOffTask): GuardedWrite {
    const seen = stillWith(task);
    return this.#change(task.taskId, 'REMOVE #task.assignee', seen.condition, seen.values);
  }

  #change(
    taskId: string,
    update: string,
    condition: string,
    values: Readonly<Record<string, string>>,
  ): GuardedWrite {
    return {
      item: {
        Update: {
          TableName: this.#table,
          Key: taskKey(taskId),
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#task': 'task', '#status': 'status' },
          ExpressionAttributeValues: values,
        },
      },
      onConditionFailed: () => new DomainError('concurrent-change'),
    };
  }
}

/** What takes a task out of every listing. */
const leaveInbox = 'REMOVE inboxDepartment, inboxSort';

/** The condition that a task is open and nobody has taken or given it back since it was read. */
function stillWith({ assignee }: SignOffTask): { condition: string; values: Record<string, string> } {
  const open = { ':open': 'open' };
  return assignee === undefined
    ? { condition: '#task.#status = :open AND attribute_not_exists(#task.assignee)', values: open }
    : {
        condition: '#task.#status = :open AND #task.assignee = :assignee',
        values: { ...open, ':assignee': assignee },
      };
}

function taskKey(taskId: string): { pk: string; sk: string } {
  const applicationId = taskId.slice(0, taskId.indexOf('.'));
  return { pk: stateKey(applicationId).pk, sk: `TASK#${taskId}` };
}
