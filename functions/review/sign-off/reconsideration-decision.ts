import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import { requireNoDecider } from '../../filing/applications/duty-rules.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { Stage } from '../../filing/applications/lifecycle.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor, ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import { newTask } from '../tasks/new-task.ts';
import type { SignOffTask } from '../tasks/task.ts';
import { inBoth, type Remark } from './decision.ts';
import { reconsiderationTerms } from './reconsideration-calculation.ts';
import { advance } from './sign-off-lifecycle.ts';

/** What those who reconsider a refusal decide. */
export interface ReconsiderationDecision {
  readonly outcome: 'uphold' | 'overturn';
  readonly reason: Remark;
  readonly citation: string;
  /** What the task showed. */
  readonly contentHash: string;
}

type Refused = ApplicationIn<'refused' | 'cancelled'>;
type Asked = Refused & {
  readonly reconsideration: NonNullable<Refused['reconsideration']> & {
    readonly asked: NonNullable<NonNullable<Refused['reconsideration']>['asked']>;
  };
};

interface Law {
  readonly opened: OpenedItem;
  readonly law: Pick<PolicyBook, 'notice' | 'calendar'>;
  readonly now: Date;
}

/**
 * The request for a reconsideration, and the task that it opens; undefined where it was made before with these grounds,
 * whatever has come of it.
 * @throws DomainError not-in-this-state for what no people refused, already-exists with other grounds, deadline-passed with
 * the deadline and where it is given, same-person. @throws CalendarMissingError
 */
export function requested(
  application: Application,
  grounds: string,
  { actor, opened, law, now }: Law & { readonly actor: Actor },
): { readonly to: Refused; readonly note: HistoryNote; readonly task: SignOffTask } | undefined {
  const reconsideration = 'reconsideration' in application ? application.reconsideration : undefined;
  if (!reconsideration || (application.status !== 'refused' && application.status !== 'cancelled')) {
    const last = application.reopenings?.at(-1);
    if (last?.taskId !== undefined && last.reason === grounds) return undefined;
    throw new DomainError('not-in-this-state');
  }
  const { asked, askBefore, citation, department } = reconsideration;
  if (asked?.grounds === grounds) return undefined;
  if (asked) throw onceOnly(citation);
  requireNoDecider(application, actor.id);
  if (now >= new Date(askBefore)) throw tooLate(askBefore, citation);
  const { due } = reconsiderationTerms(opened, law.notice);
  // Behind every step, so that no task of one has its id; the version tells it from an earlier one.
  const step = opened.item.signOff.steps.length + 1;
  const task = newTask(
    { step, kind: 'reconsider', department },
    { application, opened, calendar: law.calendar, attempt: application.version, now, due },
  );
  const at = now.toISOString();
  return {
    to: {
      ...next(application, at),
      reconsideration: {
        ...reconsideration,
        asked: { grounds, by: actor.id, at, taskId: task.taskId, dueAt: task.dueAt },
      },
    },
    note: {
      ...{ at, actor: { id: actor.id, role: 'organisation-admin' }, event: 'reconsideration-requested' },
      ...{ stage: stageOf(application), department, note: grounds },
    },
    task,
  };
}

/** Whether a task was decided so already. */
export function isDecidedSo(
  application: Application,
  taskId: string,
  { outcome }: Pick<ReconsiderationDecision, 'outcome'>,
): boolean {
  if (outcome === 'overturn') return application.reopenings?.some((one) => one.taskId === taskId) ?? false;
  const kept = 'reconsideration' in application ? application.reconsideration : undefined;
  return kept?.asked?.taskId === taskId && kept.upheld !== undefined;
}

/** The refused application that a task is about. @throws DomainError concurrent-change when it has gone on meanwhile. */
export function requireAsked(application: Application, taskId: string): Asked {
  const kept = 'reconsideration' in application ? application.reconsideration : undefined;
  if (application.status !== 'refused' && application.status !== 'cancelled') {
    throw new DomainError('concurrent-change');
  }
  if (!kept?.asked || kept.asked.taskId !== taskId || kept.upheld) throw new DomainError('concurrent-change');
  return { ...application, reconsideration: { ...kept, asked: kept.asked } };
}

/** Name of the reconsideration among the stages: each refusal's is one of its own. */
export function stageOf({ reopenings = [] }: Pick<Application, 'reopenings'>): Stage {
  return `reconsideration-${reopenings.length + 1}`;
}

interface Deciding extends Law {
  readonly by: ActorReference;
  /** The decider, and whom the decider stands in for. */
  readonly persons: readonly string[];
  readonly decision: ReconsiderationDecision;
}

