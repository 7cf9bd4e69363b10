import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { openedNotice } from './notice-decision.ts';

interface Stage {
  readonly applicationId: ApplicationId;
  readonly submission: number;
}

/** Publishes an award. The notice ends after the time that the guide sets; asked again, it answers the same end. */
export async function openNotice(
  parts: { readonly store: ApplicationStore; readonly policy: PolicyBook; readonly clock: Clock },
  stage: Stage,
): Promise<{ outcome: 'noticed' | 'duplicate' | 'withdrawn'; closesAt: string }> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const opening = openedNotice(application, opened, parts.policy.calendar, parts.clock());
    const { outcome, closesAt, change } = opening;
    if (change) await parts.store.write(parts.store.transition(application, change.to, change.note));
    return { outcome, closesAt };
  });
}
