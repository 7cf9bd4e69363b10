import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { systemActor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { Candidate } from '../pools/candidates.ts';
import type { Movement } from '../pools/pool.ts';
import { heldFen, type Line, type PlannedLine, type Round, type RoundIn } from './round.ts';

type Settled = Extract<Line, { status: 'committed' | 'dropped' }>;

/** A round that holds the money of its plan. */
type Holding = RoundIn<'approved'> & { reservation: NonNullable<RoundIn<'approved'>['reservation']> };

/** A line that is to be committed, with what stands of it now. */
export interface DueLine {
  readonly line: PlannedLine;
  readonly application: Application | undefined;
  /** Its place in the pool. */
  readonly candidate: Candidate | undefined;
}

/** What committing a batch does. */
interface Commitment {
  readonly to: Holding;
  readonly note: StepNote<`batch-${number}-committed`>;
  readonly movements: readonly Movement[];
  /** Every line that was due. */
  readonly settled: readonly Settled[];
  /** Applications that take their awards. */
  readonly awards: readonly {
    readonly from: ApplicationIn<'pooled'>;
    readonly to: ApplicationIn<'allocated'>;
    readonly note: HistoryNote;
  }[];
}

const dropped = {
  zh: '该申报已撤回或已由其他轮次安排，本轮不再安排',
  en: 'It was withdrawn or awarded by another round, so this round pays nothing',
};

/** The round, which holds the money of its plan. @throws DomainError not-in-this-state when it does not. */
export function requireHolding(round: Round): Holding {
  if (round.status !== 'approved' || !round.reservation) throw new DomainError('not-in-this-state');
  return { ...round, reservation: round.reservation };
}

/**
 * Awards a batch of a plan. A line whose application can no longer take its award is dropped, and one whose ceiling has
 * fallen below its share since the plan was made gets no more than that: what they leave stays reserved until the round
 * ends.
 */
export function commit(round: Holding, batch: number, due: readonly DueLine[], at: string): Commitment {
  const found = due.map((one) => {
    const taker = takerOf(round, one);
    return { line: taker ? lowered(one.line, mostOf(taker, one.candidate)) : one.line, taker };
  });
  const awarded = found.flatMap(({ line, taker }) => (taker ? [{ line, taker }] : []));
  return {
    to: withCommitted(
      round,
      awarded.map(({ line }) => line),
    ),
    note: { at, actor: systemActor, event: `batch-${batch}-committed` },
    movements: awarded.map(({ line }) => commitment(round, line, at)),
    settled: found.map(({ line, taker }): Settled => {
      if (taker) return { ...line, status: 'committed', committedAt: at };
      return { ...line, status: 'dropped', droppedAt: at, explanation: dropped };
    }),
    awards: awarded.map(({ line, taker }) => ({
      from: taker,
      to: allocated(round, line, taker, at),
      note: { at, actor: approverOf(round), event: 'allocated', note: line.explanation.zh },
    })),
  };
}

/** The application if it may take the line's share: still the one that was frozen, still waiting in this pool. */
function takerOf(
  round: Holding,
  { line, application, candidate }: DueLine,
): ApplicationIn<'pooled'> | undefined {
  if (application?.status !== 'pooled' || application.pool !== round.poolId || !candidate) return undefined;
  const isSame = candidate.contentHash === line.contentHash;
  return isSame && mostOf(application, candidate) > 0 ? application : undefined;
}

/** The most that an application may be awarded now: of the two, one may have been read before the ceiling fell. */
function mostOf({ ceiling }: ApplicationIn<'pooled'>, candidate: Candidate | undefined): Fen {
  return fen(Math.min(ceiling.fen, candidate?.ceilingFen ?? 0));
}

/** A line that pays no more than the ceiling, which an award of another scheme may have lowered since the plan. */
function lowered(line: PlannedLine, mostFen: Fen): PlannedLine {
  if (line.shareFen <= mostFen) return line;
  const explanation = {
    zh: `${line.explanation.zh}；方案作出后上限因其他奖补降至 ${yuanOf(mostFen)} 元`,
    en: `${line.explanation.en}; since the plan its ceiling fell to ${yuanOf(mostFen)} yuan for what others paid`,
  };
  return { ...line, plannedFen: line.shareFen, shareFen: mostFen, explanation };
}

function commitment(round: Holding, line: PlannedLine, at: string): Movement {
  return {
    kind: 'commitment',
    amountFen: line.shareFen,
    actor: approverOf(round),
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

function allocated(
  round: Holding,
  line: PlannedLine,
  application: ApplicationIn<'pooled'>,
  at: string,
): ApplicationIn<'allocated'> {
  return {
    ...application,
    status: 'allocated',
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [round.decision.by]: 'allocation' },
    award: { fen: line.shareFen, roundId: round.roundId, at },
  };
}

function approverOf({ decision }: Holding) {
  return { id: decision.by, role: 'budget-approver' } as const;
}
