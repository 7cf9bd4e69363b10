import * as z from 'zod';
import type { Key } from '../../shared/keys.ts';
import type { Guard, Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { partKey } from './sign-off-plan.ts';
import { type Assignment, type SignOffTask, SignOffTaskSchema } from './task.ts';

const StoredDraftSchema = z.object({
  fields: z.record(z.string(), z.string()),
  savedAt: z.string(),
  submission: z.int(),
});
/** What a reviewer has written so far, as the fields of the form are called. */
export type OpinionDraft = z.output<typeof StoredDraftSchema>;

/** Twice as long as a task waits; nobody deletes what colleagues of the decider have written. */
const draftKeptSeconds = 730 * 86_400;

const { entities, indexes } = applications;

/** Sign-off tasks and the drafts of those who decide them, beside their application. */
export class SignOffTaskStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  async get(taskId: TaskId): Promise<SignOffTask | undefined> {
    const item = await this.#table.get(taskKey(taskId));
    return item && SignOffTaskSchema.parse(item['task']);
  }

  /** The write that opens a new task. */
  open(task: SignOffTask): GuardedWrite {
    return this.#table.putNew(taskKey(task.taskId), { ...inboxEntries(task), task });
  }

  /** The write that ends an open task without a decision; it leaves the inbox. */
  end(taskId: TaskId, status: 'expired' | 'closed'): GuardedWrite {
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
    taskId: TaskId,
    change: {
      readonly set: string;
      readonly condition?: string;
      readonly values: Readonly<Record<string, string>>;
    },
  ): GuardedWrite {
    const { when, names, values } = isOpen;
    return this.#table.update(taskKey(taskId), {
      set: `SET ${change.set} REMOVE ${inboxAttributes.join(', ')}`,
      when: change.condition ? `${when} AND ${change.condition}` : when,
      names,
      values: { ...values, ...change.values },
    });
  }

  /** The check that a task is open. */
  stillOpen(taskId: TaskId): GuardedWrite {
    return this.#table.check(taskKey(taskId), isOpen);
  }

  /** The write that gives an open task back to its department, where another row says why. */
  release(task: SignOffTask): GuardedWrite {
    return this.#reassign(task, undefined);
  }

  /** The writes that hand an open task on, if it is still assigned as it was seen, and keep that they did. */
  assign(task: SignOffTask, { to, by, at }: Assignment): GuardedWrite[] {
    const number = (task.assignments ?? 0) + 1;
    const assignment = { taskId: task.taskId, number, from: task.assignee, to, by, at };
    return [
      this.#reassign(task, to),
      this.#table.putNew(entities.assignment.key({ ...task, number }), { assignment }),
    ];
  }

  /**
   * The count of assignments is what is compared: a task that went away and came back is not as it was seen. The row is put
   * whole, so that its witness does not grow with what somebody takes and gives back again and again.
   */
  #reassign({ assignee: _, ...task }: SignOffTask, to: string | undefined): GuardedWrite {
    const { assignments } = task;
    const next: SignOffTask = {
      ...task,
      assignments: (assignments ?? 0) + 1,
      ...(to !== undefined && { assignee: to }),
    };
    const unchanged =
      assignments === undefined ? 'attribute_not_exists(#task.assignments)' : '#task.assignments = :seen';
    const { when, names, values } = isOpen;
    return this.#table.put(
      taskKey(task.taskId),
      { ...inboxEntries(next), task: next },
      {
        when: `${when} AND ${unchanged}`,
        names,
        values: { ...values, ...(assignments !== undefined && { ':seen': assignments }) },
      },
    );
  }

  /** What a person has written on the department's part in the step so far; undefined without anything. */
  async draft(task: SignOffTask, person: string): Promise<OpinionDraft | undefined> {
    const item = await this.#table.get(draftKey(task, person));
    return item && StoredDraftSchema.parse(item['draft']);
  }

  /** The write that keeps what a person has written, in place of what was kept before. */
  keepDraft(task: SignOffTask, person: string, draft: OpinionDraft): GuardedWrite {
    const expiresAt = Math.floor(Date.parse(draft.savedAt) / 1000) + draftKeptSeconds;
    return this.#table.put(draftKey(task, person), { draft, expiresAt });
  }

  /** The write that lets go of a person's draft; the decision takes it into its transaction. */
  discardDraft(task: SignOffTask, person: string): GuardedWrite {
    return this.#table.remove(draftKey(task, person));
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

const isOpen = {
  when: '#task.#status = :open',
  names: { '#task': 'task', '#status': 'status' },
  values: { ':open': 'open' },
} as const satisfies Guard;

/** The attributes by which the inbox finds an open task. */
function inboxEntries(task: SignOffTask): Record<string, string> {
  const { task: entity } = entities;
  const { assignee } = task;
  return {
    ...entity.entry('inbox', task),
    ...entity.entry('inboxItem', task),
    ...entity.entry('inboxKind', task),
    ...entity.entry('inboxDistrict', task),
    ...(assignee !== undefined && entity.entry('inboxPerson', { ...task, person: assignee })),
    ...entity.entry('inboxTally', task),
  };
}

/** All of them. */
const inboxAttributes = [
  ...new Set(
    [
      indexes.inbox,
      indexes.inboxItem,
      indexes.inboxKind,
      indexes.inboxDistrict,
      indexes.inboxPerson,
      indexes.inboxTally,
    ].flatMap(({ partition, sort }) => [partition, sort]),
  ),
];

/** Key of a task's item. */
export function taskKey(taskId: TaskId): Key<'applications'> {
  return entities.task.key({ applicationId: taskId.slice(0, taskId.indexOf('.')), taskId });
}

function draftKey(task: SignOffTask, person: string): Key<'applications'> {
  return entities.draft.key({ applicationId: task.applicationId, part: partKey(task), person });
}

/** The id of the task that a sort key belongs to; undefined for any other item. */
export function taskIdIn(sk: string): string | undefined {
  const { prefix } = entities.task;
  return sk.startsWith(prefix) ? sk.slice(prefix.length) : undefined;
}
