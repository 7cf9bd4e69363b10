import type { Application } from '../filing/applications/application.ts';
import type { Fen } from '../shared/money.ts';
import type { PoolId } from '../shared/vocabulary.ts';

/** What an application holds while it is under way, all of which it lets go of when it ends. */
export interface Holdings {
  /** Open tasks of departments and of adjudicators. Invitations of experts end with the task that they belong to. */
  readonly tasks: readonly string[];
  /** Places of claims on its matter and on its evidence. */
  readonly claims: readonly string[];
  /** Pool in which it waits for money. */
  readonly candidacy?: { readonly poolId: PoolId };
  /** What is committed to it in its pool. */
  readonly commitment?: { readonly poolId: PoolId; readonly amountFen: Fen };
  /** The execution that reviews it. */
  readonly review?: { readonly submission: number; readonly reopening?: number | undefined };
}

/**
 * Everything that an application holds as it stands. After its order nothing of it is let go of any more: what was paid
 * keeps its claims for good, and money comes back by a clawback.
 */
export function holdingsOf(application: Application): Holdings {
  return {
    tasks: openTasks(application),
    claims: claimsOf(application),
    ...(application.status === 'pooled' && { candidacy: { poolId: application.pool } }),
    ...((application.status === 'allocated' || application.status === 'noticed') && {
      commitment: { poolId: application.pool, amountFen: application.award.fen },
    }),
    ...('submission' in application &&
      application.submission && {
        review: {
          submission: application.submission.number,
          reopening: application.submission.reopening,
        },
      }),
  };
}

function claimsOf(application: Application): readonly string[] {
  if ('claims' in application) return application.claims;
  return (application.status === 'deduplication' && application.reclaimed) || [];
}

function openTasks(application: Application): string[] {
  const undecided =
    application.status === 'sign-off'
      ? Object.values(application.signOffs).filter(({ decision }) => !decision)
      : [];
  const waiting = application.status === 'adjudication' ? application.adjudication : undefined;
  const held = 'hold' in application ? application.hold : undefined;
  return [...undecided, ...(waiting ? [waiting] : []), ...(held ? [held] : [])].map(({ taskId }) => taskId);
}
