import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { Key } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';
import { applications } from '../../shared/tables.ts';
import { type DepartmentId, KnownDepartmentSchema, stepKinds } from '../../shared/vocabulary.ts';

/** Said once of each task before it is due, and week after week while it is overdue. */
export const ReminderSchema = z.object({
  about: z.enum(['due-soon', 'overdue']),
  number: z.int().min(1),
  at: z.string(),
  taskId: z.string(),
  applicationId: z.string(),
  department: KnownDepartmentSchema,
  step: z.int().min(1),
  kind: z.enum(stepKinds),
  dueAt: z.string(),
  assignee: z.string().optional(),
});
export type Reminder = z.output<typeof ReminderSchema>;

/** What an open task's entry in the inbox has to show. */
const OpenTaskSchema = ReminderSchema.omit({ about: true, number: true, at: true }).extend({
  status: z.literal('open'),
  remindAt: z.string().optional(),
});
export type OpenTask = z.output<typeof OpenTaskSchema>;

const { entities } = applications;

/** Open tasks of departments, and what was said of them, beside their application. */
export class ReminderStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** Open tasks of a department, page by page. */
  async *openTasks(department: DepartmentId): AsyncGenerator<OpenTask[]> {
    for await (const items of this.#table.pages(entities.task.listed('inbox', { department }))) {
      yield items.map((item) => OpenTaskSchema.parse(item['task']));
    }
  }

  /** Those of some reminders that are not there yet. @throws TransientError when the table is too busy. */
  async missing(wanted: readonly Reminder[]): Promise<readonly Reminder[]> {
    const items = await getMany(this.#table, wanted.map(reminderKey), {
      shows: 'sk',
      consistent: false,
      attempts: 6,
      pausing: true,
    });
    const written = new Set(items.map((item) => item['sk']));
    return wanted.filter((reminder) => !written.has(reminderKey(reminder).sk));
  }

  /**
   * Keeps a reminder, on condition that its task is open.
   * @returns false when the task was decided in the meantime, or another run has said it.
   */
  async add(reminder: Reminder): Promise<boolean> {
    try {
      await this.#table.transact([
        this.#table.check(entities.task.key(reminder), {
          when: '#task.#status = :open',
          names: { '#task': 'task', '#status': 'status' },
          values: { ':open': 'open' },
        }),
        this.#table.putNew(reminderKey(reminder), { reminder }),
      ]);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'concurrent-change') return false;
      throw error;
    }
  }
}

/** A row of its own for each time that a task is brought up. */
function reminderKey(reminder: Reminder): Key<'applications'> {
  return entities.reminder.key({ ...reminder, number: String(reminder.number) });
}
