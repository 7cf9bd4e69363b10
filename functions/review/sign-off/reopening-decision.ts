import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import {
  reopeningStages,
  requireOutsider,
  requireSeparateDuties,
} from '../../filing/applications/duty-rules.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { Stage } from '../../filing/applications/lifecycle.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { correctionDeadlines } from './correction-calculation.ts';

/** What the second operator decides; a refusal says why. */
export type ReopeningDecision =
  | { readonly outcome: 'approve'; readonly reason?: string | undefined }
  | { readonly outcome: 'refuse'; readonly reason: string };

/** An application that lapsed, and what somebody asked for. */
type Asked = ApplicationIn<'lapsed'> & {
  readonly reopening: NonNullable<ApplicationIn<'lapsed'>['reopening']>;
};

/** What becomes of an application. */
interface Change<S extends 'lapsed' | 'returned'> {
  readonly to: ApplicationIn<S>;
  readonly note: HistoryNote;
}

/** Who asks or decides, and when. */
interface Doing {
  readonly actor: Actor;
  readonly now: Date;
}

/**
 * The request to open a lapsed application again; undefined where the same person has asked with the same words.
 * After a refusal it may be asked for anew.
 * @throws DomainError not-in-this-state, already-exists, forbidden, same-person.
 */
export function requested(
  application: Application,
  reason: string,
  { actor, now }: Doing,
): Change<'lapsed'> | undefined {
  if (application.status !== 'lapsed') throw new DomainError('not-in-this-state');
  const { reopening } = application;
  if (reopening && !reopening.refused) {
    if (reopening.by === actor.id && reopening.reason === reason) return undefined;
    throw new DomainError('already-exists');
  }
  const stage = stageOfReopening(application);
  requireOutsider(application, actor);
  requireSeparateDuties(application, stage, [actor.id]);
  const at = now.toISOString();
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      reopening: { reason, by: actor.id, at },
    },
    note: { at, actor: operator(actor), event: 'reopening-requested', stage, note: reason },
  };
}

/** Whether this person has taken this decision already. */
export function isTaken(application: Application, actor: Actor, { outcome }: ReopeningDecision): boolean {
  if (outcome === 'approve') {
    return application.status !== 'lapsed' && application.reopenings?.at(-1)?.approvedBy === actor.id;
  }
  return application.status === 'lapsed' && application.reopening?.refused?.by === actor.id;
}

/**
 * An application that somebody may decide to open again: another person than the one who asked.
 * @throws DomainError not-in-this-state, forbidden, same-person.
 */
export function requireAsked(application: Application, actor: Actor): Asked {
  if (application.status !== 'lapsed') throw new DomainError('not-in-this-state');
  const { reopening } = application;
  if (!reopening || reopening.refused) throw new DomainError('not-in-this-state');
  requireOutsider(application, actor);
  requireSeparateDuties(application, stageOfReopening(application), [actor.id]);
  if (reopening.by === actor.id) {
    throw new DomainError('same-person', {
      detail: {
        zh: '须由申请恢复办理者以外的人员决定',
        en: 'another person decides than the one who asks for the reopening',
      },
    });
  }
  return { ...application, reopening };
}

/** The refusal of what was asked for; it is kept. */
export function refused(application: Asked, reason: string, { actor, now }: Doing): Change<'lapsed'> {
  const at = now.toISOString();
  return {
    to: {
      ...decidedBy(application, actor, at),
      reopening: { ...application.reopening, refused: { by: actor.id, reason, at } },
    },
    note: { ...noteOf(application, actor, at, reason), event: 'reopening-refused' },
  };
}

/**
 * The application with the applicant again; the last correction is due at a new time, which the guide gives from now on.
 * @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export function reopened(
  application: Asked,
  reason: string | undefined,
  { actor, now, item, calendar }: Doing & Pick<OpenedItem, 'item'> & { readonly calendar: WorkCalendar },
): Change<'returned'> & { readonly reopening: number } {
  const at = now.toISOString();
  const decided = decidedBy(application, actor, at);
  const { reasons: _, reopening: request, corrections, reopenings: earlier = [], ...kept } = decided;
  const last = corrections.at(-1);
  if (!last) throw new Error(`nothing to reopen in ${decided.applicationId}`);
  const { warnAt: __, warnedAt: ___, ...correction } = last;
  const approved = { approvedBy: actor.id, approvedAt: at };
  const reopenings = [...earlier, { reason: request.reason, by: request.by, at: request.at, ...approved }];
  return {
    to: {
      ...kept,
      status: 'returned',
      submission: { ...kept.submission, reopening: reopenings.length },
      corrections: [
        ...corrections.slice(0, -1),
        { ...correction, ...correctionDeadlines(item, now, calendar) },
      ],
      reopenings,
    },
    note: { ...noteOf(application, actor, at, reason), event: 'reopened' },
    reopening: reopenings.length,
  };
}

function decidedBy(application: Asked, actor: Actor, at: string): Asked {
  return {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [actor.id]: stageOfReopening(application) },
  };
}

function noteOf(application: Asked, actor: Actor, at: string, reason: string | undefined) {
  const stage = stageOfReopening(application);
  return { at, actor: operator(actor), stage, ...(reason !== undefined && { note: reason }) };
}

function stageOfReopening({ reopenings = [] }: Application): Stage {
  return `${reopeningStages}${reopenings.length + 1}`;
}

function operator(actor: Actor) {
  return { id: actor.id, role: 'operator' } as const;
}
