import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen, sumFen } from '../../shared/money.ts';
import { settleContention } from '../pools/contention.ts';
import { availableFen, type Movement } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { planHash } from './plan-hash.ts';
import { type Batch, batchesOf, hasCommitted, type Round, type RoundIn } from './round.ts';
import type { RoundStore } from './round-store.ts';

export type ReservationOutcome =
  | { readonly outcome: 'insufficient'; readonly batches: readonly [] }
  | { readonly outcome: 'reserved'; readonly batches: readonly Batch[] };

/**
 * Reserves the whole of an approved plan in its pool, or nothing. When another round took the money since the plan was
 * made, the round goes back to its frozen list: a new plan needs a new approval.
 * @throws DomainError not-in-this-state without an approved plan; Error when the lines are not those approved.
 */
export async function reserveFunds(
  parts: { readonly pools: PoolStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: string,
): Promise<ReservationOutcome> {
  return settleContention(async () => {
    const round = await parts.rounds.require(roundId);
    if (round.status === 'frozen' && round.plansMade > 0) return { outcome: 'insufficient', batches: [] };
    if (round.status !== 'approved' && !hasCommitted(round)) throw new DomainError('not-in-this-state');
    const lines = await parts.rounds.lines(roundId);
    const reserved = { outcome: 'reserved', batches: batchesOf(roundId, lines) } as const;
    if (round.status !== 'approved' || round.reservation) return reserved;
    if (planHash(round, round.plan, lines) !== round.plan.hash) {
      throw new Error('the lines of the plan are not those that were approved');
    }

    const at = parts.clock().toISOString();
    const amountFen = sumFen(lines.map((line) => ('shareFen' in line ? line.shareFen : 0)));
    const pool = await parts.pools.require(round.poolId);
    if (amountFen > availableFen(pool)) {
      await parts.rounds.write(
        parts.rounds.transition(round, backToFrozen(round), { at, actor: systemActor, event: 'money-gone' }),
      );
      return { outcome: 'insufficient', batches: [] };
    }
    const approver = { id: round.decision.by, role: 'budget-approver' };
    const movements: Movement[] =
      amountFen === 0
        ? []
        : [
            {
              ...{ kind: 'reservation', amountFen, actor: approver, at, cause: cause(round), roundId },
              key: `round#${roundId}#${round.plan.number}`,
            },
          ];
    const holding: Round = {
      ...round,
      version: round.version + 1,
      reservation: { totalFen: amountFen, committedFen: fen(0), releasedFen: fen(0) },
    };
    await parts.rounds.write([
      ...parts.pools.movement(pool, movements),
      ...parts.rounds.transition(round, holding, { at, actor: systemActor, event: 'reserved' }),
    ]);
    return reserved;
  });
}

function backToFrozen(round: RoundIn<'approved'>): RoundIn<'frozen'> {
  const { decision: _, plan, reservation: __, ...closed } = round;
  return { ...closed, status: 'frozen', version: round.version + 1, plansMade: plan.number };
}

function cause(round: RoundIn<'approved'>): string {
  return `round ${round.roundId}, plan ${round.plan.number}`;
}
