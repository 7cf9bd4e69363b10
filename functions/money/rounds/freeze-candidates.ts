import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import { requireNotInvolved } from '../pools/duty-rules.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { candidatesHash } from './plan-calculation.ts';
import type { Line, Round } from './round.ts';
import type { RoundEvent } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Copies the pool's candidates into the round, which from then on looks at nothing else. The list counts only when the
 * round says that it is complete: an attempt that breaks off in between is begun again, and removes what it left.
 * @throws DomainError not-in-this-state while the round is still open; same-person when a candidate came in after the
 * closing on which those who opened or closed the round have decided: the round fails, and others open a new one.
 */
export async function freezeCandidates(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: RoundId,
): Promise<{ candidateCount: number }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if ('list' in round && round.list) return { candidateCount: round.list.candidateCount };
    if (round.status !== 'frozen') throw new DomainError('not-in-this-state');
    const note = (event: RoundEvent) => ({ at: parts.clock().toISOString(), actor: systemActor, event });

    const begun = [round, { ...round, version: round.version + 1 }, note('list-begun')] as const;
    await parts.rounds.write(parts.rounds.transition(...begun));
    const fence = parts.rounds.linked(...begun);
    const candidates = await parts.pools.candidates(round.poolId);
    for (const person of [round.openedBy, round.closedBy]) requireNotInvolved(person, candidates);
    const ids = new Set(candidates.map((candidate) => candidate.applicationId));
    const stale = (await parts.rounds.lines(roundId)).filter((line) => !ids.has(line.applicationId));
    const lines = candidates.map(
      ({ poolId: _, ...candidate }): Line => ({ ...candidate, roundId, status: 'frozen' }),
    );
    await parts.rounds.writeFenced(fence, [
      ...lines.map((line) => parts.rounds.line(line)),
      ...stale.map((line) => parts.rounds.lineRemoval(line)),
    ]);

    const list = { candidateCount: candidates.length, candidatesHash: candidatesHash(candidates) };
    const complete: Round = { ...fence, version: fence.version + 1, list };
    await parts.rounds.write(parts.rounds.transition(fence, complete, note('list-frozen')));
    return { candidateCount: list.candidateCount };
  });
}
