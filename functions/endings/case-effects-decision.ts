import type { Suspected } from '../duplicates/cases/suspected.ts';
import { adjudicationStage, reasonOf } from '../duplicates/screening/adjudication.ts';
import { figuresOf, nothingLeft } from '../duplicates/screening/deduplication-decision.ts';
import { topsUp } from '../duplicates/screening/exact-rules.ts';
import type { Verdict } from '../duplicates/screening/verdict.ts';
import { effectOf } from '../duplicates/screening/verdict-rules.ts';
import type { Application } from '../filing/applications/application.ts';
import type { HistoryNote } from '../filing/applications/history-row.ts';
import type { Suspicion } from '../filing/applications/suspicion.ts';
import type { OpenedItem } from '../policy/guides/policy-book.ts';
import { type Fen, fen } from '../shared/money.ts';

/** An adjudicator, and when. */
interface Acting {
  readonly by: string;
  readonly at: string;
}

/** What the verdicts on a case do to its application. */
export interface CaseEffects {
  readonly to: Application;
  readonly note: HistoryNote;
  readonly ends: boolean;
  /** What of an award, in fen, goes back to its pool while the application goes on. */
  readonly loweredFen: Fen;
}

/** What the verdicts do to the application. */
export function caseEffects(
  { application, opened, by, at }: Acting & { readonly application: Suspected; readonly opened: OpenedItem },
  pairs: readonly { readonly pair: Suspicion; readonly verdict: Verdict }[],
): CaseEffects {
  const acted = actedOn(application, { by, at });
  const note = noteOf({ by, at });
  const nothing = fen(0);
  if (application.status === 'adjudication') {
    const { adjudication: _, ...rest } = application;
    const to: Application = { ...rest, ...acted, status: 'deduplication' };
    return { to, note, ends: false, loweredFen: nothing };
  }
  const { hold: _, ...rest } = application;
  const asked = { applicationId: application.applicationId, topsUp: topsUp(opened.item) };
  const found = pairs.map(({ pair, verdict }) => ({
    ...{ pair, reason: reasonOf(pair, verdict) },
    ...effectOf(pair, verdict, asked),
  }));
  const duplicate = (reasons: ReturnType<typeof reasonOf>[]) => ({
    to: { ...rest, ...acted, status: 'duplicate', reasons } as Application,
    note: { ...note, event: 'found-duplicate' as const, reasons },
    ends: true,
    loweredFen: nothing,
  });
  const ending = found.filter(({ isEnding }) => isEnding);
  if (ending.length > 0) return duplicate(ending.map(({ reason }) => reason));
  const paid = found.flatMap(({ pair, reason, paidFen }) =>
    paidFen === undefined ? [] : [{ id: pair.id, reason, paidFen }],
  );
  if (paid.length === 0) {
    return { to: { ...rest, ...acted } as Application, note, ends: false, loweredFen: nothing };
  }
  const reasons = paid.map(({ reason }) => reason);
  const takenOff = {
    ...application.takenOff,
    ...Object.fromEntries(paid.map(({ id, paidFen }) => [id, paidFen])),
  };
  const figures = figuresOf(application, opened, takenOff);
  const { fen: left } = figures.ceiling;
  if (left === 0) return duplicate([...reasons, nothingLeft(figures)]);
  const award = 'award' in application ? application.award : undefined;
  const loweredFen = fen(Math.max(0, (award?.fen ?? 0) - left));
  return {
    to: {
      ...{ ...rest, ...acted, ...figures },
      ...(award && { award: { ...award, fen: fen(award.fen - loweredFen) } }),
    } as Application,
    note: { ...note, event: loweredFen > 0 ? 'award-lowered' : 'ceiling-lowered', reasons },
    ends: false,
    loweredFen,
  };
}

/** An application once an adjudicator has acted on it. */
export function actedOn(
  application: Suspected,
  { by, at }: Acting,
): Pick<Suspected, 'version' | 'updatedAt' | 'deciders'> {
  return {
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [by]: adjudicationStage },
  };
}

/** The note of what an adjudicator has done. */
export function noteOf({ by, at }: Acting) {
  const actor = { id: by, role: 'adjudicator' } as const;
  return { at, actor, event: 'adjudicated', stage: adjudicationStage } as const;
}
