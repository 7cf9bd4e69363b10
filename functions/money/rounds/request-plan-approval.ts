import type { Outbox } from '../../shared/outbox.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { registerWait, type WaitRepository, waitIds } from '../../shared/wait-repository.ts';
import type { Round } from './round.ts';
import type { RoundStore } from './round-store.ts';

/** Leaves the task token where the approver's decision will find it; a decision taken already resumes at once. */
export async function requestPlanApproval(
  parts: { readonly rounds: RoundStore; readonly waits: WaitRepository; readonly outbox: Outbox },
  request: { readonly roundId: RoundId; readonly planNumber: number; readonly token: string },
): Promise<void> {
  const { roundId, planNumber, token } = request;
  const waitId = waitIds.planApproval(roundId, planNumber);
  await registerWait(parts.waits, parts.outbox, { waitId, token }, async () => {
    const outcome = decisionOn(await parts.rounds.require(roundId), planNumber);
    return outcome && { outcome };
  });
}

function decisionOn(round: Round, planNumber: number): 'approved' | 'replan' | 'abandoned' | undefined {
  if (round.status === 'abandoned') return 'abandoned';
  if (round.status === 'frozen') return round.plansMade >= planNumber ? 'replan' : undefined;
  if (!('plan' in round) || !round.plan) return undefined;
  if (round.plan.number > planNumber) return 'replan';
  return 'decision' in round && round.status !== 'refused' ? 'approved' : undefined;
}
