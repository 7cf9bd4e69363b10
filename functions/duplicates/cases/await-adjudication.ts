import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';

/** Lets the state machine wait for an adjudicator; it goes on at once where the case is decided already. */
export async function awaitAdjudication(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  stage: { readonly applicationId: string; readonly submission: number; readonly token: string },
): Promise<void> {
  const waitId = waitIds.adjudication(stage.applicationId, stage.submission);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const application = await parts.store.require(stage.applicationId);
    if (application.status === 'withdrawn') return { outcome: 'withdrawn' };
    const waiting = application.status === 'adjudication' || ('hold' in application && application.hold);
    return waiting ? undefined : { outcome: 'decided' };
  });
}
