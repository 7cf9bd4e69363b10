import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { creditLost } from '../../filing/credit/check-credit.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { TransientError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';
import { objectExOfficio } from '../objections/file-objection.ts';
import type { ObjectionStore } from '../objections/objection-store.ts';

interface Stage {
  readonly applicationId: string;
  readonly submission: number;
}

interface WaitParts {
  readonly store: ApplicationStore;
  readonly waits: WaitRepository;
  readonly outbox: Outbox;
}

/** Lets the state machine wait for a budget round; it goes on at once where one has paid already. */
export async function awaitAllocation(
  parts: WaitParts,
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

interface EndNoticeParts {
  readonly store: ApplicationStore;
  readonly objections: ObjectionStore;
  readonly credit: CreditList;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Ends a notice: nothing stands against the award any more, so that an order may be made. What does holds it. Credit
 * that was lost since is brought up as an objection of the system's own, once: people decide it.
 */
export async function endNotice(
  parts: EndNoticeParts,
  stage: Stage,
): Promise<{ outcome: 'cleared' | 'held' | 'objected' | 'cancelled' | 'duplicate' | 'withdrawn' }> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const { status } = application;
    if (status === 'cancelled' || status === 'duplicate' || status === 'withdrawn')
      return { outcome: status };
    if (status === 'ordered' || status === 'closed') return { outcome: 'cleared' };
    if (application.status !== 'noticed') throw wrongStatus('end the notice of', application);
    if (application.notice.clearedAt !== undefined) return { outcome: 'cleared' };
    if (application.hold) return { outcome: 'held' };
    if (isObjectedTo(application)) return { outcome: 'objected' };
    const now = parts.clock();
    // The waiting clock may run ahead of ours by a little; the notice is never shorter than it was announced.
    if (now < new Date(application.notice.closesAt)) throw new TransientError('the notice has not ended');
    const at = now.toISOString();
    if (application.notice.creditCheckedAt === undefined) {
      const checked = { ...application, notice: { ...application.notice, creditCheckedAt: at } };
      const grounds = await creditLost(parts, application);
      if (grounds) {
        const { store: applications } = parts;
        await applications.write(await objectExOfficio({ ...parts, applications }, checked, grounds));
        return { outcome: 'objected' };
      }
    }
    const cleared = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      notice: {
        ...application.notice,
        clearedAt: at,
        creditCheckedAt: application.notice.creditCheckedAt ?? at,
      },
    } as const;
    await parts.store.write(
      parts.store.transition(application, cleared, { at, actor: systemActor, event: 'notice-ended' }),
    );
    return { outcome: 'cleared' };
  });
}

/** Whether an objection is still to be decided. */
export function isObjectedTo({ openObjections = [] }: ApplicationIn<'noticed'>): boolean {
  return openObjections.length > 0;
}

/** Lets the state machine wait until every objection is decided. */
export async function awaitObjections(
  parts: WaitParts,
  stage: Stage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.objections(stage.applicationId, stage.submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const application = await parts.store.require(stage.applicationId);
    if (application.status === 'noticed' && isObjectedTo(application)) return undefined;
    return { outcome: 'decided' };
  });
}

/** Lets the state machine wait for the order and for the last payment on it. */
export async function awaitPayment(
  parts: WaitParts,
  stage: Stage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.payment(stage.applicationId, stage.submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const { status } = await parts.store.require(stage.applicationId);
    if (status === 'noticed' || status === 'ordered') return undefined;
    return { outcome: status };
  });
}

function wrongStatus(act: string, application: Application): Error {
  return new Error(`cannot ${act} application ${application.applicationId} in status ${application.status}`);
}
