import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { IdempotencyRecords, KeyedRequest } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { afterMovements } from '../pools/ledger-calculation.ts';
import type { Pool } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { bookedMovement } from './movement-calculation.ts';
import { type Change, type ProposalIn, ProposalSchema } from './proposal.ts';
import type { ProposalStore } from './proposal-store.ts';

export interface ProposeParts {
  readonly pools: PoolStore;
  readonly proposals: ProposalStore;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What an operator enters by hand: amounts in fen, more than none. */
export interface EntryRequest {
  readonly poolId: PoolId;
  readonly idempotencyKey: string;
  readonly change: Exclude<Change, { kind: 'carry-over' }>;
  readonly cause: string;
}

/**
 * Enters an appropriation or adjustment for a second person to confirm: it moves nothing yet. The same key enters it
 * once.
 * @throws DomainError not-found; insufficient-funds for a decrease below what is reserved and committed;
 * not-in-this-state when the pool is closed; amount-too-high; idempotency-key-reused; concurrent-change.
 */
export async function proposeEntry(
  parts: ProposeParts,
  actor: Actor,
  { poolId, idempotencyKey, change, cause }: EntryRequest,
): Promise<ProposalIn<'proposed'>> {
  return propose(parts, actor, { poolId, idempotencyKey, cause, content: change }, async (pool, proposal) => {
    const entered = { ...proposal, change };
    // What cannot be booked now is not worth a second person's time; it is looked at again when it is confirmed.
    afterMovements(pool, [bookedMovement(entered, { id: actor.id, at: proposal.proposedAt })]);
    return entered;
  });
}

/** Writes a proposal once for each idempotency key; `decide` says what is proposed, or refuses. */
export async function propose(
  parts: ProposeParts,
  actor: Actor,
  request: Pick<EntryRequest, 'poolId' | 'idempotencyKey' | 'cause'> & { readonly content: unknown },
  decide: (pool: Pool, proposal: Omit<ProposalIn<'proposed'>, 'change'>) => Promise<ProposalIn<'proposed'>>,
): Promise<ProposalIn<'proposed'>> {
  const { poolId, idempotencyKey, cause, content } = request;
  const keyed: KeyedRequest = {
    key: budget.entities.proposalAnswer.key({ poolId, idempotencyKey }),
    content: { content, cause, by: actor.id },
  };
  return decideAgainOnConflict(async () => {
    const pool = await parts.pools.require(poolId);
    const given = await parts.records.answer(keyed, ProposalSchema.options[0]);
    if (given) return given;
    const proposal = await decide(pool, {
      status: 'proposed',
      entryId: parts.newId(),
      poolId,
      cause,
      key: idempotencyKey,
      proposedBy: actor.id,
      proposedAt: parts.clock().toISOString(),
    });
    await parts.pools.write([parts.proposals.creation(proposal), parts.records.record(keyed, proposal)]);
    return proposal;
  });
}
