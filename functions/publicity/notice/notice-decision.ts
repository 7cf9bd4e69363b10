import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { isObjectedTo } from '../../filing/applications/lifecycle.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import { TransientError } from '../../shared/errors.ts';

/** What becomes of an application with its notice. */
interface NoticeChange {
  readonly to: ApplicationIn<'noticed'>;
  readonly note: HistoryNote;
}

/** What the opening of a notice answers; `change` where it was not open before. */
interface Opening {
  readonly outcome: 'noticed' | 'duplicate' | 'withdrawn';
  readonly closesAt: string;
  readonly change?: NoticeChange;
}

/**
 * The notice of an award, for as long as its guide says. One that is open or over already answers its own end, and an
 * application that has ended meanwhile answers so: the stop of its execution may come later than this.
 * @throws Error for an application without an award; calendar-missing.
 */
export function openedNotice(
  application: Application,
  { item: { notice } }: Pick<OpenedItem, 'item'>,
  calendar: PolicyBook['calendar'],
  now: Date,
): Opening {
  const at = now.toISOString();
  const { applicationId, status } = application;
  if (status === 'withdrawn' || status === 'duplicate') return { outcome: status, closesAt: at };
  if ('notice' in application) return { outcome: 'noticed', closesAt: application.notice.closesAt };
  if (application.status !== 'allocated')
    throw new Error(`cannot open the notice of ${applicationId} in status ${status}`);
  const end =
    'seconds' in notice ? new Date(now.getTime() + notice.seconds * 1000) : calendar.endOf(now, notice);
  const closesAt = end.toISOString();
  return {
    outcome: 'noticed',
    closesAt,
    change: {
      to: {
        ...application,
        status: 'noticed',
        version: application.version + 1,
        updatedAt: at,
        notice: { opensAt: at, closesAt },
      },
      note: { at, actor: systemActor, event: 'notice-opened' },
    },
  };
}

/** What the end of a notice comes to where nothing is to be written; otherwise the application that is to be cleared. */
type Ending =
  | { readonly outcome: 'cleared' | 'held' | 'objected' | 'cancelled' | 'duplicate' | 'withdrawn' }
  | { readonly due: ApplicationIn<'noticed'> };

/**
 * Whether a notice that has run its time may be ended: not while a late match or an objection holds it.
 * @throws TransientError before its end; Error for an application that was never under notice.
 */
export function endedNotice(application: Application, now: Date): Ending {
  const { applicationId, status } = application;
  if (status === 'cancelled' || status === 'duplicate' || status === 'withdrawn') return { outcome: status };
  if (status === 'ordered' || status === 'closed') return { outcome: 'cleared' };
  if (application.status !== 'noticed')
    throw new Error(`cannot end the notice of ${applicationId} in status ${status}`);
  if (application.notice.clearedAt !== undefined) return { outcome: 'cleared' };
  if (application.hold) return { outcome: 'held' };
  if (isObjectedTo(application)) return { outcome: 'objected' };
  // The waiting clock may run ahead of ours by a little; the notice is never shorter than it was announced.
  if (now < new Date(application.notice.closesAt)) throw new TransientError('the notice has not ended');
  return { due: application };
}

/** The application with its credit checked again: once for each notice. */
export function creditChecked(application: ApplicationIn<'noticed'>, now: Date): ApplicationIn<'noticed'> {
  return { ...application, notice: { ...application.notice, creditCheckedAt: now.toISOString() } };
}

/** An application against whose award nothing stands any more: an order may be made. */
export function cleared(application: ApplicationIn<'noticed'>, now: Date): NoticeChange {
  const at = now.toISOString();
  const { notice } = application;
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      notice: { ...notice, clearedAt: at, creditCheckedAt: notice.creditCheckedAt ?? at },
    },
    note: { at, actor: systemActor, event: 'notice-ended' },
  };
}
