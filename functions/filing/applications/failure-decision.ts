import { systemActor } from '../../shared/actor.ts';
import type { Application } from './application.ts';
import type { HistoryNote } from './history-row.ts';
import { isWithdrawable } from './lifecycle.ts';

/**
 * An application on which is noted that its review met an error, and the note of its history; undefined where nothing
 * is to be noted: it is not under review any more, or another submission of it is.
 * @param error the error's name alone, since its text may quote personal data.
 */
export function withFailure(
  application: Application,
  { submission, error, at }: { readonly submission: number; readonly error: string; readonly at: string },
): { readonly to: Application; readonly note: HistoryNote } | undefined {
  if (application.status === 'draft' || !isWithdrawable(application.status)) return undefined;
  if ('submission' in application && application.submission?.number !== submission) return undefined;
  const failure = { error, at };
  return {
    to: { ...application, version: application.version + 1, updatedAt: at, failure },
    note: { at, actor: systemActor, event: 'review-failed', note: error },
  };
}
