import type { Suspicion } from '../../filing/applications/suspicion.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { reasonOf } from './adjudication.ts';
import type { SuspicionSearch } from './suspicion-rules.ts';
import type { Verdict } from './verdict.ts';

/** Pairs of one case: with a verdict on each, its decision still fits into one transaction. */
const pairsOfCase = 50;

/** Suspicions of an application, as far as adjudicators have decided them. */
export interface Judged {
  readonly search: SuspicionSearch;
  /** Nobody has decided these: the most probable ones first, as many as make a case. */
  readonly open: Suspicion[];
  /** What has been decided, and whether it ends this application. */
  readonly decided: readonly {
    readonly suspicion: Suspicion;
    readonly verdict: Verdict;
    readonly isEnding: boolean;
  }[];
  /** Reasons of the pairs that were found to be one matter. */
  readonly duplicates: Reason[];
  /** What the other sides were paid of it, where the rest may still be paid; undefined when no verdict says so. */
  readonly paidFen: Fen | undefined;
}

/**
 * Applies the verdicts that stand to the suspicions of an application: a pair that was decided is not asked about again.
 * Between two applications a verdict of duplicate ends the one that it was taken on; the other one goes on.
 * @param verdicts by the ids of their pairs.
 */
export function judge(
  search: SuspicionSearch,
  verdicts: ReadonlyMap<string, Verdict>,
  applicationId: ApplicationId,
): Judged {
  const { suspicions } = search;
  const decided = suspicions.flatMap((suspicion) => {
    const verdict = verdicts.get(suspicion.id);
    if (!verdict) return [];
    const isOwn = suspicion.counterpart.kind === 'award' || verdict.applicationId === applicationId;
    return [{ suspicion, verdict, isEnding: verdict.verdict === 'duplicate' && isOwn }];
  });
  const toppedUp = decided.filter(({ verdict }) => verdict.verdict === 'top-up');
  return {
    search,
    open: suspicions
      .filter(({ id }) => !verdicts.has(id))
      // Without a probability something is the same: evidence or a file.
      .sort((a, b) => (b.probability ?? 1000) - (a.probability ?? 1000))
      .slice(0, pairsOfCase),
    decided,
    duplicates: decided
      .filter(({ isEnding }) => isEnding)
      .map(({ suspicion, verdict }) => reasonOf(suspicion, verdict)),
    paidFen:
      toppedUp.length > 0 ? sumFen(toppedUp.map(({ verdict }) => verdict.paidFen ?? fen(0))) : undefined,
  };
}
