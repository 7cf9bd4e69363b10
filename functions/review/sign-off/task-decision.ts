import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import {
  requireOtherDeciders,
  requireOutsider,
  requireSeparateDuties,
} from '../../filing/applications/duty-rules.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { SignOff, SignOffDecision } from '../../filing/applications/sign-off-record.ts';
import { requireCitations } from '../../policy/guides/citations.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { quoted, type Reason } from '../../shared/text.ts';
import { requireScores } from '../experts/scores.ts';
import { partKey, stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask, StepTask } from '../tasks/task.ts';
import { checkApproval, withName } from './approval-rules.ts';
import { basisHashes } from './basis-calculation.ts';
import {
  type Consequences,
  type Decision,
  type DecisionContext,
  inBoth,
  openParts,
  withDeciders,
} from './decision.ts';
import { reconsiderable } from './reconsideration-calculation.ts';
import { returned } from './return-decision.ts';
import { advance } from './sign-off-lifecycle.ts';

/** What each kind of step may be answered with. */
const outcomesOf: Readonly<Record<SignOff['kind'], readonly Decision['outcome'][]>> = {
  recommend: ['recommend', 'refuse', 'return', 'abstain'],
  opinion: ['opine', 'return', 'abstain'],
  approve: ['approve', 'refuse', 'return', 'abstain'],
};

/** What a task may be answered with as its application stands; none where it is decided otherwise, or no more. */
export function outcomesFor(
  { kind, status }: Pick<SignOffTask, 'kind' | 'status'>,
  application: Pick<Application, 'status'>,
): readonly Decision['outcome'][] {
  const isOpen = status === 'open' && application.status === 'sign-off';
  return isOpen && kind !== 'adjudicate' && kind !== 'reconsider' ? outcomesOf[kind] : [];
}

/** What other kinds of tasks take instead. */
const takenOtherwise = {
  adjudicate: {
    zh: '疑似重复案件请逐对裁定',
    en: 'a case of suspected duplicates takes a verdict on each pair',
  },
  reconsider: {
    zh: '复核任务只能维持或撤销原决定',
    en: 'a reconsideration upholds or overturns what was decided',
  },
} as const;

/** A task of the sign-off, and none that is decided otherwise. @throws DomainError not-in-this-state */
export function requireStep(task: SignOffTask): StepTask {
  const { kind } = task;
  if (kind === 'adjudicate' || kind === 'reconsider') {
    throw new DomainError('not-in-this-state', { detail: takenOtherwise[kind] });
  }
  return { ...task, kind };
}

/**
 * The application of a task that a person may answer in such a way.
 * @throws DomainError task-decided, task-expired, task-closed, concurrent-change, forbidden, invalid-request.
 */
export function requireAnswerable(
  task: StepTask,
  application: Application,
  actor: Actor,
  outcome: Decision['outcome'],
): ApplicationIn<'sign-off'> {
  if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
  // The task was open a moment ago: whatever moved the application since has ended the task as well.
  if (application.status !== 'sign-off') throw new DomainError('concurrent-change');
  requireOutsider(application, actor);
  if (!outcomesOf[task.kind].includes(outcome)) throw wrongOutcome(application, task, outcome);
  return application;
}

/** What becomes of an application and its task when the decider abstains: the department's others decide. */
export function abstained(
  { task, application, decider, now }: Omit<DecisionContext, 'opened' | 'law'>,
  reason: string,
) {
  const at = now.toISOString();
  const { assignee: _, ...released } = task;
  const note: HistoryNote = {
    at,
    actor: decider.actor,
    event: 'abstained',
    stage: stageOf(task.step),
    department: task.department,
    note: reason,
  };
  return {
    to: { ...application, version: application.version + 1, updatedAt: at },
    note,
    interest: { kind: 'abstention' as const, at, note: reason },
    released,
  };
}

