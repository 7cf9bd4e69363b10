import type { Application } from '../filing/applications/application.ts';
import type { ClaimStore } from '../filing/applications/claim-store.ts';
import type { PoolStore } from '../money/pools/pool-store.ts';
import type { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { ActorReference } from '../shared/actor.ts';
import type { Outbox } from '../shared/outbox.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { holdingsOf } from './holdings-decision.ts';

export interface LetGoParts {
  readonly tasks: SignOffTaskStore;
  readonly claims: ClaimStore;
  readonly pools: PoolStore;
  readonly outbox: Outbox;
}

/** Why and by whom an application ends. */
export interface Ending {
  readonly actor: ActorReference;
  readonly at: string;
  /** Why its execution is stopped. */
  readonly cause: string;
  /** The ledger entry that gives committed money back: its cause, and what makes it this one and no other. */
  readonly entry: { readonly cause: string; readonly key: string };
  /** A task of it that the same transaction decides. */
  readonly decidedTask?: string;
}

/**
 * The writes by which an application that ends lets go of everything it holds: its open tasks, its claims, its place
 * among the candidates or its committed money, and the execution that reviews it. They belong into the transaction that
 * ends it, whose condition on the application keeps anything from being let go of twice.
 * @param application as it stood before its end.
 * @throws DomainError not-found when its pool is gone. The transaction fails with `concurrent-change` when the pool
 * changed meanwhile: ask for the writes again.
 */
export async function letGo(
  parts: LetGoParts,
  application: Application,
  { actor, at, cause, entry, decidedTask }: Ending,
): Promise<GuardedWrite[]> {
  const { applicationId } = application;
  const { tasks, claims, candidacy, commitment, review } = holdingsOf(application);
  return [
    ...tasks.filter((taskId) => taskId !== decidedTask).map((taskId) => parts.tasks.end(taskId, 'closed')),
    ...claims.map((claim) => parts.claims.release(claim, applicationId)),
    ...(candidacy ? [parts.pools.leave({ ...candidacy, applicationId })] : []),
    ...(commitment ? await parts.pools.release({ ...commitment, ...entry, applicationId, actor, at }) : []),
    ...(review ? [parts.outbox.message({ type: 'stop-review', applicationId, ...review, cause })] : []),
  ];
}
