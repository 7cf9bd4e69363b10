import { AnnouncedSchema } from '../../filing/announcements/announcement.ts';
import { HistoryRowSchema } from '../../filing/applications/history-row.ts';
import { AccountRowSchema } from '../../filing/bank-accounts/account-record.ts';
import { ClosingReminderSchema } from '../../filing/closings/closing-reminder.ts';
import { LateAllowedSchema } from '../../filing/late-exceptions/late-exception.ts';
import { ReminderSchema } from '../../review/sign-off/reminder-store.ts';
import { SignOffTaskSchema } from '../../review/tasks/task.ts';
import type { Key } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { applications, budget } from '../../shared/tables.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import {
  eventOfAccount,
  eventOfAnnounced,
  eventOfClosing,
  eventOfHistory,
  eventOfLateAllowed,
  eventOfReminder,
  eventOfTask,
  type Subject,
  SubjectSchema,
} from './derive-event.ts';
import type { DomainEvent } from './domain-event.ts';

const { entities } = applications;
const { bankAccount } = budget.entities;

/** The rows that events follow from, with the applications that they are about. All reads are consistent. */
export class EventRows {
  readonly #table: Table<'applications'>;
  readonly #budget: Table<'budget'>;

  constructor(table: Table<'applications'>, accounts: Table<'budget'>) {
    this.#table = table;
    this.#budget = accounts;
  }

  /** The organisation whose account a row is of, or undefined. */
  accountOf(pk: string): OrganisationCode | undefined {
    return bankAccount.partsOf({ pk, sk: bankAccount.sk({}) })?.organisation;
  }

  /** The event that a row of an account's history stands for. */
  async accountEvent(
    key: { readonly pk: string; readonly sk: string },
    organisation: OrganisationCode,
  ): Promise<DomainEvent | undefined> {
    const item = await this.#budget.get(key as Key<'budget'>);
    return item && eventOfAccount(AccountRowSchema.parse(item['row']), organisation);
  }

  /** What an application's events say of it, as it stands. */
  async subject(applicationId: ApplicationId): Promise<Subject | undefined> {
    const item = await this.#table.get(entities.application.key({ applicationId }));
    return item && SubjectSchema.parse(item['state']);
  }

  /** The event that a row stands for, if it stands for one. @param subject the application whose row it is, if any. */
  async event(
    key: Key<'applications'>,
    subject: Promise<Subject | undefined>,
  ): Promise<DomainEvent | undefined> {
    const [item, about] = await Promise.all([this.#table.get(key), subject]);
    if (item && entities.lateAllowed.partsOf(key)) {
      return eventOfLateAllowed(LateAllowedSchema.parse(item['told']));
    }
    if (!item || !about) return undefined;
    if (entities.history.partsOf(key)) return eventOfHistory(HistoryRowSchema.parse(item['row']), about);
    if (entities.task.partsOf(key)) return eventOfTask(SignOffTaskSchema.parse(item['task']), about);
    if (entities.reminder.partsOf(key)) return eventOfReminder(ReminderSchema.parse(item['reminder']), about);
    if (entities.closingReminder.partsOf(key)) {
      return eventOfClosing(ClosingReminderSchema.parse(item['reminder']), about);
    }
    if (entities.announced.partsOf(key)) return eventOfAnnounced(AnnouncedSchema.parse(item['told']), about);
    return undefined;
  }
}
