import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { type Round, RoundSchema } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * Opens a budget round of a pool and fixes the guide's allocation rule in it; the same key opens one round.
 * @throws DomainError not-found; same-person or conflict-of-interest for a candidate that waits in the pool already;
 * idempotency-key-reused, concurrent-change.
 */
export async function openRound(
  parts: {
    readonly pools: PoolStore;
    readonly rounds: RoundStore;
    readonly people: PeopleStore;
    readonly records: IdempotencyRecords;
    readonly policy: PolicyBook;
    readonly clock: Clock;
    readonly newId: NewId;
  },
  actor: Actor,
  request: { readonly poolId: PoolId; readonly idempotencyKey: string },
): Promise<Round> {
  const { poolId, idempotencyKey } = request;
  const keyed = {
    key: budget.entities.roundAnswer.key({ person: actor.id, idempotencyKey }),
    content: { poolId },
  };
  return decideAgainOnConflict(async () => {
    const given = await parts.records.answer(keyed, RoundSchema);
    if (given) return given;
    await parts.pools.require(poolId);
    const rule = (await parts.policy.pool(poolId))?.allocation;
    if (!rule) throw new DomainError('not-found');
    const impartial = await requireImpartial(parts.people, actor, await parts.pools.candidates(poolId));
    const at = parts.clock().toISOString();
    const round: Round = {
      status: 'open',
      roundId: parts.newId(),
      poolId,
      terms: {
        mode: rule.mode,
        residue: rule.residue,
        unit: rule.unit,
        minimumPayableFen: rule.minimumPayableFen,
      },
      version: 1,
      createdAt: at,
      openedBy: actor.id,
    };
    await parts.rounds.write([
      impartial,
      ...parts.rounds.transition(undefined, round, {
        at,
        actor: { id: actor.id, role: 'operator' },
        event: 'opened',
      }),
      parts.records.record(keyed, round),
    ]);
    return round;
  });
}
