import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { isObjectedTo } from '../../filing/applications/lifecycle.ts';
import { creditLost } from '../../filing/credit/check-credit.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { TransientError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { objectExOfficio } from '../objections/file-objection.ts';
import type { ObjectionStore } from '../objections/objection-store.ts';

interface Stage {
  readonly applicationId: ApplicationId;
  readonly submission: number;
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
    if (application.status !== 'noticed')
      throw new Error(`cannot end the notice of ${stage.applicationId} in status ${status}`);
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
