import { caseOf, requireSuspected, type Suspected } from '../duplicates/cases/suspected.ts';
import { adjudicationStage } from '../duplicates/screening/adjudication.ts';
import type { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import type { Application } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import {
  organisationsOf,
  requireOutsider,
  requireSeparateDuties,
} from '../filing/applications/duty-rules.ts';
import type { Suspicion } from '../filing/applications/suspicion.ts';
import type { PeopleStore } from '../people/people-store.ts';
import type { PolicyBook } from '../policy/guides/policy-book.ts';
import { requireOwnTask } from '../review/tasks/own-task.ts';
import type { SignOffTask } from '../review/tasks/task.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Fen } from '../shared/money.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import type { TaskId } from '../shared/vocabulary.ts';
import { waitIds } from '../shared/wait-repository.ts';
import { type CaseDecision, type DecidedOutcome, decideCase } from './case-decision.ts';
import { type LetGoParts, letGo } from './let-go.ts';

export interface AdjudicateParts extends LetGoParts {
  readonly store: ApplicationStore;
  readonly people: PeopleStore;
  readonly verdicts: VerdictStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Decides a case: one transaction keeps a verdict on each pair, ends the task and sends the application on. Before the
 * pool it goes back to the duplicate check, which applies the verdicts. One that was held goes on as it was, ends as a
 * duplicate with its money back in the pool, or gets less by what was paid. Verdicts that depart from a record or from
 * the law are kept as a proposal, with the task still open, until another adjudicator decides the same.
 * @throws DomainError task-decided, task-closed, task-assigned; invalid-request with every fault of the verdicts;
 * not-in-this-state for a pair that was decided otherwise; same-person, conflict-of-interest, forbidden, not-found.
 */
export async function adjudicate(
  parts: AdjudicateParts,
  actor: Actor,
  taskId: TaskId,
  decision: CaseDecision,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    requireOpen(task);
    const application = await requireSuspected(parts.store, task);
    const { suspicions = [], proposal } = caseOf(application) ?? {};
    requireAssigned(task, actor.id, proposal?.by);
    requireOutsider(application, actor);
    requireSeparateDuties(application, adjudicationStage, [actor.id]);
    const known = await parts.verdicts.of(suspicions.map(({ id }) => id));
    // They were read after the task: what was decided on it meanwhile is told as that, and not as a contradiction.
    if (known.size > 0) requireOpen(await requireOwnTask(parts.tasks, actor, taskId));
    const at = parts.clock().toISOString();
    const decided = decideCase({
      ...{ application, decision, by: actor.id, at },
      opened: await parts.policy.requireItem(application.guide, application.content.item),
      known,
      awarded: await awardedTo(parts.store, suspicions, decision),
    });
    if (decided.outcome === 'proposed-before') return task;
    const sides = suspicions.map(({ counterpart }) =>
      counterpart.kind === 'award' ? counterpart.uscc : counterpart.organisation,
    );
    const concerned = [...new Set([...organisationsOf(application), ...sides])] as [string, ...string[]];
    const { to, note } = decided;
    const moved = [
      parts.people.noInterest(actor.id, ...concerned),
      ...parts.store.transition(application, to, note),
    ];
    if (decided.outcome === 'proposed') {
      // Another one has to decide it: it is the department's again.
      const isTaken = task.assignee !== undefined;
      await parts.store.write([
        isTaken ? parts.tasks.release(task) : parts.tasks.stillOpen(taskId),
        ...moved,
      ]);
      return requireOwnTask(parts.tasks, actor, taskId);
    }
    const { verdicts, ends, proposedBy } = decided;
    const cause = 'found to be a duplicate';
    await parts.store.write([
      parts.tasks.decide(task, actor.id),
      ...moved,
      // An interest that was declared since the proposal counts against it.
      ...(proposedBy === undefined ? [] : [parts.people.noInterest(proposedBy, ...concerned)]),
      ...verdicts.map((verdict) => parts.verdicts.keep(verdict)),
      ...parts.verdicts.tally(verdicts.map(({ rule, verdict }) => ({ rule, outcome: verdict }))),
      ...(ends
        ? await letGo(parts, application, {
            ...{ actor: note.actor, at, cause, decidedTask: taskId },
            entry: { cause, key: `duplicate#${application.applicationId}` },
          })
        : [
            parts.outbox.message({
              type: 'resume',
              waitId: waitIds.adjudication(application.applicationId, application.submission.number),
              output: { outcome: 'decided' },
            }),
            ...(await lower(parts, { application, to, decided, taskId })),
          ]),
    ]);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

function requireOpen({ status }: SignOffTask): void {
  if (status !== 'open') throw new DomainError(`task-${status}`);
}

/** Whoever has taken a task decides it; what its holder proposed is another's to decide. */
function requireAssigned({ assignee }: SignOffTask, person: string, proposedBy: string | undefined): void {
  if (assignee !== undefined && assignee !== person && assignee !== proposedBy) {
    throw new DomainError('task-assigned');
  }
}

/** What applications on the other side of a top-up were awarded, by their ids. */
async function awardedTo(
  store: ApplicationStore,
  suspicions: readonly Suspicion[],
  { verdicts }: CaseDecision,
): Promise<ReadonlyMap<string, Fen>> {
  const toppedUp = new Set(verdicts.filter(({ verdict }) => verdict === 'top-up').map(({ id }) => id));
  const awards = await Promise.all(
    suspicions.map(async ({ id, counterpart }) => {
      if (counterpart.kind !== 'application' || !toppedUp.has(id)) return [];
      const { applicationId } = counterpart;
      const awarded = awardOf(await store.get(applicationId));
      return awarded === undefined ? [] : [[applicationId, awarded] as const];
    }),
  );
  return new Map(awards.flat());
}

function awardOf(application: Application | undefined): Fen | undefined {
  switch (application?.status) {
    case 'allocated':
    case 'noticed':
      return application.award.fen;
    case 'ordered':
    case 'closed':
      return application.order.fen;
    default:
      return undefined;
  }
}

/** The writes that lower what an application that was held may still get, if it gets less: in its pool, or of its award. */
async function lower(
  parts: AdjudicateParts,
  {
    application,
    to,
    decided: { note, loweredFen },
    taskId,
  }: {
    readonly application: Suspected;
    readonly to: Application;
    readonly decided: Extract<DecidedOutcome, { outcome: 'decided' }>;
    readonly taskId: TaskId;
  },
): Promise<GuardedWrite[]> {
  const { applicationId } = application;
  if (application.status === 'adjudication') return [];
  const poolId = application.pool;
  if (to.status === 'pooled' && to.ceiling.fen !== application.ceiling.fen) {
    const candidate = await parts.pools.candidate(poolId, applicationId);
    // A round has awarded it since it was read.
    if (!candidate) throw new DomainError('concurrent-change');
    return [parts.pools.lower({ ...candidate, ceilingFen: to.ceiling.fen })];
  }
  const { actor, at } = note;
  const entry = { cause: 'topped up: others have paid for the same matter', key: `top-up#${taskId}` };
  return parts.pools.release({ ...entry, poolId, applicationId, amountFen: loweredFen, actor, at });
}
