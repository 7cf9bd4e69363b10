import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf } from '../../filing/applications/duty-rules.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import { requireCredit } from '../../filing/credit/require-credit.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { requireOwnTask, reviewerRole } from '../tasks/own-task.ts';
import type { SignOffTask } from '../tasks/task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { basisChanged, holdsStill, type LookedAt } from './basis-decision.ts';
import type { Consequences, Decider, Decision, DecisionContext } from './decision.ts';
import { abstained, decided, requireAnswerable, requireStep } from './task-decision.ts';

export interface DecideParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly credit: Pick<CreditList, 'get' | 'unlisted'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Takes a department's decision: one transaction ends the task, records the decision with what it was based on, opens
 * the next step where this was the last department of its own, and sends the waiting state machine on. The same
 * transaction checks that the decider declared no interest. Of two people deciding at once one wins.
 * @throws DomainError task-decided, task-expired, task-closed, task-assigned, basis-changed with what changed,
 * same-person, conflict-of-interest, dishonesty-listed, scores-missing, correction-rounds-used, invalid-request, amount-too-high,
 * forbidden, not-found.
 */
export async function decideTask(
  parts: DecideParts,
  actor: Actor,
  taskId: TaskId,
  decision: Decision,
): Promise<SignOffTask> {
  const { store, tasks, people, policy } = parts;
  return decideAgainOnConflict(async () => {
    const task = requireStep(await requireOwnTask(tasks, actor, taskId));
    const read = await store.require(task.applicationId);
    if (task.status === 'closed') await requireBasis(store, read, { task });
    const application = requireAnswerable(task, read, actor, decision.outcome);
    if ('contentHash' in decision) {
      await requireBasis(store, application, { task, seen: decision.contentHash });
    }
    const place = await placeOf(parts, actor, task);
    const standing = place?.checks ?? [];
    const decider: Decider = {
      actor: { id: actor.id, role: reviewerRole(task.department) },
      persons: place ? [actor.id, place.absentee] : [actor.id],
      ...(place && { onBehalfOf: place.absentee }),
    };
    const context = { task, application, decider, now: parts.clock() };
    if (decision.outcome === 'abstain') return abstain(parts, context, decision.reason, standing);
    const opened = await policy.requireItem(application.guide, application.content.item);
    const consequences = decided({ ...context, opened, law: policy }, decision);
    const isForIt = decision.outcome === 'approve' || decision.outcome === 'recommend';
    const trusted = isForIt ? await requireCredit(parts.credit, opened, application.organisation) : [];
    await store.write([
      ...trusted,
      tasks.decide(task, actor.id),
      tasks.discardDraft(task, actor.id),
      ...standing,
      ...decider.persons.map((person) => people.noInterest(person, ...organisationsOf(application))),
      ...writesOf(parts, application, consequences),
    ]);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

/** @throws DomainError basis-changed, with what has changed. What was submitted before is read for a refusal alone. */
async function requireBasis(
  store: ApplicationStore,
  application: Application,
  lookedAt: LookedAt,
): Promise<void> {
  if (holdsStill(application, lookedAt)) return;
  throw basisChanged(application, lookedAt, await store.submissions(application.applicationId));
}

/**
 * In whose place the reviewer decides, when another one has the task, with the checks that it is still so.
 * @throws DomainError task-assigned
 */
export async function placeOf(
  { people, clock }: Pick<DecideParts, 'people' | 'clock'>,
  actor: Actor,
  { assignee, department }: SignOffTask,
): Promise<{ readonly absentee: string; readonly checks: readonly GuardedWrite[] } | undefined> {
  if (assignee === undefined || assignee === actor.id) return undefined;
  const check = await people.standsInFor(actor.id, assignee, department, clock());
  if (!check) throw new DomainError('task-assigned');
  return { absentee: assignee, checks: [check] };
}

/** Gives the task back and remembers the interest. */
async function abstain(
  { store, tasks, people }: DecideParts,
  context: Omit<DecisionContext, 'opened' | 'law'>,
  reason: string,
  standing: readonly GuardedWrite[],
): Promise<SignOffTask> {
  const { task, application, decider } = context;
  const { to, note, interest, released } = abstained(context, reason);
  const person = decider.actor.id;
  await store.write([
    ...standing,
    ...store.transition(application, to, note),
    people.declare(person, application.organisation, interest),
    people.declarationRow(person, application.organisation, interest),
    tasks.release(task),
  ]);
  return released;
}

function writesOf(
  { store, tasks, outbox }: DecideParts,
  application: ApplicationIn<'sign-off'>,
  { to, note, closed, opens, answer }: Consequences,
): GuardedWrite[] {
  const { applicationId, submission, signOffAttempt } = application;
  const waitId = waitIds.signOff(applicationId, submission.number, signOffAttempt);
  return [
    ...store.transition(application, to, note),
    ...closed.map((taskId) => tasks.end(taskId, 'closed')),
    ...opens.map((task) => tasks.open(task)),
    ...(answer ? [outbox.message({ type: 'resume', waitId, output: { ...answer } })] : []),
  ];
}
