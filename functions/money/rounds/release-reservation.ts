import { systemActor } from '../../shared/actor.ts';
import { fen } from '../../shared/money.ts';
import type { Movement } from '../pools/pool.ts';
import { heldFen, type Reservation } from './round.ts';

/** A round's reservation after it gave back all that it still held, and the movement that gives it back. */
export function releaseReservation(
  roundId: string,
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
