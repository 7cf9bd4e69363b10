import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { ObjectionEvent, ObjectionIn } from './objection.ts';

/** Objections that an award takes at a time: the application's item has to hold their ids. */
const openAtMost = 100;

/** What is brought up against an award. */
export type Brought = Pick<
  ObjectionIn<'received'>,
  'objectionId' | 'grounds' | 'evidence' | 'sealed' | 'receiptHash'
>;

/** Who brings it up, when, and until when it has to be decided. */
interface Bringing {
  readonly actor: ActorReference;
  readonly now: Date;
  readonly dueAt: Date;
}

/** What an objection does. */
export interface Opening {
  readonly objection: ObjectionIn<'received'>;
  readonly objectionNote: StepNote<ObjectionEvent>;
  /** The application whose award it holds. */
  readonly to: ApplicationIn<'noticed'>;
  readonly note: HistoryNote;
}

/**
 * The application whose award is under public notice.
 * @throws DomainError not-found when it never was: an objection must not find out how an application stands;
 * deadline-passed after the notice.
 */
export function requireUnderNotice(
  application: Application | undefined,
  now: Date,
): ApplicationIn<'noticed'> {
  if (
    application?.status !== 'noticed' &&
    application?.status !== 'ordered' &&
    application?.status !== 'closed'
  ) {
    throw new DomainError('not-found');
  }
  const { closesAt } = application.notice;
  if (application.status === 'noticed' && now < new Date(closesAt)) return application;
  throw new DomainError('deadline-passed', {
    detail: {
      zh: `公示已于 ${shanghaiTime(closesAt)} 结束，不再受理异议`,
      en: `the notice ended at ${shanghaiTime(closesAt)}: objections are not taken any more`,
    },
  });
}

/**
 * An objection against an award under notice, which it holds from then on.
 * @throws DomainError not-in-this-state when too many are open.
 */
export function opened(
  application: ApplicationIn<'noticed'>,
  brought: Brought,
  { actor, now, dueAt }: Bringing,
): Opening {
  const { applicationId, organisation, content, award, pool, openObjections = [] } = application;
  if (openObjections.length >= openAtMost) {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '该事项待处理的异议过多，请以书面方式向主管部门提出',
        en: 'this award has too many open objections: put yours to the department in writing',
      },
    });
  }
  const at = now.toISOString();
  const { objectionId } = brought;
  return {
    objection: {
      status: 'received',
      ...brought,
      ...{ applicationId, organisation, poolId: pool, roundId: award.roundId },
      organisationName: content.enterprise.name,
      item: content.item,
      version: 1,
      receivedAt: at,
      dueAt: dueAt.toISOString(),
    },
    objectionNote: { at, actor, event: 'received' },
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      openObjections: [...openObjections, objectionId],
    },
    note: { at, actor, event: 'objected-to', note: objectionId },
  };
}
