import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen, sumFen } from '../../shared/money.ts';
import type { Outbox } from '../../shared/outbox.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import { settleContention } from '../pools/contention.ts';
import type { Movement } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import {
  type Batch,
  heldFen,
  isPaid,
  type Line,
  type PlannedLine,
  type Round,
  type RoundIn,
} from './round.ts';
import type { RoundStore } from './round-store.ts';

export interface CommitParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

type Settled<S extends Line['status']> = Extract<Line, { status: S }>;
type Holding = RoundIn<'approved'> & { reservation: NonNullable<RoundIn<'approved'>['reservation']> };

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
    if (!holdsReservation(round)) throw new DomainError('not-in-this-state');

    const pool = await parts.pools.require(round.poolId);
    const found = await Promise.all(
      due.map(async (line) => ({ line, award: await takes(parts, round, line) })),
    );
    const at = parts.clock().toISOString();
    const settled = found.map(({ line, award }): Settled<'committed' | 'dropped'> => {
      if (award) return { ...line, status: 'committed', committedAt: at };
      return { ...line, status: 'dropped', droppedAt: at, explanation: dropped };
    });
    const awards = found.flatMap(({ line, award }) => (award ? [{ line, application: award }] : []));
    await parts.rounds.write([
      ...parts.pools.movement(
        pool,
        awards.map(({ line }) => commitment(round, line, at)),
      ),
      ...parts.rounds.transition(
        round,
        withCommitted(
          round,
          awards.map(({ line }) => line),
        ),
        { at, actor: systemActor, event: `batch-${batch}-committed` },
      ),
      ...settled.map((line) => parts.rounds.settledLine(line)),
      ...awards.flatMap(({ line, application }) => awardWrites(parts, round, line, application, at)),
    ]);
    const done = new Map(settled.map((line) => [line.applicationId, line]));
    return summary(lines.map((line) => done.get(line.applicationId) ?? line));
  });
}

const dropped = {
  zh: '该申报已撤回或已由其他轮次安排，本轮不再安排',
  en: 'It was withdrawn or awarded by another round, so this round pays nothing',
};

function holdsReservation(round: Round): round is Holding {
  return round.status === 'approved' && round.reservation !== undefined;
}

/** The application if it may take the line's share: still the one that was frozen, still waiting in this pool. */
async function takes(
  parts: CommitParts,
  round: Holding,
  line: PlannedLine,
): Promise<ApplicationIn<'pooled'> | undefined> {
  const [application, candidate] = await Promise.all([
    parts.applications.get(line.applicationId),
    parts.pools.candidate(round.poolId, line.applicationId),
  ]);
  if (application?.status !== 'pooled' || application.pool !== round.poolId || !candidate) return undefined;
  const same = candidate.contentHash === line.contentHash;
  const covered = Math.min(candidate.ceilingFen, application.ceiling.fen) >= line.shareFen;
  return same && covered ? application : undefined;
}

function commitment(round: Holding, line: PlannedLine, at: string): Movement {
  return {
    kind: 'commitment',
    amountFen: line.shareFen,
    actor: { id: round.decision.by, role: 'budget-approver' },
    at,
    cause: `round ${round.roundId}, plan ${round.plan.number}`,
    key: `round#${round.roundId}#${round.plan.number}#${line.applicationId}`,
    roundId: round.roundId,
    applicationId: line.applicationId,
  };
}

function withCommitted(round: Holding, lines: readonly PlannedLine[]): Holding {
  const amount = sumFen(lines.map((line) => line.shareFen));
  const reservation = { ...round.reservation, committedFen: fen(round.reservation.committedFen + amount) };
  heldFen(reservation);
  return { ...round, version: round.version + 1, reservation };
}

function awardWrites(
  parts: CommitParts,
  round: Holding,
  line: PlannedLine,
  application: ApplicationIn<'pooled'>,
  at: string,
): GuardedWrite[] {
  const { applicationId, submission } = application;
  const allocated: ApplicationIn<'allocated'> = {
    ...application,
    status: 'allocated',
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [round.decision.by]: 'allocation' },
    award: { fen: line.shareFen, roundId: round.roundId, at },
  };
  return [
    ...parts.applications.transition(application, allocated, {
      at,
      actor: { id: round.decision.by, role: 'budget-approver' },
      event: 'allocated',
      note: line.explanation.zh,
    }),
    parts.pools.candidateTaken(round.poolId, applicationId),
    parts.outbox.message({
      type: 'resume',
      waitId: waitIds.allocation(applicationId, submission.number),
      output: { outcome: 'allocated' },
    }),
  ];
}

function summary(lines: readonly Line[]): { committed: number; dropped: number } {
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
  return { committed: count('committed'), dropped: count('dropped') };
}
