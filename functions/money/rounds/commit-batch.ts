import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { commit, type DueLine, requireHolding } from './commit-decision.ts';
import { type Batch, isPaid, type Line, type PlannedLine } from './round.ts';
import type { RoundStore } from './round-store.ts';

export interface CommitParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Awards one batch of a plan in one transaction: applications, candidates, lines, ledger, pool and outbox together. A
 * line whose application can no longer take its award (it was withdrawn, or another round awarded it) is dropped, and
 * its money stays reserved until the round ends. A batch that was done before changes nothing.
 * @throws DomainError not-in-this-state when the round holds no reservation; RangeError for a batch without lines.
 */
export async function commitBatch(
  parts: CommitParts,
  { roundId, batch, from, to }: Batch,
): Promise<{ committed: number; dropped: number }> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    const lines = (await parts.rounds.linesBetween(roundId, from, to)).filter(isPaid);
    if (lines.length === 0) throw new RangeError(`round ${roundId} has no batch ${batch}`);
    const due = lines.filter((line) => line.status === 'planned');
    if (due.length === 0) return summary(lines);
    const holding = requireHolding(round);

    const pool = await parts.pools.require(round.poolId);
    const standing = await Promise.all(due.map((line) => standingOf(parts, round.poolId, line)));
    const committed = commit(holding, batch, standing, parts.clock().toISOString());
    await parts.rounds.write([
      ...parts.pools.movement(pool, committed.movements),
      ...parts.rounds.transition(round, committed.to, committed.note),
      ...committed.settled.map((line) => parts.rounds.settledLine(line)),
      ...committed.awards.flatMap((award) => [
        ...parts.applications.transition(award.from, award.to, award.note),
        parts.pools.candidateTaken(round.poolId, award.to.applicationId),
        parts.outbox.message({
          type: 'resume',
          waitId: waitIds.allocation(award.to.applicationId, award.to.submission.number),
          output: { outcome: 'allocated' },
        }),
      ]),
    ]);
    const done = new Map(committed.settled.map((line) => [line.applicationId, line]));
    return summary(lines.map((line) => done.get(line.applicationId) ?? line));
  });
}

async function standingOf(parts: CommitParts, poolId: PoolId, line: PlannedLine): Promise<DueLine> {
  const [application, candidate] = await Promise.all([
    parts.applications.get(line.applicationId),
    parts.pools.candidate(poolId, line.applicationId),
  ]);
  return { line, application, candidate };
}

function summary(lines: readonly Line[]): { committed: number; dropped: number } {
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
  return { committed: count('committed'), dropped: count('dropped') };
}
