import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { ObjectionId } from '../../shared/vocabulary.ts';
import type { ObjectionIn, ObjectionKind, ObjectionNote } from './objection.ts';

type Public = ApplicationIn<'noticed' | 'ordered' | 'closed' | 'cancelled'>;

/** What is brought up against an award. */
export type Brought = Pick<
  ObjectionIn<'received'>,
  'objectionId' | 'kind' | 'grounds' | 'evidence' | 'sealed' | 'receiptHash'
>;

/** Who brings it up, when, and until when it has to be decided. */
interface Bringing {
  readonly actor: ActorReference;
  readonly now: Date;
  readonly dueAt: Date;
}

/** What an objection does that holds its award. */
export interface Opening {
  readonly objection: ObjectionIn<'received'>;
  readonly objectionNote: ObjectionNote;
  /** The application whose award it holds. */
  readonly to: ApplicationIn<'noticed'>;
  readonly note: HistoryNote;
}

/**
 * The application whose award something is brought up against: an objection while it is under notice, everything else
 * from then on.
 * @throws DomainError not-found when it never was: an objection must not find out how an application stands;
 * deadline-passed for an objection after the notice.
 */
export function requirePublic(application: Application | undefined, kind: ObjectionKind, now: Date): Public {
  if (
    application?.status !== 'noticed' &&
    application?.status !== 'ordered' &&
    application?.status !== 'closed' &&
    (application?.status !== 'cancelled' || kind === 'objection')
  ) {
    throw new DomainError('not-found');
  }
  if (kind !== 'objection' || isUnderNotice(application, now)) return application;
  throw noticeOver(application.notice.closesAt);
}

/** Whether objections to an award are still taken. */
export function isUnderNotice(application: Public, now: Date): application is ApplicationIn<'noticed'> {
  return application.status === 'noticed' && now < new Date(application.notice.closesAt);
}

/** The refusal of an objection that comes after the notice. */
export function noticeOver(closesAt: string): DomainError {
  return new DomainError('deadline-passed', {
    detail: {
      zh: `公示已于 ${shanghaiTime(closesAt)} 结束，不再受理异议`,
      en: `the notice ended at ${shanghaiTime(closesAt)}: objections are not taken any more`,
    },
  });
}

/** What somebody has brought up and no officer has looked at. */
export function filed(
  application: Public,
  brought: Brought,
  { now, dueAt }: Omit<Bringing, 'actor'>,
): ObjectionIn<'screening'> {
  return { ...describedBy(application, brought, { now, dueAt }), status: 'screening', unadmitted: true };
}

/** An objection of the system's own against an award under notice, which it holds from then on. */
export function opened(
  application: ApplicationIn<'noticed'>,
  brought: Brought,
  { actor, now, dueAt }: Bringing,
): Opening {
  const at = now.toISOString();
  return {
    objection: { ...describedBy(application, brought, { now, dueAt }), status: 'received' },
    objectionNote: { at, actor, event: 'received' },
    ...held(application, brought.objectionId, { at, actor }),
  };
}

/** An award under notice that an objection holds from now on. */
export function held(
  application: ApplicationIn<'noticed'>,
  objectionId: ObjectionId,
  { at, actor }: Pick<HistoryNote, 'at' | 'actor'>,
): Pick<Opening, 'to' | 'note'> {
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      openObjections: [...(application.openObjections ?? []), objectionId],
    },
    note: { at, actor, event: 'objected-to', note: objectionId },
  };
}

function describedBy(
  { applicationId, organisation, content, award, pool }: Public,
  brought: Brought,
  { now, dueAt }: Omit<Bringing, 'actor'>,
) {
  return {
    ...brought,
    ...{ applicationId, organisation, poolId: pool, roundId: award.roundId },
    organisationName: content.enterprise.name,
    item: content.item,
    version: 1,
    receivedAt: now.toISOString(),
    dueAt: dueAt.toISOString(),
  };
}
