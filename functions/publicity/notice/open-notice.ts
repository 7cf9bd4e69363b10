import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';

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
    const now = parts.clock();
    // Ended between its award and its notice: the stop of its execution may come later than this.
    if (application.status === 'withdrawn' || application.status === 'duplicate') {
      return { outcome: application.status, closesAt: now.toISOString() };
    }
    if ('notice' in application) return { outcome: 'noticed', closesAt: application.notice.closesAt };
    if (application.status !== 'allocated')
      throw new Error(`cannot open the notice of ${stage.applicationId} in status ${application.status}`);
    const { item } = await parts.policy.requireItem(application.guide, application.content.item);
    const at = now.toISOString();
    const { notice } = item;
    const end =
      'seconds' in notice
        ? new Date(now.getTime() + notice.seconds * 1000)
        : parts.policy.calendar.endOf(now, notice);
    const closesAt = end.toISOString();
    const noticed = {
      ...application,
      status: 'noticed',
      version: application.version + 1,
      updatedAt: at,
      notice: { opensAt: at, closesAt },
    } as const;
    await parts.store.write(
      parts.store.transition(application, noticed, { at, actor: systemActor, event: 'notice-opened' }),
    );
    return { outcome: 'noticed', closesAt };
  });
}
