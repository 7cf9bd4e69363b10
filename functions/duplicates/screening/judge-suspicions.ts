import { type Finding, topsUp } from './exact-rules.ts';
import { findSuspicions, type Screening, type SuspicionParts } from './find-suspicions.ts';
import { type Judged, judge } from './verdict-rules.ts';
import type { VerdictStore } from './verdict-store.ts';

/**
 * Looks for suspicions and applies the verdicts that stand.
 * @param findings what the exact rules have found: awards among them are nothing to be judged any more.
 */
export async function judgeSuspicions(
  parts: SuspicionParts & { readonly verdicts: VerdictStore },
  screening: Screening,
  findings: readonly Finding[],
): Promise<Judged> {
  const known = findings.flatMap((finding) =>
    finding.kind === 'award' ? [`${finding.award.scheme}#${finding.award.awardId}`] : [],
  );
  const search = await findSuspicions(parts, screening, new Set(known));
  const verdicts = await parts.verdicts.of(search.suspicions.map(({ id }) => id));
  return judge(search, verdicts, {
    applicationId: screening.application.applicationId,
    topsUp: topsUp(screening.item),
  });
}
