import { caseOf, requireSuspected, type Suspected } from '../duplicates/cases/suspected.ts';
import { adjudicationStage, reasonOf } from '../duplicates/screening/adjudication.ts';
import type { Verdict } from '../duplicates/screening/verdict.ts';
import type { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import type { ApplicationIn } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { ClaimStore } from '../filing/applications/claim-store.ts';
import { organisationsOf, requireOutsider, requireSeparateDuties } from '../filing/applications/duties.ts';
import type { Suspicion } from '../filing/applications/suspicion.ts';
import { leavePool } from '../money/pools/candidates.ts';
import { releaseCommitment } from '../money/pools/release-commitment.ts';
import type { PeopleStore } from '../people/people-store.ts';
import { inBoth, type Remark } from '../review/sign-off/decision.ts';
import { requireOwnTask } from '../review/tasks/own-task.ts';
import type { SignOffTask } from '../review/tasks/task.ts';
import type { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError, type FieldFault } from '../shared/errors.ts';
import { type Fen, sumFen } from '../shared/money.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { waitIds } from '../shared/wait-repository.ts';

export interface AdjudicateParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly people: PeopleStore;
  readonly verdicts: VerdictStore;
  readonly claims: ClaimStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly budgetTable: string;
}

/** What an adjudicator says of each pair of a case, and why. */
export interface CaseDecision {
  readonly verdicts: readonly {
    readonly id: string;
    readonly verdict: Verdict['verdict'];
    /** What the other side was paid of the same matter: with `top-up`, and only there. */
    readonly paidFen?: Fen | undefined;
  }[];
  readonly reason: Remark;
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
  taskId: string,
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
    requireEveryPair(suspicions, decision);
    const at = parts.clock().toISOString();
    const known = await parts.verdicts.of(suspicions.map(({ id }) => id));
    const verdicts = suspicions.map((suspicion) => verdictOn(suspicion, decision, application, actor, at));
    const sides = suspicions.map(({ counterpart }) =>
      counterpart.kind === 'award' ? counterpart.uscc : counterpart.organisation,
    );
    const concerned = [...new Set([...organisationsOf(application), ...sides])] as [string, ...string[]];
    await parts.store.write([
      parts.tasks.decide(task, actor.id),
      parts.people.noInterest(actor.id, ...concerned),
      // A pair of two applications may have been decided on the other side meanwhile: that verdict stands.
      ...verdicts.filter(({ id }) => !known.has(id)).map((verdict) => parts.verdicts.keep(verdict)),
      ...parts.verdicts.tally(
        verdicts.filter(({ id }) => !known.has(id)).map(({ rule, verdict }) => ({ rule, outcome: verdict })),
      ),
      ...(await sentOn(parts, application, suspicions, verdicts, actor, at)),
    ]);
    return { ...task, status: 'decided', decidedBy: actor.id };
  });
}

function requireEveryPair(suspicions: readonly Suspicion[], { verdicts }: CaseDecision): void {
  const given = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const faults: FieldFault[] = suspicions.flatMap(({ id }, index) => {
    const verdict = given.get(id);
    const path = `verdicts.${index}`;
    if (!verdict) {
      const message = { zh: `缺少对 ${id} 的裁定`, en: `there is no verdict on ${id}` };
      return [{ path, rule: 'every-pair', message, citation: '三(二)' }];
    }
    if ((verdict.verdict === 'top-up') !== (verdict.paidFen !== undefined)) {
      const message = {
        zh: '补差额应填写对方已付金额，其他裁定不填',
        en: 'a top-up says what the other side was paid, other verdicts do not',
      };
      return [{ path: `${path}.paidFen`, rule: 'with-top-up', message, citation: '三(二)' }];
    }
    return [];
  });
  const unknown = verdicts.filter(({ id }) => !suspicions.some((suspicion) => suspicion.id === id));
  for (const { id } of unknown) {
    const message = { zh: `本案没有 ${id}`, en: `the case has no pair ${id}` };
    faults.push({ path: 'verdicts', rule: 'known-pair', message });
  }
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}

function verdictOn(
  { id, rule, probability }: Suspicion,
  { verdicts, reason }: CaseDecision,
  { applicationId }: Suspected,
  actor: Actor,
  at: string,
): Verdict {
  const given = verdicts.find((verdict) => verdict.id === id);
  if (!given) throw new Error(`no verdict on ${id}`);
  const { verdict, paidFen } = given;
  return {
    ...{ id, rule, verdict, applicationId, at },
    reason: inBoth(reason),
    by: actor.id,
    ...(probability !== undefined && { probability }),
    ...(paidFen !== undefined && { paidFen }),
  };
}

async function sentOn(
  parts: AdjudicateParts,
  application: Suspected,
  suspicions: readonly Suspicion[],
  verdicts: readonly Verdict[],
  actor: Actor,
  at: string,
): Promise<GuardedWrite[]> {
  const decided = {
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [actor.id]: adjudicationStage },
  };
  const duplicates = verdicts.flatMap((verdict, index) => {
    const suspicion = suspicions[index];
    return verdict.verdict === 'duplicate' && suspicion ? [reasonOf(suspicion, verdict)] : [];
  });
  const by = { id: actor.id, role: 'adjudicator' };
  const note = { at, actor: by, event: 'adjudicated', stage: adjudicationStage };
  const resume = parts.outbox.message({
    type: 'resume',
    waitId: waitIds.adjudication(application.applicationId, application.submission.number),
    output: { outcome: 'decided' },
  });
  if (application.status === 'adjudication') {
    const { adjudication: _, ...rest } = application;
    const again = { ...rest, ...decided, status: 'deduplication' } as const;
    return [...parts.store.transition(application, again, note), resume];
  }
  const { hold: _, ...rest } = application;
  if (duplicates.length > 0) {
    const ended = { ...rest, ...decided, status: 'duplicate', reasons: duplicates } as const;
    return [
      ...parts.store.transition(application, ended, {
        ...note,
        event: 'found-duplicate',
        reasons: duplicates,
      }),
      ...application.claims.map((claim) => parts.claims.release(claim, application.applicationId)),
      ...(await moneyBack(parts, application, by)),
      parts.outbox.message({
        type: 'stop-review',
        applicationId: application.applicationId,
        submission: application.submission.number,
        reopening: application.submission.reopening,
        cause: 'found to be a duplicate',
      }),
    ];
  }
  const paid = sumFen(verdicts.map(({ paidFen }) => paidFen ?? 0));
  if (paid > 0) {
    // Lowering an award that is under notice changes what was published: that is the order's to do.
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '已入库的申报不能在此补差额：请裁定为同一事项或不同事项',
        en: 'an application that is in its pool is not topped up here: decide duplicate or not duplicate',
      },
    });
  }
  return [...parts.store.transition(application, { ...rest, ...decided }, note), resume];
}

async function moneyBack(
  parts: AdjudicateParts,
  application: ApplicationIn<'pooled' | 'allocated' | 'noticed'>,
  actor: { readonly id: string; readonly role: string },
): Promise<GuardedWrite[]> {
  const { applicationId, pool } = application;
  if (application.status === 'pooled') return [leavePool(parts.budgetTable, pool, applicationId)];
  const { award } = application;
  const commitment = {
    poolId: pool,
    applicationId,
    amountFen: award.fen,
    actor,
    cause: 'found to be a duplicate',
    key: `duplicate#${applicationId}`,
  };
  return releaseCommitment(parts.store.client, parts.budgetTable, commitment, parts.clock);
}
