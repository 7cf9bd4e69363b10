import { type ExactSearch, topsUp } from './exact-rules.ts';
import { findSuspicions, type Screening, type SuspicionParts } from './find-suspicions.ts';
import { type Judged, judge } from './verdict-rules.ts';
import type { VerdictStore } from './verdict-store.ts';

/**
 * Looks for suspicions and applies the verdicts that stand.
 * @param exact what the exact rules have found: awards among the findings are nothing to be judged any more, doubtful ones
 * are.
 */
export async function judgeSuspicions(
  parts: SuspicionParts & { readonly verdicts: VerdictStore },
  screening: Screening,
  exact: Pick<ExactSearch, 'findings' | 'doubtful'>,
): Promise<Judged> {
  const known = exact.findings.flatMap((finding) =>
    finding.kind === 'award' ? [`${finding.award.scheme}#${finding.award.awardId}`] : [],
  );
  const search = await findSuspicions(parts, screening, { known: new Set(known), doubtful: exact.doubtful });
  const verdicts = await parts.verdicts.of(search.suspicions.map(({ id }) => id));
  return judge(search, verdicts, {
    applicationId: screening.application.applicationId,
    topsUp: topsUp(screening.item),
  });
}
