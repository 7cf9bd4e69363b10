import { awaitAdjudication } from '../duplicates/cases/await-adjudication.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { awaitAllocation, awaitObjections, awaitPayment } from '../publicity/notice/notice-stages.ts';
import { awaitCorrection } from '../review/sign-off/await-correction.ts';
import type { Outbox } from '../shared/outbox.ts';
import type { WaitRepository } from '../shared/wait-repository.ts';

/** What an application can wait for after its sign-off, each with what registers the wait. */
const waits = {
  correction: awaitCorrection,
  adjudication: awaitAdjudication,
  allocation: awaitAllocation,
  objections: awaitObjections,
  payment: awaitPayment,
} as const;

export type Wait = keyof typeof waits;
/** Names of the waits, as the state machine gives them. */
export const waitNames = [
  'correction',
  'adjudication',
  'allocation',
  'objections',
  'payment',
] as const satisfies readonly Wait[];

/** Lets the state machine wait for one of them; it goes on at once where that has come already. */
export async function awaitOutcome(
  parts: { readonly store: ApplicationStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  {
    wait,
    ...stage
  }: {
    readonly wait: Wait;
    readonly applicationId: string;
    readonly submission: number;
    readonly token: string;
  },
): Promise<void> {
  await waits[wait](parts, stage);
}