/**
 * What a decision does to the application and the tasks of others.
 * @throws DomainError same-person, scores-missing, correction-rounds-used, invalid-request, amount-too-high.
 * @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export function decided(
  context: DecisionContext,
  decision: Exclude<Decision, { outcome: 'abstain' }>,
): Consequences {
  const { task, application, decider } = context;
  requireSeparateDuties(application, stageOf(task.step), decider.persons);
  requireOtherDeciders(application, task, decider.persons);
  return decision.outcome === 'return' ? returned(context, decision) : taken(context, decision);
}

type Taken = Exclude<Decision, { outcome: 'abstain' } | { outcome: 'return' }>;

/** A decision that the applicant does not answer to leads on to the next step, to the end, or to refusal. */
function taken(context: DecisionContext, decision: Taken): Consequences {
  const { task, application, opened, law, decider, now } = context;
  const at = now.toISOString();
  const record = recordOf(context, decision);
  const { step, kind, department, taskId } = task;
  const reviewed = withDeciders(context);
  const signOffs = {
    ...reviewed.signOffs,
    [partKey(task)]: { taskId, step, kind, department, decision: record },
  };
  const content =
    decision.outcome === 'approve' ? withName(opened, application.content, decision) : application.content;
  const changed = { ...reviewed, content, version: application.version + 1, updatedAt: at, signOffs };
  const note = {
    at,
    actor: decider.actor,
    event: record.outcome === 'approved' ? 'signed-off' : record.outcome,
    stage: stageOf(step),
    department,
    basisHash: record.basis.hash,
    ...(record.outcome === 'refused' && { reasons: record.reasons }),
  } as const;
  const others = openParts(application, task);
  if (record.outcome === 'refused') {
    return {
      to: {
        ...changed,
        status: 'refused',
        reasons: record.reasons,
        reconsideration: reconsiderable(content, { opened, law, now, refusedBy: department }),
      },
      note,
      closed: others.map((other) => other.taskId),
      opens: [],
      answer: { outcome: 'refused', attempt: application.signOffAttempt },
    };
  }
  if (others.length > 0) return { to: changed, note, closed: [], opens: [], answer: undefined };
  const attempt = application.signOffAttempt + 1;
  const next = advance(signOffs, { application: changed, opened, law, attempt, now });
  if (next.to === 'end') {
    return {
      to: { ...changed, ...next.figures, status: 'deduplication' },
      note,
      closed: [],
      opens: [],
      answer: { outcome: 'approved', attempt: application.signOffAttempt },
    };
  }
  return {
    to: { ...changed, step: next.step, signOffs: next.signOffs, signOffAttempt: attempt },
    note,
    closed: [],
    opens: next.tasks,
    answer: { outcome: 'continue', attempt },
  };
}

function recordOf(
  { task, application, opened, law, decider, now }: DecisionContext,
  decision: Taken,
): SignOffDecision {
  const step = opened.item.signOff.steps[task.step - 1];
  if (!step) throw new Error(`the guide has no step ${task.step}`);
  const { actor, onBehalfOf } = decider;
  const common = {
    by: actor.id,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    at: now.toISOString(),
    basis: {
      submission: application.submission.number,
      version: application.version,
      ...basisHashes(application, step),
    },
  };
  switch (decision.outcome) {
    case 'refuse': {
      requireCitations([{ path: 'citation', citation: decision.citation }], opened, law);
      const reasons: Reason[] = [
        { code: 'refused', citation: decision.citation, message: inBoth(decision.reason) },
      ];
      return { outcome: 'refused', reasons, ...common };
    }
    case 'opine':
      return {
        outcome: 'opined',
        favourable: decision.favourable,
        opinion: inBoth(decision.opinion),
        ...common,
      };
    case 'recommend':
      return {
        outcome: 'recommended',
        ...(decision.reason && { reason: inBoth(decision.reason) }),
        ...common,
      };
    case 'approve':
      requireScores(application, opened);
      return {
        outcome: 'approved',
        ...checkApproval(opened, application.content, decision),
        ...(decision.reason && { reason: inBoth(decision.reason) }),
        ...common,
      };
  }
}

function wrongOutcome(
  { guide, content }: ApplicationIn<'sign-off'>,
  { kind }: StepTask,
  outcome: Decision['outcome'],
): DomainError {
  const known = quoted(outcomesOf[kind]);
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'outcome',
        rule: `one-of-${outcomesOf[kind].join('-')}`,
        message: {
          zh: `本环节可作：${known.zh}`,
          en: `a task of the kind ${kind} takes ${known.en}, not "${outcome}"`,
        },
        citation: `申报指南 ${guide} ${content.item}`,
      },
    ],
  });
}
