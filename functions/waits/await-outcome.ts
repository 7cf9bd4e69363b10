import type { Application } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import type { Clock } from '../shared/clock.ts';
import type { Outbox } from '../shared/outbox.ts';
import type { ApplicationId } from '../shared/vocabulary.ts';
import { registerWait, type WaitRepository, waitIds } from '../shared/wait-repository.ts';
import { outcomeOf, type Wait } from './wait-decision.ts';

/** Lets the state machine wait for something; it goes on at once where that has come already. */
export async function awaitOutcome(
  parts: {
    readonly store: ApplicationStore;
    readonly objections: Pick<ObjectionStore, 'heldUntil'>;
    readonly waits: WaitRepository;
    readonly outbox: Outbox;
    readonly clock: Clock;
  },
  request: {
    readonly wait: Wait | 'screening';
    readonly applicationId: ApplicationId;
    readonly submission: number;
    readonly token: string;
  },
): Promise<void> {
  const { wait, applicationId, submission, token } = request;
  const waitId = waitIds[wait](applicationId, submission);
  if (wait === 'screening') {
    // What an officer has looked at since is seen here, or resumes the wait.
    return registerWait(parts.waits, parts.outbox, { waitId, token }, async () => {
      const holdsUntil = await parts.objections.heldUntil(applicationId);
      return holdsUntil && holdsUntil > parts.clock() ? undefined : { outcome: 'screened' };
    });
  }
  const decide: (application: Application, submission: number) => string | undefined = outcomeOf[wait];
  await registerWait(parts.waits, parts.outbox, { waitId, token }, async () => {
    const outcome = decide(await parts.store.require(applicationId), submission);
    return outcome === undefined ? undefined : { outcome };
  });
}
