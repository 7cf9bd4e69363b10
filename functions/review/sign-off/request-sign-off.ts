import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';
import type { SignOffStage } from './expire-sign-off.ts';
import { signOffOutcome } from './sign-off-outcome.ts';

/** Lets the state machine wait for the departments of a step; it goes on at once where they have decided already. */
export async function requestSignOff(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  stage: SignOffStage & { readonly token: string },
): Promise<void> {
  const waitId = waitIds.signOff(stage.applicationId, stage.submission, stage.attempt);
  await registerWait(parts.waits, parts.outbox, { waitId, token: stage.token }, async () => {
    const settled = signOffOutcome(await parts.store.require(stage.applicationId), stage);
    return settled && { ...settled };
  });
}
