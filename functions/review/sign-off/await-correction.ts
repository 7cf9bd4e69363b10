import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';
import { type CorrectionOutcome, correctionOutcome, lookedAt } from './correction-decision.ts';

interface CorrectionStage {
  readonly applicationId: string;
  readonly submission: number;
}

/** Lets the state machine wait for the applicant; it goes on at once where the correction has come already. */
export async function awaitCorrection(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  { applicationId, submission, token }: CorrectionStage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.correction(applicationId, submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token }, async () => {
    const outcome = correctionOutcome(await parts.store.require(applicationId), submission);
    return outcome && { outcome };
  });
}

/**
 * Looks at an application that is with its applicant: warns once before the deadline, and lets it lapse when the
 * deadline and its grace have passed. A correction that was submitted before that counts, however late this runs.
 */
export async function checkCorrection(
  { store, clock }: { readonly store: ApplicationStore; readonly clock: Clock },
  { applicationId, submission }: CorrectionStage,
): Promise<CorrectionOutcome> {
  return decideAgainOnConflict(async () => {
    const application = await store.require(applicationId);
    const { change, ...outcome } = lookedAt(application, submission, clock());
    if (change) await store.write(store.transition(application, change.to, change.note));
    return outcome;
  });
}
