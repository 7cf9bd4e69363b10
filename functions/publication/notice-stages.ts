import type { Application } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import type { PolicyBook } from '../policy/policy-book.ts';
import { systemActor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { TransientError } from '../shared/errors.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { registerWait, type WaitRepository, waitIds } from '../shared/wait-repository.ts';

interface Stage {
  readonly applicationId: string;
  readonly submission: number;
}

/** Lets the state machine wait for a budget round; it goes on at once where one has paid already. */
export async function awaitAllocation(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  stage: Stage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.allocation(stage.applicationId, stage.submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const { status } = await parts.store.require(stage.applicationId);
    if (status === 'pooled') return undefined;
    return { outcome: status === 'withdrawn' ? 'withdrawn' : 'allocated' };
  });
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
    if (application.status !== 'allocated') throw wrongStatus('open the notice of', application);
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

/** Closes an application after its notice; a match that is still to be decided holds it. */
export async function closeApplication(
  parts: { readonly store: ApplicationStore; readonly clock: Clock },
  stage: Stage,
): Promise<{ outcome: 'closed' | 'held' | 'duplicate' | 'withdrawn' }> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const { status } = application;
    if (status === 'closed' || status === 'duplicate' || status === 'withdrawn') return { outcome: status };
    if (application.status !== 'noticed') throw wrongStatus('close', application);
    if (application.hold) return { outcome: 'held' };
    const now = parts.clock();
    // The waiting clock may run ahead of ours by a little; the notice is never shorter than it was announced.
    if (now < new Date(application.notice.closesAt)) throw new TransientError('the notice has not ended');
    const at = now.toISOString();
    const closed = {
      ...application,
      status: 'closed',
      version: application.version + 1,
      updatedAt: at,
    } as const;
    await parts.store.write(
      parts.store.transition(application, closed, { at, actor: systemActor, event: 'closed' }),
    );
    return { outcome: 'closed' };
  });
}

function wrongStatus(act: string, application: Application): Error {
  return new Error(`cannot ${act} application ${application.applicationId} in status ${application.status}`);
}
