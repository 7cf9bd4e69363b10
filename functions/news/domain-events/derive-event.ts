import * as z from 'zod';
import type { Announced } from '../../filing/announcements/announcement.ts';
import { CorrectionSchema } from '../../filing/applications/correction.ts';
import type { HistoryRow } from '../../filing/applications/history-row.ts';
import type { Status } from '../../filing/applications/lifecycle.ts';
import { ReconsiderationSchema } from '../../filing/applications/reconsideration.ts';
import type { AccountRow } from '../../filing/bank-accounts/account-record.ts';
import type { ClosingReminder } from '../../filing/closings/closing-reminder.ts';
import type { LateAllowed } from '../../filing/late-exceptions/late-exception.ts';
import type { Reminder } from '../../review/sign-off/reminder-store.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { KnownOrganisationSchema, type OrganisationCode, worded } from '../../shared/vocabulary.ts';
import type { DomainEvent } from './domain-event.ts';

/**
 * What an event says of its application beside the change itself. Organisation and item do not change once it is
 * submitted; what a later state has dropped is absent.
 */
export const SubjectSchema = z.object({
  applicationId: z.string(),
  status: worded<Status>(z.string()),
  organisation: KnownOrganisationSchema,
  guide: z.string(),
  content: z.object({ item: z.string() }),
  corrections: z.array(CorrectionSchema).optional(),
  pool: z.string().optional(),
  award: z.object({ roundId: z.string() }).optional(),
  notice: z.object({ closesAt: z.string() }).optional(),
  reconsideration: ReconsiderationSchema.pick({ askBefore: true, asked: true }).optional(),
});
export type Subject = z.output<typeof SubjectSchema>;

/** The event that a row of the history stands for; most changes between two statuses are one, and few others. */
export function eventOfHistory(row: HistoryRow, subject: Subject): DomainEvent | undefined {
  const base = {
    id: `${subject.applicationId}#${row.version}`,
    ...commonOf(subject),
    guide: row.guide,
    at: row.at,
    version: row.version,
  };
  if (row.event === 'correction-warned') {
    return { type: 'CorrectionDueSoon', ...base, ...correctionAt(subject, row.at) };
  }
  if (row.event === 'expert-invited' && row.note !== undefined) {
    return { type: 'ExpertInvited', ...base, expert: row.note };
  }
  if (row.event === 'handover-offered') return { type: 'HandoverOffered', ...base };
  if (row.event === 'handed-over') return { type: 'ApplicationHandedOver', ...base };
  if (row.event === 'payment-returned') return { type: 'PaymentReturned', ...base };
  const department = row.department !== undefined && { department: row.department };
  const reasons = (row.reasons ?? []).map(({ code, citation }) => ({ code, citation }));
  switch (row.event) {
    case 'reconsideration-requested': {
      const asked = subject.reconsideration?.asked;
      return {
        type: 'ReconsiderationRequested',
        ...base,
        ...department,
        ...(asked && { dueAt: asked.dueAt }),
      };
    }
    case 'refusal-upheld':
      return { type: 'RefusalUpheld', ...base, reasons, ...department };
    case 'refusal-overturned':
      return { type: 'RefusalOverturned', ...base, ...department };
  }
  if (row.from === row.to) return undefined;
  const { from } = row;
  const { askBefore } = subject.reconsideration ?? {};
  const reconsiderable = askBefore !== undefined && { askBefore };
  const pool = subject.pool !== undefined && { pool: subject.pool };
  switch (row.to) {
    case 'draft':
    case 'deleted':
      return undefined;
    case 'submitted':
      return { type: from === 'returned' ? 'ApplicationCorrected' : 'ApplicationSubmitted', ...base };
    case 'sign-off':
      return undefined;
    case 'ineligible':
      return { type: 'ApplicationFoundIneligible', ...base, reasons, ...department };
    case 'returned':
      return from === 'lapsed'
        ? { type: 'ApplicationReopened', ...base, ...correctionAt(subject, row.at) }
        : { type: 'ApplicationReturned', ...base, ...correctionAt(subject, row.at), ...department };
    case 'lapsed':
      return { type: 'ApplicationLapsed', ...base };
    case 'refused':
      return { type: 'ApplicationRefused', ...base, reasons, ...department, ...reconsiderable };
    case 'deduplication':
      return from === 'adjudication' ? undefined : { type: 'ApplicationSignedOff', ...base };
    case 'adjudication':
      return undefined;
    case 'duplicate':
      return { type: 'ApplicationFoundDuplicate', ...base, reasons, ...department };
    case 'recognised':
      return { type: 'ApplicationRecognised', ...base };
    case 'pooled':
      return { type: 'ApplicationPooled', ...base, ...pool };
    case 'allocated':
      return {
        type: 'AwardCommitted',
        ...base,
        ...pool,
        ...(subject.award && { roundId: subject.award.roundId }),
      };
    case 'noticed':
      return {
        type: 'NoticeOpened',
        ...base,
        ...(subject.notice && { closesAt: subject.notice.closesAt }),
      };
    case 'ordered':
      return { type: 'AwardOrdered', ...base };
    case 'closed':
      return { type: 'ApplicationClosed', ...base };
    case 'cancelled':
      return { type: 'AwardCancelled', ...base, reasons, ...reconsiderable };
    case 'withdrawn':
      return { type: 'ApplicationWithdrawn', ...base };
  }
}

