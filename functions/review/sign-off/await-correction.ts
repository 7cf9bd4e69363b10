import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { correctionCitation, currentCorrection } from '../../filing/applications/open-to-correction.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Reason } from '../../shared/text.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';

interface CorrectionStage {
  readonly applicationId: string;
  readonly submission: number;
}

export interface CorrectionOutcome {
  readonly outcome: 'waiting' | 'corrected' | 'lapsed' | 'withdrawn';
  /** Seconds until the correction is to be looked at again: for the warning, then for its end. */
  readonly seconds: number;
}

/** Lets the state machine wait for the applicant; it goes on at once where the correction has come already. */
export async function awaitCorrection(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  stage: CorrectionStage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.correction(stage.applicationId, stage.submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const outcome = settled(await parts.store.require(stage.applicationId), stage);
    return outcome && { outcome };
  });
}

/**
 * Looks at an application that is with its applicant: warns once before the deadline, and lets it lapse when the
 * deadline and its grace have passed. A correction that was submitted before that counts, however late this runs.
 */
export async function checkCorrection(
  parts: { readonly store: ApplicationStore; readonly clock: Clock },
  stage: CorrectionStage,
): Promise<CorrectionOutcome> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(stage.applicationId);
    const outcome = settled(application, stage);
    if (outcome) return { outcome, seconds: 0 };
    if (application.status !== 'returned') {
      throw new Error(`a correction is not awaited in status ${application.status}`);
    }
    const correction = currentCorrection(application);
    const now = parts.clock();
    const at = now.toISOString();
    const changed = { ...application, version: application.version + 1, updatedAt: at };
    const note = {
      at,
      actor: systemActor,
      stage: stageOf(correction.step),
      department: correction.department,
    };
    if (now >= new Date(correction.lapsesAt)) {
      const reasons: Reason[] = [
        {
          code: 'correction-overdue',
          citation: correctionCitation(application.guide),
          message: {
            zh: `未在 ${correction.lapsesAt} 前完成补正`,
            en: `it was not corrected before ${correction.lapsesAt}`,
          },
        },
      ];
      const lapsed = { ...changed, status: 'lapsed' as const, reasons };
      await parts.store.write(
        parts.store.transition(application, lapsed, { ...note, event: 'lapsed', reasons }),
      );
      return { outcome: 'lapsed', seconds: 0 };
    }
    const { warnAt, warnedAt, lapsesAt } = correction;
    if (warnAt === undefined || warnedAt !== undefined) return waiting(now, lapsesAt);
    if (now < new Date(warnAt)) return waiting(now, warnAt);
    const corrections = [...application.corrections.slice(0, -1), { ...correction, warnedAt: at }];
    const warned = { ...changed, corrections };
    await parts.store.write(
      parts.store.transition(application, warned, { ...note, event: 'correction-warned' }),
    );
    return waiting(now, lapsesAt);
  });
}

/** How the wait for a submission's correction ended, or undefined while it goes on. */
function settled(
  application: Application,
  { submission }: CorrectionStage,
): Exclude<CorrectionOutcome['outcome'], 'waiting'> | undefined {
  if (application.status === 'withdrawn' || application.status === 'lapsed') return application.status;
  const number = 'submission' in application ? application.submission?.number : undefined;
  return number !== undefined && number > submission ? 'corrected' : undefined;
}

function waiting(now: Date, until: string): CorrectionOutcome {
  return {
    outcome: 'waiting',
    seconds: Math.max(1, Math.ceil((new Date(until).getTime() - now.getTime()) / 1000)),
  };
}
