import type { ApplicationIn, SignOff, SignOffDecision } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import {
  organisationsOf,
  requireOtherDeciders,
  requireOutsider,
  requireSeparateDuties,
} from '../../filing/applications/duties.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Reason } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { requireScores } from '../experts/scores.ts';
import { requireOwnTask, reviewerRole } from '../tasks/own-task.ts';
import { partKey, stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask, StepTask } from '../tasks/task.ts';
import { basisHashes } from './basis.ts';
import { checkApproval } from './check-approval.ts';
import {
  type DecideParts,
  type Decider,
  type Decision,
  inBoth,
  openParts,
  resumeSignOff,
} from './decision.ts';
import { advance } from './open-step.ts';
import { requireBasis } from './require-basis.ts';
import { returned } from './return-application.ts';

/** What each kind of step may be answered with. */
const outcomesOf: Readonly<Record<SignOff['kind'], readonly Decision['outcome'][]>> = {
  recommend: ['recommend', 'refuse', 'return', 'abstain'],
  opinion: ['opine', 'return', 'abstain'],
  approve: ['approve', 'refuse', 'return', 'abstain'],
};

/**
 * Takes a department's decision: one transaction ends the task, records the decision with what it was based on, opens
 * the next step where this was the last department of its own, and sends the waiting state machine on. The same
 * transaction checks that the decider declared no interest. Of two people deciding at once one wins.
 * @throws DomainError task-decided, task-expired, task-closed, task-assigned, basis-changed with what changed,
 * same-person, conflict-of-interest, scores-missing, correction-rounds-used, invalid-request, amount-too-high,
 * forbidden, not-found.
 */
