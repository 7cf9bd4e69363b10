import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { SignOff } from '../../filing/applications/application.ts';
import { stateKey } from '../../filing/applications/application-store.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';

/** A department's task to decide on one submission. */
export const SignOffTaskSchema = z.object({
  taskId: z.string(),
  applicationId: UlidSchema,
  submission: z.int(),
  /** Number and kind of the step in the guide's plan. */
  step: z.int().min(1),
  kind: z.enum(['recommend', 'opinion', 'approve', 'adjudicate']),
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
  /** How often it was taken, given back or handed on. */
  assignments: z.int().optional(),
  decidedBy: z.string().optional(),
});
export type SignOffTask = z.output<typeof SignOffTaskSchema>;
/** A task of a step of the sign-off. */
export type StepTask = SignOffTask & { readonly kind: SignOff['kind'] };

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

/** A change of who has a task. */
export interface Assignment {
  /** Nobody: the task is the whole department's again. */
  readonly to: string | undefined;
  readonly by: ActorReference;
  readonly at: string;
}

/** Sign-off tasks, beside their application. */
export class SignOffTaskStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'applications'>) {
    this.client = table.client;
    this.table = table.name;
  }

  async get(taskId: string): Promise<SignOffTask | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: taskKey(taskId), ConsistentRead: true }),
    );
    return Item && SignOffTaskSchema.parse(Item['task']);
  }

  /** The write that opens a new task. */
  open(task: SignOffTask): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: openTaskItem(task),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    };
  }

  /** The write that ends an open task without a decision; it leaves the inbox. */
  end(taskId: string, status: 'expired' | 'closed'): GuardedWrite {
    return this.#end(taskId, { set: '#task.#status = :status', values: { ':status': status } });
  }

  /**
   * The write that ends an open task by a decision, on condition that it is still assigned as the decider saw it. A
   * task that is not open any more, or was handed on, is a conflict: the decider looks again.
   */
  decide(task: SignOffTask, by: string): GuardedWrite {
    const { assignee } = task;
    return this.#end(task.taskId, {
      set: '#task.#status = :status, #task.decidedBy = :by',
      condition:
        assignee === undefined ? 'attribute_not_exists(#task.assignee)' : '#task.assignee = :assignee',
      values: { ':status': 'decided', ':by': by, ...(assignee !== undefined && { ':assignee': assignee }) },
    });
  }

  #end(
    taskId: string,
    change: {
      readonly set: string;
      readonly condition?: string;
      readonly values: Readonly<Record<string, string>>;
    },
  ): GuardedWrite {
    return {
      item: {
        Update: {
          TableName: this.table,
          Key: taskKey(taskId),
          UpdateExpression: `SET ${change.set} REMOVE ${inboxAttributes.join(', ')}`,
          ConditionExpression: change.condition
            ? `#task.#status = :open AND ${change.condition}`
            : '#task.#status = :open',
          ExpressionAttributeNames: { '#task': 'task', '#status': 'status' },
          ExpressionAttributeValues: { ':open': 'open', ...change.values },
        },
      },
      onConditionFailed: () => new DomainError('concurrent-change'),
    };
  }

  /** The check that a task is open. */
  stillOpen(taskId: string): GuardedWrite {
    return {
      item: {
        ConditionCheck: {
          TableName: this.table,
          Key: taskKey(taskId),
          ConditionExpression: '#task.#status = :open',
          ExpressionAttributeNames: { '#task': 'task', '#status': 'status' },
          ExpressionAttributeValues: { ':open': 'open' },
        },
      },
    };
  }

  /** The write that gives an open task back to its department, where another row says why. */
  release(task: SignOffTask): GuardedWrite {
    return this.#reassign(task, undefined);
  }

  /** The writes that hand an open task on, if it is still assigned as it was seen, and keep that they did. */
  assign(task: SignOffTask, { to, by, at }: Assignment): GuardedWrite[] {
    const number = (task.assignments ?? 0) + 1;
    const { pk } = taskKey(task.taskId);
    const assignment = { taskId: task.taskId, number, from: task.assignee, to, by, at };
    return [
      this.#reassign(task, to),
      {
        item: {
          Put: {
            TableName: this.table,
            Item: { pk, sk: `ASSIGNMENT#${task.taskId}#${String(number).padStart(6, '0')}`, assignment },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      },
    ];
  }

  /** The count of assignments is what is compared: a task that went away and came back is not as it was seen. */
  #reassign(task: SignOffTask, to: string | undefined): GuardedWrite {
    const change =
      to === undefined
        ? 'SET #task.assignments = :next REMOVE #task.assignee, inboxPerson'
        : 'SET #task.assignments = :next, #task.assignee = :to, inboxPerson = :person';
    const unchanged =
      task.assignments === undefined
        ? 'attribute_not_exists(#task.assignments)'
        : '#task.assignments = :seen';
    return {
      item: {
        Update: {
          TableName: this.table,
          Key: taskKey(task.taskId),
          UpdateExpression: change,
          ConditionExpression: `#task.#status = :open AND ${unchanged}`,
          ExpressionAttributeNames: { '#task': 'task', '#status': 'status' },
          ExpressionAttributeValues: {
            ':open': 'open',
            ':next': (task.assignments ?? 0) + 1,
            ...(task.assignments !== undefined && { ':seen': task.assignments }),
            ...(to !== undefined && { ':to': to, ':person': within(task.department, to) }),
          },
        },
      },
      onConditionFailed: () => new DomainError('concurrent-change'),
    };
  }
}

