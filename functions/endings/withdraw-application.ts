import type { Application, ApplicationIn } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { ClaimStore } from '../filing/applications/claim-store.ts';
import { isWithdrawable } from '../filing/applications/lifecycle.ts';
import { ownApplication } from '../filing/applications/own-application.ts';
import { leavePool } from '../money/pools/candidates.ts';
import { releaseCommitment } from '../money/pools/release-commitment.ts';
import type { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';

export interface WithdrawParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly claims: ClaimStore;
  readonly budgetTable: string;
}

/**
 * Withdraws an application at any time before its end. One transaction ends it and lets go of everything it held: its
 * open tasks, its claims, its place among the candidates, its committed money; then the state machine is stopped.
 * @throws DomainError not-found, not-in-this-state.
 */
export async function withdrawApplication(
  parts: WithdrawParts,
  actor: Actor,
  applicationId: string,
  reason: string | undefined,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await ownApplication(parts.store, actor, applicationId);
    if (application.status === 'withdrawn') return application;
    if (!isWithdrawable(application.status)) throw new DomainError('not-in-this-state');
    const at = parts.clock().toISOString();
    const withdrawn = toWithdrawn(application, at, reason);
    const note = {
      at,
      actor: { id: actor.id, role: 'organisation-admin' },
      event: 'withdrawn',
      ...(reason !== undefined && { note: reason }),
    };
    await parts.store.write([
      ...parts.store.transition(application, withdrawn, note),
      ...(await letGo(parts, application, actor)),
      ...(withdrawn.submission
        ? [
            parts.outbox.message({
              type: 'stop-review',
              applicationId,
              submission: withdrawn.submission.number,
              reopening: withdrawn.submission.reopening,
              cause: 'withdrawn by the applicant',
            }),
          ]
        : []),
    ]);
    return withdrawn;
  });
}

function toWithdrawn(
  application: Application,
  at: string,
  reason: string | undefined,
): ApplicationIn<'withdrawn'> {
  const { applicationId, organisation, guide, version, createdAt, createdBy, preparedBy } = application;
  const { reopenings, content } = application;
  return {
    ...{ applicationId, organisation, guide, createdAt, createdBy, preparedBy, reopenings, content },
    status: 'withdrawn',
    version: version + 1,
    updatedAt: at,
    ...('submission' in application && application.submission && { submission: application.submission }),
    ...('eligibility' in application && application.eligibility && { eligibility: application.eligibility }),
    ...('deciders' in application && { deciders: application.deciders }),
    ...('corrections' in application && { corrections: application.corrections }),
    withdrawnFrom: application.status,
    ...(reason !== undefined && { reason }),
  };
}

async function letGo(parts: WithdrawParts, application: Application, actor: Actor): Promise<GuardedWrite[]> {
  const { applicationId } = application;
  const writes: GuardedWrite[] = [];
  if (application.status === 'sign-off') {
    const open = Object.values(application.signOffs).filter((signOff) => !signOff.decision);
    writes.push(...open.map((signOff) => parts.tasks.end(signOff.taskId, 'closed')));
  }
  const waiting = application.status === 'adjudication' ? application.adjudication : undefined;
  const held = waiting ?? ('hold' in application ? application.hold : undefined);
  if (held) writes.push(parts.tasks.end(held.taskId, 'closed'));
  if ('claims' in application) {
    writes.push(...application.claims.map((claim) => parts.claims.release(claim, applicationId)));
  }
  if (application.status === 'pooled')
    writes.push(leavePool(parts.budgetTable, application.pool, applicationId));
  if (application.status === 'allocated' || application.status === 'noticed') {
    const commitment = {
      poolId: application.pool,
      applicationId,
      amountFen: application.award.fen,
      actor: { id: actor.id, role: 'organisation-admin' },
      cause: 'withdrawn by the applicant',
      key: `withdrawal#${application.applicationId}`,
    };
    writes.push(...(await releaseCommitment(parts.store.client, parts.budgetTable, commitment, parts.clock)));
  }
  return writes;
}
