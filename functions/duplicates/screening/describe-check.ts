import type { ApplicationIn } from '../../filing/applications/application.ts';
import { suspicionRules } from '../../filing/applications/suspicion.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { Matching } from '../../policy/guides/schema.ts';
import type { RegistryVersion } from '../../registry/awards/registry-version.ts';
import { type ComparedRecord, checkFindings, type DuplicateCheck } from './duplicate-check.ts';
import type { ExactSearch } from './exact-rules.ts';
import { ofAward } from './suspicion-rules.ts';
import type { Judged } from './verdict-rules.ts';

/** What a check has done. */
export interface CheckWork {
  readonly registry: RegistryVersion;
  readonly deduplication: GuideItem['deduplication'];
  readonly thresholds: Matching['names'];
  readonly exact: ExactSearch;
  /** Whether an award for the same matter lowers the ceiling only. */
  readonly toppedUp: boolean;
  /** Not there when the exact rules were enough. */
  readonly judged: Judged | undefined;
}

type Checked = ApplicationIn<'deduplication' | 'pooled' | 'allocated' | 'noticed'>;

/** An item of DynamoDB takes 400 KB: records fill half of it at most. */
const mostRecords = 200;
const mostBytes = 200_000;

/** What is kept of a check, beside the version of the application that it leads to. */
export function describeCheck(
  { version, submission }: Checked,
  outcome: DuplicateCheck['outcome'],
  at: string,
  work: CheckWork,
): DuplicateCheck {
  const { registry, deduplication, thresholds, exact, judged } = work;
  const compared = new Map<string, number>([...exact.compared, ...(judged?.search.compared ?? [])]);
  const records = recordsOf(work);
  const kept = fitting(records);
  return {
    version: version + 1,
    submission: submission.number,
    at,
    outcome,
    registry,
    levels: deduplication.levels,
    mode: deduplication.mode,
    ...(compared.has('s3') && { thresholds }),
    tests: suspicionRules.map((test) => ({
      test,
      isRun: compared.has(test),
      compared: compared.get(test) ?? 0,
    })),
    records: kept,
    leftOut: records.length - kept.length,
  };
}

/** The awards that a check rests on, what weighs most first: what it only listed or set aside bears nothing. */
export function restedOn({
  records,
}: DuplicateCheck): { readonly scheme: string; readonly awardId: string }[] {
  return records.flatMap(({ finding, other }) =>
    other.kind === 'award' && !['listed', 'revoked', 'other-level'].includes(finding) ? [other] : [],
  );
}

function recordsOf({ exact, toppedUp, judged }: CheckWork): ComparedRecord[] {
  const found = exact.findings.map((finding): ComparedRecord => {
    const { rule: test, reason } = finding;
    const why = [reason.message];
    if (finding.kind === 'claim') {
      return { test, finding: 'duplicate', other: { kind: 'claim', ...finding.claim }, why };
    }
    return { test, finding: toppedUp ? 'topped-up' : 'duplicate', other: ofAward(finding.award), why };
  });
  const setAside = exact.setAside.map(
    ({ rule: test, award, cause }): ComparedRecord => ({
      test,
      finding: cause,
      other: ofAward(award),
      why: [],
    }),
  );
  const weight = ({ finding, probability = 1000 }: ComparedRecord) =>
    checkFindings.indexOf(finding) * 1001 + 1000 - probability;
  return [...found, ...setAside, ...pairsOf(judged)].sort((a, b) => weight(a) - weight(b));
}

function pairsOf(judged: Judged | undefined): ComparedRecord[] {
  if (!judged) return [];
  const decided = new Map(judged.decided.map((decision) => [decision.suspicion.id, decision]));
  return [
    ...judged.search.suspicions.map((pair) => ({ pair, finding: findingOf(decided.get(pair.id)) })),
    ...judged.search.listed.map((pair) => ({ pair, finding: 'listed' as const })),
  ].map(({ pair: { rule: test, counterpart: other, probability, why }, finding }) => ({
    ...{ test, finding, other, why },
    ...(probability !== undefined && { probability }),
  }));
}

function findingOf(decision: Judged['decided'][number] | undefined): ComparedRecord['finding'] {
  if (!decision) return 'suspected';
  const { verdict } = decision.verdict;
  if (verdict === 'top-up') return 'topped-up';
  if (verdict === 'not-duplicate') return 'not-duplicate';
  return decision.isEnding ? 'duplicate' : 'other-ended';
}

/** The first records, as many as an item takes. */
function fitting(records: readonly ComparedRecord[]): ComparedRecord[] {
  let bytes = 0;
  const first = records.slice(0, mostRecords);
  const end = first.findIndex((record) => {
    bytes += Buffer.byteLength(JSON.stringify(record));
    return bytes > mostBytes;
  });
  return end === -1 ? first : first.slice(0, end);
}
