import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { ClaimStore } from '../../filing/applications/claim-store.ts';
import type { CompetitionStore } from '../../filing/applications/competition-store.ts';
import {
  organisationsOf,
  requireOutsider,
  requireSeparateDuties,
} from '../../filing/applications/duty-rules.ts';
import { ownApplication } from '../../filing/applications/own-application.ts';
import { competitionFactOf, countedProjects, withCount } from '../../filing/eligibility/competition-rules.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import { requireCitations } from '../../policy/guides/citations.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask, reviewerRole } from '../tasks/own-task.ts';
import type { SignOffTask } from '../tasks/task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { placeOf } from './decide-task.ts';
import {
  isDecidedSo,
  overturned,
  type ReconsiderationDecision,
  requested,
  requireAsked,
  stageOf,
  upheld,
} from './reconsideration-decision.ts';

interface RequestParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface ReconsiderParts extends RequestParts {
  readonly people: PeopleStore;
  readonly claims: Pick<ClaimStore, 'take'>;
  readonly competition: Pick<CompetitionStore, 'entered' | 'checked'>;
  readonly outbox: Outbox;
}

/**
 * Asks that the refusal of an own application be reconsidered, once and in the days that it gave; one transaction keeps
 * the grounds and gives the department its task. Asked again on the same grounds, it answers what has become of it.
 * @throws DomainError not-found, not-in-this-state, already-exists, deadline-passed, same-person. @throws CalendarMissingError
 */
export async function requestReconsideration(
  { store, tasks, policy, clock }: RequestParts,
  actor: Actor,
  applicationId: ApplicationId,
  grounds: string,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await ownApplication(store, actor, applicationId);
    const opened = await policy.requireItem(application.guide, application.content.item);
    const request = requested(application, grounds, { actor, opened, law: policy, now: clock() });
    if (!request) return application;
    await store.write([...store.transition(application, request.to, request.note), tasks.open(request.task)]);
    return request.to;
  });
}

/**
 * Decides a reconsideration, by somebody of the department who had no part in the application: upheld, the refusal
 * stands; overturned, the application is in its course again, with what it held before it was refused, in one transaction.
 * The same decision again is answered alike, another one is told that the task is decided.
 * @throws DomainError taken-meanwhile when others have what it held; task-decided, task-assigned, basis-changed,
 * same-person, conflict-of-interest, invalid-request for a citation that there is not, not-in-this-state for a task of
 * another kind, forbidden, not-found. @throws CalendarMissingError
 */
export async function decideReconsideration(
  parts: ReconsiderParts,
  actor: Actor,
  taskId: TaskId,
  decision: ReconsiderationDecision,
): Promise<SignOffTask> {
  const { store, tasks, people, policy, outbox } = parts;
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(tasks, actor, taskId);
    if (task.kind !== 'reconsider') throw new DomainError('not-in-this-state');
    const read = await store.require(task.applicationId);
    if (task.decidedBy === actor.id && isDecidedSo(read, taskId, decision)) return task;
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    const application = requireAsked(read, taskId);
    requireOutsider(application, actor);
    if (decision.contentHash !== application.submission.contentHash) throw new DomainError('basis-changed');
    const place = await placeOf(parts, actor, task);
    const persons = place ? [actor.id, place.absentee] : [actor.id];
    requireSeparateDuties(application, stageOf(application), persons);
    const opened = await policy.requireItem(application.guide, application.content.item);
    requireCitations([{ path: 'citation', citation: decision.citation }], opened, policy);
    const by = { id: actor.id, role: reviewerRole(task.department) };
    const deciding = { ...{ by, persons, decision, opened, law: policy }, now: parts.clock() };
    const deciders = [
      tasks.decide(task, actor.id),
      tasks.discardDraft(task, actor.id),
      ...(place?.checks ?? []),
      ...persons.map((person) => people.noInterest(person, ...organisationsOf(application))),
    ];
    if (decision.outcome === 'uphold') {
      const { to, note } = upheld(application, deciding);
      await store.write([...deciders, ...store.transition(read, to, note)]);
    } else {
      const { to, note, claims, opens, reopening } = overturned(application, deciding);
      const { applicationId } = to;
      await store.write([
        ...deciders,
        ...store.transition(read, to, note),
        ...(await counted(parts, opened, application)),
        ...claims.map((claim) => parts.claims.take(claim, application, claimTaken)),
        ...opens.map((one) => tasks.open(one)),
        outbox.message({
          type: 'start-review',
          ...{ applicationId, submission: to.submission.number, reopening },
        }),
      ]);
    }
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

function claimTaken(): DomainError {
  return new DomainError('taken-meanwhile', {
    faults: [
      {
        path: 'outcome',
        rule: 'matter-free',
        message: {
          zh: '同一事项或佐证已由另一申报占用，不能撤销原决定',
          en: 'another application has the same matter or evidence now: what was decided cannot be overturned',
        },
        citation: '三(二)',
      },
    ],
  });
}

/**
 * Counts the application among the enterprise's competitive projects again, where the guide limits them.
 * @returns the write that holds the count. @throws DomainError taken-meanwhile when there would be too many.
 */
async function counted(
  { competition }: ReconsiderParts,
  opened: OpenedItem,
  { applicationId, organisation, submission, content, eligibility }: ReturnType<typeof requireAsked>,
): Promise<GuardedWrite[]> {
  const fact = competitionFactOf(opened);
  if (fact === undefined) return [];
  const year = { organisation, year: opened.guide.year };
  const { applications, checks } = await competition.entered(year);
  const { firstAt } = submission;
  const stated = withCount(opened, content, countedProjects({ applicationId, firstAt }, applications));
  const { evaluate } = await import('../../filing/eligibility/evaluate.ts');
  const unmet = evaluate(opened, stated, new Date(firstAt)).conditions.filter(
    ({ id, outcome }) =>
      outcome === 'unmet' && eligibility.conditions.some((one) => one.id === id && one.outcome !== 'unmet'),
  );
  if (unmet.length === 0) return [competition.checked(year, checks)];
  throw new DomainError('taken-meanwhile', {
    faults: unmet.map(({ id, citation, sentence }) => ({
      ...{ path: `facts.${fact}`, rule: id, message: sentence, citation },
    })),
  });
}
