import type { Application, ApplicationIn } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { isWithdrawable } from '../filing/applications/lifecycle.ts';
import { ownApplication } from '../filing/applications/own-application.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { ApplicationId } from '../shared/vocabulary.ts';
import { type LetGoParts, letGo } from './let-go.ts';

export interface WithdrawParts extends LetGoParts {
  readonly store: ApplicationStore;
  readonly clock: Clock;
}

/**
 * Withdraws an application at any time before its end. One transaction ends it and lets go of everything it held: its
 * open tasks, its claims, its place among the candidates, its committed money; then the state machine is stopped.
 * @throws DomainError not-found, not-in-this-state.
 */
export async function withdrawApplication(
  parts: WithdrawParts,
  actor: Actor,
  applicationId: ApplicationId,
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
    } as const;
    const cause = 'withdrawn by the applicant';
    await parts.store.write([
      ...parts.store.transition(application, withdrawn, note),
      ...(await letGo(parts, application, {
        ...{ actor: note.actor, at, cause },
        entry: { cause, key: `withdrawal#${applicationId}` },
      })),
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
