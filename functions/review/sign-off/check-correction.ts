import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { type CorrectionOutcome, lookedAt } from './correction-decision.ts';

interface CorrectionStage {
  readonly applicationId: ApplicationId;
  readonly submission: number;
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
