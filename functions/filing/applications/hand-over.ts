import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { offered, takenOver } from './handover-decision.ts';
import { ownApplication } from './own-application.ts';

interface HandoverParts {
  readonly store: ApplicationStore;
  readonly clock: Clock;
}

/**
 * Offers an application to a colleague; the same offer again changes nothing. Of an offer and a submission at once the later
 * one is decided anew: what is submitted is not handed over any more.
 * @param to account of the colleague.
 * @throws DomainError not-found, and what `offered` refuses.
 */
export async function offerHandover(
  parts: HandoverParts,
  actor: Actor,
  applicationId: ApplicationId,
  to: string,
): Promise<Application> {
  return step(parts, actor, applicationId, (application) => offered(application, to, actor, parts.clock()));
}

/**
 * Takes over an application that was offered; who holds it already changes nothing.
 * @throws DomainError not-found, and what `takenOver` refuses.
 */
export async function takeOver(
  parts: HandoverParts,
  actor: Actor,
  applicationId: ApplicationId,
): Promise<Application> {
  return step(parts, actor, applicationId, (application) => takenOver(application, actor, parts.clock()));
}

function step(
  { store }: HandoverParts,
  actor: Actor,
  applicationId: ApplicationId,
  decide: (application: Application) => ReturnType<typeof offered>,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await ownApplication(store, actor, applicationId);
    const decided = decide(application);
    if (!decided) return application;
    await store.write(store.transition(application, decided.to, decided.note));
    return decided.to;
  });
}