export async function decideTask(
  parts: DecideParts,
  actor: Actor,
  taskId: string,
  decision: Decision,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = requireStep(await requireOwnTask(parts.tasks, actor, taskId));
    const application = await parts.store.require(task.applicationId);
    if (task.status !== 'open') {
      if (task.status === 'closed') await requireBasis(parts.store, application, task);
      throw new DomainError(`task-${task.status}`);
    }
    // The task was open a moment ago: whatever moved the application since has ended the task as well.
    if (application.status !== 'sign-off') throw new DomainError('concurrent-change');
    requireOutsider(application, actor);
    if (!outcomesOf[task.kind].includes(decision.outcome)) throw wrongOutcome(application, task, decision);
    if ('contentHash' in decision) await requireBasis(parts.store, application, task, decision.contentHash);
    const place = await placeOf(parts, actor, task);
    const now = parts.clock();
    const decider: Decider = {
      actor: { id: actor.id, role: reviewerRole(task.department) },
      persons: place ? [actor.id, place.absentee] : [actor.id],
      ...(place && { onBehalfOf: place.absentee }),
    };
    if (decision.outcome === 'abstain')
      return abstain(parts, application, task, decider, place?.checks ?? [], decision.reason, now);
    requireSeparateDuties(application, stageOf(task.step), decider.persons);
    requireOtherDeciders(application, task, decider.persons);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const reviewed = withDeciders(application, stageOf(task.step), decider.persons);
    await parts.store.write([
      parts.tasks.decide(task, actor.id),
      parts.tasks.discardDraft(task, actor.id),
      ...(place?.checks ?? []),
      ...decider.persons.map((person) => parts.people.noInterest(person, ...organisationsOf(application))),
      ...(decision.outcome === 'return'
        ? returned(parts, application, reviewed, opened, task, decider, decision, now)
        : decided(parts, application, reviewed, opened, task, decider, decision, now)),
    ]);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

/**
 * In whose place the reviewer decides, when another one has the task, with the checks that it is still so.
 * @throws DomainError task-assigned
 */
async function placeOf(
  { people, clock }: DecideParts,
  actor: Actor,
  { assignee, department }: SignOffTask,
): Promise<{ readonly absentee: string; readonly checks: readonly GuardedWrite[] } | undefined> {
  if (assignee === undefined || assignee === actor.id) return undefined;
  const check = await people.standsInFor(actor.id, assignee, department, clock());
  if (!check) throw new DomainError('task-assigned');
  return { absentee: assignee, checks: [check] };
}

function withDeciders(
  application: ApplicationIn<'sign-off'>,
  stage: string,
  persons: readonly string[],
): ApplicationIn<'sign-off'> {
  const deciders = Object.fromEntries(persons.map((person) => [person, stage]));
  return { ...application, deciders: { ...application.deciders, ...deciders } };
}

/** Gives the task back and remembers the interest: the department's others decide. */
async function abstain(
  parts: DecideParts,
  application: ApplicationIn<'sign-off'>,
  task: StepTask,
  { actor }: Decider,
  standing: readonly GuardedWrite[],
  reason: string,
  now: Date,
): Promise<SignOffTask> {
  const at = now.toISOString();
  const changed = { ...application, version: application.version + 1, updatedAt: at };
  const { assignee: _, ...released } = task;
  const interest = { kind: 'abstention', at, note: reason } as const;
  await parts.store.write([
    ...standing,
    ...parts.store.transition(application, changed, {
      at,
      actor,
      event: 'abstained',
      stage: stageOf(task.step),
      department: task.department,
      note: reason,
    }),
    parts.people.declare(actor.id, application.organisation, interest),
    parts.people.declarationRow(actor.id, application.organisation, interest),
    parts.tasks.release(task),
  ]);
  return released;
}

type Taken = Exclude<Decision, { outcome: 'abstain' } | { outcome: 'return' }>;

function recordOf(
  application: ApplicationIn<'sign-off'>,
  opened: OpenedItem,
  task: StepTask,
  { actor, onBehalfOf }: Decider,
  decision: Taken,
  at: string,
): SignOffDecision {
  const step = opened.item.signOff.steps[task.step - 1];
  if (!step) throw new Error(`the guide has no step ${task.step}`);
  const taken = {
    by: actor.id,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    at,
    basis: {
      submission: application.submission.number,
      version: application.version,
      ...basisHashes(application, step),
    },
  };
  switch (decision.outcome) {
    case 'refuse': {
      const reasons: Reason[] = [
        { code: 'refused', citation: decision.citation, message: inBoth(decision.reason) },
      ];
      return { outcome: 'refused', reasons, ...taken };
    }
    case 'opine':
      return {
        outcome: 'opined',
        favourable: decision.favourable,
        opinion: inBoth(decision.opinion),
        ...taken,
      };
    case 'recommend':
      return {
        outcome: 'recommended',
        ...(decision.reason && { reason: inBoth(decision.reason) }),
        ...taken,
      };
    case 'approve':
      requireScores(application, opened);
      return {
        outcome: 'approved',
        ...checkApproval(opened, application.content, decision),
        ...(decision.reason && { reason: inBoth(decision.reason) }),
        ...taken,
      };
  }
}

/** The writes of a decision that the applicant does not answer to: on to the next step, to the end, or to refusal. */
function decided(
  parts: DecideParts,
  application: ApplicationIn<'sign-off'>,
  reviewed: ApplicationIn<'sign-off'>,
  opened: OpenedItem,
  task: StepTask,
  decider: Decider,
  decision: Taken,
  now: Date,
): GuardedWrite[] {
  const at = now.toISOString();
  const record = recordOf(application, opened, task, decider, decision, at);
  const { step, kind, department, taskId } = task;
  const signOffs = {
    ...reviewed.signOffs,
    [partKey(task)]: { taskId, step, kind, department, decision: record },
  };
  const changed = { ...reviewed, version: application.version + 1, updatedAt: at, signOffs };
  const note = {
    at,
    actor: decider.actor,
    event: record.outcome === 'approved' ? 'signed-off' : record.outcome,
    stage: stageOf(step),
    department,
    basisHash: record.basis.hash,
    ...(record.outcome === 'refused' && { reasons: record.reasons }),
  };
  const move = (to: Parameters<ApplicationStore['transition']>[1]) =>
    parts.store.transition(application, to, note);
  const others = openParts(application, task);
  if (record.outcome === 'refused') {
    const { reasons } = record;
    return [
      ...move({ ...changed, status: 'refused', reasons }),
      ...others.map((other) => parts.tasks.end(other.taskId, 'closed')),
      resumeSignOff(parts.outbox, application, 'refused', application.signOffAttempt),
    ];
  }
  if (others.length > 0) return move(changed);
  const attempt = application.signOffAttempt + 1;
  const next = advance(parts.policy, changed, opened, signOffs, attempt, now);
  if (next.to === 'end') {
    return [
      ...move({ ...changed, ...next.figures, status: 'deduplication' }),
      resumeSignOff(parts.outbox, application, 'approved', application.signOffAttempt),
    ];
  }
  return [
    ...move({ ...changed, step: next.step, signOffs: next.signOffs, signOffAttempt: attempt }),
    ...next.tasks.map((fresh) => parts.tasks.open(fresh)),
    resumeSignOff(parts.outbox, application, 'continue', attempt),
  ];
}

/** A task of the sign-off; a case of suspected duplicates is decided by verdicts. @throws DomainError not-in-this-state */
function requireStep(task: SignOffTask): StepTask {
  const { kind } = task;
  if (kind === 'adjudicate') {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '疑似重复案件请逐对裁定',
        en: 'a case of suspected duplicates takes a verdict on each pair',
      },
    });
  }
  return { ...task, kind };
}

function wrongOutcome(
  { guide, content }: ApplicationIn<'sign-off'>,
  { kind }: StepTask,
  { outcome }: Decision,
): DomainError {
  const known = outcomesOf[kind].join(', ');
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'outcome',
        rule: `one-of-${outcomesOf[kind].join('-')}`,
        message: {
          zh: `本环节可作：${known}`,
          en: `a task of the kind ${kind} takes ${known}, not ${outcome}`,
        },
        citation: `申报指南 ${guide} ${content.item}`,
      },
    ],
  });
}
