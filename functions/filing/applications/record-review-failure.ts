import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { ApplicationStore } from './application-store.ts';
import { withFailure } from './failure-decision.ts';

/**
 * Notes on an application that its review met an error it could not handle. The status stays, so that the execution
 * can be redriven; only the error's name is kept, since its text may quote personal data. What happens to the execution
 * of an earlier submission does not concern the one that is reviewed now.
 */
export async function recordReviewFailure(
  parts: { readonly store: ApplicationStore; readonly clock: Clock },
  { applicationId, submission }: { readonly applicationId: ApplicationId; readonly submission: number },
  error: string,
): Promise<{ outcome: 'recorded' }> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(applicationId);
    const failed = withFailure(application, { submission, error, at: parts.clock().toISOString() });
    if (failed) await parts.store.write(parts.store.transition(application, failed.to, failed.note));
    return { outcome: 'recorded' };
  });
}