/** The event of a change of an organisation's account. */
export function eventOfAccount(row: AccountRow, organisation: OrganisationCode): DomainEvent {
  const { version, at, lastFour, district, inForceFrom = at } = row;
  const base = { id: `${organisation}#account#${version}`, organisation, at, version, lastFour };
  switch (row.event) {
    case 'proposed':
      return { type: 'AccountProposed', ...base, ...(district !== undefined && { department: district }) };
    case 'confirmed':
      return { type: 'AccountConfirmed', ...base, inForceFrom };
    case 'refused':
      return { type: 'AccountRefused', ...base };
    case 'withdrawn':
      return { type: 'AccountWithdrawn', ...base };
  }
}

/** The event of a new task. */
export function eventOfTask(task: SignOffTask, subject: Subject): DomainEvent {
  return { type: 'TaskOpened', id: task.taskId, ...commonOf(subject), at: task.createdAt, ...ofTask(task) };
}

/** The event of a reminder. */
export function eventOfReminder(reminder: Reminder, subject: Subject): DomainEvent {
  return {
    type: reminder.about === 'due-soon' ? 'TaskDueSoon' : 'TaskOverdue',
    id: `${reminder.taskId}#${reminder.about}#${reminder.number}`,
    ...commonOf(subject),
    at: reminder.at,
    ...ofTask(reminder),
    number: reminder.number,
    ...(reminder.assignee !== undefined && { assignee: reminder.assignee }),
  };
}

/** The event of a reminder before a window closes; none where the draft is a draft no more. */
export function eventOfClosing(
  { closesAt, days, unit, at }: ClosingReminder,
  subject: Subject,
): DomainEvent | undefined {
  if (subject.status !== 'draft') return undefined;
  const id = `${subject.applicationId}#closing#${closesAt}#${days}#${unit}`;
  return { type: 'DraftClosingSoon', id, ...commonOf(subject), at, closesAt };
}

/** The event of an announcement: one for an organisation, however many of its applications are told. */
export function eventOfAnnounced(
  { announcementId, title, text, at }: Announced,
  subject: Subject,
): DomainEvent {
  const id = `${announcementId}#${subject.organisation}`;
  return { type: 'AnnouncementSent', id, ...commonOf(subject), at, announcementId, title, text };
}

/** The event of a confirmed exception from a closing: its organisation need not have an application. */
export function eventOfLateAllowed(told: LateAllowed): DomainEvent {
  return { type: 'LateApplicationAllowed', id: `late-exception#${told.exceptionId}`, ...told };
}

function commonOf({ applicationId, organisation, guide, content }: Subject) {
  return { applicationId, organisation, item: content.item, guide };
}

function ofTask({
  taskId,
  department,
  step,
  kind,
  dueAt,
}: Pick<SignOffTask, 'taskId' | 'department' | 'step' | 'kind' | 'dueAt'>) {
  return { taskId, department, step, kind, dueAt };
}

/** The correction that was asked for by then: the last one that is not younger than the row. */
function correctionAt({ corrections = [] }: Subject, at: string) {
  const meant = corrections.findLast((correction) => correction.at <= at);
  return meant && { round: meant.round, dueAt: meant.dueAt, lapsesAt: meant.lapsesAt };
}