/** The refusal stands, with reasons of its own beside those it had. */
export function upheld(application: Asked, { by, persons, decision, now }: Deciding) {
  const at = now.toISOString();
  const reason = inBoth(decision.reason);
  const to: Refused = {
    ...bound(application, persons, at),
    reconsideration: {
      ...application.reconsideration,
      upheld: { reason, citation: decision.citation, by: by.id, at },
    },
  };
  return { to, note: noteOf(application, { by, at, decision }, 'refusal-upheld') };
}

/**
 * The refusal falls. A refused application is back in the step that refused it, where what others decided stands; an award
 * that was taken back goes through the duplicate check again and from there into its pool: its money has gone back, and is
 * promised by a round alone.
 * @returns the claims to take again, tasks of the step, and the number of the reopening that names the new execution.
 * @throws CalendarMissingError
 */
export function overturned(application: Asked, deciding: Deciding) {
  const { by, persons, decision, now } = deciding;
  const at = now.toISOString();
  const { asked } = application.reconsideration;
  const { reopenings: earlier = [], submission } = application;
  const reopening = earlier.length + 1;
  const reopenings = [
    ...earlier,
    {
      ...{ reason: asked.grounds, by: asked.by, at: asked.at },
      ...{ approvedBy: by.id, approvedAt: at, taskId: asked.taskId },
    },
  ];
  const note = noteOf(application, { by, at, decision }, 'refusal-overturned');
  const again = { reopenings, submission: { ...submission, reopening } };
  if (application.status === 'cancelled') {
    const claims = application.claims;
    const to = { ...withoutAward(bound(application, persons, at)), ...again, reclaimed: claims };
    return { to, note, claims, opens: [], reopening };
  }
  const { reasons: _, reconsideration: __, ...kept } = bound(application, persons, at);
  const standing = Object.fromEntries(
    Object.entries(kept.signOffs).filter(([, part]) => part.decision && part.decision.outcome !== 'refused'),
  );
  const attempt = kept.signOffAttempt + 1;
  const opened = advance(standing, {
    ...{ opened: deciding.opened, law: deciding.law, attempt, now },
    application: { ...kept, ...again, status: 'sign-off' },
  });
  if (opened.to === 'end') throw new Error(`nobody refused ${application.applicationId}`);
  const { step, signOffs, tasks } = opened;
  const to: ApplicationIn<'sign-off'> = {
    ...{ ...kept, ...again, status: 'sign-off', step, signOffs, signOffAttempt: attempt },
  };
  return { to, note, claims: [], opens: tasks, reopening };
}

/** What the lead departments had signed off, without what came of it. */
function withoutAward(application: ApplicationIn<'cancelled'>): ApplicationIn<'deduplication'> {
  const { reasons, reconsideration, award, notice, openObjections, hold, ...signedOff } = application;
  const { ceiling, alreadyPaidFen, takenOff, pool, matterKey, claims, ...kept } = signedOff;
  return { ...kept, status: 'deduplication' };
}

function next<A extends Refused>(application: A, at: string): A {
  return { ...application, version: application.version + 1, updatedAt: at };
}

function bound<A extends Refused>(application: A, persons: readonly string[], at: string): A {
  const deciders = Object.fromEntries(persons.map((person) => [person, stageOf(application)]));
  return { ...next(application, at), deciders: { ...application.deciders, ...deciders } };
}

function noteOf(
  application: Asked,
  { by, at, decision }: Pick<Deciding, 'by' | 'decision'> & { readonly at: string },
  event: 'refusal-upheld' | 'refusal-overturned',
): HistoryNote {
  const { department } = application.reconsideration;
  const { citation, reason } = decision;
  return {
    ...{ at, actor: by, event, stage: stageOf(application), department },
    basisHash: application.submission.contentHash,
    reasons: [{ code: event, citation, message: inBoth(reason) }],
  };
}

function onceOnly(citation: string): DomainError {
  const message = {
    zh: '每次不予支持的决定只能申请复核一次',
    en: 'each refusal is reconsidered once, on the grounds that were given then',
  };
  return new DomainError('already-exists', {
    detail: message,
    faults: [{ path: 'grounds', rule: 'once-for-each-refusal', message, citation }],
  });
}

function tooLate(askBefore: string, citation: string): DomainError {
  const message = {
    zh: `申请复核的期限已于 ${shanghaiTime(askBefore)} 届满`,
    en: `a reconsideration could be asked for before ${shanghaiTime(askBefore)}`,
  };
  return new DomainError('deadline-passed', {
    detail: message,
    faults: [{ path: 'grounds', rule: 'asked-in-time', message, citation }],
  });
}