/**
 * Key attributes of the sparse indexes that open tasks stand in, each of them sorted by `inboxSort`: all of a
 * department, those of an item, of a kind of step, of a district, those a person has, and the tally to count by.
 */
const inboxAttributes = [
  'inboxDepartment',
  'inboxItem',
  'inboxKind',
  'inboxDistrict',
  'inboxPerson',
  'inboxSort',
  'inboxTally',
] as const;

/** The stored item of an open task, with the attributes by which the inbox finds it. */
export function openTaskItem(task: SignOffTask): Record<string, unknown> {
  const { department, item, kind, district, assignee, dueAt } = task;
  const attributes: Partial<Record<(typeof inboxAttributes)[number], string>> = {
    inboxDepartment: department,
    inboxItem: within(department, item),
    inboxKind: within(department, kind),
    inboxDistrict: within(department, district),
    ...(assignee !== undefined && { inboxPerson: within(department, assignee) }),
    inboxSort: dueSort(task),
    inboxTally: tally({ dueAt, kind, item, district }),
  };
  return { ...taskKey(task.taskId), ...attributes, task };
}

/** Sort key of open tasks: the first due first. */
export function dueSort({ dueAt, taskId }: Pick<SignOffTask, 'dueAt' | 'taskId'>): string {
  return `${dueAt}#${taskId}`;
}

/** What open tasks are counted by, as the sort key of an index that holds nothing but keys. */
type Tally = Pick<SignOffTask, 'dueAt' | 'kind' | 'item' | 'district'>;

function tally({ dueAt, kind, item, district }: Tally): string {
  return [dueAt, kind, item, district].join('#');
}

/** Reads a tally back. */
export function tallyOf(text: string): Record<keyof Tally, string> {
  const [dueAt = '', kind = '', item = '', district = ''] = text.split('#');
  return { dueAt, kind, item, district };
}

/** Value of an index's partition key that holds a part of a department's tasks. */
export function within(department: string, part: string): string {
  return `${department}#${part}`;
}

const taskPrefix = 'TASK#';

/** Key of a task's item. */
export function taskKey(taskId: string): { pk: string; sk: string } {
  const applicationId = taskId.slice(0, taskId.indexOf('.'));
  return { pk: stateKey(applicationId).pk, sk: `${taskPrefix}${taskId}` };
}

/** The id of the task that a sort key belongs to; undefined for any other item. */
export function taskIdIn(sk: string): string | undefined {
  return sk.startsWith(taskPrefix) ? sk.slice(taskPrefix.length) : undefined;
}
