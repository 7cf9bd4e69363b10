import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import { correctionCitation, currentCorrection } from '../../filing/applications/correction-rules.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { systemActor } from '../../shared/actor.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { Reason } from '../../shared/text.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';

export interface CorrectionOutcome {
  readonly outcome: 'waiting' | 'corrected' | 'lapsed' | 'withdrawn';
  /** Seconds until the correction is to be looked at again: for the warning, then for its end. */
  readonly seconds: number;
}

/** What looking at a correction comes to; without a change the application stays as it is. */
interface CorrectionDecision extends CorrectionOutcome {
  readonly change?: { readonly to: ApplicationIn<'returned' | 'lapsed'>; readonly note: HistoryNote };
}

/** How the wait for a submission's correction ended, or undefined while it goes on. */
export function correctionOutcome(
  application: Application,
  submission: number,
): Exclude<CorrectionOutcome['outcome'], 'waiting'> | undefined {
  if (application.status === 'withdrawn' || application.status === 'lapsed') return application.status;
  const number = 'submission' in application ? application.submission?.number : undefined;
  return number !== undefined && number > submission ? 'corrected' : undefined;
}

/**
 * Warns once before the deadline, and lets the application lapse when the deadline and its grace have passed. A
 * correction that was submitted before that counts, however late this is asked.
 * @param submission that was returned.
 */
export function lookedAt(application: Application, submission: number, now: Date): CorrectionDecision {
  const outcome = correctionOutcome(application, submission);
  if (outcome) return { outcome, seconds: 0 };
  if (application.status !== 'returned') {
    throw new Error(`a correction is not awaited in status ${application.status}`);
  }
  const correction = currentCorrection(application);
  const at = now.toISOString();
  const changed = { ...application, version: application.version + 1, updatedAt: at };
  const note = { at, actor: systemActor, stage: stageOf(correction.step), department: correction.department };
  const { warnAt, warnedAt, lapsesAt } = correction;
  if (now >= new Date(lapsesAt)) {
    const reasons = overdue(application.guide, lapsesAt);
    const change = {
      to: { ...changed, status: 'lapsed', reasons },
      note: { ...note, event: 'lapsed', reasons },
    } as const;
    return { outcome: 'lapsed', seconds: 0, change };
  }
  if (warnAt === undefined || warnedAt !== undefined) return waiting(now, lapsesAt);
  if (now < new Date(warnAt)) return waiting(now, warnAt);
  const corrections = [...application.corrections.slice(0, -1), { ...correction, warnedAt: at }];
  const change = { to: { ...changed, corrections }, note: { ...note, event: 'correction-warned' } as const };
  return { ...waiting(now, lapsesAt), change };
}

function overdue(guide: string, lapsesAt: string): Reason[] {
  return [
    {
      code: 'correction-overdue',
      citation: correctionCitation(guide),
      message: {
        zh: `未在 ${shanghaiTime(lapsesAt)} 前完成补正`,
        en: `it was not corrected before ${shanghaiTime(lapsesAt)}`,
      },
    },
  ];
}

function waiting(now: Date, until: string): CorrectionOutcome {
  return {
    outcome: 'waiting',
    seconds: Math.max(1, Math.ceil((new Date(until).getTime() - now.getTime()) / 1000)),
  };
}
