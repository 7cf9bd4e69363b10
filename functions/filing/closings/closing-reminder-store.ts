import { DomainError } from '../../shared/errors.ts';
import type { Key } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';
import { applications } from '../../shared/tables.ts';
import type { ClosingReminder } from './closing-reminder.ts';

const { application, closingReminder } = applications.entities;

/** Reminders of windows that close, beside the drafts that they are about. */
export class ClosingReminderStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** Those of some reminders that are not there yet. @throws TransientError when the table is too busy. */
  async missing(wanted: readonly ClosingReminder[]): Promise<readonly ClosingReminder[]> {
    const items = await getMany(this.#table, wanted.map(keyOf), {
      shows: 'pk',
      consistent: false,
      attempts: 6,
      pausing: true,
    });
    const written = new Set(items.map(({ pk }) => pk));
    return wanted.filter((reminder) => !written.has(keyOf(reminder).pk));
  }

  /**
   * Keeps a reminder, on condition that its application is a draft of the item.
   * @returns false when it was submitted, withdrawn or moved to another item meanwhile, or another run has said it.
   */
  async add(reminder: ClosingReminder, item: string): Promise<boolean> {
    try {
      await this.#table.transact([
        this.#table.check(application.key(reminder), {
          when: '#state.#status = :draft AND #state.#content.#item = :item',
          names: { '#state': 'state', '#status': 'status', '#content': 'content', '#item': 'item' },
          values: { ':draft': 'draft', ':item': item },
        }),
        this.#table.putNew(keyOf(reminder), { reminder }),
      ]);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'concurrent-change') return false;
      throw error;
    }
  }
}

function keyOf(reminder: ClosingReminder): Key<'applications'> {
  return closingReminder.key({ ...reminder, days: String(reminder.days) });
}
