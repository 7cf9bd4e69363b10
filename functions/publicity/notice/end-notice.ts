import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { creditLost } from '../../filing/credit/check-credit.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { objectExOfficio } from '../objections/file-objection.ts';
import type { ObjectionStore } from '../objections/objection-store.ts';
import { cleared, creditChecked, endedNotice } from './notice-decision.ts';

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

/** What the end of a notice came to, and after how many seconds it is to be asked again. */
interface NoticeEnd {
  readonly outcome:
    | ('cleared' | 'held' | 'objected' | 'screening')
    | ('cancelled' | 'duplicate' | 'withdrawn');
  readonly seconds: number;
}

/**
 * Ends a notice: nothing stands against the award any more, so that an order may be made. What does holds it. Objections
 * are not taken from then on; those that no officer has looked at hold it until their time is over. Credit that was lost
 * since is brought up as an objection of the system's own, once: people decide it.
 * @returns `screening`: it is to be asked again after so many seconds, or when an officer has looked.
 */
export async function endNotice(parts: EndNoticeParts, stage: Stage): Promise<NoticeEnd> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const now = parts.clock();
    const ending = endedNotice(application, now);
    if ('outcome' in ending) return { ...ending, seconds: 0 };
    const { due } = ending;
    if (due.notice.creditCheckedAt === undefined) {
      const grounds = await creditLost(parts, due);
      if (grounds) {
        const { store: applications } = parts;
        const checked = creditChecked(due, now);
        await applications.write(await objectExOfficio({ ...parts, applications }, checked, grounds));
        return { outcome: 'objected', seconds: 0 };
      }
    }
    await parts.objections.close(due.applicationId);
    const holdsUntil = await parts.objections.heldUntil(due.applicationId);
    const leftMs = holdsUntil ? holdsUntil.getTime() - now.getTime() : 0;
    if (leftMs > 0) return { outcome: 'screening', seconds: Math.ceil(leftMs / 1000) };
    const { to, note } = cleared(due, now);
    await parts.store.write(parts.store.transition(due, to, note));
    return { outcome: 'cleared', seconds: 0 };
  });
}
