import { systemActor } from '../../shared/actor.ts';
import type { StepNote } from '../../shared/history.ts';
import { fen, sumFen } from '../../shared/money.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { availableFen, type Movement, type Pool } from '../pools/pool.ts';
import { planHash } from './plan-calculation.ts';
import { heldFen, type Line, type Reservation, type RoundIn } from './round.ts';

/** What becomes of an approved round that asks its pool for the money of its plan. */
interface ReservationStep {
  readonly outcome: 'reserved' | 'insufficient';
  readonly to: RoundIn<'approved' | 'frozen'>;
  readonly note: StepNote<'reserved' | 'money-gone'>;
  readonly movements: readonly Movement[];
}

/**
 * Reserves the whole of an approved plan in its pool, or nothing: a round whose money another one took since the plan
 * was made goes back to its frozen list.
 */
export function reserve(
  round: RoundIn<'approved'>,
  lines: readonly Line[],
  pool: Pool,
  at: string,
): ReservationStep {
  const { roundId } = round;
  const amountFen = sumFen(lines.map((line) => ('shareFen' in line ? line.shareFen : 0)));
  const note = { at, actor: systemActor };
  if (amountFen > availableFen(pool)) {
    const to = backToFrozen(round);
    return { outcome: 'insufficient', to, note: { ...note, event: 'money-gone' }, movements: [] };
  }
  const actor = { id: round.decision.by, role: 'budget-approver' } as const;
  const cause = `round ${roundId}, plan ${round.plan.number}`;
  const key = `round#${roundId}#${round.plan.number}`;
  const movement: Movement = { kind: 'reservation', amountFen, actor, at, cause, key, roundId };
  return {
    outcome: 'reserved',
    to: {
      ...round,
      version: round.version + 1,
      reservation: { totalFen: amountFen, committedFen: fen(0), releasedFen: fen(0) },
    },
    note: { ...note, event: 'reserved' },
    movements: amountFen === 0 ? [] : [movement],
  };
}

/** @throws Error when the lines of a round are not those that its approval was given for. */
export function requireApprovedLines(round: RoundIn<'approved'>, lines: readonly Line[]): void {
  if (planHash(round, round.plan, lines) === round.plan.hash) return;
  throw new Error('the lines of the plan are not those that were approved');
}

/** A round's reservation after it gave back all that it still held, and the movement that gives it back. */
export function releaseReservation(
  roundId: RoundId,
  reservation: Reservation,
  why: string,
  at: string,
): { reservation: Reservation; movements: Movement[] } {
  const amountFen = heldFen(reservation);
  if (amountFen === 0) return { reservation, movements: [] };
  const cause = `round ${roundId}: ${why}`;
  return {
    reservation: { ...reservation, releasedFen: fen(reservation.releasedFen + amountFen) },
    movements: [
      {
        ...{ kind: 'release', of: 'reservation', amountFen, actor: systemActor, at, cause, roundId },
        key: `round#${roundId}#release`,
      },
    ],
  };
}

function backToFrozen(round: RoundIn<'approved'>): RoundIn<'frozen'> {
  const { decision: _, plan, reservation: __, ...closed } = round;
  return { ...closed, status: 'frozen', version: round.version + 1, plansMade: plan.number };
}
