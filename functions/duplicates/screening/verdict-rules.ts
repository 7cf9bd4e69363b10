import type { Suspicion } from '../../filing/applications/suspicion.ts';
import { type Fen, fen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { reasonOf } from './adjudication.ts';
import type { SuspicionSearch } from './suspicion-rules.ts';
import type { Verdict } from './verdict.ts';

/** Pairs of one case: with a verdict on each, its decision still fits into one transaction. */
const pairsOfCase = 40;

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
  /** What the other sides were paid of it, where the rest may still be paid, by the ids of their pairs. */
  readonly takenOff: TakenOff;
}

/** What is taken off a ceiling for what others paid of the same matter, in fen, by the ids of their pairs. */
export type TakenOff = Readonly<Record<string, Fen>>;

/**
 * Applies the verdicts that stand to the suspicions of an application: a pair that was decided is not asked about again.
 * Between two applications a verdict counts against the one that it was taken on; the other one goes on.
 * @param verdicts by the ids of their pairs.
 * @param topsUp whether the guide pays the rest of one matter: where it bars, one matter is a duplicate, though it was
 * topped up under another guide.
 */
export function judge(
  search: SuspicionSearch,
  verdicts: ReadonlyMap<string, Verdict>,
  { applicationId, topsUp }: { readonly applicationId: ApplicationId; readonly topsUp: boolean },
): Judged {
  const { suspicions } = search;
  const decided = suspicions.flatMap((suspicion) => {
    const verdict = verdicts.get(suspicion.id);
    return verdict
      ? [{ suspicion, verdict, ...effectOf(suspicion, verdict, { applicationId, topsUp }) }]
      : [];
  });
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
    takenOff: Object.fromEntries(
      decided.flatMap(({ suspicion, paidFen }) => (paidFen === undefined ? [] : [[suspicion.id, paidFen]])),
    ),
  };
}

/** What a verdict does to an application: it ends it, or takes an amount in fen off its ceiling, or neither. */
export function effectOf(
  { counterpart }: Suspicion,
  verdict: Verdict,
  { applicationId, topsUp }: { readonly applicationId: ApplicationId; readonly topsUp: boolean },
): { readonly isEnding: boolean; readonly paidFen?: Fen } {
  const isOwn = counterpart.kind === 'award' || verdict.applicationId === applicationId;
  if (!isOwn || verdict.verdict === 'not-duplicate') return { isEnding: false };
  if (verdict.verdict === 'duplicate' || !topsUp) return { isEnding: true };
  // What the record says now counts, unless two adjudicators departed from it.
  const ofRecord = counterpart.kind === 'award' && !verdict.departure ? counterpart.amountFen : undefined;
  return { isEnding: false, paidFen: ofRecord ?? verdict.paidFen ?? fen(0) };
}

/** The sum of what is taken off. Beyond the largest exact number it makes no difference how much more was paid. */
export function totalOf(takenOff: TakenOff): Fen {
  const add = (sum: number, amount: number) => Math.min(Number.MAX_SAFE_INTEGER, sum + amount);
  return fen(Object.values(takenOff).reduce(add, 0));
}
