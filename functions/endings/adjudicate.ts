import { caseOf, requireSuspected } from '../duplicates/cases/suspected.ts';
import { adjudicationStage } from '../duplicates/screening/adjudication.ts';
import type { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { organisationsOf, requireOutsider, requireSeparateDuties } from '../filing/applications/duties.ts';
import type { PeopleStore } from '../people/people-store.ts';
import { requireOwnTask } from '../review/tasks/own-task.ts';
import type { SignOffTask } from '../review/tasks/task.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { TaskId } from '../shared/vocabulary.ts';
import { waitIds } from '../shared/wait-repository.ts';
import { type CaseDecision, decideCase } from './case-decision.ts';
import { type LetGoParts, letGo } from './let-go.ts';

export interface AdjudicateParts extends LetGoParts {
  readonly store: ApplicationStore;
  readonly people: PeopleStore;
  readonly verdicts: VerdictStore;
  readonly clock: Clock;
}

/**
 * Decides a case: one transaction keeps a verdict on each pair, ends the task and sends the application on. Before the
 * pool it goes back to the duplicate check, which applies the verdicts. One that was held goes on as it was, ends as a
 * duplicate with its money back in the pool, or gets less by what was paid.
 * @throws DomainError task-decided, task-closed, task-assigned, invalid-request for a pair without a verdict,
 * same-person, conflict-of-interest, forbidden, not-found.
 */
export async function adjudicate(
  parts: AdjudicateParts,
  actor: Actor,
  taskId: TaskId,
  decision: CaseDecision,
): Promise<SignOffTask> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    if (task.assignee !== undefined && task.assignee !== actor.id) throw new DomainError('task-assigned');
    const application = await requireSuspected(parts.store, task);
    const { suspicions } = caseOf(application) ?? { suspicions: [] };
    requireOutsider(application, actor);
    requireSeparateDuties(application, adjudicationStage, [actor.id]);
    const at = parts.clock().toISOString();
    const { verdicts, to, note, ends } = decideCase({ application, suspicions, decision, by: actor.id, at });
    const known = await parts.verdicts.of(suspicions.map(({ id }) => id));
    // A pair of two applications may have been decided on the other side meanwhile: that verdict stands.
    const kept = verdicts.filter(({ id }) => !known.has(id));
    const sides = suspicions.map(({ counterpart }) =>
      counterpart.kind === 'award' ? counterpart.uscc : counterpart.organisation,
    );
    const concerned = [...new Set([...organisationsOf(application), ...sides])] as [string, ...string[]];
    const cause = 'found to be a duplicate';
    await parts.store.write([
      parts.tasks.decide(task, actor.id),
      parts.people.noInterest(actor.id, ...concerned),
      ...kept.map((verdict) => parts.verdicts.keep(verdict)),
      ...parts.verdicts.tally(kept.map(({ rule, verdict }) => ({ rule, outcome: verdict }))),
      ...parts.store.transition(application, to, note),
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
          ]),
    ]);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}
