import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ActorReference } from '../../shared/actor.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import type { Fen } from '../../shared/money.ts';
import { Table } from '../../shared/table.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { PoolStore } from './pool-store.ts';

/**
 * The writes that give an award's money back to its pool. They belong into the transaction that takes the award from
 * the application: its condition on the application is what keeps an award from being given back twice.
 * The transaction fails with `concurrent-change` when the pool changed meanwhile: ask for the writes again.
 * @throws DomainError not-found when there is no such pool.
 */
export async function releaseCommitment(
  client: DynamoDBDocumentClient,
  budgetTable: string,
  release: {
    readonly poolId: string;
    readonly applicationId: string;
    readonly amountFen: Fen;
    readonly actor: ActorReference;
    readonly cause: string;
    /** What makes it this release and no other, e.g. `objection#<id>`. */
    readonly key: string;
  },
  clock: Clock = systemClock,
): Promise<GuardedWrite[]> {
  if (release.amountFen === 0) return [];
  const { poolId, ...movement } = release;
  const store = new PoolStore(new Table(client, budgetTable));
  const pool = await store.require(poolId);
  return store.movement(pool, [
    { kind: 'release', of: 'commitment', ...movement, at: clock().toISOString() },
  ]);
}
